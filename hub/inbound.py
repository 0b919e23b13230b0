"""What came in from a carrier, kept as it came before anybody thinks about it, and worked afterwards.

A door keeps the row and answers at once; the clockwork works it. The unique name makes a delivery that comes
five times one row; the row is settled in the transaction that does its work, so a process killed between the
two works it after its next start, and never twice.
Source: domain.md §6 (verify, store raw, answer, work asynchronously, dedupe).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, Text, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import BigKey, Data, Moment, only_where
from hub.database import Tx

WAITING, WORKED, REFUSED = "waiting", "worked", "refused"
# a row whose work fails is tried again after so many seconds, then always after the last of them
PATIENCE = (2, 10, 60, 300, 1800, 3600)
_IS_WAITING = text("state = 'waiting'")


class Inbound(SQLModel, table=True):
    """One thing that came in: `name` is the carrier's own ("sms:SM…", "call:CA…:menu", "media:SM…:0").

    `said` is every parameter as it came; `meant` what the hub took it for, once worked.
    """

    __table_args__ = (
        Index("uq_inbound_name", "name", unique=True),
        Index("ix_inbound_waiting", "next_at", "id", **only_where(_IS_WAITING)),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str
    kind: str
    said: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    state: str = WAITING
    meant: str = ""
    tries: int = 0
    fault: str = Field(default="", sa_type=Text)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey, index=True)
    received_at: datetime = Field(sa_type=Moment)
    next_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


def keep(tx: Tx, kind: str, name: str, said: Mapping[str, Any], wait: float = 0) -> bool:
    """Keep what came in, to be worked in `wait` seconds. False when it is there already.

    A carrier may deliver a thing more than once.
    """
    present = clock.now()
    row = {
        "name": name,
        "kind": kind,
        "said": dict(said),
        "received_at": present,
        "next_at": present + timedelta(seconds=wait),
    }
    # past the session's bookkeeping: the carrier waits for this one row
    kept = tx.connection().execute(_KEEP[tx.database.is_sqlite], row)
    return kept.first() is not None


def _keeping(insert: Callable[[type[Inbound]], Any]) -> Any:
    fresh = {"state": WAITING, "meant": "", "tries": 0, "fault": ""}
    return insert(Inbound).values(**fresh).on_conflict_do_nothing(index_elements=["name"]).returning(_ID)


_ID = col(Inbound.id)
# by whether the engine is SQLite; made once, so that each is compiled once
_KEEP = {True: _keeping(sqlite.insert), False: _keeping(postgresql.insert)}


def due(tx: Tx, kinds: Iterable[str], most: int) -> list[int]:
    """The ids of what waits to be worked now, of these kinds, in the order in which it came."""
    return list(
        tx.scalars(
            select(Inbound.id)
            .where(
                Inbound.state == WAITING, col(Inbound.kind).in_(kinds), col(Inbound.next_at) <= clock.now()
            )
            .order_by(col(Inbound.id))
            .limit(most)
        )
    )


def take(tx: Tx, inbound_id: int) -> Inbound | None:
    """The row, held by this transaction; None when somebody else has worked it, or is at it."""
    return tx.exec_one(
        select(Inbound)
        .where(Inbound.id == inbound_id, Inbound.state == WAITING)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def settle(row: Inbound, meant: str, ticket_id: int | None = None, state: str = WORKED) -> None:
    """Say what became of it; part of the transaction that did the work."""
    row.state, row.meant, row.settled_at = state, meant, clock.now()
    row.ticket_id = ticket_id if ticket_id is not None else row.ticket_id


def belongs(tx: Tx, name: str, ticket_id: int) -> None:
    """Say later which ticket a row was for: its words had waited for an answer."""
    tx.execute(update(Inbound).where(col(Inbound.name) == name).values(ticket_id=ticket_id))


def blank(tx: Tx, ticket_id: int, calls: Iterable[str]) -> None:
    """Forget what was said in the rows of this ticket and of these calls; that they came stays."""
    tx.execute(update(Inbound).where(col(Inbound.ticket_id) == ticket_id).values(said={}, fault=""))
    for sid in calls:
        own = col(Inbound.name).startswith(f"call:{sid}:", autoescape=True)
        tx.execute(update(Inbound).where(own).values(said={}, fault=""))


def failing(tx: Tx, most: int) -> Sequence[Inbound]:
    """What came in and could not be worked so far, the oldest first."""
    return tx.scalars(
        select(Inbound)
        .where(Inbound.state == WAITING, Inbound.tries > 0)
        .order_by(col(Inbound.id))
        .limit(most)
    ).all()


def put_off(row: Inbound, fault: str) -> None:
    """Its work failed: try again later. Nothing that came in is ever given up."""
    wait = PATIENCE[min(row.tries, len(PATIENCE) - 1)]
    row.tries += 1
    row.fault, row.next_at = fault, clock.now() + timedelta(seconds=wait)
