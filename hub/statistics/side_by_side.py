"""Several divisions in one look: every fact is read once and told to its part of each of them here.

A report divides its month eleven ways. Asked of the database one by one, that reads the month eleven times.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal_column, select
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.orders import Order
from hub.statistics.cuts import HANDS, Hands, Sums, key_of, pattern, require
from hub.statistics.reading import columns
from hub.statistics.scope import Scope
from hub.statistics.seconds import Column
from hub.tickets import Ticket

ASKED = 5_000  # ids in one question
NOBODY = 0  # where the hands of a fact stand that has no order
_NONE: ColumnElement[None] = literal_column("NULL")
Values = Sequence[Any]


class SideBySide:
    """The divisions `bys` of one scope; tickets and orders are read as the facts name them, each once.

    What is known stands in columns, one for each division: `_place` says where in them a ticket stands,
    `_hand` an order, `_lead` the order that leads a ticket in one round (0: in all).
    """

    def __init__(self, tx: Tx, scope: Scope, bys: Sequence[str]) -> None:
        for by in bys:
            require(by)
        self.bys = tuple(dict.fromkeys(bys))
        self._of_ticket = [by for by in self.bys if by and by not in HANDS]
        self._has_hands = any(by in HANDS for by in self.bys)
        self._keys = {by: key_of(tx, scope, by) for by in self._of_ticket}
        self._known: dict[str, list[Any]] = {by: [] for by in self._of_ticket} | {by: [None] for by in HANDS}
        self._place: dict[int, int] = {}
        self._hand: dict[int, int] = {}
        self._lead: dict[tuple[int, int], int] = {}
        received = (
            col(Ticket.office_id).in_(scope.office_ids),
            col(Ticket.received_at) >= scope.start,
            col(Ticket.received_at) < scope.known_until,
        )
        self._learn(tx, *received)

    def tally(
        self,
        tx: Tx,
        into: Sums,
        base: Select[Any],
        hands: Hands,
        **when: ColumnElement[bool],
    ) -> None:
        """As `Division.tally`."""
        for by, rows in self.rows(tx, base, hands, pattern(when.values())):
            for (part, bits), times in Counter(rows).items():
                into[by][part].update({name: times for n, name in enumerate(when) if bits >> n & 1})

    def rows(
        self, tx: Tx, base: Select[Any], hands: Hands, *values: Column
    ) -> Iterator[tuple[str, Iterable[Any]]]:
        """As `Division.rows`."""
        known: dict[str, Column] = {"ticket": col(Ticket.id)}
        if self._has_hands:
            asked = {"order": hands.order, "round": hands.round, "by": hands.by}
            known |= {name: column for name, column in asked.items() if column is not None}
            if hands.sent_back is not None:
                known["is_own"] = case((hands.sent_back, 1), else_=0)
        known |= {str(n): value for n, value in enumerate(values)}
        found = columns(
            tx, base.add_columns(*(column.label(f"its_{name}") for name, column in known.items()))
        )
        facts = dict(zip(known, found, strict=True))
        of_facts = [facts[str(n)] for n in range(len(values))]
        for by, parts in self._parts(tx, facts).items():
            yield by, zip(parts, *of_facts, strict=True)

    def _parts(self, tx: Tx, facts: dict[str, Values]) -> dict[str, Values]:
        """The part each fact belongs to, by division."""
        self._meet(tx, facts)
        places = [self._place[ticket] for ticket in facts["ticket"]]
        parts = {by: list(map(self._known[by].__getitem__, places)) for by in self._of_ticket}
        if "" in self.bys:
            parts[""] = [0] * len(places)
        if self._has_hands:
            theirs = self._hands(facts)
            parts |= {by: list(map(self._known[by].__getitem__, theirs)) for by in HANDS}
            if "is_own" in facts:
                own = zip(facts["is_own"], facts["by"], parts["worker"], strict=True)
                parts["worker"] = [sender if is_own else worker for is_own, sender, worker in own]
        return {by: parts[by] for by in self.bys}

    def _hands(self, facts: dict[str, Values]) -> list[int]:
        """Where the hands of each fact stand: those of its own order, else of the one that leads."""
        count = len(facts["ticket"])
        orders, rounds = facts.get("order", [None] * count), facts.get("round", [0] * count)
        return [
            self._lead.get((ticket, round_), NOBODY) if order is None else self._hand[order]
            for ticket, order, round_ in zip(facts["ticket"], orders, rounds, strict=True)
        ]

    def _meet(self, tx: Tx, facts: dict[str, Values]) -> None:
        """Read the tickets and orders that no fact has named before."""
        new = iter(sorted(set(facts["ticket"]) - self._place.keys()))
        while some := list(islice(new, ASKED)):
            self._learn(tx, col(Ticket.id).in_(some))
        strange = iter(sorted(set(facts.get("order", ())) - self._hand.keys() - {None}))
        while some := list(islice(strange, ASKED)):
            self._hand.update(dict.fromkeys(some, NOBODY))
            self._learn_orders(tx, col(Order.id).in_(some))

    def _learn(self, tx: Tx, *which: ColumnElement[bool]) -> None:
        query = select(col(Ticket.id), *self._keys.values()).select_from(Ticket).where(*which)
        if "group" in self._keys:
            query = query.outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        if "building" in self._keys:
            query = query.outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        ids, *parts = columns(tx, query)
        self._place.update(zip(ids, range(len(self._place), len(self._place) + len(ids)), strict=True))
        for by, more in zip(self._of_ticket, parts, strict=True):
            self._known[by].extend(more)
        if self._has_hands:
            self._learn_orders(tx, *which)

    def _learn_orders(self, tx: Tx, *which: ColumnElement[bool]) -> None:
        """The first order of a ticket that was not withdrawn has the lead; so has that of each round."""
        query = (
            select(col(Order.id), col(Order.ticket_id), col(Order.round), col(Order.status) != "withdrawn")
            .add_columns(col(Order.department_id), col(Order.worker_id))
            .join(Ticket, col(Ticket.id) == col(Order.ticket_id))
            .where(*which)
            .order_by(col(Order.ticket_id), col(Order.seq))
        )
        *told, departments, workers = columns(tx, query)
        first = len(self._known["department"])
        self._known["department"].extend(departments)
        self._known["worker"].extend(workers)
        for at, (order, ticket, round_, stands) in enumerate(zip(*told, strict=True), first):
            self._hand[order] = at
            if stands:
                self._lead.setdefault((ticket, 0), at)
                self._lead.setdefault((ticket, round_), at)
