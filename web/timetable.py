"""The clockwork: APScheduler only says when; what is due stands in the tables, and a lease says who does it.

A process that was down finds everything that fell due meanwhile in its first tick.
"""

import os
import socket
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from dispatch import followup
from hub import checkpoints, leases
from hub.database import Database
from notifications import outbox
from web.report import issuing

log = structlog.get_logger("web.timetable")

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60
REPORT_SECONDS = 600


def start(database: Database) -> BackgroundScheduler:
    """Start the timetable of this process."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    every = partial(scheduler.add_job, trigger="interval")
    every(_alone(database, "follow up", lambda: followup.tick(database)), seconds=5)
    every(_alone(database, "speak", lambda: outbox.drain(database)), seconds=1)
    scheduler.add_job(_alone(database, "seal", lambda: _seal(database)), trigger="cron", hour=0, minute=5)
    scheduler.add_job(_report(database), trigger="cron", minute="*/10", second=20)
    scheduler.start()
    return scheduler


def _alone(database: Database, name: str, work: Callable[[], object]) -> Callable[[], None]:
    """This work, done by one process at a time; a failure is logged and the next tick tries again."""

    def run() -> None:
        try:
            if database.write(lambda tx: leases.take(tx, name, HOLDER, LEASE_SECONDS)):
                work()
        except Exception:
            log.exception("timetable", work=name)

    return run


def _report(database: Database) -> Callable[[], None]:
    """Reports take longer than a lease, so it is renewed before each of them."""

    def hold() -> bool:
        return database.write(lambda tx: leases.take(tx, "report", HOLDER, REPORT_SECONDS))

    def run() -> None:
        try:
            if hold():
                issuing.run(database, hold)
        except Exception:
            log.exception("timetable", work="report")

    return run


def _seal(database: Database) -> None:
    database.write(lambda tx: checkpoints.seal(tx) is not None)
