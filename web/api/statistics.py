"""The figures of a period: the same that the screens and the report show."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from hub import access, clock, finding
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden
from hub.organisation import Office
from hub.statistics.cuts import BY
from hub.statistics.indicators import Figures, Ratio, figures
from hub.statistics.scope import Scope
from hub.wall_clock import first_instant, wall_time
from web.api.bounds import FARTHEST, NEAREST, Code, OneOf, Strict
from web.api.steps import naming
from web.deps import Db, Me

router = APIRouter(prefix="/statistics", tags=["statistics"])
LONGEST = timedelta(days=366 * 5)


class StatisticsWanted(Strict):
    """Of which office, from which day to which (both included, by the office's wall clock), divided by what.

    Without days: the present month to this day. Without office: all in which the asker may count. `as_of`
    looks from an earlier moment: a report's data cut-off gives the report's own figures.
    """

    office: Code | None = None
    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None
    by: Annotated[str, OneOf(BY)] = ""
    as_of: AwareDatetime | None = None


class RatioOut(BaseModel):
    """A share with both its parts; `value` is null where there was nothing to judge."""

    numerator: int
    denominator: int
    value: float | None
    note: str

    @classmethod
    def of(cls, row: Ratio) -> "RatioOut":
        return cls(numerator=row.numerator, denominator=row.denominator, value=row.value, note=row.note)


class FiguresOut(BaseModel):
    """The figures of one part; `medians` are in seconds."""

    key: str
    label: str
    counts: dict[str, int]
    ratios: dict[str, RatioOut]
    medians: dict[str, float | None]

    @classmethod
    def of(cls, row: Figures) -> "FiguresOut":
        return cls(
            key=row.key,
            label=row.label,
            counts=dict(row.counts),
            ratios={name: RatioOut.of(ratio) for name, ratio in row.ratios.items()},
            medians={
                name: None if length is None else length.total_seconds()
                for name, length in row.medians.items()
            },
        )


class Statistics(BaseModel):
    """The period counted is [start, end); `as_of` is the moment it was counted from."""

    offices: list[str]
    start: datetime
    end: datetime
    as_of: datetime
    by: str
    items: list[FiguresOut]


@router.get("")
def count(wanted: Annotated[StatisticsWanted, Query()], me: Me, db: Db) -> Statistics:
    """The indicators of a period, whole or divided, each with numerator and denominator."""

    with db.views(2) as (tx, beside):
        offices = _offices(tx, me, wanted.office)
        scope = _scope(offices, wanted)
        return Statistics(
            offices=[office.code for office in offices],
            start=scope.start,
            end=scope.end,
            as_of=scope.as_of,
            by=wanted.by,
            items=[FiguresOut.of(row) for row in figures(tx, scope, wanted.by, beside)],
        )


def _offices(tx: Tx, me: Actor, code: str | None) -> list[Office]:
    if code is not None:
        with naming("office"):
            return [access.office(tx, me, code, "count")]
    found = finding.offices(tx, me, "count")
    if not found:
        raise Forbidden("this step belongs to another role")
    return found


def _scope(offices: list[Office], wanted: StatisticsWanted) -> Scope:
    zone, present = offices[0].tz, clock.now()
    today = wall_time(present, zone).date()
    last = wanted.last or today
    first = wanted.first or last.replace(day=1)
    if not NEAREST.date() <= first <= last <= FARTHEST.date():
        raise BadInput("from", "the first day comes after the last")
    if last - first > LONGEST:
        raise BadInput("from", "this is more than %(days)s days", days=LONGEST.days)
    return Scope(
        office_ids=tuple(office.id for office in offices),
        start=first_instant(datetime.combine(first, time()), zone),
        end=first_instant(datetime.combine(last + timedelta(days=1), time()), zone),
        as_of=min(present, wanted.as_of or present),
    )
