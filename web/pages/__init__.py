"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.live.views import Views
from web.pages import (
    browsers,
    desk,
    found,
    home,
    incidents,
    messages,
    mine,
    office,
    outbox,
    password,
    registering,
    relaying,
    reports,
    ringing,
    settings,
    simulator,
    team,
    ticket,
    tour,
    webhooks,
)

SCREENS = (
    home,
    messages,
    outbox,
    desk,
    found,
    incidents,
    ringing,
    registering,
    ticket,
    relaying,
    mine,
    team,
    reports,
    office,
    webhooks,  # ahead of the settings, whose addresses begin with any office's code
    settings,
    simulator,
    browsers,
    password,
    tour,
)

# Everything a page can be told of while it is open (web.live).
VIEWS: Views = office.VIEWS | desk.VIEWS | team.VIEWS | mine.VIEWS | ticket.VIEWS | messages.VIEWS

router = APIRouter(include_in_schema=False)
for page in SCREENS:
    router.include_router(page.router)
