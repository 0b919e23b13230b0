"""Cases as steps in time order, and what the city's own clock says of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from web.replay.case import Case

_ORDER = {"opened": 0, "closed": 1, "reopened": 2, "closed again": 3}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a case. at: its place in time order, UTC.

    stated: the file's own time; it differs from `at` where the file's order is impossible, and is None where
    the file states none.  inferred: `at` is not what the file states.
    """

    at: datetime
    kind: str  # opened | closed | reopened | closed again
    case: Case
    inferred: bool = False
    stated: datetime | None = None

    @property
    def happened_at(self) -> datetime:
        """What goes on record: the file's own word, however odd, else the inferred time."""
        return self.stated or self.at


def order_by_time(cases: Iterable[Case]) -> Iterator[Step]:
    """All steps of all cases in time order; the same for any order of the rows in the file.

    Within one case the order is always legal: a closing before the opening comes right after it.
    """
    steps = [step for case in cases for step in _steps(case)]
    yield from sorted(steps, key=lambda step: (step.at, step.case.source, step.case.ref, _ORDER[step.kind]))


def _steps(case: Case) -> Iterator[Step]:
    """The steps of one case: its status, not a closing time, decides whether it ends.

    A file has room for one closing only. Where it stands after the reopening, or nowhere, the closing
    that the reopening undid is inferred at the moment of reopening.
    """
    yield Step(case.opened, "opened", case, stated=case.opened)
    closed = max(case.closed, case.opened) if case.closed else None
    moved = closed != case.closed
    if case.reopened is None:
        if case.ended:
            yield Step(closed or case.opened, "closed", case, moved or closed is None, case.closed)
        return
    reopened = max(case.reopened, case.opened)
    is_first = closed is not None and closed <= reopened
    first = closed if closed and is_first else reopened
    yield Step(first, "closed", case, moved or not is_first, case.closed if is_first else None)
    yield Step(reopened, "reopened", case, reopened != case.reopened, case.reopened)
    if case.ended and closed and closed > reopened:
        yield Step(closed, "closed again", case, stated=case.closed)
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
    ended_at = case.closed if case.ended else None
    return case.target is None or (ended_at or as_of) <= case.target
