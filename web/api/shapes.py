"""What the API answers about tickets. Times are ISO 8601 in UTC; numbers are text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from hub import attachments, events, incidents, orders, promises, tickets, ties
from hub.attachments import Attachment
from hub.database import Tx
from hub.events import Event
from hub.tickets import Ticket
from hub.ties import Link
from web.api.names import Names
from web.api.work_shapes import OrderOut, PromiseOut

DECIDED = ("triaged", "routed", "ordered", "resembles")
HANDS = ("worker", "supervisor", "candidate")


class LinkOut(BaseModel):
    number: str
    kind: str


class CallerOut(BaseModel):
    name: str
    phone: str
    room: str | None


class ResembleOut(BaseModel):
    """A ticket that may be the same matter: how likely (0 to 1) and why, as data, the weightiest first.

    A reason's `what` is room, phone, place, building, category, group, words (`words`: which, or how many),
    ago or closed (`minutes`).
    """

    number: str
    score: float
    why: list[dict[str, Any]]


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

    `resembles` lists what was found at registration that may be the same matter, the likeliest first; `lead`
    is the ticket this one stands behind, `behind` lists those that stand behind it.
    """

    description: str
    unknown: dict[str, str]
    marks: list[Any]
    external_ref: dict[str, str] | None
    lead: str | None
    behind: list[str]
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
    resembles: list[ResembleOut]

    @classmethod
    def of(cls, tx: Tx, row: Ticket) -> "TicketOut":
        given = orders.of_ticket(tx, row.id)
        names = Names(tx)
        names.load_for([row], given)
        followers = ties.followers(tx, row.id)
        made = promises.of_ticket(tx, row.id)
        numbers = {order.id: order.number for order in given}
        last = decisions(tx, row.id)
        drawn = {promise.id: PromiseOut.of(promise, numbers.get(promise.order_id or 0)) for promise in made}
        return cls(
            **_line(row, names),
            **{name: getattr(row, name) for name in _ALIKE},
            external_ref=_external(row),
            lead=names.ticket(row.lead_id),
            behind=[other.number for other in incidents.behind(tx, row.id)],
            registered_by=names.login(row.registered_by),
            moves=list(tickets.MOVES[row.status]),
            followers=sorted(login for id in followers if (login := names.login(id))),
            links=_links(tx, row.id, names),
            attachments=_attached(tx, row.id),
            promises=list(drawn.values()),
            orders=[
                OrderOut.drawn(tx, order, names, [drawn[p.id] for p in made if p.order_id == order.id])
                for order in given
            ],
            why=reasons(last),
            resembles=[ResembleOut(**one) for one in last.get("resembles", {}).get("tickets", ())],
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
_LIKE_THE_ROW = set(TicketLine.model_fields) - {"office", "category", "caller", "owner", "received_by"}


def decisions(tx: Tx, ticket_id: int) -> dict[str, dict[str, Any]]:
    """What the hub last said of the matter, by event: its judgement, route, hands and what it resembles."""
    here = events.told_here(tx, events.stream_of_ticket(ticket_id), DECIDED)
    return dict(here if here is not None else ((one.kind, one.said) for one in _decisions(tx, ticket_id)))


def reasons(last: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Why the matter is what it is and went where it went: the last judgement, route and choice of hands."""
    why = list(last.get("triaged", {}).get("why", ()))
    if "routed" in last:
        why.append(last["routed"])
    return why + [one for one in last.get("ordered", {}).get("why", ()) if one.get("what") in HANDS]


def _decisions(tx: Tx, ticket_id: int) -> Iterable[Event]:
    return tx.scalars(
        select(Event)
        .where(Event.stream == events.stream_of_ticket(ticket_id), col(Event.kind).in_(DECIDED))
        .order_by(col(Event.seq))
    )


def _line(row: Ticket, names: Names) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _LIKE_THE_ROW},
        "office": names.office(row.office_id),
        "category": names.category(row.category_id),
        "caller": CallerOut(name=row.caller_name, phone=row.caller_phone, room=names.room(row.room_id)),
        "owner": names.login(row.owner_id),
        "received_by": names.login(row.received_by),
    }


def _links(tx: Tx, ticket_id: int, names: Names) -> list[LinkOut]:
    rows = tickets.at_hand(tx, ticket_id, "link", lambda: tx.execute(_LINKS, {"ticket": ticket_id}).all())
    return [
        LinkOut(number=names.ticket(other if one == ticket_id else one) or "", kind=kind)
        for one, other, kind in rows
    ]


# Made once: building a query costs as much as running it.
_LINKS = (
    select(Link.ticket_id, Link.other_id, Link.kind)
    .where(or_(col(Link.ticket_id) == bindparam("ticket"), col(Link.other_id) == bindparam("ticket")))
    .order_by(col(Link.since))
)


def _attached(tx: Tx, ticket_id: int) -> list[AttachmentOut]:
    if tickets.is_new(tx, ticket_id):
        return []
    return [AttachmentOut.of(file) for file in attachments.of_ticket(tx, ticket_id)]


def _external(row: Ticket) -> dict[str, str] | None:
    if row.external_source is None:
        return None
    return {"source": row.external_source, "ref": row.external_ref or ""}
