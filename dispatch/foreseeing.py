"""What a rule would have caught: last month's matters, sent through the real routing with the rule in place.

Nothing is written. Matters that routing looks at alike are asked once, so a month of any size is quick.
Source: screens.md (/settings: rules with a preview), K1.7.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from dispatch import routing
from dispatch.routing import Route
from hub import catalogue, clock
from hub.catalogue import Catalogue, Rule
from hub.database import Tx
from hub.estate import Room
from hub.organisation import Office
from hub.tickets import Ticket

SHOWN = 50
DRAFT = 0  # the id of a rule that is only thought of
LAST = 1 << 62  # a new rule stands behind those of its rank


@dataclass(frozen=True)
class Caught:
    """One matter the rule would have caught: where the rules in force send it, and where it would go."""

    ticket: Ticket
    was: Route
    now: Route

    @property
    def is_moved(self) -> bool:
        return _way(self.was) != _way(self.now)


@dataclass(frozen=True)
class Foresight:
    """A month under one rule: of `whole` matters it would have caught `caught`, and sent `moved` elsewhere.

    Elsewhere than the rules in force send them. `shown` are the newest of those caught, the moved ones first.
    """

    start: datetime
    end: datetime
    whole: int
    caught: int
    moved: int
    shown: tuple[Caught, ...]


def last_month(office: Office) -> tuple[datetime, datetime]:
    """The whole calendar month before this one, on the office's wall."""
    first = clock.now().astimezone(office.tz).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).date().replace(day=1)
    return first.replace(year=before.year, month=before.month), first


def foresee(tx: Tx, office: Office, draft: Rule) -> Foresight:
    """What the rule would have caught last month; `draft.id` is the rule it replaces, DRAFT for a new one."""
    book = catalogue.of(tx, office)
    others = (rule for rule in book.rules if rule.id != draft.id)
    rules = sorted((*others, draft), key=lambda rule: (rule.rank, rule.id or LAST))
    thought = replace(book, rules=tuple(rules))
    month = _Month(tx, office, book)
    caught = [row for row in month.rows if month.rule(thought, row) is draft]
    moved = [row for row in caught if _way(month.route(book, row)) != _way(month.route(thought, row))]
    shown = sorted(caught, key=lambda row: (row not in moved, -row.id))[:SHOWN]
    tickets = {row.id: row for row in tx.scalars(select(Ticket).where(col(Ticket.id).in_(_ids(shown))))}
    return Foresight(
        *last_month(office),
        whole=len(month.rows),
        caught=len(caught),
        moved=len(moved),
        shown=tuple(
            Caught(tickets[row.id], month.route(book, row), month.route(thought, row)) for row in shown
        ),
    )


def counts(tx: Tx, office: Office) -> dict[int, int]:
    """How many of last month's matters each rule in force would have caught, by its id."""
    book = catalogue.of(tx, office)
    month = _Month(tx, office, book)
    found = {rule.id: 0 for rule in book.rules}
    for row in month.rows:
        rule = month.rule(book, row)
        if rule is not None:
            found[rule.id] += 1
    return found


class _Month:
    """Last month's matters, and what routing makes of each under a set of rules."""

    def __init__(self, tx: Tx, office: Office, book: Catalogue) -> None:
        self._tx, self._office, self._book = tx, office, book
        self._known: dict[tuple[Any, ...], tuple[Rule | None, Route]] = {}
        self._is_open = book.office_hours.is_open
        start, end = last_month(office)
        self.rows: Sequence[Any] = tx.execute(
            select(
                Ticket.id,
                Ticket.kind,
                Ticket.category_id,
                Ticket.priority,
                Ticket.building_id,
                Ticket.registered_at,
            )  # type: ignore[call-overload]
            .where(Ticket.office_id == office.id, Ticket.received_at >= start, Ticket.received_at < end)
            .order_by(col(Ticket.id).desc())
        ).all()

    def rule(self, book: Catalogue, row: Any) -> Rule | None:
        return self._asked(book, row)[0]

    def route(self, book: Catalogue, row: Any) -> Route:
        return self._asked(book, row)[1]

    def _asked(self, book: Catalogue, row: Any) -> tuple[Rule | None, Route]:
        alike = (row.kind, row.category_id, row.priority, row.building_id, self._is_open(row.registered_at))
        key = (id(book), *alike)
        if key not in self._known:
            category = book.by_id.get(row.category_id or 0)
            room = Room(office_id=self._office.id, building_id=row.building_id, code="")
            seen = routing.matter(
                self._tx, self._office, book, row.kind, row.priority, category, room, row.registered_at
            )
            rule = routing.first(book, seen) if category is not None else None
            self._known[key] = rule, routing.route(self._tx, self._office, book, seen)
        return self._known[key]


def _way(route: Route) -> tuple[str | None, str]:
    return (route.department.code if route.department else None, route.mode)


def _ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]
