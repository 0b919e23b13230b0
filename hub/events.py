"""The record: one row per fact, append-only, hash-chained per stream. Only `record` writes an event.

A stream is one ticket ("ticket:7"), one office's settings and staff ("office:1") or a company ("company:1").
Each event's hash covers the one before it, so a changed or missing event shows (`hub verify`). Personal words
stand apart behind a salted commitment: erasing them leaves the chain whole.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Index, Text, bindparam, insert, update
from sqlmodel import Field, SQLModel, col, select

from hub import bell, clock
from hub.canonical import HASHED, canonical, commit_to, link
from hub.columns import BigKey, Moment, only_where
from hub.database import Collision, Tx
from hub.event_kinds import IS_COUNTED, IS_OF_SETTINGS, KINDS, REACT, SPEAK, Kind
from hub.rows import insert_numbered, table_of
from hub.statements import Statement

__all__ = ["KINDS", "REACT", "SPEAK", "Kind", "canonical", "commit_to", "link"]

GENESIS = "0" * 64
URGENT = "P2"


class Event(SQLModel, table=True):
    """One fact. `facts` is canonical JSON text; `happened_at` is claimed, `recorded_at` is ours."""

    __table_args__ = (
        Index("uq_event_stream_seq", "stream", "seq", unique=True),
        Index(
            "ix_event_counted",
            *("office_id", "kind", "happened_at", "ticket_id", "order_id", "by_id"),
            **only_where(IS_COUNTED),
        ),
        Index("ix_event_retriaged", "office_id", "id", **only_where("kind = 'retriaged'")),
        Index("ix_event_settings", "stream", "seq", **only_where(IS_OF_SETTINGS)),
    )
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
        return link(before, {name: getattr(self, name) for name in HASHED})


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
    """An event that a consumer has still to work; born in the event's own transaction, gone when worked.

    `priority` is the matter's when it happened; what concerns no matter goes with the urgent.
    """

    __table_args__ = (Index("ix_pending_next", "consumer", "priority", "id"),)
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    consumer: str
    event_id: int = Field(foreign_key="event.id", sa_type=BigKey)
    priority: str = Field(default=URGENT, sa_column_kwargs={"server_default": URGENT})


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
    priority: str = URGENT,
    is_quiet: bool = False,
) -> None:
    """Append one fact to its stream, with one pending row per consumer of its kind (none when `is_quiet`).

    `words` are personal and can be erased later; `facts` never are. `priority`: what is worked first of what
    waits. Raises KeyError for a kind not in KINDS, Collision when another transaction appended first.
    """
    wakes, present = KINDS[kind].wakes, clock.now()
    kept = (secrets.token_hex(16), canonical(words)) if words else None
    row: dict[str, Any] = {
        "stream": stream,
        "kind": kind,
        "office_id": office_id,
        "ticket_id": ticket_id,
        "order_id": order_id,
        "by_id": by_id,
        "happened_at": (happened_at or present).astimezone(UTC),
        "recorded_at": present,
        "facts": canonical(facts or {}),
        "commitment": commit_to(*kept) if kept else "",
    }
    tx.tell(*bell.topics_of(stream, office_id, ticket_id, row["facts"]))
    _journal(tx).append(_Fact(row, kept, () if is_quiet else wakes, priority))


def words_of(tx: Tx, event_id: int) -> dict[str, Any]:
    """The personal words of an event as values; nothing when it has none or they were erased."""
    row = tx.get(EventWords, event_id)
    value: dict[str, Any] = json.loads(row.words) if row is not None and row.words else {}
    return value


def read_heads(tx: Tx, streams: Sequence[str]) -> None:
    """Have the heads of these streams at hand, in one query."""
    _journal(tx).read(streams)


def open_stream(tx: Tx, stream: str) -> None:
    """Say that this stream is new, so that nobody looks for its head. A stream that is there collides."""
    _journal(tx).open(stream)


def told_here(tx: Tx, stream: str, kinds: Collection[str]) -> list[tuple[str, dict[str, Any]]] | None:
    """Kind and facts of a stream that began in this transaction; None for one that others can know."""
    return _journal(tx).told(stream, kinds)


@dataclass
class _Fact:
    """An event on its way: its row, its words with their salt, and whom it wakes."""

    row: dict[str, Any]
    words: tuple[str, str] | None
    wakes: tuple[str, ...]
    priority: str
    id: int = 0


class _Journal:
    """The events of one transaction: written past the session, many at a time, for none ever changes."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._heads: dict[str, tuple[int, str]] = {}
        self._first: dict[str, int] = {}
        self._unsent: list[_Fact] = []
        self._sent: list[_Fact] = []
        tx.at_flush(self._send)
        tx.at_end(self._finish)

    def open(self, stream: str) -> None:
        self._heads[stream], self._first[stream] = (0, GENESIS), 0

    def read(self, streams: Sequence[str]) -> None:
        new = [stream for stream in streams if stream not in self._heads]
        if not new:
            return
        # Held to the end, so that a busy stream makes the next one wait instead of starting over.
        query = (
            select(StreamHead.stream, StreamHead.seq, StreamHead.hash)
            .where(col(StreamHead.stream).in_(new))
            .order_by(StreamHead.stream)
            .with_for_update()
        )
        found = {row[0]: (row[1], row[2]) for row in self._tx.connection().execute(query)}
        for stream in new:
            self._heads[stream] = found.get(stream, (0, GENESIS))
            self._first[stream] = self._heads[stream][0]

    def append(self, fact: _Fact) -> None:
        stream = fact.row["stream"]
        self.read([stream])
        seq, before = self._heads[stream]
        fact.row["seq"] = seq + 1
        fact.row["hash"] = link(before, fact.row)
        self._heads[stream] = (seq + 1, fact.row["hash"])
        self._unsent.append(fact)

    def told(self, stream: str, kinds: Collection[str]) -> list[tuple[str, dict[str, Any]]] | None:
        if self._first.get(stream) != 0:
            return None
        facts = (fact.row for fact in chain(self._sent, self._unsent))
        return [
            (row["kind"], from_json(row["facts"]))
            for row in facts
            if row["kind"] in kinds and row["stream"] == stream
        ]

    def _send(self) -> None:
        """With every flush, so that a look-up in the same transaction finds what was recorded."""
        if not self._unsent:
            return
        facts, self._unsent = self._unsent, []
        ids = insert_numbered(self._tx, _EVENT, [fact.row for fact in facts])
        for fact, event_id in zip(facts, ids, strict=True):
            fact.id = event_id
            self._tx.done.changed.events.add(event_id)
        self._sent += facts

    def _finish(self) -> None:
        with self._tx.together():
            self._tx.flush()
            words = [
                {"event_id": fact.id, "ticket_id": fact.row["ticket_id"], "salt": kept[0], "words": kept[1]}
                for fact in self._sent
                if (kept := fact.words)
            ]
            wakes = [
                {"consumer": one, "event_id": fact.id, "priority": fact.priority}
                for fact in self._sent
                for one in fact.wakes
            ]
            new = [head for head in self._moved() if not head["seen"]]
            for statement, rows in ((_KEEP_WORDS, words), (_WAKE, wakes), (_BEGIN, new)):
                if rows:
                    statement.run(self._tx, rows)
        self._swing()
        self._tx.info.pop("journal", None)

    def _moved(self) -> list[dict[str, Any]]:
        """The heads that moved, from where they were seen."""
        return [
            {"of": stream, "seen": self._first[stream], "to": seq, "with": hash_}
            for stream, (seq, hash_) in self._heads.items()
            if seq > self._first[stream]
        ]

    def _swing(self) -> None:
        """Move the old heads. Raises Collision when one has moved since."""
        old = [head for head in self._moved() if head["seen"]]
        if old and _SWING.run(self._tx, old) != len(old):
            raise Collision(", ".join(sorted(head["of"] for head in old)))


_EVENT = table_of(Event)
_KEEP_WORDS = Statement(
    insert(table_of(EventWords)).values(basis=""), ("event_id", "ticket_id", "salt", "words")
)
_WAKE = Statement(insert(table_of(Pending)), ("consumer", "event_id", "priority"))
_BEGIN = Statement(
    insert(StreamHead).values(stream=bindparam("of"), seq=bindparam("to"), hash=bindparam("with"))
)
_SWING = Statement(
    update(StreamHead)
    .where(col(StreamHead.stream) == bindparam("of"), col(StreamHead.seq) == bindparam("seen"))
    .values(seq=bindparam("to"), hash=bindparam("with"))
)


def _journal(tx: Tx) -> _Journal:
    journal = tx.info.get("journal")
    if not isinstance(journal, _Journal):
        journal = tx.info["journal"] = _Journal(tx)
    return journal
