"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.pages import desk, home, messages, mine, office, registering, reporting, reports, team, ticket

router = APIRouter(include_in_schema=False)
for page in (home, messages, desk, registering, ticket, reporting, mine, team, reports, office):
    router.include_router(page.router)
