"""The tour of the demo office (/tour): a small card beside the screens that says what to try next.

It is offered to whoever sits at the desk of a demo office, can be left and taken up again, and ends with one
matter registered, dispatched, worked, called back and counted by the newcomer.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlmodel import col, select
from starlette.responses import Response

from hub import contacts, tours
from hub.contacts import ContactPoint, PartyContact
from hub.database import Tx
from hub.errors import Forbidden
from hub.estate import Occupancy, Party, Room
from hub.orders import Order
from hub.organisation import Office
from hub.tickets import Ticket
from hub.tours import STAGES, Tour
from web.deps import Db
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/tour", include_in_schema=False)


@dataclass(frozen=True)
class Card:
    """What the card says: the stage (None: nobody has been asked yet), its matter, and who could ring in."""

    stage: str | None
    number: int = 0  # which of STAGES this is, from 1
    ticket: Ticket | None = None
    order: Order | None = None
    caller: tuple[str, str] | None = None  # room and phone of a resident


@router.get("")
def card(request: Request, reader: Reader, db: Db) -> Response:
    """The card as it stands now; nothing once the tour is left."""
    found = db.read(lambda tx: find(tx, reader))
    if found is None:
        return Response("", media_type="text/html")
    return render(request, "tour/_card.html", card=found, office=reader.office, most=len(STAGES))


@router.post("/begin")
def begin(reader: Reader, db: Db) -> Response:
    """Begin, or go on. Raises Forbidden where there is no tour."""
    _require(reader)
    db.write(lambda tx: tours.start(tx, _who(reader), reader.office.id) and None)
    return RedirectResponse("/desk", 303)


@router.post("/end")
def end(reader: Reader, db: Db) -> Response:
    """Leave it, or want none."""
    _require(reader)
    db.write(lambda tx: tours.end(tx, _who(reader)))
    return RedirectResponse("/desk", 303)


def find(tx: Tx, reader: SignedIn) -> Card | None:
    """What the card says to this person; None where there is no tour or it was left."""
    if not reader.has_tour:
        return None
    tour = tours.of(tx, _who(reader))
    if tour is None:
        return Card(None)
    return None if tour.ended_at else _next(tx, tour, reader.office)


def _next(tx: Tx, tour: Tour, office: Office) -> Card:
    ticket = tours.matter(tx, tour, office.id)
    order = tours.order_of(tx, ticket) if ticket else None
    stage = tours.stage(ticket, order)
    caller = _somebody(tx, office) if stage == "register" else None
    return Card(stage, STAGES.index(stage) + 1, ticket, order, caller)


def _somebody(tx: Tx, office: Office) -> tuple[str, str] | None:
    """The room and phone of a resident who is known beyond doubt: with them the form fills itself."""
    row = tx.execute(
        select(col(Room.code), col(ContactPoint.value))
        .join(Occupancy, col(Occupancy.room_id) == col(Room.id))
        .join(Party, col(Party.id) == col(Occupancy.party_id))
        .join(PartyContact, col(PartyContact.party_id) == col(Party.id))
        .join(ContactPoint, col(ContactPoint.id) == col(PartyContact.contact_id))
        .where(
            col(Room.office_id) == office.id,
            col(Room.kind) == "flat",
            col(Occupancy.ended_at).is_(None),
            col(PartyContact.ended_at).is_(None),
            col(PartyContact.certainty) == contacts.KNOWN,
            col(ContactPoint.kind) == "phone",
        )
        .order_by(col(Room.id), col(ContactPoint.id))
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _require(reader: SignedIn) -> None:
    if not reader.has_tour:
        raise Forbidden("there is a tour of the demo office only, for those at its desk")


def _who(reader: SignedIn) -> int:
    assert reader.me.staff_id is not None  # who is signed in is a person
    return reader.me.staff_id
