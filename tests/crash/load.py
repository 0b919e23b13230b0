"""A process under load, to be killed: many threads take matters in and say each one aloud when it is kept.

Run as `python -m tests.crash.load URL THREADS`. A line is said only after `write` has returned, in one system
call, so a line that was heard was said in full.
"""

import os
import sys
import threading
from itertools import count

from sqlmodel import select

from dispatch import answering, intake
from hub import access, organisation
from hub.access import Actor
from hub.database import Database, Tx
from hub.organisation import Office, Staff
from tests.house import leak, peddlers

RECEIVED, ANSWERED = "received", "answered"


def main(url: str, threads: int) -> None:
    """Take matters in until somebody puts an end to this process."""
    database = Database(url)
    clara, office = database.read(_clara)
    hands = [threading.Thread(target=_work, args=(database, clara, office, n)) for n in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def _work(database: Database, clara: Actor, office: Office, hand: int) -> None:
    for n in count():
        said = leak(phone=f"+8526{hand:03d}{n:04d}") if n % 2 else peddlers()
        prepared = database.read(lambda tx, said=said: intake.prepare(tx, office, said))
        ticket = database.write(lambda tx, prepared=prepared: intake.receive(tx, clara, prepared))
        _say(RECEIVED, ticket.number)
        if n % 3 == 0:
            database.write(
                lambda tx, ticket=ticket: answering.answer(tx, clara, ticket, "Somebody will come")
            )
            _say(ANSWERED, ticket.number)


def _say(what: str, number: str) -> None:
    os.write(sys.stdout.fileno(), f"{what} {number}\n".encode())


def _clara(tx: Tx) -> tuple[Actor, Office]:
    person = tx.scalars(select(Staff).where(Staff.login == "clara")).one()
    return access.actor_of(tx, person), organisation.office_by_code(tx, "LG")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
