"""The one text that facts have, what links an event to the one before, and what stands for erasable words."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

HASHED = (
    *("stream", "seq", "kind", "office_id", "ticket_id", "order_id", "by_id"),
    *("happened_at", "recorded_at", "facts", "commitment"),
)


def canonical(values: Mapping[str, Any]) -> str:
    """The one text these values have: sorted keys, UTC moments, no spaces."""
    return _ONE_TEXT.encode(values)


def commit_to(salt: str, words: str) -> str:
    """The commitment that stands in the chain for personal words."""
    return hashlib.sha256(f"{salt}\x1f{words}".encode()).hexdigest()


def link(before: str, row: Mapping[str, Any]) -> str:
    """The hash of an event's row after one with hash `before`."""
    said = (row[name] for name in HASHED)
    parts = (value.isoformat() if isinstance(value, datetime) else str(value or "") for value in said)
    return hashlib.sha256("\x1f".join((before, *parts)).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not a fact: {value!r}")


_ONE_TEXT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
