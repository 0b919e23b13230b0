"""The parts of the director's wall, each looked up without a reader: drawn with the page, redrawn live.

The figures are hub.statistics' own; nothing is counted here. Whoever may count the office sees the same.
Source: screens.md (/office), domain.md §3.5, §7.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hub import access, catalogue, clock
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building
from hub.organisation import Office
from hub.statistics import hotspots, indicators, now, usual
from hub.statistics.definitions import RATIOS
from hub.statistics.hotspots import Repeat
from hub.statistics.indicators import Figures
from hub.statistics.scope import Scope, month_of
from hub.tickets import Ticket
from web.live.views import Seen, View
from web.pages import behind

# The three rates of the field (三率), then what explains them; each with the figure behind what it lacks.
RATES = {
    "on_time_response": "late_answer",
    "solved_rate": "unsolved",
    "satisfaction": "dissatisfied",
    "on_time_completion": "late_resolve",
}
LIVE = ("new", "in_hand", "returned", "callbacks_due", "at_risk", "overdue", "reopened")
TONES = {"returned": "warn", "callbacks_due": "warn", "at_risk": "warn", "overdue": "bad", "new": "info"}


@dataclass(frozen=True)
class Heat:
    """The heat table: rows of (building, counts by group), the hottest count, the groups by name."""

    groups: list[tuple[str | None, str]]
    rows: list[tuple[str | None, str, list[int]]]
    most: int

    def level(self, count: int) -> int:
        """0 for nothing, else 1 to 4 by the share of the hottest."""
        return 0 if not count else min(4, 1 + 4 * (count - 1) // max(self.most, 1))


def tiles(tx: Tx, office_id: int) -> dict[str, Any]:
    """What waits and what is in danger, now."""
    queues = now.queues(tx, clock.now(), col(Ticket.office_id) == office_id)
    return _office(tx, office_id) | {"queues": queues, "live": LIVE, "tones": TONES, "titles": behind.TITLES}


def today(tx: Tx, office_id: int) -> dict[str, Any]:
    """Today against the usual."""
    return {"today": usual.today(tx, tx.get_one(Office, office_id), clock.now())}


def hands(tx: Tx, office_id: int) -> dict[str, Any]:
    """Who has how much in hand: the departments, and their people."""
    at = clock.now()
    return _office(tx, office_id) | {
        "departments": now.by_department(tx, [office_id], at),
        "workers": now.by_worker(tx, [office_id], at),
    }


def rates(tx: Tx, office_id: int, whole: Figures | None = None) -> dict[str, Any]:
    """The three rates of this month, and what explains them; `whole` where the month is counted already."""
    if whole is None:
        (whole,) = indicators.headline_by(tx, month(tx.get_one(Office, office_id), clock.now()), ("",))[""]
    return _office(tx, office_id) | {
        "rates": [(name, RATIOS[name][1], whole.ratios[name], lacking) for name, lacking in RATES.items()],
    }


def heat(tx: Tx, office_id: int) -> dict[str, Any]:
    """Where this month's matters came together: building by group of categories."""
    office = tx.get_one(Office, office_id)
    table = _heat(tx, office, month(office, clock.now()))
    return _office(tx, office_id) | {"heat": table, "group_names": groups(tx, office)}


def repeats(tx: Tx, office_id: int) -> dict[str, Any]:
    """Rooms that made the same complaint twice or more in the last 30 days."""
    office = tx.get_one(Office, office_id)
    book = catalogue.of(tx, office).by_id
    found = hotspots.repeated(tx, [office.id], clock.now())
    known: list[tuple[Repeat, Category]] = [
        (one, book[one.category_id]) for one in found if one.category_id in book
    ]
    return _office(tx, office_id) | {"repeats": known}


PARTS = {"tiles": tiles, "today": today, "hands": hands, "rates": rates, "heat": heat, "repeats": repeats}


def may_count(tx: Tx, me: Actor, code: str) -> Seen:
    """The office with this code, for those who may see its figures."""
    office = access.office(tx, me, code, "count")
    return Seen(office.id, f"office:{office.id}", office.zone)


VIEWS = {name: View(may_count, look, f"office/_{name}.html") for name, look in PARTS.items()}


def month(office: Office, at: datetime) -> Scope:
    """The office's calendar month up to now."""
    start, end = month_of(office, at.astimezone(office.tz).strftime("%Y-%m"))
    return Scope((office.id,), start, end, at)


def groups(tx: Tx, office: Office) -> dict[str, Category]:
    """One category of each group, to call the group by its name in the reader's language."""
    return {one.group_code: one for one in catalogue.of(tx, office).by_id.values()}


def _office(tx: Tx, office_id: int) -> dict[str, Any]:
    return {"office": tx.get_one(Office, office_id), "href": behind.href}


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
