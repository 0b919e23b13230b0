"""The clockwork: APScheduler only says when; what is due stands in the tables, and a lease says who does it.

A process that was down finds everything that fell due meanwhile in its first tick.
"""

import logging
import os
import socket
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import col, select

from dispatch import expiring, followup, training
from hub import checkpoints, leases, worktimes
from hub.database import Database, Tx
from hub.organisation import Office
from notifications import outbox
from web.aside import aside

log = structlog.get_logger("web.timetable")
# A tick that finds the one before it still at work has nothing to tell: it comes again.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60


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
    every(_alone(database, "papers", lambda: expiring.tick(database)), minutes=10)
    scheduler.add_job(_alone(database, "work times", lambda: _time_work(database)), trigger="cron", hour=2)
    every(_alone(database, training.LEASE, lambda: _learn(database)), minutes=15)
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


def _time_work(database: Database) -> None:
    """How long the work of each category takes in each office, from what was done there."""
    for office in database.read(lambda tx: tx.scalars(select(Office).where(~col(Office.is_replay))).all()):
        database.write(partial(_time_work_in, office))


def _time_work_in(office: Office, tx: Tx) -> None:
    worktimes.learn(tx, office)


def _learn(database: Database) -> None:
    """Train the models that are due, beside the writers."""
    for one in training.train_due(database, HOLDER, aside(training.study)):
        log.info("learned", whose=one.whose, version=one.version, lessons=one.lessons)


def _seal(database: Database) -> None:
    database.write(lambda tx: checkpoints.seal(tx) is not None)
