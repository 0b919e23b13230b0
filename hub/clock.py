"""The only place that reads the time. UTC inside; a moment can be set for a demo, a replay or a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from hub.errors import BadInput

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)

# A phone's clock may run ahead of ours by this much before we call it the future.
AHEAD = timedelta(minutes=5)
# Work done offline is told later, but not half a year later.
BEHIND = timedelta(days=90)
# A letter may have lain in a drawer; beyond that a date is a slip of the pen.
EARLIEST = timedelta(days=366)


def now() -> datetime:
    """The present moment, timezone-aware UTC."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within this block, and the transactions begun in it, it is `moment`."""
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)


def claimed(
    moment: datetime | None,
    field: str = "happened_at",
    behind: timedelta = BEHIND,
    *,
    is_from_file: bool = False,
) -> datetime:
    """The moment a device, a paper or a person claims, bounded; the present when none is claimed.

    `is_from_file`: an imported matter's times are its file's, however far off; the record's own time is ours.
    Raises BadInput for a moment without zone; and, unless it is a file's, in the future or too long ago.
    """
    present = now()
    if moment is None:
        return present
    if moment.tzinfo is None:
        raise BadInput(field, "a time needs its zone, for example 2026-03-01T09:30:00Z")
    if is_from_file:
        return moment.astimezone(UTC)
    if moment > present + AHEAD:
        raise BadInput(field, "this time lies in the future")
    if moment < present - behind:
        raise BadInput(field, "this time lies more than %(days)s days back", days=behind.days)
    return min(moment.astimezone(UTC), present)
