"""Cases as steps in time order, and what the city's own clock says of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from web.replay.case import Case

_ORDER = {"opened": 0, "closed": 1, "reopened": 2, "closed again": 3}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a case. at: UTC.  inferred: the file does not state this time."""

    at: datetime
    kind: str  # opened | closed | reopened | closed again
    case: Case
    inferred: bool = False


def order_by_time(cases: Iterable[Case]) -> Iterator[Step]:
    """All steps of all cases in time order; the same for any order of the rows in the file.

    Within one case the order is always legal: a closing before the opening comes right after it.
    """
    steps = [step for case in cases for step in _steps(case)]
    yield from sorted(steps, key=lambda step: (step.at, step.case.source, step.case.ref, _ORDER[step.kind]))


def _steps(case: Case) -> Iterator[Step]:
    """The steps of one case.

    A file has room for one closing only. Where it stands after the reopening, or nowhere, the closing
    that the reopening undid is inferred at the moment of reopening.
    """
    yield Step(case.opened, "opened", case)
    closed = max(case.closed, case.opened) if case.closed else None
    moved = closed != case.closed
    if case.reopened is None:
        if closed or case.ended:
            yield Step(closed or case.opened, "closed", case, inferred=moved or closed is None)
        return
    reopened = max(case.reopened, case.opened)
    first = closed if closed and closed <= reopened else reopened
    yield Step(first, "closed", case, inferred=moved or first is not closed)
    yield Step(reopened, "reopened", case, inferred=reopened != case.reopened)
    if closed and closed > reopened:
        yield Step(closed, "closed again", case)
    elif case.ended:
        yield Step(reopened, "closed again", case, inferred=True)


def last_time(cases: Iterable[Case]) -> datetime | None:
    """The latest thing the file tells, UTC: the moment it was drawn up, as near as it says."""
    moments = (
        moment
        for case in cases
        if "date in the future" not in case.marks
        for moment in (case.opened, case.closed, case.reopened)
        if moment
    )
    return max(moments, default=None)


def on_time(case: Case, as_of: datetime) -> bool:
    """Whether the target is kept: closed by it, or not yet past it as of then. No target is never late."""
    return case.target is None or (case.closed or as_of) <= case.target
