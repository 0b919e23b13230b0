"""What a rule would have caught: last month's matters, sent through the real routing with the rule in place.

Nothing is written. Matters that routing looks at alike are asked once, so a month of any size is quick.
Source: screens.md (/settings: rules with a preview), K1.7.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import NamedTuple

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
    month = _month(tx, office, book)
    now = _Routing(tx, office, book)
    then = _Routing(tx, office, replace(book, rules=tuple(rules)))
    caught = {one: ids for one, ids in month.items() if then.rule(one) is draft}
    moved = {one for one in caught if _way(now.route(one)) != _way(then.route(one))}
    alike_of = {ticket_id: one for one, ids in caught.items() for ticket_id in ids}
    shown = nsmallest(SHOWN, alike_of, key=lambda ticket_id: (alike_of[ticket_id] not in moved, -ticket_id))
    tickets = {row.id: row for row in tx.scalars(select(Ticket).where(col(Ticket.id).in_(shown)))}
    return Foresight(
        *last_month(office),
        whole=sum(map(len, month.values())),
        caught=len(alike_of),
        moved=sum(len(caught[one]) for one in moved),
        shown=tuple(
            Caught(tickets[one], now.route(alike_of[one]), then.route(alike_of[one])) for one in shown
        ),
    )


def counts(tx: Tx, office: Office) -> dict[int, int]:
    """How many of last month's matters each rule in force would have caught, by its id."""
    book = catalogue.of(tx, office)
    now, found = _Routing(tx, office, book), {rule.id: 0 for rule in book.rules}
    for one, ids in _month(tx, office, book).items():
        rule = now.rule(one)
        if rule is not None:
            found[rule.id] += len(ids)
    return found


# --- inside ------------------------------------------------------------------


class _Alike(NamedTuple):
    """What routing looks at: matters that have it all in common go the same way."""

    kind: str | None
    category_id: int | None
    priority: str
    building_id: int | None
    is_open: bool


def _month(tx: Tx, office: Office, book: Catalogue) -> dict[_Alike, list[int]]:
    """The ids of last month's matters, by what they have in common."""
    start, end = last_month(office)
    columns = (Ticket.kind, Ticket.category_id, Ticket.priority, Ticket.building_id)
    rows = tx.execute(
        select(Ticket.id, Ticket.registered_at, *columns).where(  # type: ignore[call-overload]
            Ticket.office_id == office.id, Ticket.received_at >= start, Ticket.received_at < end
        )
    )
    found: dict[_Alike, list[int]] = defaultdict(list)
    is_open = book.office_hours.is_open
    for ticket_id, registered_at, kind, category, priority, building in rows:
        found[_Alike(kind, category, priority, building, is_open(registered_at))].append(ticket_id)
    return found


class _Routing:
    """What the real routing makes of a matter under one set of rules, asked once for all that are alike."""

    def __init__(self, tx: Tx, office: Office, book: Catalogue) -> None:
        self._tx, self._office, self._book = tx, office, book
        self._known: dict[_Alike, tuple[Rule | None, Route]] = {}

    def rule(self, one: _Alike) -> Rule | None:
        return self._asked(one)[0]

    def route(self, one: _Alike) -> Route:
        return self._asked(one)[1]

    def _asked(self, one: _Alike) -> tuple[Rule | None, Route]:
        if one not in self._known:
            category = self._book.by_id.get(one.category_id or 0)
            room = Room(office_id=self._office.id, building_id=one.building_id, code="")
            seen = routing.matter(self._tx, self._office, self._book, one.kind, one.priority, category, room)
            seen = replace(seen, is_office_open=one.is_open)
            rule = routing.first(self._book, seen) if category is not None else None
            self._known[one] = rule, routing.route(self._tx, self._office, self._book, seen)
        return self._known[one]


def _way(route: Route) -> tuple[str | None, str]:
    return (route.department.code if route.department else None, route.mode)
