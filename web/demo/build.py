"""`hub demo` and `hub serve --demo`: found the office, play its last days at once, the older ones behind.

`found` takes seconds and is done once. `fill` plays days: the newest ones as one story in one transaction,
older ones matter by matter, each with its whole life in one short transaction, so that a newcomer never
waits and a stop at any moment is made good by the next start. Older matters are written later and so bear
higher numbers than newer ones.
"""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import col, func, select

from hub import clock
from hub.database import Database, Tx
from hub.errors import NotFound
from hub.organisation import Office
from hub.tickets import Ticket
from web.demo import cast as casting
from web.demo import history, matters, office, today
from web.demo.cast import Cast
from web.demo.office import SOURCE, Span
from web.demo.people import LOGINS

__all__ = ["AT_ONCE", "LOGINS", "build", "fill", "found", "progress"]

DAYS_A_MONTH = 30
AT_ONCE = 30  # days that are there before the first page is
UNREAD = timedelta(hours=20)  # what happened since then is still to be told to the people concerned
REST = 1.5  # behind a running server: after a write, this many times its length for others

Progress = Callable[[int, int], None]  # days done, days in all


def found(
    database: Database,
    *,
    password_hash: str,
    months: int = 6,
    seed: int = 1,
    now: datetime | None = None,
    locale: str = "en",
    days: int | None = None,
    at_once: int = AT_ONCE,
) -> None:
    """Make the office with its people, rooms and residents; `now` is where its history ends.

    `days` of history instead of `months`, the newest `at_once` of them written together.
    Raises BadInput when the database has a company already.
    """
    until = (now or clock.now()).replace(microsecond=0)
    whole = months * DAYS_A_MONTH if days is None else days

    def make(tx: Tx) -> int:
        return office.found(
            tx, password_hash=password_hash, now=until, days=whole, at_once=at_once, seed=seed, locale=locale
        ).id

    database.write(make)


def fill(
    database: Database,
    days_back_from: int = 0,
    days_back_to: int | None = None,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    rest: float = REST,
) -> None:
    """Play the days from `days_back_from` (0: today) to before `days_back_to` (None: all), newest first.

    The newest days (AT_ONCE) are one story, all or nothing; the days before go matter by matter with a rest
    after each, until `stop` is set. What is there already is left as it is.
    Raises NotFound where there is no demo office.
    """
    span, cast = database.read(_gather)
    last = span.days if days_back_to is None else min(days_back_to, span.days)
    if days_back_from < span.at_once:
        _fill_at_once(database, span, cast, progress)
    pause = stop or threading.Event()
    for back in range(max(days_back_from, span.at_once), last):
        if not _fill_day(database, span, cast, back, pause, rest):
            return
        if progress:
            progress(back + 1, span.days)


def build(
    database: Database,
    *,
    months: int = 6,
    seed: int = 1,
    password_hash: str,
    now: datetime | None = None,
    locale: str = "en",
    days: int | None = None,
    progress: Progress | None = None,
) -> None:
    """The whole demo in one go: what `hub demo` does."""
    found(database, password_hash=password_hash, months=months, seed=seed, now=now, locale=locale, days=days)
    fill(database, progress=progress, rest=0)


def progress(database: Database) -> tuple[int, int]:
    """How many days of history are there, of how many; (0, 0) where there is no demo office."""
    return database.read(_progress)


def _gather(tx: Tx) -> tuple[Span, Cast]:
    span = office.span(tx)
    if span is None:
        raise NotFound("there is no such office")
    return span, casting.gather(tx, tx.get_one(Office, span.office_id))


def _progress(tx: Tx) -> tuple[int, int]:
    span = office.span(tx)
    if span is None:
        return 0, 0
    home = tx.get_one(Office, span.office_id)
    # "today/…" sorts behind every date, so the least reference is the first matter of the oldest day begun
    oldest = tx.scalars(select(func.min(Ticket.external_ref)).where(Ticket.external_source == SOURCE)).one()
    if oldest is None or oldest.startswith("today"):
        return 0, span.days
    day = date.fromisoformat(oldest.partition("/")[0])
    done = (span.day(0, home) - day).days
    written = tx.scalars(
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.external_source == SOURCE, col(Ticket.external_ref).startswith(f"{day}/"))
    ).one()
    whole = done < span.at_once or written >= len(matters.of_day(day, home, span.seed))
    return min(done + whole, span.days), span.days


def _fill_at_once(database: Database, span: Span, cast: Cast, told: Progress | None) -> None:
    home, days = cast.office, span.at_once
    start = office.midnight(span.day(days - 1, home), home)
    drawn = [
        one
        for back in reversed(range(days))
        for one in matters.of_day(span.day(back, home), home, span.seed)
        if one.at <= span.until
    ]
    drawn += today.standing(span.until, span.seed)
    if database.read(lambda tx: history.lived(tx, [drawn[0].ref], SOURCE)):
        return
    prepared = database.read(lambda tx: history.think(tx, cast, drawn))

    heard = {0}

    def hear(moment: datetime) -> None:
        day = max((moment - start).days, 0)
        if told and day not in heard:
            heard.add(day)
            told(day, span.days)

    quiet = span.until - UNREAD
    database.write(lambda tx: history.play(tx, cast, prepared, span.seed, span.until, quiet, hear))
    if told:
        told(days, span.days)


def _fill_day(
    database: Database, span: Span, cast: Cast, back: int, stop: threading.Event, rest: float
) -> bool:
    """One older day, matter by matter. False when it was stopped."""
    drawn = matters.of_day(span.day(back, cast.office), cast.office, span.seed)
    known = database.read(lambda tx: history.lived(tx, [one.ref for one in drawn], SOURCE))
    missing = [one for one in drawn if one.ref not in known]
    for matter, thought in database.read(lambda tx: history.think(tx, cast, missing)):
        if stop.is_set():
            return False
        began = time.perf_counter()
        database.write(
            partial(
                history.play,
                cast=cast,
                matters=[(matter, thought)],
                seed=span.seed,
                until=span.until,
                quiet_before=span.until,
            )
        )
        stop.wait((time.perf_counter() - began) * rest)
    return True
