"""Ticket numbers that people say aloud: digits only, office prefix first, check digit last.

Prefixes are prefix-free (the first digit tells their length), so a number read without its leading part is
never another office's; the check digit is Damm's (H. Michael Damm, 2004), which catches every single wrong
digit and every swap of two neighbours. Gaps are allowed.
"""

import threading

from sqlalchemy import bindparam, text, update
from sqlmodel import col, select

from hub.database import Database, Tx
from hub.organisation import Office, OfficeCounter
from hub.statements import Statement

BLOCK = 32
SHORTEST = 6
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# first digit -> digits of the prefix: 70 offices with two digits, 1,000 with four, 100,000 with six
_LENGTHS = {**{str(d): 2 for d in range(1, 8)}, "8": 4, "9": 6}


def check_digit(digits: str) -> str:
    """Damm's check digit of these digits."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_number(said: str) -> bool:
    """Whether this can be a ticket number: digits, long enough, and the check digit fits."""
    return said.isascii() and said.isdigit() and len(said) >= 2 + SHORTEST + 1 and check_digit(said) == "0"


def prefix(ordinal: int) -> str:
    """The prefix of the company's n-th office (from 0). Raises ValueError beyond 101,070 offices."""
    for first, count, width in (("1", 70, 2), ("8", 1_000, 4), ("9", 100_000, 6)):
        if ordinal < count:
            return str(int(first.ljust(width, "0")) + ordinal)
        ordinal -= count
    raise ValueError("there are no more office prefixes")


def compose(office_prefix: str, counter: int) -> str:
    """The ticket number with this counter in the office."""
    digits = f"{office_prefix}{counter:0{SHORTEST}d}"
    return digits + check_digit(digits)


def upcoming(tx: Tx, office: Office) -> str:
    """The next free ticket number of the office."""
    return compose(office.prefix, _counter(tx, office.id))


def _counter(tx: Tx, office_id: int) -> int:
    if tx.database.is_sqlite:
        return _advance(tx, office_id, 1)
    blocks = tx.database.cache.setdefault("number blocks", _Blocks(tx.database))
    counter: int = blocks.take(office_id)
    return counter


def _advance(tx: Tx, office_id: int, by: int) -> int:
    """Move the counter and return its first free value."""
    (moved,) = _MOVE.rows(tx, {"office": office_id, "by": by})
    return int(moved.upcoming) - by


_MOVE = Statement(
    update(OfficeCounter)
    .where(col(OfficeCounter.office_id) == bindparam("office"))
    .values(upcoming=col(OfficeCounter.upcoming) + bindparam("by"))
    .returning(col(OfficeCounter.upcoming))
)


class _Blocks:
    """Numbers fetched ahead on PostgreSQL in a transaction of their own, so no intake waits for another."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._free: dict[int, list[int]] = {}

    def take(self, office_id: int) -> int:
        with self._lock:
            free = self._free.setdefault(office_id, [])
            if not free:
                free.extend(reversed(self._fetch(office_id)))
            return free.pop()

    def _fetch(self, office_id: int) -> range:
        statement = text(
            "UPDATE office_counter SET upcoming = upcoming + :by WHERE office_id = :office RETURNING upcoming"
        )
        with self._database.connection() as connection:
            end = connection.execute(statement, {"by": BLOCK, "office": office_id}).scalar_one()
        return range(int(end) - BLOCK, int(end))


def free_prefix(tx: Tx) -> str:
    """The prefix of the next office."""
    return prefix(len(tx.scalars(select(Office.id)).all()))
