"""The director's wall (/office): how the office stands now, its month in figures, the tickets behind each.

The figures are hub.statistics' own; nothing is counted here.
Source: screens.md (/office), domain.md §3.5, §7.
"""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import func
from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from starlette.responses import Response

from hub import access, clock
from hub.database import Tx
from hub.estate import Room
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.statistics import indicators
from hub.statistics.indicators import Figures
from hub.tickets import Ticket
from web.deps import Db
from web.live.views import View
from web.pages import behind, cards, wall
from web.pages.behind import Behind
from web.pages.cards import Card
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/office", include_in_schema=False)

DIVISIONS = ("group", "channel", "priority")
MOST_LISTED = 200


# What is drawn once for all (web.pages.wall), and what each person asks for, because each sees their own.
VIEWS = wall.VIEWS | {"rulings": View(wall.may_count)}


@router.get("")
def office_page(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The whole wall: now, and this month."""

    def look(tx: Tx) -> dict[str, Any]:
        chosen = _office(tx, reader, office)
        scope = wall.month(chosen, clock.now())
        divisions = indicators.headline_by(tx, scope, ("", *DIVISIONS))
        (whole,) = divisions.pop("")
        return _parts(tx, chosen, whole) | {
            "offices": _offices(tx, reader),
            "rulings": _rulings(tx, reader, chosen),
            "divisions": list(divisions.items()),
            "since": scope.start,
        }

    return render(request, "office/page.html", **db.read(look))


@router.get("/wall")
def television(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The wall for a television: what can be read from four metres, and no resident's name or room."""
    seen = db.read(lambda tx: _parts(tx, _office(tx, reader, office)))
    return render(request, "office/wall.html", **seen)


@router.get("/rulings")
def rulings(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The orders that wait for a ruling, as a fragment."""
    found = db.read(lambda tx: _rulings(tx, reader, _office(tx, reader, office)))
    return render(request, "office/_rulings.html", rulings=found)


@router.get("/matters")
def matters(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The tickets behind one figure, of those this person may see."""
    wanted = Behind.read(request.query_params)

    def look(tx: Tx) -> dict[str, Any]:
        chosen = _office(tx, reader, office)
        clause = wanted.clause(tx, wall.month(chosen, clock.now()))
        return {"office": chosen, "found": _tickets(tx, reader, clause)}

    seen = db.read(look)
    title = behind.TITLES[wanted.figure]
    return render(request, "office/matters.html", title=title, wanted=wanted, most=MOST_LISTED, **seen)


# --- the parts ---------------------------------------------------------------------


def _parts(tx: Tx, office: Office, whole: Figures | None = None) -> dict[str, Any]:
    """What every live part needs, from the look-ups that redraw it; `whole` is the month, if counted."""
    looks = wall.PARTS | {"rates": partial(wall.rates, whole=whole)}
    return {name: value for look in looks.values() for name, value in look(tx, office.id).items()}


def _rulings(tx: Tx, reader: SignedIn, office: Office) -> list[Card]:
    """The returned orders that wait for the centre's ruling, of those this person may see."""
    # by its departments, for of those the index knows which orders are returned
    own = select(Department.id).where(Department.office_id == office.id)
    mine = (col(Order.department_id).in_(own), col(Order.status) == "returned")
    return cards.of(tx, reader.me, office, *mine)


# --- behind the figures -------------------------------------------------------------


def _tickets(tx: Tx, reader: SignedIn, clause: Any) -> list[Any]:
    any_order = aliased(Order)
    standing = (col(any_order.ticket_id) == col(Ticket.id), col(any_order.status) != "withdrawn")
    last = rows(func.max(any_order.id)).where(*standing).correlate(Ticket).scalar_subquery()
    query = (
        rows(Ticket, Room, Department, Staff)
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .outerjoin(Order, col(Order.id) == last)
        .outerjoin(Department, col(Department.id) == col(Order.department_id))
        .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
        .where(access.tickets_seen(reader.me), clause)
        .order_by(col(Ticket.id).desc())
        .limit(MOST_LISTED + 1)
    )
    return list(tx.execute(query))


def _office(tx: Tx, reader: SignedIn, code: str) -> Office:
    """The office of this code, the reader's own without one. Raises NotFound and Forbidden."""
    return access.office(tx, reader.me, code or reader.office.code, "count")


def _offices(tx: Tx, reader: SignedIn) -> list[Office]:
    found = tx.scalars(select(Office).where(access.offices(reader.me)).order_by(col(Office.id)))
    return [office for office in found if reader.me.may("count", office.id)]
