"""The record: one row per fact, append-only, hash-chained per stream. Only `record` writes an event.

A stream is one ticket ("ticket:7"), one office's settings and staff ("office:1") or a company ("company:1").
Each event's hash covers the one before it, so a changed or missing event shows (`hub verify`). Personal words
stand apart behind a salted commitment: erasing them leaves the chain whole.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Index, Text, update
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import BigKey, Moment
from hub.database import Collision, Tx

GENESIS = "0" * 64
SPEAK, REACT = "speak", "react"


@dataclass(frozen=True)
class Kind:
    """What an event kind says to a reader, and which consumers wake for it."""

    says: str
    wakes: tuple[str, ...] = ()


KINDS = {
    # a ticket's life
    "received": Kind("registered by %(by)s", (SPEAK,)),
    "triaged": Kind("triaged by the hub"),
    "retriaged": Kind("%(by)s changed what kind of matter this is"),
    "routed": Kind("routed by the hub"),
    "answered": Kind("%(by)s answered the customer", (SPEAK,)),
    "answer_promised": Kind("%(by)s promised an answer", (SPEAK,)),
    "urged": Kind("the holder was urged", (SPEAK,)),
    "pressed": Kind("the supervisor was pressed", (SPEAK,)),
    "escalated": Kind("escalated", (SPEAK,)),
    "supervised": Kind("%(by)s put this under supervision", (SPEAK,)),
    "called_back": Kind("%(by)s called the customer back", (SPEAK,)),
    "unreached": Kind("the customer could not be reached", (SPEAK,)),
    "closed": Kind("closed", (SPEAK,)),
    "reopened": Kind("reopened", (SPEAK,)),
    "owned": Kind("%(by)s made another person the owner", (SPEAK,)),
    "noted": Kind("%(by)s wrote a note"),
    "attached": Kind("%(by)s attached a file"),
    "followed": Kind("somebody follows this matter"),
    "linked": Kind("%(by)s linked another ticket"),
    "erased": Kind("personal words erased by %(by)s"),
    # an order's life
    "ordered": Kind("order issued by %(by)s", (SPEAK,)),
    "assigned": Kind("%(by)s assigned the order", (SPEAK,)),
    "accepted": Kind("%(by)s took the order", (SPEAK,)),
    "contacted": Kind("%(by)s spoke to the customer"),
    "departed": Kind("%(by)s is on the way", (SPEAK,)),
    "arrived": Kind("%(by)s is on site"),
    "held": Kind("%(by)s put the order on hold", (SPEAK,)),
    "resumed": Kind("the order goes on"),
    "returned": Kind("%(by)s returned the order", (SPEAK,)),
    "ruled": Kind("%(by)s ruled on the return", (SPEAK,)),
    "withdrawn": Kind("%(by)s withdrew the order", (SPEAK,)),
    "done": Kind("%(by)s finished the work", (SPEAK,)),
    # offices and the company
    "office_opened": Kind("office opened"),
    "staff_added": Kind("%(by)s added a person"),
    "role_granted": Kind("%(by)s granted a role"),
    "role_ended": Kind("%(by)s ended a role"),
    "signed_in": Kind("%(by)s signed in"),
    "sign_in_refused": Kind("a sign-in was refused"),
    "token_made": Kind("%(by)s made an access token"),
    "imported": Kind("%(by)s imported records"),
    "replayed": Kind("a file was replayed"),
    "settings_changed": Kind("%(by)s changed the settings"),
    "trained": Kind("a model was trained"),
}


class Event(SQLModel, table=True):
    """One fact. `facts` is canonical JSON text; `happened_at` is claimed, `recorded_at` is ours."""

    __table_args__ = (Index("uq_event_stream_seq", "stream", "seq", unique=True),)
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    stream: str
    seq: int
    kind: str
    office_id: int | None = Field(default=None, index=True)
    ticket_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    order_id: int | None = Field(default=None, sa_type=BigKey)
    by_id: int | None = Field(default=None)
    happened_at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
    facts: str = Field(sa_type=Text)
    commitment: str = ""
    hash: str

    @property
    def said(self) -> dict[str, Any]:
        """The facts as values."""
        value: dict[str, Any] = json.loads(self.facts)
        return value

    def digest(self, before: str) -> str:
        """The hash this event must have after an event with hash `before`."""
        parts = (
            before,
            self.stream,
            str(self.seq),
            self.kind,
            str(self.office_id or ""),
            str(self.ticket_id or ""),
            str(self.order_id or ""),
            str(self.by_id or ""),
            self.happened_at.isoformat(),
            self.recorded_at.isoformat(),
            self.facts,
            self.commitment,
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class EventWords(SQLModel, table=True):
    """The personal words of one event, until they are erased (by whom, on what basis)."""

    __tablename__ = "event_words"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigKey)
    ticket_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    salt: str
    words: str | None = Field(default=None, sa_type=Text)
    erased_at: datetime | None = Field(default=None, sa_type=Moment)
    erased_by: int | None = None
    basis: str = ""

    def commitment(self) -> str:
        return commit_to(self.salt, self.words or "")


class StreamHead(SQLModel, table=True):
    """The last event of a stream; it moves by compare-and-swap, so two appends at once cannot both win."""

    __tablename__ = "stream_head"
    stream: str = Field(primary_key=True)
    seq: int
    hash: str


class Pending(SQLModel, table=True):
    """An event that a consumer has still to work; born in the event's own transaction, gone when worked."""

    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    consumer: str = Field(index=True)
    event_id: int = Field(foreign_key="event.id", sa_type=BigKey)


def canonical(values: Mapping[str, Any]) -> str:
    """The one text these values have: sorted keys, UTC moments, no spaces."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def commit_to(salt: str, words: str) -> str:
    """The commitment that stands in the chain for personal words."""
    return hashlib.sha256(f"{salt}\x1f{words}".encode()).hexdigest()


def stream_of_ticket(ticket_id: int) -> str:
    return f"ticket:{ticket_id}"


def record(
    tx: Tx,
    kind: str,
    *,
    stream: str,
    office_id: int | None = None,
    ticket_id: int | None = None,
    order_id: int | None = None,
    by_id: int | None = None,
    happened_at: datetime | None = None,
    words: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    is_quiet: bool = False,
) -> Event:
    """Append one fact to its stream, with one pending row per consumer of its kind (none when `is_quiet`).

    `words` are personal and can be erased later; `facts` never are. Raises KeyError for a kind not in KINDS,
    Collision when another transaction appended to the stream first.
    """
    wakes = KINDS[kind].wakes
    present = clock.now()
    journal = _journal(tx)
    seq, before = journal.head(stream)
    event = Event(
        stream=stream,
        seq=seq + 1,
        kind=kind,
        office_id=office_id,
        ticket_id=ticket_id,
        order_id=order_id,
        by_id=by_id,
        happened_at=(happened_at or present).astimezone(UTC),
        recorded_at=present,
        facts=canonical(facts or {}),
        hash="",
    )
    kept = None
    if words:
        kept = EventWords(event_id=0, ticket_id=ticket_id, salt=secrets.token_hex(16), words=canonical(words))
        event.commitment = kept.commitment()
    event.hash = event.digest(before)
    journal.append(event, kept, () if is_quiet else wakes)
    return event


class _Journal:
    """The events of one transaction, written together at its end."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._heads: dict[str, tuple[int, str]] = {}
        self._first: dict[str, int] = {}
        self._events: list[tuple[Event, EventWords | None, tuple[str, ...]]] = []

    def head(self, stream: str) -> tuple[int, str]:
        if stream not in self._heads:
            # Held to the end, so that a busy stream makes the next one wait instead of starting over.
            row = self._tx.execute(
                select(StreamHead.seq, StreamHead.hash).where(StreamHead.stream == stream).with_for_update()
            ).one_or_none()
            self._heads[stream] = (row[0], row[1]) if row else (0, GENESIS)
            self._first[stream] = self._heads[stream][0]
        return self._heads[stream]

    def append(self, event: Event, words: EventWords | None, wakes: tuple[str, ...]) -> None:
        if not self._events:
            self._tx.at_end(self._write)
        self._heads[event.stream] = (event.seq, event.hash)
        self._events.append((event, words, wakes))
        self._tx.add(event)

    def _write(self) -> None:
        self._tx.flush()
        for event, words, wakes in self._events:
            if words:
                words.event_id = event.id
                self._tx.add(words)
            self._tx.add_all(Pending(consumer=consumer, event_id=event.id) for consumer in wakes)
        for stream, (seq, hash_) in self._heads.items():
            self._swing(stream, self._first[stream], seq, hash_)
        self._tx.info.pop("journal", None)

    def _swing(self, stream: str, seen: int, seq: int, hash_: str) -> None:
        if seen == 0:
            self._tx.add(StreamHead(stream=stream, seq=seq, hash=hash_))
            return
        moved = self._tx.execute(
            update(StreamHead)
            .where(col(StreamHead.stream) == stream, col(StreamHead.seq) == seen)
            .values(seq=seq, hash=hash_)
        )
        if getattr(moved, "rowcount", 0) != 1:
            raise Collision(stream)


def _journal(tx: Tx) -> _Journal:
    journal = tx.info.get("journal")
    if not isinstance(journal, _Journal):
        journal = tx.info["journal"] = _Journal(tx)
    return journal


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not a fact: {value!r}")
