"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.pages import home, messages, mine, reporting, team

router = APIRouter(include_in_schema=False)
for page in (home, messages, reporting, mine, team):
    router.include_router(page.router)
