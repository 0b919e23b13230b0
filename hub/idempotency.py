"""A request told twice is done once: its answer is kept under the key its sender chose."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Text, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from hub import clock
from hub.columns import Moment
from hub.errors import KeyReused, StillRunning

LONGEST = 200


@dataclass(frozen=True)
class Key:
    """A sender's key: `value` is unique per sender and path, `body` a digest of what was sent."""

    value: str
    body: str

    @classmethod
    def of(cls, sender: str, path: str, said: str, body: bytes) -> "Key":
        """The key `said` by `sender` for `path`, with the digest of the raw body.

        A long one is kept as its digest: cut short, two keys could become one.
        """
        value = f"{sender}:{path}:{said}"
        if len(value) > LONGEST:
            value = f"{sender}:{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"
        return cls(value, hashlib.sha256(body).hexdigest())


@dataclass(frozen=True)
class Known:
    """An answer already given under a key, as JSON values."""

    answer: Any


class IdempotencyKey(SQLModel, table=True):
    """One row per key; `answer` is empty only inside the transaction that is making it."""

    __tablename__ = "idempotency_key"
    value: str = Field(primary_key=True)
    body: str
    answer: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=Moment, index=True)


def claim(tx: Session, key: Key) -> Known | None:
    """Take the key for this transaction, or hand back the answer it already has.

    Raises KeyReused when the key came with another body, StillRunning when another node is at it.
    """
    row = tx.get(IdempotencyKey, key.value)
    if row is None and _take(tx, key):
        return None
    row = row or tx.get_one(IdempotencyKey, key.value, populate_existing=True)
    if row.body != key.body:
        raise KeyReused("this idempotency key was used with another body")
    return Known(json.loads(row.answer or "null"))


def remember(tx: Session, key: Key, answer: Any) -> None:
    """Keep the answer given under this key, in the same transaction as the work."""
    row = tx.get_one(IdempotencyKey, key.value)
    row.answer = json.dumps(to_jsonable_python(answer), ensure_ascii=False)


def _take(tx: Session, key: Key) -> bool:
    """Whether this transaction is the first with the key; on PostgreSQL a second one is told at once."""
    if tx.get_bind().dialect.name == "postgresql":
        first = tx.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key.value}
        )
        if not first.scalar_one():
            raise StillRunning("the first request with this key is still running")
    insert = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"value": key.value, "body": key.body, "created_at": clock.now()}
    taken = tx.execute(
        insert(IdempotencyKey).values(**values).on_conflict_do_nothing().returning(col(IdempotencyKey.value))
    )
    # PostgreSQL's driver keeps no row count of an INSERT; the row that comes back is what says so.
    return taken.first() is not None
