"""Leases: work that one process at a time may do, however many nodes run."""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, delete

from hub import clock
from hub.columns import Moment
from hub.database import Tx


class Lease(SQLModel, table=True):
    """Who does this work now, and until when unless renewed."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=Moment)


def take(tx: Tx, name: str, holder: str, seconds: int) -> bool:
    """Whether `holder` has the lease for the next seconds: it was free, lapsed, or already theirs."""
    present = clock.now()
    insert = sqlite.insert if tx.database.is_sqlite else postgresql.insert
    values = {"name": name, "holder": holder, "until": present + timedelta(seconds=seconds)}
    statement = insert(Lease).values(**values)
    taken = tx.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": values["until"]},
            where=(col(Lease.until) <= present) | (col(Lease.holder) == holder),
        ).returning(col(Lease.name))
    )
    # PostgreSQL's driver keeps no row count of an INSERT; the row that comes back is what says so.
    return taken.first() is not None


def give_back(tx: Tx, holder: str) -> None:
    """Let others have at once what this holder does no more: who starts next need not wait for the end."""
    tx.execute(delete(Lease).where(col(Lease.holder) == holder))
