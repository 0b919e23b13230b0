"""Reports that are due: built and sent on the first day after their period, once, however many nodes run.

What is due is found by looking at what is missing, so a hub that was down issues late rather than never. The
slow counting is done outside any write; the unique index decides who was first.
Source: seed K2.3, K6.5 (schedule, recipients); domain.md §7; house.md (the clockwork only says when).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from hub import clock, reports
from hub.access import HUB
from hub.database import Database, Tx
from hub.errors import NotNow
from hub.organisation import Company, Office
from hub.statistics import periods
from hub.statistics.periods import EDITIONS, MONTHLY, Period
from hub.tickets import Ticket
from hub.wall_clock import first_instant, wall_time
from web.report import build
from web.report.reading import moment

log = structlog.get_logger("web.report")

AT = time(6)
# a hub that was switched off for a year does not send a year's weekly reports
LOOKS_BACK = {periods.WEEKLY: 1, MONTHLY: 3, periods.QUARTERLY: 1, periods.YEARLY: 1}


@dataclass(frozen=True)
class Due:
    """A report that should have been issued by now."""

    subject: Office | Company
    period: Period


def run(database: Database, may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Issue every report that is due; answers how many were issued here. `may_go_on` renews the lease."""
    issued = 0
    for due in database.read(lambda tx: list(all_due(tx))):
        if not may_go_on():
            break
        try:
            issued += _issue(database, due)
        except Exception:
            # one office's trouble keeps nobody else's report back; it is tried again at the next tick
            log.exception("report", about=reports.about(due.subject), period=due.period.key)
    return issued


def all_due(tx: Tx) -> Iterator[Due]:
    """Every report whose period is over, whose hour has come and that nobody has issued; oldest first.

    An office that had no matter before the period's end owes none; a replayed office owes none at all.
    """
    offices = tx.scalars(
        select(Office).where(col(Office.ended_at).is_(None), ~col(Office.is_replay)).order_by(col(Office.id))
    ).all()
    for office in offices:
        yield from _due_of(tx, office, (office.id,))
    for company in tx.scalars(select(Company).order_by(col(Company.id))):
        own = tuple(office.id for office in offices if office.company_id == company.id)
        if len(own) > 1:
            yield from _due_of(tx, company, own)


def hour_of(period: Period, zone: ZoneInfo) -> datetime:
    """When a period's report is issued: at six in the morning of the day after it, on the office's wall."""
    return first_instant(datetime.combine(period.after, AT), zone)


def _due_of(tx: Tx, subject: Office | Company, office_ids: tuple[int, ...]) -> Iterator[Due]:
    zone, present = ZoneInfo(subject.zone), clock.now()
    first = _first_matter(tx, office_ids)
    if first is None:
        return
    for edition in editions(subject):
        for period in _past(edition, present, zone):
            if period.bounds(zone)[1] > first and reports.latest(tx, subject, edition, period.key) is None:
                yield Due(subject, period)


def editions(subject: Office | Company) -> tuple[str, ...]:
    """Which editions are sent: the office's choice, monthly, quarterly and yearly where it made none."""
    own = subject.policy.get("reports") if isinstance(subject, Office) else None
    chosen = own if isinstance(own, list) else [one for one in EDITIONS if one != periods.WEEKLY]
    return tuple(one for one in EDITIONS if one in chosen)


def _past(edition: str, present: datetime, zone: ZoneInfo) -> list[Period]:
    """The last periods whose hour has come, oldest first."""
    period = periods.containing(edition, wall_time(present, zone).date())
    found: list[Period] = []
    while len(found) < LOOKS_BACK[edition]:
        period = period.before
        if hour_of(period, zone) <= present:
            found.insert(0, period)
    return found


def _issue(database: Database, due: Due) -> int:
    found = build.count(database, due.subject, due.period)

    def send(tx: Tx) -> int:
        as_of = moment(found["as_of"])
        return reports.issue(tx, HUB, due.subject, due.period.edition, due.period.key, found, as_of).id

    try:
        database.write(send)
    except (NotNow, IntegrityError):
        return 0  # another node was first
    log.info("issued", about=reports.about(due.subject), period=due.period.key)
    return 1


def _first_matter(tx: Tx, office_ids: tuple[int, ...]) -> datetime | None:
    query = select(func.min(Ticket.received_at)).where(col(Ticket.office_id).in_(office_ids))
    return tx.scalars(query).one()
