"""What looks like one incident (/desk/incidents/{id}): who says so, which ticket leads, or that it is none.

Source: house.md (incidents: proposed by the hub, a person confirms).
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dispatch import leading, outbreak
from hub import access
from hub.database import Tx
from hub.errors import HubError, NotFound
from web.deps import Db
from web.pages import frame, posted, proposed
from web.pages.forms import Filled
from web.pages.posted import Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/desk/incidents", include_in_schema=False)


@router.get("/{ident}")
def look(request: Request, reader: Reader, db: Db, ident: int) -> Response:
    """Every report that counts, and the two answers."""
    reader.require("desk")
    return _draw(request, reader, db, ident, Filled())


@router.post("/{ident}")
def settle(request: Request, reader: Reader, db: Db, ident: int, form: Posted) -> Response:
    """One incident behind the chosen lead, or none."""
    reader.require("desk")

    def act(tx: Tx) -> str:
        row = proposed.find(tx, reader, ident)
        if posted.text(form, "verdict") != "one":
            outbreak.dismiss(tx, reader.me, row)
            return "/desk"
        lead = leading.lead(tx, reader.me, posted.text(form, "lead"))
        numbers = [str(number) for number in form.getlist("ticket")]
        others = [access.ticket(tx, reader.me, number, "link") for number in numbers]
        outbreak.confirm(tx, reader.me, row, lead, others)
        return f"/t/{lead.number}?done=incident"

    try:
        where = db.write(act, key=posted.once(reader.me, request.url.path, form))
    except NotFound:
        raise
    except HubError as refusal:
        return _draw(request, reader, db, ident, Filled(posted.texts(form), refusal), refusal.status)
    return RedirectResponse(where, 303)


def _draw(
    request: Request, reader: SignedIn, db: Db, ident: int, filled: Filled, status: int = 200
) -> Response:
    proposal = db.read(lambda tx: proposed.of(tx, reader, proposed.find(tx, reader, ident)))
    context: dict[str, Any] = {"proposal": proposal, "filled": filled}
    if frame.is_part(request):
        return render(request, "desk/_incident.html", status_code=status, **context)
    beside = frame.beside(db, reader, request)
    return render(request, "desk/incident.html", status_code=status, **context, **beside)
