"""What the API answers about tickets and orders. Times are ISO 8601 in UTC; numbers are text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import col, select

from hub import attachments, clock, events, orders, tickets
from hub.attachments import Attachment
from hub.database import Tx
from hub.events import Event
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket
from web.api.names import Names

DECIDED = ("triaged", "routed", "ordered")


class PromiseOut(BaseModel):
    """One deadline. `base_due_at` is what was promised, `due_at` that plus the time held (`held_seconds`).

    `state`: running | held | overdue | kept | missed | ended.
    """

    kind: str
    order: str | None
    state: str
    limit: str
    started_at: datetime
    base_due_at: datetime
    due_at: datetime
    held_seconds: int
    kept_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Promise, order: str | None) -> "PromiseOut":
        return cls(
            kind=row.kind,
            order=order,
            state=promise_state(row),
            limit=row.limit,
            started_at=row.started_at,
            base_due_at=row.base_due_at,
            due_at=row.due_at,
            held_seconds=row.held_seconds,
            kept_at=row.kept_at,
            ended_at=row.ended_at,
        )


class HoldOut(BaseModel):
    reason: str
    since: datetime
    until: datetime | None
    pauses: bool


class OrderOut(BaseModel):
    """One order with its promises; `moves` are the steps that are legal now."""

    number: str
    ticket: str
    status: str
    round: int
    department: str | None
    worker: str | None
    dispatched_to: str
    chosen_by: str
    instruction: str
    appointment_at: datetime | None
    issued_by: str | None
    issued_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    done: str
    materials: list[Any]
    fields: dict[str, Any]
    return_reason: str
    times_returned: int
    hold: HoldOut | None
    promises: list[PromiseOut]
    moves: list[str]

    @classmethod
    def of(cls, tx: Tx, row: Order) -> "OrderOut":
        """One order by itself."""
        tx.flush()
        made = tx.scalars(select(Promise).where(Promise.order_id == row.id).order_by(col(Promise.id))).all()
        return cls.drawn(tx, row, Names(tx), made)

    @classmethod
    def drawn(cls, tx: Tx, row: Order, names: Names, made: Sequence[Promise]) -> "OrderOut":
        """One order among others, whose names and promises are at hand."""
        kept = row.model_dump(include=set(cls.model_fields) - {"issued_by"})
        return cls(
            **kept,
            ticket=row.number.partition("-")[0],
            department=names.department(row.department_id),
            worker=names.login(row.worker_id),
            issued_by=names.login(row.issued_by),
            hold=_hold(orders.running_hold(tx, row.id)) if row.status == "on_hold" else None,
            promises=[PromiseOut.of(promise, row.number) for promise in made],
            moves=sorted(orders.MOVES[row.status]),
        )


class LinkOut(BaseModel):
    number: str
    kind: str


class CallerOut(BaseModel):
    name: str
    phone: str
    room: str | None


class TicketLine(BaseModel):
    """A ticket as a list shows it."""

    number: str
    office: str | None
    status: str
    outcome: str | None
    callback: str
    kind: str | None
    category: str | None
    priority: str
    item: str
    place: str
    caller: CallerOut
    channel: str
    owner: str | None
    received_by: str | None
    received_at: datetime
    registered_at: datetime
    solved_at: datetime | None
    closed_at: datetime | None
    callback_at: datetime | None
    times_reopened: int
    times_urged: int

    @classmethod
    def many(cls, tx: Tx, rows: Sequence[Ticket]) -> list["TicketLine"]:
        names = Names(tx)
        names.load_for(rows)
        return [cls(**_line(row, names)) for row in rows]


class TicketOut(TicketLine):
    """A ticket with all that hangs on it. `why` gives every reason of the decision, in its order.

    `resembles` lists open tickets that may be the same matter; it stays empty until duplicates are searched.
    """

    description: str
    unknown: dict[str, str]
    marks: list[Any]
    external_ref: dict[str, str] | None
    lead: str | None
    round: int
    registered_by: str | None
    passed_on_at: datetime
    first_contact_at: datetime | None
    answered_at: datetime | None
    answer: str
    promised_for: datetime | None
    callback_tries: int
    moves: list[str]
    followers: list[str]
    links: list[LinkOut]
    attachments: list["AttachmentOut"]
    promises: list[PromiseOut]
    orders: list[OrderOut]
    why: list[dict[str, Any]]
    resembles: list[str]

    @classmethod
    def of(cls, tx: Tx, row: Ticket) -> "TicketOut":
        names = Names(tx)
        names.load_for([row])
        followers = tickets.followers(tx, row.id)
        made = tx.scalars(select(Promise).where(Promise.ticket_id == row.id).order_by(col(Promise.id))).all()
        given = orders.of_ticket(tx, row.id)
        numbers = {order.id: order.number for order in given}
        return cls(
            **_line(row, names),
            **row.model_dump(include=_ALIKE),
            external_ref=_external(row),
            lead=names.ticket(row.lead_id),
            registered_by=names.login(row.registered_by),
            moves=list(tickets.MOVES[row.status]),
            followers=sorted(login for id in followers if (login := names.login(id))),
            links=[LinkOut(number=other.number, kind=kind) for other, kind in tickets.links(tx, row.id)],
            attachments=[AttachmentOut.of(file) for file in attachments.of_ticket(tx, row.id)],
            promises=[PromiseOut.of(promise, numbers.get(promise.order_id or 0)) for promise in made],
            orders=[
                OrderOut.drawn(tx, order, names, [p for p in made if p.order_id == order.id])
                for order in given
            ],
            why=reasons(tx, row.id),
            resembles=[],
        )


class AttachmentOut(BaseModel):
    """A file of a ticket; `id` is its address under the ticket's attachments."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    purpose: str
    created_at: datetime

    @classmethod
    def of(cls, row: Attachment) -> "AttachmentOut":
        return cls(id=str(row.id), **row.model_dump(include=set(cls.model_fields) - {"id"}))


_ALIKE = {
    "description",
    "unknown",
    "marks",
    "round",
    "passed_on_at",
    "first_contact_at",
    "answered_at",
    "answer",
    "promised_for",
    "callback_tries",
}
_NAMED = {"office", "category", "caller", "owner", "received_by"}


def promise_state(row: Promise) -> str:
    """Where a promise stands now."""
    if row.ended_at is not None:
        return "ended"
    if row.kept_at is not None:
        return "kept" if row.kept_at <= row.due_at else "missed"
    if row.paused_at is not None:
        return "held"
    return "overdue" if row.is_late(clock.now()) else "running"


def reasons(tx: Tx, ticket_id: int) -> list[dict[str, Any]]:
    """Why the matter is what it is and went where it went: the last judgement, route and choice of hands."""
    last = {event.kind: event.said for event in _decisions(tx, ticket_id)}
    why = list(last.get("triaged", {}).get("why", ()))
    if "routed" in last:
        why.append(last["routed"])
    return why + [one for one in last.get("ordered", {}).get("why", ()) if one.get("what") == "worker"]


def _decisions(tx: Tx, ticket_id: int) -> Iterable[Event]:
    return tx.scalars(
        select(Event)
        .where(Event.stream == events.stream_of_ticket(ticket_id), col(Event.kind).in_(DECIDED))
        .order_by(col(Event.seq))
    )


def _line(row: Ticket, names: Names) -> dict[str, Any]:
    return {
        **row.model_dump(include=set(TicketLine.model_fields) - _NAMED),
        "office": names.office(row.office_id),
        "category": names.category(row.category_id),
        "caller": CallerOut(name=row.caller_name, phone=row.caller_phone, room=names.room(row.room_id)),
        "owner": names.login(row.owner_id),
        "received_by": names.login(row.received_by),
    }


def _external(row: Ticket) -> dict[str, str] | None:
    if row.external_source is None:
        return None
    return {"source": row.external_source, "ref": row.external_ref or ""}


def _hold(row: Hold | None) -> HoldOut | None:
    if row is None:
        return None
    return HoldOut(reason=row.reason, since=row.starts_at, until=row.until, pauses=row.pauses)
