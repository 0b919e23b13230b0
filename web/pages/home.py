"""The first page (/): people of the staff are taken to their own screen, others see the way in."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from hub.errors import NotFound, Unknown
from web.deps import Db
from web.pages import shell
from web.templating import SCREENS, render

router = APIRouter(include_in_schema=False)

# Whose open screen comes first: the field's own work before the figures of the whole office.
FIRST = ("desk", "team", "mine", "office")


@router.get("/")
def first_page(request: Request, db: Db) -> Response:
    """To one's own first screen; without a session a short page with the way to sign in."""
    try:
        reader = shell.reader(request, db)
    except Unknown:
        return render(request, "home/welcome.html", works_nowhere=False)
    except NotFound:
        return render(request, "home/welcome.html", works_nowhere=True)
    first = next((name for name in FIRST if name in reader.screens), "mine")
    return RedirectResponse(SCREENS[first].href, 303)
