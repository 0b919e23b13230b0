"""What people write into a step: kept whole, or refused naming the field. Nothing is cut short in silence."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.errors import BadInput, HubError

LONGEST_WORDS = 10_000
_SURROGATE = re.compile("[\ud800-\udfff]")
ZONE = "a time needs its zone, for example 2026-03-01T09:30:00Z"


def is_storable(text: str) -> bool:
    """Whether both engines can keep this text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and (text.isascii() or _SURROGATE.search(text) is None)


def fault(text: str, longest: int = LONGEST_WORDS) -> HubError | None:
    """What is wrong with this text, or None."""
    if len(text) > longest:
        return HubError("is longer than %(longest)s characters", longest=longest)
    return None if is_storable(text) else HubError("holds a character that cannot be kept")


def words(field: str, text: str, missing: HubError | None = None, longest: int = LONGEST_WORDS) -> str:
    """The text without the space around it. Raises BadInput; `missing` is what an empty one is told."""
    wrong = fault(text, longest)
    if wrong is not None:
        raise BadInput(field, wrong.message, **wrong.params)
    said = text.strip()
    if missing is not None and not said:
        raise BadInput.of({field: missing})
    return said


def coming(field: str, moment: datetime | None, at: datetime) -> datetime | None:
    """A moment that is still to come. Raises BadInput for one without a zone or gone by."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise BadInput(field, ZONE)
    if moment <= at:
        raise BadInput(field, "this time has gone by")
    return moment


def plain(field: str, values: Any) -> None:
    """Look through what a form brought (texts, numbers, lists, mappings). Raises BadInput for bad text."""
    if isinstance(values, str):
        words(field, values)
    elif isinstance(values, Mapping):
        for name, value in values.items():
            plain(field, str(name))
            plain(f"{field}.{name}", value)
    elif isinstance(values, list | tuple):
        for value in values:
            plain(field, value)
