"""The clockwork: APScheduler only says when; what is due stands in the tables, and a lease says who does it.

A process that was down finds everything that fell due meanwhile in its first tick.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import col, select

from dispatch import calling, expiring, followup, survey, training
from hub import checkpoints, clock, leases, tidying, worktimes
from hub.attachments import Store
from hub.database import Database, Tx
from hub.organisation import Office
from hub.settings import Settings
from notifications import outbox, sending
from notifications.channels import registry
from notifications.sending import Sender
from notifications.speaking import Open
from web import interpreter, reactions
from web.aside import aside
from web.doors.mail import fetching
from web.doors.twilio import recovery, work
from web.pump import Pump
from web.report import issuing
from web.words import say

log = structlog.get_logger("web.timetable")
# A tick that finds the one before it still at work has nothing to tell: it comes again.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60
REPORT_SECONDS = 600
MAIL_SECONDS = 60  # between two looks into the mailbox


class Timetable(BackgroundScheduler):  # type: ignore[misc]
    """The clockwork of one process, with its hands on the channels."""

    def __init__(self, database: Database, senders: list[Sender]) -> None:
        super().__init__(
            timezone="UTC",
            executors={
                "default": ThreadPoolExecutor(4),
                # what fetches, learns or counts for minutes never keeps an escalation waiting
                "slow": ThreadPoolExecutor(5),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.database, self.senders = database, senders
        self.pumps: list[Pump] = []
        self.stop_hearing: Callable[[], None] = lambda: None
        self.is_over = threading.Event()

    def shutdown(self, wait: bool = True) -> None:
        """Stop; what is under way to a provider is finished first, and the next process may begin at once."""
        self.is_over.set()
        for sender in self.senders:
            sender.stop()
        self.stop_hearing()
        for pump in self.pumps:
            pump.stop()
        super().shutdown(wait)
        for pump in self.pumps:
            pump.join()
        for sender in self.senders:
            sender.close()
        if wait:
            self.database.write(lambda tx: leases.give_back(tx, HOLDER))


def start(database: Database, settings: Settings) -> Timetable:
    """Start the timetable of this process."""
    ways = registry.ways(settings)
    store = Store(settings.data_dir / "files")
    senders = sending.senders(database, registry.made(settings), ways, holder=HOLDER, say=say)
    scheduler = Timetable(database, senders)
    inbox = work.worker(database, settings, store, scheduler.is_over.is_set)
    every = partial(scheduler.add_job, trigger="interval")
    is_over = scheduler.is_over
    follow_up = partial(followup.tick, database, is_over.is_set, rest=is_over.wait)
    every(_alone(database, "follow up", follow_up), seconds=5)
    every(_alone(database, "papers", lambda: expiring.tick(database)), minutes=10)
    scheduler.add_job(
        _alone(database, "work times", lambda: _time_work(database)), trigger="cron", hour=2, executor="slow"
    )
    every(_alone(database, training.LEASE, lambda: _learn(database)), minutes=15, executor="slow")
    every(_alone(database, "hear", inbox.hear), seconds=0.5)
    every(_alone(database, "fetch", inbox.fetch), seconds=1, executor="slow")
    mailbox = _alone(database, "mail", lambda: fetching.poll(database, settings, store))
    every(mailbox, seconds=MAIL_SECONDS, next_run_time=clock.now(), executor="slow")
    missed = _alone(database, "recover", recovery.Recovery(database, settings))
    every(missed, minutes=5, next_run_time=clock.now(), executor="slow")
    every(_alone(database, "calls", lambda: calling.tick(database)), minutes=1)
    every(_alone(database, "ask", lambda: survey.tick(database, ways.channels)), seconds=10)
    every(_alone(database, "react", lambda: reactions.drain(database)), seconds=1)
    scheduler.add_job(_alone(database, "seal", lambda: _seal(database)), trigger="cron", hour=0, minute=5)
    prune = _alone(database, "prune", lambda: outbox.prune(database))
    scheduler.add_job(prune, trigger="cron", hour=3, minute=10, executor="slow")
    sweep = _alone(database, "sweep", lambda: tidying.sweep(database))
    scheduler.add_job(sweep, trigger="cron", hour=3, minute=20, executor="slow")
    # everybody waits meanwhile, half a second at most: it is night where the people are
    quiet = {"hour": 4, "minute": 15, "timezone": settings.timezone}
    scheduler.add_job(_logged("look through", interpreter.look_through), trigger="cron", **quiet)
    reports = _report(database, scheduler.is_over.is_set)
    scheduler.add_job(reports, trigger="cron", minute="*/10", second=20, executor="slow")
    _pump(scheduler, database, ways)
    scheduler.start()
    return scheduler


def _pump(scheduler: Timetable, database: Database, ways: Open) -> None:
    """Speak when the bell rings, and send when there is something to be sent: no emergency waits for a tick.

    A provider that is slow keeps its own pump busy and nobody else's.
    """
    sends = [Pump(sender.channel, _logged("send", sender.work)) for sender in scheduler.senders]

    def speak() -> None:
        if outbox.drain(database, ways, scheduler.is_over.is_set):
            for pump in sends:
                pump.ring()

    speaks = Pump("speak", _alone(database, "speak", speak))
    scheduler.pumps = [speaks, *sends]

    def begin(_: object) -> None:
        scheduler.stop_hearing = database.bell.hear(lambda _: speaks.ring())
        for pump in scheduler.pumps:
            pump.start()

    scheduler.add_listener(begin, EVENT_SCHEDULER_STARTED)


def _alone(database: Database, name: str, work: Callable[[], object]) -> Callable[[], None]:
    """This work, done by one process at a time; a failure is logged and the next tick tries again.

    The lease is renewed when a third of it is over, not at every tick: each renewal is a commit.
    """
    fresh_until = [clock.now()]

    def alone() -> None:
        present = clock.now()
        if fresh_until[0] <= present:
            if not database.write(lambda tx: leases.take(tx, name, HOLDER, LEASE_SECONDS)):
                return
            fresh_until[0] = present + timedelta(seconds=LEASE_SECONDS / 3)
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


def _report(database: Database, is_over: Callable[[], bool]) -> Callable[[], None]:
    """Reports take longer than a lease, so it is renewed before each of them; none is begun at the end."""

    def hold() -> bool:
        return not is_over() and database.write(lambda tx: leases.take(tx, "report", HOLDER, REPORT_SECONDS))

    def run() -> None:
        try:
            if hold():
                issuing.run(database, hold)
        except Exception:
            log.exception("timetable", work="report")

    return run


def _seal(database: Database) -> None:
    database.write(lambda tx: checkpoints.seal(tx) is not None)
