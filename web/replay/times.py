"""The times of a file: as written, in the city's local time, as UTC."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from web.tables import Cell

TWICE = "ambiguous local time"
NEVER = "local time that never was"
NO_CLOCK = "date without time of day"

_SPREADSHEET = datetime(1899, 12, 30, tzinfo=UTC)  # day 0 of every spreadsheet's calendar
_EARLIEST, _LATEST = 1900, 2199  # beyond it a date is a slip, and UTC arithmetic would overflow


def read(cell: Cell, formats: tuple[str, ...], zone: ZoneInfo) -> tuple[datetime | None, tuple[str, ...]]:
    """A cell as (UTC time, marks). None for a blank cell and for one no format fits.

    A local hour that comes twice (clocks going back) is read as the first; one that never was (clocks
    going forward) as if the clocks had not moved; both are marked.
    """
    if isinstance(cell, str):
        text = " ".join(cell.split())
        return _text(text, formats, zone) if text else (None, ())
    if isinstance(cell, datetime):
        return _to_utc(cell, zone, ())
    return _to_utc(datetime.combine(cell, time(), None), zone, (NO_CLOCK,))


@lru_cache(maxsize=65_536)
def _text(text: str, formats: tuple[str, ...], zone: ZoneInfo) -> tuple[datetime | None, tuple[str, ...]]:
    for form in formats:
        moment = written(text, form)
        if moment is not None:
            has_clock = (
                form in ("excel", "epoch") or ":" in text or any(code in form for code in ("%H", "%I"))
            )
            return _to_utc(moment, zone, () if has_clock else (NO_CLOCK,))
    return None, ()


def written(text: str, form: str) -> datetime | None:
    """The time a text says under one format, None when it does not fit; naive unless it names its zone."""
    try:
        if form == "iso":
            dashed = text.replace("/", "-")  # map servers export 2020/01/01 05:00:00+00
            moment = datetime.fromisoformat(dashed) if text[:4].isdigit() and "-" in dashed[:8] else None
        elif form == "excel":
            moment = (_SPREADSHEET + timedelta(days=round(float(text), 6))).replace(tzinfo=None)
        elif form == "epoch":
            seconds = float(text)
            moment = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        else:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 — the zone is the city's, given by the caller
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment and _EARLIEST <= moment.year <= _LATEST else None


def _to_utc(
    local: datetime, zone: ZoneInfo, marks: tuple[str, ...]
) -> tuple[datetime | None, tuple[str, ...]]:
    if not _EARLIEST <= local.year <= _LATEST:
        return None, ()
    if local.tzinfo is not None:
        return local.astimezone(UTC), marks
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    utc = first.astimezone(UTC)
    if first.utcoffset() != second.utcoffset():
        back = utc.astimezone(zone).replace(tzinfo=None) == local
        marks += (TWICE if back else NEVER,)
    return utc, marks


def is_blank(cell: Cell) -> bool:
    """Whether the cell states no date at all, in any of the words files use for that."""
    return isinstance(cell, str) and cell.strip().casefold() in {
        "",
        "null",
        "none",
        "n/a",
        "na",
        "nan",
        "nat",
        "-",
    }
