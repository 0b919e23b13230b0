"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.pages import (
    desk,
    home,
    messages,
    mine,
    office,
    registering,
    reporting,
    ringing,
    simulator,
    team,
    ticket,
)

router = APIRouter(include_in_schema=False)
for page in (home, messages, desk, ringing, registering, ticket, reporting, mine, team, office, simulator):
    router.include_router(page.router)
