"""What the desk's search finds while it is typed (/desk/found): whose it may be, and their matters.

Source: screens.md (a search an agent trusts), seed K2.2.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlmodel import col, select
from starlette.responses import Response

from hub import finding
from hub.database import Tx
from hub.estate import Room
from hub.tickets import Ticket
from web.deps import Db
from web.pages import callers
from web.pages.callers import Occupant
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/desk/found", include_in_schema=False)

MOST = 12  # matters: what fits beside the keyboard; Enter shows the rest
LONGEST = 200


@dataclass(frozen=True)
class Hits:
    """People of the reader's own office, and its matters with their rooms, newest first."""

    people: tuple[Occupant, ...] = ()
    matters: tuple[tuple[Ticket, Room | None], ...] = ()


@router.get("")
def found(request: Request, reader: Reader, db: Db, q: str = "") -> Response:
    """The list as a fragment; nothing at all for nothing typed."""
    reader.require("desk")
    said = q[:LONGEST].strip()
    if not said:
        return Response("", media_type="text/html")
    hits = db.read(lambda tx: find(tx, reader, said))
    return render(request, "desk/_found.html", hits=hits, query=said, office=reader.office)


def find(tx: Tx, reader: SignedIn, said: str) -> Hits:
    """Who and what `said` leads to, although its last word may not be finished."""
    here = col(Ticket.office_id) == reader.office.id
    ids = finding.saying(tx, reader.me, said, None, MOST, here, is_typing=True)
    # By their keys alone: with the office beside them a planner walks all its matters for these few.
    rows = (
        tx.execute(
            select(Ticket, Room)
            .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
            .where(col(Ticket.id).in_(ids))
            .order_by(col(Ticket.id).desc())
        ).all()
        if ids
        else []
    )
    return Hits(callers.meant(tx, reader, said), tuple((ticket, room) for ticket, room in rows))
