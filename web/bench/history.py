"""A year of matters behind the bench: rows as the verbs leave them, made without the verbs.

Every matter has its promises, its order and its callback; those of the last months have their record too,
with chains that `hub verify` walks. Older ones have none: a million chains would take longer than all
benches.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel, col, select

from hub import clock, events, numbers, promises, words
from hub.callbacks import Callback
from hub.catalogue import Category
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Occupancy, Room
from hub.events import Event, EventWords, StreamHead
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.promises import Promise
from hub.tickets import Ticket
from web.bench import matters

PER_MONTH = 85_000
MONTH = timedelta(days=30)
RECORDED_MONTHS = 2
FIRST_EVENT = 100_000  # behind all that laying the ground recorded
MOST_EVENTS = 8  # of one matter
Row = dict[str, Any]
Rows = dict[type[SQLModel], list[Row]]
TABLES: tuple[type[SQLModel], ...] = (Ticket, Order, Promise, Callback, Event, EventWords, StreamHead)


@dataclass
class Plan:
    """How much: `tickets` in all, of which about `open` stand open; the newest is `until`."""

    tickets: int
    open: int
    until: datetime

    def received_at(self, turn: int) -> datetime:
        """When matter n came in: evenly, `PER_MONTH` of them a month, the last one just now."""
        return self.until - MONTH / PER_MONTH * (self.tickets - turn)

    def is_open(self, turn: int) -> bool:
        """Every second of the newest, up to the number wanted."""
        return turn >= self.tickets - 2 * self.open and turn % 2 == 0

    def is_recorded(self, turn: int) -> bool:
        return turn >= self.tickets - RECORDED_MONTHS * PER_MONTH


@dataclass
class Known:
    """The ids of the ground, by office (from 0) and by what they are called."""

    offices: list[Office] = field(default_factory=list)
    rooms: list[list[int]] = field(default_factory=list)
    parties: list[list[int]] = field(default_factory=list)
    contacts: list[list[int]] = field(default_factory=list)
    staff: dict[str, int] = field(default_factory=dict)
    departments: dict[tuple[int, str], int] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)


def known(tx: Tx) -> Known:
    """What was laid, read once."""
    found = Known(offices=list(tx.scalars(select(Office).order_by(col(Office.id)))))
    points = {row[0]: row[1] for row in tx.execute(select(ContactPoint.value, ContactPoint.id))}
    for number, office in enumerate(found.offices):
        rows = tx.execute(
            select(Room.id, Occupancy.party_id)
            .join(Occupancy, col(Occupancy.room_id) == col(Room.id))
            .where(Room.office_id == office.id)
            .order_by(col(Room.id))
        ).all()
        found.rooms.append([row[0] for row in rows])
        found.parties.append([row[1] for row in rows])
        found.contacts.append([points[matters.resident(number, n)[1]] for n in range(len(rows))])
    found.staff = {row[0]: row[1] for row in tx.execute(select(Staff.login, Staff.id))}
    found.departments = {
        (row[0], row[1]): row[2]
        for row in tx.execute(select(Department.office_id, Department.code, Department.id))
    }
    found.categories = {row.code: row for row in tx.scalars(select(Category))}
    tx.expunge_all()
    return found


def rows(plan: Plan, ground: Known, first: int, last: int) -> Rows:
    """The rows of matters [first, last); ids are one more than the matter's number."""
    made: Rows = {table: [] for table in TABLES}
    for turn in range(first, last):
        _matter(plan, ground, turn, made)
    return made


def _matter(plan: Plan, ground: Known, turn: int, made: Rows) -> None:
    category = ground.categories[matters.kind_of(turn)[3]]
    at, is_open = plan.received_at(turn), plan.is_open(turn)
    done_at = None if is_open else at + timedelta(minutes=20 + turn * 37 % 4_000)
    is_called = not is_open and category.callback == "always"
    asked_at = done_at + timedelta(hours=20) if done_at and is_called else None
    closed_at = asked_at or done_at
    ticket = _ticket(ground, turn, at, done_at, closed_at)
    made[Ticket].append(ticket)
    department = ground.departments.get((ticket["office_id"], category.department))
    order = _order(ticket, department, made, done_at) if category.department not in ("CSC", "QA") else None
    _promises(ticket, order, made, done_at, closed_at if is_called else None)
    if asked_at is not None:
        _callback(ticket, made, asked_at)
    if plan.is_recorded(turn):
        _record(ticket, order, made, done_at, closed_at)


def _ticket(
    ground: Known, turn: int, at: datetime, done_at: datetime | None, closed_at: datetime | None
) -> Row:
    place, room = matters.place_of(turn, len(ground.offices))
    office, clerk = ground.offices[place], ground.staff[f"clerk{place}"]
    _, item, description, code = matters.kind_of(turn)
    category, is_open = ground.categories[code], done_at is None
    name, phone = matters.resident(place, room)
    return {
        "id": turn + 1,
        "number": numbers.compose(office.prefix, turn // len(ground.offices) + 1),
        "office_id": office.id,
        "status": ("in_hand" if category.department != "CSC" else "new") if is_open else "closed",
        "outcome": None if is_open else "solved",
        "callback": "undecided" if is_open else ("made" if closed_at != done_at else "not_owed"),
        "kind": category.kind,
        "category_id": category.id,
        "priority": category.priority,
        "item": item,
        "description": description,
        "caller_name": name,
        "caller_phone": phone[4:],
        "contact_id": ground.contacts[place][room],
        "party_id": ground.parties[place][room],
        "room_id": ground.rooms[place][room],
        "channel": matters.CHANNELS[turn % len(matters.CHANNELS)],
        "owner_id": clerk,
        "registered_by": clerk,
        "received_by": clerk,
        "received_at": at,
        "passed_on_at": at,
        "registered_at": at,
        "solved_at": done_at,
        "closed_at": closed_at,
        "words": words.fold(f"{name} {matters.room_code(room)} {phone[4:]} {item} {description}"),
    }


def _order(ticket: Row, department: int | None, made: Rows, done_at: datetime | None) -> Row | None:
    if department is None:
        return None
    order = {
        "id": ticket["id"],
        "ticket_id": ticket["id"],
        "office_id": ticket["office_id"],
        "seq": 1,
        "number": f"{ticket['number']}-1",
        "status": "done" if done_at else "issued",
        "department_id": department,
        "dispatched_to": "supervisor",
        "chosen_by": "rule",
        "issued_by": ticket["owner_id"],
        "issued_at": ticket["received_at"],
        "accepted_at": ticket["received_at"] + timedelta(minutes=9) if done_at else None,
        "done_at": done_at,
        "ended_at": done_at,
    }
    made[Order].append(order)
    return order


def _promises(
    ticket: Row, order: Row | None, made: Rows, done_at: datetime | None, called_at: datetime | None
) -> None:
    start = ticket["received_at"]
    spans = [("answer", None, 30, 12 if done_at else 0), ("resolve", None, 4_320, 0)]
    if order is not None:
        spans += [
            ("accept", order["id"], 30, 9),
            ("contact", order["id"], 30, 14),
            ("done", order["id"], 4_320, 0),
        ]
    for kind, order_id, minutes, kept in spans:
        kept_at = (start + timedelta(minutes=kept) if kept else done_at) if done_at else None
        _promise(ticket, made, kind, order_id, start, start + timedelta(minutes=minutes), kept_at)
    if called_at is not None and done_at is not None:
        _promise(ticket, made, "callback", None, done_at, done_at + timedelta(days=2), called_at)


def _promise(
    ticket: Row,
    made: Rows,
    kind: str,
    order_id: int | None,
    start: datetime,
    due: datetime,
    kept_at: datetime | None,
) -> None:
    made[Promise].append(
        {
            "ticket_id": ticket["id"],
            "order_id": order_id,
            "office_id": ticket["office_id"],
            "kind": kind,
            "priority": ticket["priority"],
            "limit": "3d",
            "started_at": start,
            "base_due_at": due,
            "due_at": due,
            "warn_at": start + (due - start) * promises.AT_RISK / 100,
            "kept_at": kept_at,
        }
    )


def _callback(ticket: Row, made: Rows, at: datetime) -> None:
    made[Callback].append(
        {
            "ticket_id": ticket["id"],
            "office_id": ticket["office_id"],
            "round": 1,
            "attempt": 1,
            "tried_at": at,
            "by_id": ticket["owner_id"],
            "reached": True,
            "solved": True,
            "satisfied": ("yes", "yes", "fairly", "no")[ticket["id"] % 4],
        }
    )


def _record(
    ticket: Row, order: Row | None, made: Rows, done_at: datetime | None, closed_at: datetime | None
) -> None:
    """The events of a matter as its verbs would have written them, in one chain."""
    said = {"name": ticket["caller_name"], "phone": ticket["caller_phone"], "item": ticket["item"]}
    start = ticket["received_at"]
    facts: list[tuple[str, datetime, Row, Row | None]] = [
        ("received", start, {"number": ticket["number"], "channel": ticket["channel"]}, said),
        ("triaged", start, {"kind": ticket["kind"], "priority": ticket["priority"], "why": []}, None),
    ]
    if order is not None:
        facts.append(
            ("ordered", start, {"order": order["number"], "department": order["department_id"]}, None)
        )
    if order is not None and done_at is not None:
        facts.append(("done", done_at, {"order": order["number"]}, None))
    if closed_at is not None:
        facts.append(("closed", closed_at, {"outcome": "solved", "callback": ticket["callback"]}, None))
    before, stream = events.GENESIS, events.stream_of_ticket(ticket["id"])
    for seq, (kind, at, fact, spoken) in enumerate(facts, 1):
        salt, text = ("bench", events.canonical(spoken)) if spoken else ("", "")
        event: Row = {
            "id": FIRST_EVENT + MOST_EVENTS * ticket["id"] + seq,
            "stream": stream,
            "seq": seq,
            "kind": kind,
            "office_id": ticket["office_id"],
            "ticket_id": ticket["id"],
            "order_id": order["id"] if order and kind in ("ordered", "done") else None,
            "by_id": ticket["owner_id"],
            "happened_at": at,
            "recorded_at": at,
            "facts": events.canonical(fact),
            "commitment": events.commit_to(salt, text) if spoken else "",
        }
        before = event["hash"] = events.link(before, event)
        made[Event].append(event)
        if spoken:
            made[EventWords].append(
                {"event_id": event["id"], "ticket_id": ticket["id"], "salt": salt, "words": text}
            )
    made[StreamHead].append({"stream": stream, "seq": len(facts), "hash": before})


def chunks(plan: Plan, ground: Known, size: int = 10_000) -> Iterator[tuple[int, Rows]]:
    """All of the plan, some at a time; with each how many matters are made by then."""
    for first in range(0, plan.tickets, size):
        last = min(first + size, plan.tickets)
        yield last, rows(plan, ground, first, last)


def plan_of(tickets: int, open_ones: int) -> Plan:
    """A plan that ends now."""
    return Plan(tickets, open_ones, clock.now().replace(microsecond=0))
