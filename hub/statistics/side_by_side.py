"""Several divisions in one look: every fact is read once and told to its part of each of them here.

A report divides its month eleven ways. Asked of the database one by one, that reads the month eleven times.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, literal_column, select
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.orders import Order
from hub.statistics.cuts import HANDS, Hands, Sums, key_of, pattern, plain, require
from hub.statistics.scope import Scope
from hub.statistics.seconds import Column
from hub.tickets import Ticket

ASKED = 5_000  # ids in one question
NOBODY = (None, None)
_NONE: ColumnElement[None] = literal_column("NULL")
Row = tuple[Any, ...]


class SideBySide:
    """The divisions `bys` of one scope; tickets and orders are read as the facts name them, each once."""

    def __init__(self, tx: Tx, scope: Scope, bys: Sequence[str]) -> None:
        for by in bys:
            require(by)
        self.bys = tuple(dict.fromkeys(bys))
        self._of_ticket = [by for by in self.bys if by and by not in HANDS]
        self._keys = {by: key_of(tx, scope, by) for by in self._of_ticket}
        self._tickets: dict[int, Row] = {}
        self._orders: dict[int, tuple[Any, Any]] = {}
        self._leads: dict[tuple[int, int], tuple[Any, Any]] = {}
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
        counts: dict[str, Counter[Any]] = {by: Counter() for by in self.bys}
        for by, rows in self.rows(tx, base, hands, pattern(when.values())):
            counts[by].update(rows)
        for by, found in counts.items():
            for (part, bits), times in found.items():
                into[by][part].update({name: times for n, name in enumerate(when) if bits >> n & 1})

    def rows(
        self, tx: Tx, base: Select[Any], hands: Hands, *columns: Column, in_order: bool = False
    ) -> Iterator[tuple[str, Iterable[Any]]]:
        """As `Division.rows`."""
        query = base.add_columns(
            col(Ticket.id),
            (_NONE if hands.order is None else hands.order).label("its_order"),
            (literal(0) if hands.round is None else hands.round).label("its_round"),
            (literal(0) if hands.sent_back is None else case((hands.sent_back, 1), else_=0)).label("is_own"),
            (_NONE if hands.by is None else hands.by).label("own"),
            *(column.label(f"value_{n}") for n, column in enumerate(columns)),
        )
        for some in plain(tx, query):
            if in_order:  # runs in order are merged much faster than sorted, once for every division
                some = sorted(some, key=itemgetter(-1))
            ids, orders, rounds, sent_back, by, *values = zip(*some, strict=True)
            self._meet(tx, ids, orders)
            parts = self._parts(ids, orders, rounds)
            if hands.sent_back is not None and "worker" in parts:
                own = zip(sent_back, by, parts["worker"], strict=True)
                parts["worker"] = [sender if is_own else worker for is_own, sender, worker in own]
            for name in self.bys:
                yield name, zip(parts[name], *values, strict=True)

    def _parts(self, ids: Row, orders: Row, rounds: Row) -> dict[str, Sequence[Any]]:
        """The part each fact belongs to, by division."""
        known = [self._tickets[ticket] for ticket in ids]
        parts: dict[str, Sequence[Any]] = {
            by: list(map(itemgetter(n), known)) for n, by in enumerate(self._of_ticket)
        }
        if "" in self.bys:
            parts[""] = (0,) * len(ids)
        if any(by in HANDS for by in self.bys):
            theirs = [
                self._leads.get((ticket, round_), NOBODY) if order is None else self._orders[order]
                for ticket, order, round_ in zip(ids, orders, rounds, strict=True)
            ]
            parts |= {by: list(map(itemgetter(n), theirs)) for n, by in enumerate(HANDS)}
        return parts

    def _meet(self, tx: Tx, ids: Row, orders: Row) -> None:
        """Read the tickets and orders that no fact has named before."""
        new = iter(sorted(set(ids) - self._tickets.keys()))
        while some := list(islice(new, ASKED)):
            self._learn(tx, col(Ticket.id).in_(some))
        if any(by in HANDS for by in self.bys):
            strange = iter(sorted(set(orders) - self._orders.keys() - {None}))
            while some := list(islice(strange, ASKED)):
                self._orders.update(dict.fromkeys(some, NOBODY))
                self._learn_orders(tx, col(Order.id).in_(some))

    def _learn(self, tx: Tx, *which: ColumnElement[bool]) -> None:
        query = select(col(Ticket.id), *self._keys.values()).select_from(Ticket).where(*which)
        if "group" in self._keys:
            query = query.outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        if "building" in self._keys:
            query = query.outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        for some in plain(tx, query):
            self._tickets.update((row[0], row[1:]) for row in some)
        if any(by in HANDS for by in self.bys):
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
        for order, ticket, round_, stands, department, worker in chain.from_iterable(plain(tx, query)):
            hands = self._orders[order] = department, worker
            if stands:
                self._leads.setdefault((ticket, 0), hands)
                self._leads.setdefault((ticket, round_), hands)
