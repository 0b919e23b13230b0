"""What has lapsed is swept away: sessions, keys of requests long answered, counts of wrong passwords.

None of it is a fact of the record. Source: contract.md (Idempotency-Key); OWASP session management.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col, select

from hub import clock, tries
from hub.credentials import Session
from hub.database import Database, Tx
from hub.idempotency import IdempotencyKey
from hub.tries import WrongTry

# A program that repeats a request does so within hours; the ticket's own reference lasts for ever.
KEYS_KEPT = timedelta(days=30)
AT_ONCE = 1000  # rows in one transaction: nobody waits for the sweep


def sweep(database: Database) -> int:
    """Delete what has lapsed by now, some rows at a time. Answers how many."""
    present = clock.now()
    return sum(
        _sweep(database, key, lapsed)
        for key, lapsed in (
            (Session.digest, col(Session.expires_at) <= present),
            (IdempotencyKey.value, col(IdempotencyKey.created_at) <= present - KEYS_KEPT),
            (WrongTry.key, col(WrongTry.latest_at) <= present - tries.FORGOTTEN),
        )
    )


def _sweep(database: Database, key: Any, lapsed: ColumnElement[bool]) -> int:
    swept = 0
    while old := database.read(lambda tx: tx.scalars(select(key).where(lapsed).limit(AT_ONCE)).all()):
        database.write(partial(_delete, key, old, lapsed))
        swept += len(old)
    return swept


def _delete(key: InstrumentedAttribute[str], old: Sequence[str], lapsed: ColumnElement[bool], tx: Tx) -> None:
    """These, unless one was used again since we looked."""
    tx.execute(delete(key.class_).where(key.in_(old), lapsed))
