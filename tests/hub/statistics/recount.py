"""Every figure counted again the slow way: all rows read, one by one, in plain Python.

Written apart from hub.statistics on purpose; only the definitions are the same.
"""

import json
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from hub import catalogue
from hub.callbacks import Callback
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.events import Event
from hub.limits import at_share
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.promises import Promise
from hub.statistics.scope import Scope
from hub.tickets import Ticket

MONTH = timedelta(days=30)


class Recount:
    """All rows in memory, and how to tell whose each fact is in one division."""

    def __init__(self, tx: Tx, scope: Scope, by: str) -> None:
        self.scope, self.by = scope, by
        rows = {kind: list(tx.scalars(select(kind))) for kind in (Ticket, Order, Promise, Event, Callback)}
        self.of = {
            kind: {row.id: row for row in tx.scalars(select(kind))}
            for kind in (Office, Department, Staff, Category, Room, Building)
        }
        self.books = {id_: catalogue.of(tx, office) for id_, office in self.of[Office].items()}
        self.tickets: dict[int, Ticket] = {t.id: t for t in rows[Ticket] if t.office_id in scope.office_ids}
        self.orders = sorted(rows[Order], key=lambda order: order.seq)
        self.by_id = {order.id: order for order in self.orders}
        self.orders_of: dict[int, list[Order]] = {}
        for order in self.orders:
            self.orders_of.setdefault(order.ticket_id, []).append(order)
        self.promises = [p for p in rows[Promise] if p.ticket_id in self.tickets]
        self.events = sorted((e for e in rows[Event] if e.ticket_id in self.tickets), key=lambda e: e.seq)
        self.callbacks = [c for c in rows[Callback] if c.ticket_id in self.tickets]
        self.counts: dict[str, Counter[str]] = {}
        self.took: dict[tuple[str, str], list[int]] = {}

    def key(self, ticket: Ticket, order: Order | None) -> str:
        """The code of the part this fact belongs to."""
        wall = ticket.received_at.astimezone(self.of[Office][ticket.office_id].tz)
        room = self.of[Room].get(ticket.room_id)
        category = self.of[Category].get(ticket.category_id)
        ways: dict[str, Callable[[], Any]] = {
            "": lambda: "",
            "office": lambda: self.of[Office][ticket.office_id].code,
            "department": lambda: order and self.of[Department][order.department_id].code,
            "worker": lambda: order and order.worker_id and self.of[Staff][order.worker_id].login,
            "category": lambda: category and category.code,
            "group": lambda: category and category.group_code,
            "building": lambda: room and self.of[Building][room.building_id].code,
            "room": lambda: room and room.code,
            "hour": lambda: f"{wall.hour:02d}",
            "weekday": lambda: str(wall.isoweekday()),
        }
        return (ways[self.by]() if self.by in ways else getattr(ticket, self.by)) or ""

    def lead(self, ticket: Ticket, round_: int | None = None) -> Order | None:
        mine = [order for order in self.orders_of.get(ticket.id, []) if order.status != "withdrawn"]
        return next((order for order in mine if round_ in (None, order.round)), None)

    def order(self, order_id: int | None) -> Order | None:
        return self.by_id.get(order_id or 0)

    def add(self, key: str, *names: str) -> None:
        self.counts.setdefault(key, Counter()).update(names)

    def in_period(self, at: datetime | None) -> bool:
        return at is not None and self.scope.start <= at < min(self.scope.end, self.scope.as_of)

    def run(self) -> "Recount":
        for ticket in self.tickets.values():
            self._intake(ticket)
            self._backlog(ticket)
        for step in (self._happenings, self._deadlines, self._calls, self._repeats):
            step()
        return self

    def medians(self, key: str) -> dict[str, timedelta]:
        found = {}
        for (part, step), seconds in self.took.items():
            if part == key:
                found[step] = timedelta(seconds=statistics.median(seconds))
                nine_in_ten = next(
                    s for s in sorted(seconds) if sum(x <= s for x in seconds) * 10 >= len(seconds) * 9
                )
                found[f"{step}_p90"] = timedelta(seconds=nine_in_ten)
        return found

    def _intake(self, ticket: Ticket) -> None:
        if not self.in_period(ticket.received_at):
            return
        key = self.key(ticket, self.lead(ticket))
        self.add(key, "contacts", *(() if counts(ticket) else ("excluded",)))
        if is_matter(ticket):
            self.add(key, "received", ticket.kind or "unsorted")
            if ticket.kind == "complaint":
                homes = self.of[Office][ticket.office_id].property_type == "residential"
                self.add(key, "residential_complaints" if homes else "other_complaints")

    def _was_open(self, ticket: Ticket, at: datetime) -> bool:
        stands = [
            e.kind
            for e in self.events
            if e.ticket_id == ticket.id and e.kind in ("closed", "reopened") and e.happened_at < at
        ]
        return ticket.received_at < at and (not stands or stands[-1] == "reopened")

    def _backlog(self, ticket: Ticket) -> None:
        if not is_matter(ticket):
            return
        key, at = self.key(ticket, self.lead(ticket)), self.scope.as_of
        if self._was_open(ticket, self.scope.start):
            self.add(key, "carried_over", *(("carried_complaints",) if ticket.kind == "complaint" else ()))
        if not self._was_open(ticket, at):
            return
        self.add(key, "open", *(("waiting",) if ticket.status == "new" else ()))
        if ticket.status == "awaiting_callback":
            due = ticket.callback_at is not None and ticket.callback_at <= at
            self.add(key, "awaiting_callback", *(("callbacks_due",) if due else ()))
        running = [
            p for p in self.promises if p.ticket_id == ticket.id and p.is_running and is_known(ticket, p)
        ]
        if any(p.is_late(at) for p in running):
            self.add(key, "overdue")
        elif any(self._is_near(ticket, p, at) for p in running):
            self.add(key, "at_risk")

    def _is_near(self, ticket: Ticket, promise: Promise, at: datetime) -> bool:
        calendar = self.books[ticket.office_id].calendar(promise.priority)
        near = at_share(promise.started_at, promise.due_at, 80, calendar)
        return promise.paused_at is None and promise.started_at <= at and near <= at

    def _happenings(self) -> None:
        for event in self.events:
            ticket, said = self.tickets[event.ticket_id or 0], json.loads(event.facts)
            if not self.in_period(event.happened_at) or not counts(ticket):
                continue
            key = self.key(ticket, self.order(event.order_id) or self.lead(ticket))
            by_desk = event.kind == "reopened" and not said["by_callback"]
            if event.kind == "returned" and self.by == "worker":
                key = self.of[Staff][event.by_id].login
            names = {"ordered": ["orders"], "returned": ["returned"], "unreached": ["unreached"]}.get(
                event.kind, []
            )
            if event.kind == "urged" and said["why"] != "ladder":
                names = ["urged"]
            if event.kind in ("closed", "reopened") and is_matter(ticket):
                names = [event.kind, *(["reopened_closed"] if by_desk else [])]
                if ticket.kind == "complaint":
                    names += (
                        ["closed_complaints"]
                        if event.kind == "closed"
                        else ["reopened_complaints"]
                        if by_desk
                        else []
                    )
            self.add(key, *names)

    def _deadlines(self) -> None:
        as_of = self.scope.as_of
        for promise in self.promises:
            ticket = self.tickets[promise.ticket_id]
            key = self.key(ticket, self.order(promise.order_id) or self.lead(ticket, promise.round))
            if not counts(ticket) or promise.ended_at or promise.kind == "contact":
                continue
            if promise.kind == "resolve" and ticket.lead_id is not None:
                continue
            stands = promise.paused_at is not None and promise.paused_at <= promise.due_at
            if is_known(ticket, promise) and self.in_period(promise.due_at) and not stands:
                late, base_late = promise.is_late(as_of), (promise.kept_at or as_of) > promise.base_due_at
                self.add(key, f"due_{promise.kind}", *([f"late_{promise.kind}"] if late else []))
                self.add(key, *([f"base_late_{promise.kind}"] if base_late else []))
            if self.in_period(promise.kept_at) and not promise.is_inferred and promise.kind != "callback":
                start, end = (at.replace(microsecond=0) for at in (promise.started_at, promise.kept_at))
                self.took.setdefault((key, promise.kind), []).append(int((end - start).total_seconds()))

    def _calls(self) -> None:
        for call in self.callbacks:
            ticket = self.tickets[call.ticket_id]
            if ticket.is_imported or not counts(ticket) or not self.in_period(call.tried_at):
                continue
            word = {"yes": "satisfied", "fairly": "fairly", "no": "dissatisfied"}.get(call.satisfied or "")
            names = [
                "callbacks",
                "tried" if call.means != "letter" else "",
                "reached" if call.reached else "",
            ]
            names += [
                word or "",
                "solved" if call.solved else "",
                "self_approved" if call.is_self_approved else "",
            ]
            self.add(self.key(ticket, self.lead(ticket, call.round)), *filter(None, names))
        for promise in self.promises:
            ticket = self.tickets[promise.ticket_id]
            if promise.kind == "callback" and counts(ticket) and self.in_period(promise.started_at):
                tries = [c for c in self.callbacks if (c.ticket_id, c.round) == (ticket.id, promise.round)]
                tried = any(c.tried_at < self.scope.as_of for c in tries)
                key = self.key(ticket, self.lead(ticket, promise.round))
                self.add(key, "callbacks_owed", *(["callbacks_tried"] if tried else []))

    def _repeats(self) -> None:
        repaired: set[tuple[str, int]] = set()
        again: set[tuple[str, int]] = set()
        for event in self.events:
            ticket = self.tickets[event.ticket_id or 0]
            if event.kind != "done" or ticket.kind not in ("repair", "emergency") or not counts(ticket):
                continue
            if self.in_period(event.happened_at):
                part = (self.key(ticket, self.order(event.order_id)), ticket.id)
                repaired.add(part)
                after = [o for o in self._same(ticket) if o.received_at < self.scope.as_of]
                if any(
                    timedelta(0) < whole(o.received_at) - whole(event.happened_at) <= MONTH for o in after
                ):
                    again.add(part)
        for key, _ in repaired:
            self.add(key, "repaired")
        for key, _ in again:
            self.add(key, "repaired_again")
        for ticket in self.tickets.values():
            if self.in_period(ticket.received_at) and is_matter(ticket) and ticket.kind == "complaint":
                mine = (whole(ticket.received_at), ticket.id)
                before = [o for o in self._same(ticket) if (whole(o.received_at), o.id) < mine]
                if any(mine[0] - whole(o.received_at) <= MONTH and o.kind == "complaint" for o in before):
                    self.add(self.key(ticket, self.lead(ticket)), "complained_again")

    def _same(self, ticket: Ticket) -> list[Ticket]:
        place = (ticket.room_id, ticket.category_id)
        return [
            other
            for other in self.tickets.values()
            if None not in place
            and (other.room_id, other.category_id) == place
            and other.id != ticket.id
            and counts(other)
        ]


def counts(ticket: Ticket) -> bool:
    return ticket.outcome not in ("withdrawn", "duplicate")


def is_matter(ticket: Ticket) -> bool:
    return counts(ticket) and ticket.lead_id is None


def is_known(ticket: Ticket, promise: Promise) -> bool:
    stated = promise.kept_at is not None and not promise.is_inferred
    if not ticket.is_imported:
        return True
    return not promise.limit if promise.kind in ("resolve", "done") else stated


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
