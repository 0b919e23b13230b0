"""The incoming-call strip of the desk: who is on the line now, and one key to their page.

Source: screens.md (/desk, incoming-call strip: known / maybe / unknown); house.md (Phones).
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from dispatch import confirming
from hub import callers, calls
from hub.callers import Caller
from hub.calls import Call
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.tickets import Ticket
from web.deps import Db
from web.pages import posted
from web.pages.posted import Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST = 4


@dataclass(frozen=True)
class Ringing:
    """One call on the line: who that is (None: the number is withheld), and what is open with them."""

    call: Call
    caller: Caller | None
    open: tuple[Ticket, ...]


@router.get("/calls")
def strip(request: Request, reader: Reader, db: Db) -> Response:
    """Who is on the line, asked for every few seconds."""
    reader.require("desk")
    return _draw(request, reader, db)


@router.post("/callers/{link_id}")
def confirm(request: Request, reader: Reader, db: Db, link_id: int, form: Posted) -> Response:
    """Whose telephone it is: `theirs` is yes or no."""
    reader.require("desk")
    is_theirs = posted.text(form, "theirs") == "yes"
    db.write(lambda tx: confirming.confirm(tx, reader.me, link_id, is_theirs) is not None)
    return _draw(request, reader, db)


def on_the_line(tx: Tx, reader: SignedIn) -> tuple[Ringing, ...]:
    """The calls of the reader's office, the newest first."""
    return tuple(_of(tx, call) for call in calls.running(tx, reader.office.id)[:MOST])


def _of(tx: Tx, call: Call) -> Ringing:
    point = tx.get(ContactPoint, call.contact_id) if call.contact_id else None
    caller = callers.who(tx, point.value, office_id=call.office_id) if point else None
    return Ringing(call, caller, tuple(callers.open_matters(tx, caller)) if caller else ())


def _draw(request: Request, reader: SignedIn, db: Db) -> Response:
    ringing = db.read(lambda tx: on_the_line(tx, reader))
    return render(request, "desk/_calls.html", ringing=ringing, office=reader.office)
