"""The figures of a month, with their medians: the whole company's, each office's, and one office's alone."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import text
from sqlmodel import col, select

from hub import clock
from hub.database import Database, Tx
from hub.organisation import Office
from hub.statistics import indicators
from hub.statistics.scope import Scope
from web import interpreter
from web.bench import history
from web.bench.measures import Measure, percentile
from web.bench.places import Place

LONGEST = 2.0
TIMES = 3


def measure(place: Place, seconds: float) -> Iterator[Measure]:
    """The last thirty days, seen from now."""
    del seconds  # each is done a fixed number of times
    interpreter.steady()
    database = Database(place.url)
    try:
        scope = database.read(_scope)
        raw = _timed(database, lambda tx, beside: _raw(tx, scope))
        for what, part, by in (
            ("a month of the company", scope, ""),
            ("the same by office", scope, "office"),
            ("one office's month", Scope(scope.office_ids[:1], scope.start, scope.end, scope.as_of), ""),
        ):
            times = _timed(database, partial(indicators.figures, scope=part, by=by))
            yield Measure(
                "month",
                place.engine,
                what,
                percentile(times, 0.5),
                "s",
                percentile(raw, 0.5),
                "counting the month's tickets by kind",
                times,
                "2 s",
                percentile(times, 0.5) <= LONGEST,
            )
    finally:
        database.close()


def _scope(tx: Tx) -> Scope:
    ids = tuple(tx.scalars(select(Office.id).order_by(col(Office.id))))
    present = clock.now()
    return Scope(ids, present - history.MONTH + timedelta(hours=1), present, present)


def _raw(tx: Tx, scope: Scope) -> object:
    statement = "SELECT kind, count(*) FROM ticket WHERE received_at >= :start GROUP BY kind"
    start = scope.start.isoformat(" ") if not tx.database.is_sqlite else f"{scope.start:%Y-%m-%d %H:%M:%S}"
    return tx.execute(text(statement), {"start": start}).all()


def _timed(database: Database, look: Callable[..., object]) -> list[float]:
    """Seen as the API sees it: by two readers, in a process set as the hub's own."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        with database.views(2) as (tx, beside):
            look(tx, beside=beside)
        times.append(time.perf_counter() - began)
    return times
