"""The clockwork: APScheduler only says when; what is due stands in the tables, and a lease says who does it.

A process that was down finds everything that fell due meanwhile in its first tick.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from dispatch import followup
from hub import checkpoints, leases
from hub.database import Database
from hub.settings import Settings
from notifications import outbox, sending
from notifications.channels import registry
from notifications.sending import Sender
from web import reactions
from web.words import negotiate, words_in

log = structlog.get_logger("web.timetable")
# A tick that finds the one before it still at work has nothing to tell: it comes again.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

HOLDER = f"{socket.gethostname()}:{os.getpid()}"
LEASE_SECONDS = 60


class Timetable(BackgroundScheduler):  # type: ignore[misc]
    """The clockwork of one process, with its hands on the channels."""

    def __init__(self, senders: list[Sender]) -> None:
        # A provider that is slow keeps its own hand busy and nobody else's.
        super().__init__(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(2), "senders": ThreadPoolExecutor(max(1, len(senders)))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.senders = senders

    def shutdown(self, wait: bool = True) -> None:
        """Stop; what is under way to a provider is finished first."""
        for sender in self.senders:
            sender.stop()
        super().shutdown(wait)
        for sender in self.senders:
            sender.close()


def start(database: Database, settings: Settings) -> Timetable:
    """Start the timetable of this process."""
    ways = registry.ways(settings)
    senders = sending.senders(database, registry.made(settings), ways, holder=HOLDER, say=say)
    scheduler = Timetable(senders)
    every = partial(scheduler.add_job, trigger="interval")
    every(_alone(database, "follow up", lambda: followup.tick(database)), seconds=5)
    every(_alone(database, "speak", lambda: outbox.drain(database, ways)), seconds=0.5)
    every(_alone(database, "react", lambda: reactions.drain(database)), seconds=1)
    for sender in senders:
        every(_logged("send", sender.work), seconds=0.5, executor="senders")
    scheduler.add_job(_alone(database, "seal", lambda: _seal(database)), trigger="cron", hour=0, minute=5)
    scheduler.start()
    return scheduler


def say(locale: str, message: str, places: Mapping[str, Any]) -> str:
    """A message of the locale files in this language."""
    return words_in(negotiate(locale), "UTC").gettext(message, **places)


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


def _seal(database: Database) -> None:
    database.write(lambda tx: checkpoints.seal(tx) is not None)
