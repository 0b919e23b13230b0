"""Report to the centre: what an employee saw or was told on the way, in half a minute; what became of it.

Source: seed K5.2 (customers may tell anybody, who received it is stored), K5.4 (the employee hears of it).
"""

import secrets
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import func
from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from starlette.datastructures import FormData
from starlette.responses import Response

from dispatch import intake
from dispatch.complaint import Complaint
from hub import access, estate
from hub.access import Actor
from hub.database import Tx
from hub.errors import HubError
from hub.estate import Room
from hub.orders import Order
from hub.organisation import Department, Staff
from hub.tickets import Ticket
from web.deps import Db, Files
from web.pages import posted
from web.pages.posted import Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render, words_of
from web.words import N_, Words

router = APIRouter(prefix="/mine", include_in_schema=False)

MOST_REPORTED = 20
MOST_ROOMS = 12

# Who says so. "self": the employee saw it, so there is no customer to name.
TOLD, SELF = "told", "self"
SEEN = N_("seen by the employee, nobody complained")
COMMON = N_("a common place, see there")
# Why a name or a phone is missing, in the employee's choice of these.
WHY = (N_("did not want to say"), N_("was in a hurry"), N_("could not be asked"))


@dataclass(frozen=True)
class Reported:
    """A matter this employee passed on, and whose hands it is in now."""

    ticket: Ticket
    room: Room | None
    department: Department | None
    worker: Staff | None


@router.get("/report")
def report_page(request: Request, reader: Reader, db: Db) -> Response:
    """The form, and below it what I reported before."""
    return _page(request, reader, db)


@router.post("/report")
def report(request: Request, reader: Reader, db: Db, files: Files, form: Posted) -> Response:
    """Register it with me as the one who was told. Answers the list, which now holds it."""
    reader.me.require("receive", reader.office.id)
    try:
        said = _complaint(form, words_of(request), reader)
        kept = posted.photos(form, files, "report")
        prepared = db.read(lambda tx: intake.prepare(tx, reader.office, said))

        def receive(tx: Tx) -> str:
            ticket = intake.receive(tx, reader.me, prepared)
            posted.attach(tx, reader.me, ticket, kept)
            return ticket.number

        number = db.write(receive, key=posted.once(reader.me, request.url.path, form))
    except HubError as refusal:
        return _page(request, reader, db, refusal, form)
    return RedirectResponse(f"/mine/report?number={number}#reported", 303)


@router.get("/rooms")
def rooms(request: Request, reader: Reader, db: Db, room: str = "") -> Response:
    """The rooms whose code begins with, or else holds, what is typed: options of the form's list."""
    return render(request, "mine/_rooms.html", rooms=db.read(lambda tx: _rooms(tx, reader, room)))


def reported(tx: Tx, me: Actor, most: int = MOST_REPORTED) -> list[Reported]:
    """What this employee told the centre, the latest first."""
    any_order = aliased(Order)
    latest = rows(func.max(any_order.id)).where(col(any_order.ticket_id) == col(Ticket.id)).correlate(Ticket)
    query = (
        rows(Ticket, Room, Department, Staff)
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .outerjoin(Order, col(Order.id) == latest.scalar_subquery())
        .outerjoin(Department, col(Department.id) == col(Order.department_id))
        .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
        .where(
            col(Ticket.received_by) == me.staff_id,
            col(Ticket.channel) == "employee",
            access.tickets_seen(me),
        )
        .order_by(col(Ticket.id).desc())
        .limit(most)
    )
    return [Reported(*row) for row in tx.execute(query)]


def _complaint(form: FormData, words: Words, reader: SignedIn) -> Complaint:
    """What was filled in as a complaint: who saw it alone names nobody, a common place has no room."""
    room, place = posted.text(form, "room"), posted.text(form, "place")
    unknown: dict[str, str] = {}
    name = phone = ""
    if posted.text(form, "who") == SELF:
        unknown["name"] = unknown["phone"] = words.gettext(SEEN)
    else:
        name, phone = posted.text(form, "name"), posted.text(form, "phone")
        why = posted.text(form, "why")
        unknown |= {field: why for field, given in (("name", name), ("phone", phone)) if not given and why}
    if not room and place:
        unknown["room"] = words.gettext(COMMON)
    return Complaint(
        item=posted.text(form, "item"),
        description=posted.text(form, "description"),
        name=name,
        phone=phone,
        room=room,
        place=place,
        unknown=unknown,
        channel="employee",
        received_by=reader.me.login,
        received_at=posted.moment(form, "received_at", reader.office.tz),
    )


def _page(
    request: Request,
    reader: SignedIn,
    db: Db,
    refusal: HubError | None = None,
    form: FormData | None = None,
) -> Response:
    said = posted.texts(form) if form is not None else {}
    return render(
        request,
        "mine/report.html",
        status_code=refusal.status if refusal else 200,
        refusal=refusal,
        errors=getattr(refusal, "fields", {}),
        said=said,
        whys=WHY,
        key=said.get("key") or secrets.token_urlsafe(12),
        fresh=request.query_params.get("number", ""),
        reported=db.read(lambda tx: reported(tx, reader.me)),
    )


def _rooms(tx: Tx, reader: SignedIn, said: str) -> list[Room]:
    code = estate.fold_code(said)
    if not code:
        return []
    running = select(Room).where(Room.office_id == reader.office.id, col(Room.ended_at).is_(None))
    order = (~col(Room.code).startswith(code, autoescape=True), col(Room.code))
    fits = running.where(col(Room.code).contains(code, autoescape=True)).order_by(*order).limit(MOST_ROOMS)
    return list(tx.scalars(fits))
