"""The screens: each draws from the same look-ups and calls the same verbs as the API."""

from fastapi import APIRouter

from web.pages import front

router = APIRouter(include_in_schema=False)
router.include_router(front.router)
