"""The one text that facts have, and the commitment that stands in a chain for words that may be erased."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def canonical(values: Mapping[str, Any]) -> str:
    """The one text these values have: sorted keys, UTC moments, no spaces."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def commit_to(salt: str, words: str) -> str:
    """The commitment that stands in the chain for personal words."""
    return hashlib.sha256(f"{salt}\x1f{words}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not a fact: {value!r}")
