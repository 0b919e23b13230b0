"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.pages import desk, home, incidents, messages, mine, office, registering, reporting, team, ticket

router = APIRouter(include_in_schema=False)
for page in (home, messages, desk, incidents, registering, ticket, reporting, mine, team, office):
    router.include_router(page.router)
