"""The clockwork: APScheduler only says when; what is due stands in the tables, and a lease says who does it.

A process that was down finds everything that fell due meanwhile in its first tick.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import col, select

from dispatch import expiring, followup, survey, training
from hub import checkpoints, clock, leases, worktimes
from hub.attachments import Store
from hub.database import Database, Tx
from hub.organisation import Office
from hub.settings import Settings
from notifications import outbox, sending
from notifications.channels import registry
from notifications.sending import Sender
from web import reactions
from web.aside import aside
from web.doors.twilio import recovery, work
from web.report import issuing
from web.words import say

log = structlog.get_logger("web.timetable")
# A tick that finds the one before it still at work has nothing to tell: it comes again.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60
REPORT_SECONDS = 600


class Timetable(BackgroundScheduler):  # type: ignore[misc]
    """The clockwork of one process, with its hands on the channels."""

    def __init__(self, senders: list[Sender]) -> None:
        # A provider that is slow keeps its own hand busy and nobody else's.
        super().__init__(
            timezone="UTC",
            executors={
                "default": ThreadPoolExecutor(4),
                # what fetches, learns or counts for minutes never keeps an escalation waiting
                "slow": ThreadPoolExecutor(4),
                "senders": ThreadPoolExecutor(max(1, len(senders))),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.senders = senders
        self.is_over = threading.Event()

    def shutdown(self, wait: bool = True) -> None:
        """Stop; what is under way to a provider is finished first."""
        self.is_over.set()
        for sender in self.senders:
            sender.stop()
        super().shutdown(wait)
        for sender in self.senders:
            sender.close()


def start(database: Database, settings: Settings) -> Timetable:
    """Start the timetable of this process."""
    ways = registry.ways(settings)
    inbox = work.worker(database, settings, Store(settings.data_dir / "files"))
    senders = sending.senders(database, registry.made(settings), ways, holder=HOLDER, say=say)
    scheduler = Timetable(senders)
    over = scheduler.is_over.is_set
    every = partial(scheduler.add_job, trigger="interval")
    every(_alone(database, "follow up", lambda: followup.tick(database)), seconds=5)
    every(_alone(database, "papers", lambda: expiring.tick(database)), minutes=10)
    scheduler.add_job(
        _alone(database, "work times", lambda: _time_work(database)), trigger="cron", hour=2, executor="slow"
    )
    every(_alone(database, training.LEASE, lambda: _learn(database)), minutes=15, executor="slow")
    every(_alone(database, "hear", inbox.drain), seconds=0.5, executor="slow")
    missed = _alone(database, "recover", recovery.Recovery(database, settings))
    every(missed, minutes=5, next_run_time=clock.now(), executor="slow")
    every(_alone(database, "ask", lambda: survey.tick(database)), seconds=10)
    every(_alone(database, "speak", lambda: outbox.drain(database, ways, over)), seconds=0.5)
    every(_alone(database, "react", lambda: reactions.drain(database)), seconds=1)
    for sender in senders:
        every(_logged("send", sender.work), seconds=0.5, executor="senders")
    scheduler.add_job(_alone(database, "seal", lambda: _seal(database)), trigger="cron", hour=0, minute=5)
    scheduler.add_job(_report(database), trigger="cron", minute="*/10", second=20, executor="slow")
    scheduler.start()
    return scheduler


def _alone(database: Database, name: str, work: Callable[[], object]) -> Callable[[], None]:
    """This work, done by one process at a time; a failure is logged and the next tick tries again."""

    def alone() -> None:
        if database.write(lambda tx: leases.take(tx, name, HOLDER, LEASE_SECONDS)):
            work()

    return _logged(name, alone)


def _logged(name: str, work: Callable[[], object]) -> Callable[[], None]:
    """This work; a failure is logged and the next tick tries again."""

    def run() -> None:
        try:
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
