"""Work that failed: set aside with its reason and tried again, ever more rarely, so that the rest goes on.

Nothing is lost: the row that is to be worked stays where it is, and what is written here only says why it
waits and until when. Whoever asks for what is due leaves out what `waits`.
Source: docs/decisions/0008 (the outbox).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Text, func
from sqlmodel import Field, SQLModel, col, delete, exists, select

from hub import clock
from hub.columns import BigKey, Moment
from hub.database import Database, Tx

# seconds to the next try, then always the last
PATIENCE = (5, 30, 120, 600, 3600)
LONGEST = 300

log = logging.getLogger(__name__)


class SetAside(SQLModel, table=True):
    """One row that could not be worked: which work, which row, why, how often, since when, until when."""

    __tablename__ = "set_aside"
    work: str = Field(primary_key=True)
    row_id: int = Field(primary_key=True, sa_type=BigKey)
    why: str = Field(sa_type=Text)
    tries: int = 0
    since: datetime = Field(sa_type=Moment)
    next_at: datetime = Field(sa_type=Moment)


def waits(work: str, row_id: Any) -> ColumnElement[bool]:
    """The WHERE clause: this row (a column) of this work is set aside just now."""
    return exists(
        select(SetAside.row_id).where(
            SetAside.work == work, col(SetAside.row_id) == row_id, col(SetAside.next_at) > clock.now()
        )
    )


def each(database: Database, work: str, ids: Iterable[int], do: Callable[[int, Tx], bool]) -> int:
    """Do this work for every row, each in a transaction of its own. Answers for how many it was done.

    A row whose work raises is set aside and keeps no other waiting.
    """
    return sum(one(database, work, row_id, partial(database.write, partial(do, row_id))) for row_id in ids)


def one(database: Database, work: str, row_id: int, do: Callable[[], int]) -> int:
    """Do this work for one row; when it raises, the row is set aside, and the answer is 0."""
    try:
        done = do()
    except Exception as failed:
        log.exception("set aside: %s %s", work, row_id)
        database.write(partial(_put_off, work, row_id, reason(failed)))
        return 0
    if database.read(lambda tx: tx.get(SetAside, (work, row_id))) is not None:
        database.write(partial(forget, work, [row_id]))
    return done


def forget(work: str, ids: Iterable[int], tx: Tx) -> None:
    """These rows are worked, or gone: nothing keeps them waiting any more."""
    tx.execute(delete(SetAside).where(col(SetAside.work) == work, col(SetAside.row_id).in_(ids)))


def everything(tx: Tx, most: int) -> Sequence[SetAside]:
    """What is set aside, the oldest first."""
    return tx.scalars(select(SetAside).order_by(col(SetAside.since)).limit(most)).all()


def counts(tx: Tx) -> list[tuple[str, int]]:
    """How much of each work is set aside."""
    rows = tx.execute(select(col(SetAside.work), func.count()).group_by(col(SetAside.work)))
    return [(str(work), int(count)) for work, count in rows]


def reason(failed: Exception) -> str:
    """What failed, in one line; never the rows of a statement, which may hold what people said."""
    return f"{type(failed).__name__}: {next(iter(str(failed).splitlines()), '')}"[:LONGEST]


def _put_off(work: str, row_id: int, why: str, tx: Tx) -> None:
    present = clock.now()
    row = tx.get(SetAside, (work, row_id), with_for_update=True)
    if row is None:
        row = SetAside(work=work, row_id=row_id, why=why, since=present, next_at=present)
        tx.add(row)
    wait = PATIENCE[min(row.tries, len(PATIENCE) - 1)]
    row.tries, row.why, row.next_at = row.tries + 1, why, present + timedelta(seconds=wait)
    tx.flush()
