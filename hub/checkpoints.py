"""Checkpoints and `verify`: what shows that the record is whole.

Each event's hash covers the one before it in its stream; each checkpoint covers every event since the last
one and how many tickets there were. So a changed event, a cut tail and a deleted ticket are all found.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.events import GENESIS, Event, EventWords, StreamHead
from hub.tickets import Ticket

PAGE = 5_000


class Checkpoint(SQLModel, table=True):
    """A seal over the events up to `last_event`: their number, the tickets' number, and a running hash."""

    id: int = Field(default=None, primary_key=True)
    made_at: datetime = Field(sa_type=Moment)
    last_event: int = Field(sa_type=BigKey)
    events: int = Field(sa_type=BigKey)
    tickets: int = Field(sa_type=BigKey)
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first thing found that is not as it was written."""

    where: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """What `verify` walked, and what it found broken (None: all is whole)."""

    streams: int
    events: int
    checkpoints: int
    broken: Broken | None


def seal(tx: Tx) -> Checkpoint | None:
    """Write a checkpoint over the events since the last one. None when nothing has happened since."""
    if not tx.database.is_sqlite:
        # Writers in flight hold numbers we cannot see yet; wait for them, so no event slips below the seal.
        # Two seals at once would each follow the same last one, so this lock also shuts out another seal.
        tx.execute(text("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE"))
    last = tx.scalars(select(Checkpoint).order_by(col(Checkpoint.id).desc())).first()
    newest = tx.scalars(select(func.max(Event.id))).one()
    if newest is None or (last is not None and newest <= last.last_event):
        return None
    count, digest = _range(tx, last.last_event if last else 0, newest, last.hash if last else GENESIS)
    row = Checkpoint(
        made_at=clock.now(),
        last_event=newest,
        events=count,
        tickets=_tickets_until(tx, newest),
        hash=digest,
    )
    tx.add(row)
    tx.flush()
    return row


def verify(tx: Tx) -> Verdict:
    """Walk every chain, every head, every commitment and every checkpoint; stop at the first broken link."""
    heads = {head.stream: head for head in tx.scalars(select(StreamHead))}
    walked = 0
    for walked, broken in _walk(tx, heads):
        if broken:
            return Verdict(len(heads), walked, 0, broken)
    seals = tx.scalars(select(Checkpoint).order_by(col(Checkpoint.id))).all()
    broken = _lost_ticket(tx) or _bad_words(tx) or _bad_seal(tx, list(seals))
    return Verdict(len(heads), walked, len(seals), broken)


def _walk(tx: Tx, heads: dict[str, StreamHead]) -> Iterator[tuple[int, Broken | None]]:
    """Every event in stream order, its number so far and what is wrong with it."""
    stream, seq, before, walked = "", 0, GENESIS, 0
    unseen = set(heads)
    for event in _in_order(tx):
        if event.stream != stream:
            ended = _end(heads, stream, seq, before)
            if ended:
                yield walked, ended
                return
            stream, seq, before = event.stream, 0, GENESIS
            unseen.discard(stream)
        walked, seq = walked + 1, seq + 1
        wrong = _link(event, seq, before)
        yield walked, wrong
        before = event.hash
    yield (
        walked,
        _end(heads, stream, seq, before)
        or next((Broken(lost, "all its events are gone") for lost in sorted(unseen)), None),
    )


def _in_order(tx: Tx) -> Iterator[Event]:
    after: tuple[str, int] = ("", 0)
    while True:
        page = tx.scalars(
            select(Event)
            .where(
                (col(Event.stream) > after[0])
                | ((col(Event.stream) == after[0]) & (col(Event.seq) > after[1]))
            )
            .order_by(col(Event.stream), col(Event.seq))
            .limit(PAGE)
        ).all()
        if not page:
            return
        yield from page
        after = (page[-1].stream, page[-1].seq)
        tx.expunge_all()


def _link(event: Event, seq: int, before: str) -> Broken | None:
    where = f"{event.stream} event {event.seq} ({event.kind})"
    if event.seq != seq:
        return Broken(where, f"event {seq} is missing before it")
    if event.hash != event.digest(before):
        return Broken(where, "its content does not match its hash")
    return None


def _end(heads: dict[str, StreamHead], stream: str, seq: int, before: str) -> Broken | None:
    if not stream:
        return None
    head = heads.get(stream)
    if head is None:
        return Broken(stream, "its head is gone")
    if head.seq != seq or head.hash != before:
        return Broken(stream, f"its tail is cut: {seq} of {head.seq} events are there")
    return None


def _lost_ticket(tx: Tx) -> Broken | None:
    """A ticket whose events are there and whose row is not; or a row without events."""
    orphan = tx.execute(
        select(Event.ticket_id)
        .outerjoin(Ticket, col(Ticket.id) == col(Event.ticket_id))
        .where(col(Event.ticket_id).is_not(None), Event.seq == 1, col(Ticket.id).is_(None))
        .limit(1)
    ).scalar()
    if orphan is not None:
        return Broken(f"ticket:{orphan}", "the ticket was deleted")
    silent = tx.execute(
        select(Ticket.number)
        .outerjoin(Event, (col(Event.ticket_id) == col(Ticket.id)) & (col(Event.seq) == 1))
        .where(col(Event.id).is_(None))
        .limit(1)
    ).scalar()
    return Broken(f"ticket {silent}", "it has no events") if silent is not None else None


def _bad_words(tx: Tx) -> Broken | None:
    """Personal words that were changed, not erased; or taken away without an erasure."""
    rows = tx.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, col(EventWords.event_id) == col(Event.id))
        .where(Event.commitment != "")
        .order_by(col(Event.id))
        .execution_options(yield_per=PAGE)
    )
    erasures = _erasures(tx)
    for event, words in rows:
        where = f"{event.stream} event {event.seq} ({event.kind})"
        erased = words is None or (words.erased_at is not None and words.words is None)
        if erased and erasures.get(event.stream, 0) < event.seq:
            return Broken(where, "its words are gone without an erasure")
        if not erased and words.commitment() != event.commitment:
            return Broken(where, "its words were changed")
    return None


def _erasures(tx: Tx) -> dict[str, int]:
    """Where each stream last says that its words were erased."""
    rows = tx.execute(
        select(Event.stream, func.max(Event.seq)).where(Event.kind == "erased").group_by(Event.stream)
    )
    return {row[0]: row[1] for row in rows}


def _bad_seal(tx: Tx, seals: list[Checkpoint]) -> Broken | None:
    after, before = 0, GENESIS
    for row in seals:
        count, digest = _range(tx, after, row.last_event, before)
        where = f"checkpoint {row.id} of {row.made_at:%Y-%m-%d %H:%M}"
        if count != row.events:
            return Broken(where, f"{count} events are there, {row.events} were sealed")
        if digest != row.hash:
            return Broken(where, "its events are not the ones that were sealed")
        if _tickets_until(tx, row.last_event) != row.tickets:
            return Broken(where, "a ticket it counted is gone")
        after, before = row.last_event, row.hash
    return None


def _range(tx: Tx, after: int, until: int, before: str) -> tuple[int, str]:
    """How many events lie in (after, until], and the hash over them and what was before."""
    digest, count = hashlib.sha256(before.encode()), 0
    rows = tx.execute(
        select(Event.id, Event.hash)
        .where(col(Event.id) > after, col(Event.id) <= until)
        .order_by(col(Event.id))
        .execution_options(yield_per=PAGE)
    )
    for event_id, hash_ in rows:
        digest.update(f"{event_id}:{hash_}".encode())
        count += 1
    return count, digest.hexdigest()


def _tickets_until(tx: Tx, last_event: int) -> int:
    """How many tickets began at or before this event and still have their row."""
    return tx.execute(
        select(func.count())
        .select_from(Event)
        .join(Ticket, col(Ticket.id) == col(Event.ticket_id))
        .where(Event.kind == "received", col(Event.id) <= last_event)
    ).scalar_one()
