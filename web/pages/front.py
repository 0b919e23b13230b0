"""The first page: whoever is signed in is taken to the first screen open to them."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from hub.errors import Forbidden
from web.pages.shell import Reader
from web.templating import SCREENS

router = APIRouter(include_in_schema=False)


@router.get("/")
def first_page(reader: Reader) -> Response:
    """To one's own screen; without a session to the sign-in."""
    if not reader.screens:
        raise Forbidden("this screen belongs to another role")
    return RedirectResponse(SCREENS[reader.screens[0]].href, 303)
