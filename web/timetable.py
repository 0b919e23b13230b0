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

from dispatch import followup, survey
from hub import checkpoints, leases
from hub.database import Database
from notifications import outbox
from web.doors.twilio.work import Worker

log = structlog.get_logger("web.timetable")

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60


def start(database: Database, inbox: Worker) -> BackgroundScheduler:
    """Start the timetable of this process; `inbox` works what came in."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    every = partial(scheduler.add_job, trigger="interval")
    every(_alone(database, "follow up", lambda: followup.tick(database)), seconds=5)
    every(_alone(database, "hear", inbox.drain), seconds=0.5)
    every(_alone(database, "ask", lambda: survey.tick(database)), seconds=10)
    every(_alone(database, "speak", lambda: outbox.drain(database)), seconds=1)
    scheduler.add_job(_alone(database, "seal", lambda: _seal(database)), trigger="cron", hour=0, minute=5)
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


def _seal(database: Database) -> None:
    database.write(lambda tx: checkpoints.seal(tx) is not None)
