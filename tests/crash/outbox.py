"""A process that sends, to be killed: `python -m tests.crash.outbox URL DOUBT CARRIER ACCOUNT TOKEN NUMBER`.

It says one line when it works, and one when nothing is left to send.
"""

import os
import sys
import time
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select

from hub.database import Database, Tx
from hub.deliveries import SENDING, WAITING, Delivery
from hub.settings import Settings
from notifications import outbox
from notifications.channels import registry
from notifications.sending import Pace, Sender
from web.timetable import say

WORKS, DONE = "works", "done"


def settings(address: str, account: str, token: str, number: str) -> Settings:
    """Settings that know the carrier and nothing else."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        public_url="http://127.0.0.1:9",
        twilio_account_sid=account,
        twilio_auth_token=token,  # type: ignore[arg-type]
        twilio_from=number,
        twilio_api_url=address,
        twilio_per_second=1000,
    )


def main(url: str, doubt: str, *carrier: str) -> None:
    database, config = Database(url), settings(*carrier)
    ways = registry.ways(config)
    pace = Pace(doubt=timedelta(seconds=float(doubt)))
    hands = [
        Sender(database, channel, ways, holder=str(os.getpid()), say=say, pace=pace)
        for channel in registry.made(config)
    ]
    _say(WORKS)
    while outbox.drain(database, ways) or database.read(_left):
        for hand in hands:
            hand.work()
        time.sleep(0.02)
    _say(DONE)


def _left(tx: Tx) -> int:
    query = select(func.count(col(Delivery.id))).where(col(Delivery.state).in_((WAITING, SENDING)))
    return tx.scalars(query).one()


def _say(what: str) -> None:
    os.write(sys.stdout.fileno(), f"{what}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
