"""The settings of an office: one screen for every topic, and two that are more than a form."""

from fastapi import APIRouter

from web.pages.settings import channels, person, screen

router = APIRouter()
for part in (channels, person, screen):  # the screen last: its addresses take any topic
    router.include_router(part.router)

__all__ = ["router"]
