"""The director's wall (/office): how the office stands now, its month in figures, the tickets behind each.

The figures are hub.statistics' own; nothing is counted here.
Source: screens.md (/office), domain.md §3.5, §7.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import func
from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from starlette.responses import Response

from hub import access, catalogue, clock
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.statistics import hotspots, indicators, now, usual
from hub.statistics.definitions import RATIOS
from hub.statistics.hotspots import Repeat
from hub.statistics.scope import Scope, month_of
from hub.tickets import Ticket
from web.deps import Db
from web.pages import behind, cards
from web.pages.behind import Behind
from web.pages.cards import Card
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/office", include_in_schema=False)

# The three rates of the field (三率), then what explains them; each with the figure behind what it lacks.
RATES = {
    "on_time_response": "late_answer",
    "solved_rate": "unsolved",
    "satisfaction": "dissatisfied",
    "on_time_completion": "late_resolve",
}
LIVE = ("new", "in_hand", "returned", "callbacks_due", "at_risk", "overdue", "reopened")
TONES = {"returned": "warn", "callbacks_due": "warn", "at_risk": "warn", "overdue": "bad", "new": "info"}
DIVISIONS = ("group", "channel", "priority")
MOST_LISTED = 200


@dataclass(frozen=True)
class Heat:
    """The heat table: rows of (building, counts by group), the hottest count, the groups by name."""

    groups: list[tuple[str | None, str]]
    rows: list[tuple[str | None, str, list[int]]]
    most: int

    def level(self, count: int) -> int:
        """0 for nothing, else 1 to 4 by the share of the hottest."""
        return 0 if not count else min(4, 1 + 4 * (count - 1) // max(self.most, 1))


@router.get("")
def wall(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The whole wall: now, and this month."""

    def look(tx: Tx) -> dict[str, Any]:
        chosen = _office(tx, reader, office)
        return _now(tx, reader, chosen) | _month(tx, request, chosen) | {"offices": _offices(tx, reader)}

    return render(request, "office/page.html", **db.read(look))


@router.get("/now")
def wall_now(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """How things stand, as a fragment asked for anew every half minute."""
    return render(
        request, "office/_now.html", **db.read(lambda tx: _now(tx, reader, _office(tx, reader, office)))
    )


@router.get("/matters")
def matters(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """The tickets behind one figure, of those this person may see."""
    wanted = Behind.read(request.query_params)

    def look(tx: Tx) -> dict[str, Any]:
        chosen = _office(tx, reader, office)
        clause = wanted.clause(tx, _scope(chosen, clock.now()))
        return {"office": chosen, "found": _tickets(tx, reader, clause)}

    seen = db.read(look)
    title = behind.TITLES[wanted.figure]
    return render(request, "office/matters.html", title=title, wanted=wanted, most=MOST_LISTED, **seen)


# --- now -----------------------------------------------------------------------


def _now(tx: Tx, reader: SignedIn, office: Office) -> dict[str, Any]:
    at = clock.now()
    return {
        "office": office,
        "queues": now.queues(tx, at, col(Ticket.office_id) == office.id),
        "live": LIVE,
        "tones": TONES,
        "titles": behind.TITLES,
        "today": usual.today(tx, office, at),
        "departments": now.by_department(tx, [office.id], at),
        "workers": now.by_worker(tx, [office.id], at),
        "rulings": _rulings(tx, reader, office),
        "href": behind.href,
        "at": at,
    }


def _rulings(tx: Tx, reader: SignedIn, office: Office) -> list[Card]:
    """The returned orders that wait for the centre's ruling, of those this person may see."""
    mine = (col(Order.office_id) == office.id, col(Order.status) == "returned")
    return cards.of(tx, reader.me, office, *mine)


# --- the month -------------------------------------------------------------------


def _month(tx: Tx, request: Request, office: Office) -> dict[str, Any]:
    scope = _scope(office, clock.now())
    (whole,) = indicators.figures(tx, scope)
    return {
        "since": scope.start,
        "whole": whole,
        "rates": [(name, RATIOS[name][1], whole.ratios[name], lacking) for name, lacking in RATES.items()],
        "divisions": [(by, indicators.figures(tx, scope, by)) for by in DIVISIONS],
        "group_names": _groups(tx, office),
        "heat": _heat(tx, office, scope),
        "repeats": _repeats(tx, office, scope.as_of),
    }


def _scope(office: Office, at: datetime) -> Scope:
    start, end = month_of(office, at.astimezone(office.tz).strftime("%Y-%m"))
    return Scope((office.id,), start, end, at)


def _groups(tx: Tx, office: Office) -> dict[str, Category]:
    """One category of each group, to call the group by its name in the reader's language."""
    return {one.group_code: one for one in catalogue.of(tx, office).by_id.values()}


def _heat(tx: Tx, office: Office, scope: Scope) -> Heat:
    counts = hotspots.heat(tx, scope)
    codes: list[str | None] = [*sorted({group for _, group in counts if group is not None})]
    codes += [None] if any(group is None for _, group in counts) else []
    buildings: list[tuple[int | None, str | None, str]] = [
        (one.id, one.code, one.name)
        for one in tx.scalars(
            select(Building).where(Building.office_id == office.id).order_by(col(Building.code))
        )
    ]
    if any(building is None for building, _ in counts):
        buildings.append((None, None, ""))
    return Heat(
        groups=[(code, code or "") for code in codes],
        rows=[
            (code, name, [counts.get((ident, group), 0) for group in codes])
            for ident, code, name in buildings
        ],
        most=max(counts.values(), default=0),
    )


def _repeats(tx: Tx, office: Office, at: datetime) -> list[tuple[Repeat, Category]]:
    book = catalogue.of(tx, office).by_id
    found = hotspots.repeated(tx, [office.id], at)
    return [(one, book[one.category_id]) for one in found if one.category_id in book]


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
