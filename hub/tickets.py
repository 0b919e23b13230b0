"""The ticket (登記單): one matter of one customer, from the first word to the closing.

`state_of` is the one function that says where a ticket stands; `move` the one that changes it. The database
itself refuses a closed ticket that owes a callback, and an open one without an owner.
Source: seed 2-3, 2-5 (K1.3, K2.2, K5.3, K5.4); domain.md §3.2.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel, col, select

from hub import events
from hub.columns import BigKey, Data, Moment, only_where
from hub.database import Tx
from hub.errors import CallbackOwed, NotNow
from hub.rows import later

STATES = ("new", "in_hand", "awaiting_callback", "closed")
OUTCOMES = ("solved", "answered", "cannot_solve", "not_ours", "duplicate", "withdrawn")
CHANNELS = ("walk_in", "phone", "sms", "letter", "fax", "email", "portal", "employee", "open311")
MOVES = {
    "new": ("in_hand", "awaiting_callback", "closed"),
    "in_hand": ("awaiting_callback", "closed"),
    "awaiting_callback": ("closed", "in_hand"),
    "closed": ("in_hand",),
}
# what the callback of a ticket's present round is: decided when the work is done
UNDECIDED, OWED, NOT_OWED, MADE, UNREACHED = "undecided", "owed", "not_owed", "made", "unreached"
ENDED_ORDERS = ("done", "withdrawn")
# what figures leave out, or look at twice: few of many, and none when it is made but what is imported
IS_SET_APART = text("(outcome IN ('withdrawn', 'duplicate') OR lead_id IS NOT NULL OR is_imported)")
_COUNTED = ("kind", "category_id", "room_id", "outcome", "lead_id")  # what figures ask of every receipt
Row = TypeVar("Row")


class Ticket(SQLModel, table=True):
    """One matter. `round` counts the runs through the loop: 1, and one more with every reopening.

    `lead_id` is the household's ticket that stands for this one (incidents); orders hang on that one alone.
    `building_id` is the room's, and `spot` what `hub.places` makes of `place`: to find the same matter by.
    `unknown` maps a mandatory field nobody could give to the reason; `marks` lists what was odd on arrival;
    `is_imported` keeps a replayed matter out of callbacks, satisfaction and the ladder; `major_since` is when
    it was declared a major complaint; `urged_at` when its customer's urging was last passed on.
    """

    __table_args__ = (
        CheckConstraint("status <> 'closed' OR callback <> 'owed'", name="no_close_with_a_callback_owed"),
        CheckConstraint("status = 'closed' OR owner_id IS NOT NULL", name="an_open_ticket_has_an_owner"),
        CheckConstraint("status <> 'closed' OR outcome IS NOT NULL", name="closed_with_an_outcome"),
        Index(
            "uq_ticket_external",
            *("office_id", "external_source", "external_ref"),
            unique=True,
            **only_where("external_source IS NOT NULL"),
        ),
        # what few have is in the index of those few alone: a new matter writes nothing there
        Index("ix_ticket_lead_id", "lead_id", **only_where("lead_id IS NOT NULL")),
        Index("ix_ticket_callback_at", "callback_at", **only_where("callback_at IS NOT NULL")),
        Index("ix_ticket_queue", "office_id", "status", "id"),
        Index("ix_ticket_office_id_id", "office_id", "id"),
        Index("ix_ticket_received", "office_id", "received_at", *_COUNTED),
        Index("ix_ticket_set_apart", "office_id", **only_where(IS_SET_APART)),
        # The same matter is looked up by place or caller among what is open, and what was closed a day ago;
        # of a place, by category: what is of another one is passed over without a look at its row.
        Index("ix_ticket_room", "room_id", "closed_at", "received_at", "category_id"),
        Index("ix_ticket_contact", "contact_id", "closed_at", "received_at"),
        Index("ix_ticket_building", "building_id", "closed_at", "received_at", "category_id"),
        Index("ix_ticket_spot", "office_id", "spot", "closed_at", "received_at", **only_where("spot <> ''")),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    number: str = Field(unique=True)
    office_id: int = Field(foreign_key="office.id")
    lead_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey)
    status: str = "new"
    outcome: str | None = None
    callback: str = UNDECIDED
    round: int = 1
    kind: str | None = None
    category_id: int | None = Field(default=None, foreign_key="category.id", index=True)
    priority: str = "P3"
    item: str
    description: str = Field(default="", sa_type=Text)
    caller_name: str = ""
    caller_phone: str = ""
    contact_id: int | None = Field(default=None, foreign_key="contact_point.id")
    party_id: int | None = Field(default=None, foreign_key="party.id", index=True)
    room_id: int | None = Field(default=None, foreign_key="room.id")
    building_id: int | None = Field(default=None, foreign_key="building.id")
    place: str = ""
    spot: str = ""
    unknown: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    marks: list[Any] = Field(default_factory=list, sa_type=Data)
    channel: str
    external_source: str | None = None
    external_ref: str | None = None
    is_imported: bool = False
    owner_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    registered_by: int | None = Field(default=None, foreign_key="staff.id")
    received_by: int | None = Field(default=None, foreign_key="staff.id", index=True)
    received_at: datetime = Field(sa_type=Moment)
    passed_on_at: datetime = Field(sa_type=Moment)
    registered_at: datetime = Field(sa_type=Moment)
    first_contact_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answer: str = Field(default="", sa_type=Text)
    promised_for: datetime | None = Field(default=None, sa_type=Moment)
    solved_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    callback_at: datetime | None = Field(default=None, sa_type=Moment)
    callback_tries: int = 0
    times_reopened: int = 0
    times_urged: int = 0
    words: str = Field(default="", sa_type=Text)
    major_since: datetime | None = Field(default=None, sa_type=Moment)
    urged_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def is_open(self) -> bool:
        return self.status != "closed"


def state_of(orders: Iterable[str], answered: bool, taken: bool, callback: str) -> str:
    """Where a ticket stands, from the states of this round's orders, its answer and its callback.

    `taken`: somebody has it in hand without an order (an answer is promised, or it was reopened).
    """
    states = list(orders)
    if any(state not in ENDED_ORDERS for state in states):
        return "in_hand"
    if "done" in states or answered:
        return "awaiting_callback" if callback == OWED else "closed"
    return "in_hand" if states or taken else "new"


def move(ticket: Ticket, status: str, at: datetime, outcome: str | None = None) -> None:
    """Take the ticket to a state. Raises NotNow for a move not in MOVES, CallbackOwed for an early close."""
    if status == ticket.status:
        return
    legal = MOVES[ticket.status]
    if status not in legal:
        raise NotNow("the ticket cannot go there from where it stands", legal=legal)
    if status == "closed":
        if ticket.callback == OWED:
            raise CallbackOwed("the customer is still to be called back", legal=("callback",))
        ticket.outcome = outcome or ticket.outcome
        ticket.closed_at = at
    ticket.status = status


@dataclass
class _Held:
    """A ticket in the hand of one transaction, and what of it was read: nobody else can change it now."""

    ticket: Ticket
    is_new: bool
    rows: dict[str, list[Any]] = field(default_factory=dict)
    stirred: set[str] = field(default_factory=set)


def lock(tx: Tx, ticket_id: int) -> Ticket:
    """The ticket, held by this transaction until its end; every verb begins here."""
    held = _held(tx)
    if ticket_id not in held:
        found = tx.scalars(
            select(Ticket)
            .where(Ticket.id == ticket_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        held[ticket_id] = _Held(found, is_new=False)
    return held[ticket_id].ticket


def lock_all(tx: Tx, ticket_ids: Iterable[int]) -> list[int]:
    """Hold many tickets at once, always in one order so that two batches cannot block each other.

    Answers those that were not held before.
    """
    held = _held(tx)
    new = sorted(set(ticket_ids) - set(held))
    query = select(Ticket).where(col(Ticket.id).in_(new)).order_by(col(Ticket.id)).with_for_update()
    for found in tx.scalars(query.execution_options(populate_existing=True)) if new else ():
        held[found.id] = _Held(found, is_new=False)
    return new


def add(tx: Tx, ticket: Ticket) -> None:
    """Write a new ticket; until the transaction ends it is held like a locked one."""
    later(tx, ticket, block=1)  # what is newer has the higher id, whichever process took it in
    events.open_stream(tx, events.stream_of_ticket(ticket.id))
    _held(tx)[ticket.id] = _Held(ticket, is_new=True)


def is_new(tx: Tx, ticket_id: int) -> bool:
    """Whether this transaction made the ticket, so that nobody else can have added to it."""
    held = _held(tx).get(ticket_id)
    return held is not None and held.is_new


def at_hand(tx: Tx, ticket_id: int, table: str, read: Callable[[], Iterable[Row]]) -> list[Row]:
    """The ticket's rows of one table: read once while the ticket is held, since its lock covers them.

    Whoever adds a row appends it to this list too.
    """
    held = _held(tx).get(ticket_id)
    if held is None:
        return list(read())
    if table not in held.rows:
        held.rows[table] = [] if held.is_new and table not in held.stirred else list(read())
    return held.rows[table]


def stir(tx: Tx, ticket_id: int, table: str) -> None:
    """Rows of a held ticket were written otherwise than by `at_hand`: the next to ask reads them anew."""
    held = _held(tx).get(ticket_id)
    if held is not None:
        held.rows.pop(table, None)
        held.stirred.add(table)


def put_at_hand(tx: Tx, ticket_id: int, table: str, rows: list[Any]) -> None:
    """Rows of a held ticket that were read together with those of others."""
    _held(tx)[ticket_id].rows[table] = rows


def _held(tx: Tx) -> dict[int, _Held]:
    held: dict[int, _Held] = tx.info.setdefault("held tickets", {})
    return held


def record(
    tx: Tx,
    kind: str,
    ticket: Ticket,
    by_id: int | None,
    happened_at: datetime | None = None,
    /,
    *,
    words: Mapping[str, Any] | None = None,
    order_id: int | None = None,
    **facts: Any,
) -> None:
    """Append one fact to the ticket's stream. An imported matter wakes nobody: it is another's past."""
    events.record(
        tx,
        kind,
        stream=events.stream_of_ticket(ticket.id),
        office_id=ticket.office_id,
        ticket_id=ticket.id,
        order_id=order_id,
        by_id=by_id,
        happened_at=happened_at,
        words=words,
        facts=facts,
        priority=ticket.priority,
        is_quiet=ticket.is_imported,
    )


def by_external(tx: Tx, office_id: int, source: str, ref: str) -> Ticket | None:
    """The ticket another system knows under this reference, if it came before."""
    return tx.exec_one(
        select(Ticket).where(
            Ticket.office_id == office_id, Ticket.external_source == source, Ticket.external_ref == ref
        )
    )
