"""Wrong passwords cost time: after a few, whoever goes on trying waits, each time longer.

Three counts are kept, and each may say wait: of one log-in name from one address, of an address whomever it
names, and of a name wherever it is tried from. The last two are wide: an office has one address, and
a stranger who knows a name should not shut its owner out. A try is counted before the password is looked at
and given back when it was right, so of a hundred at once not each is the first. Only digests are kept.
Source: OWASP authentication cheat sheet (login throttling); NIST SP 800-63B §5.2.2 (at most 100 in a row).
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import Moment
from hub.credentials import digest
from hub.database import Tx
from hub.errors import TooMany

FORGOTTEN = timedelta(hours=1)  # after the latest wrong one
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# how many may be wrong before anybody waits
OF_BOTH, OF_ADDRESS, OF_NAME = 5, 50, 100


class WrongTry(SQLModel, table=True):
    """How often in a row a password was wrong; `key` is a digest of the name, of the address, or of both."""

    __tablename__ = "wrong_try"
    key: str = Field(primary_key=True)
    count: int
    latest_at: datetime = Field(sa_type=Moment, index=True)


def count(tx: Tx, login: str, address: str) -> None:
    """Count one try of this log-in name from this network address. Raises TooMany while it has to wait."""
    present, free = clock.now(), _free(login, address)
    _know(tx, list(free), present)
    for row in _held(tx, list(free)):
        if present - row.latest_at >= FORGOTTEN:
            row.count = 0
        left = row.latest_at + _wait(row.count - free[row.key]) - present
        if left > timedelta(0):
            minutes = math.ceil(left / timedelta(minutes=1))
            raise TooMany("too many wrong tries; try again in %(minutes)s min", left, minutes=minutes)
        row.count, row.latest_at = row.count + 1, present
    tx.flush()


def was_right(tx: Tx, login: str, address: str) -> None:
    """Give the try back: the name is free again, the address has one wrong try less."""
    both, of_address, of_name = _free(login, address)
    for row in _held(tx, [both, of_address, of_name]):
        row.count = max(0, row.count - 1) if row.key == of_address else 0
    tx.flush()


def _know(tx: Tx, keys: Sequence[str], present: datetime) -> None:
    insert = sqlite.insert if tx.database.is_sqlite else postgresql.insert
    rows = [{"key": key, "count": 0, "latest_at": present} for key in sorted(keys)]
    tx.execute(insert(WrongTry).values(rows).on_conflict_do_nothing())


def _held(tx: Tx, keys: Sequence[str]) -> Sequence[WrongTry]:
    """These counts, locked in one order, so that two tries at once never wait for each other."""
    query = select(WrongTry).where(col(WrongTry.key).in_(keys)).order_by(col(WrongTry.key))
    return tx.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _free(login: str, address: str) -> dict[str, int]:
    """The three keys of a try, each with how many may be wrong: of both, of the address, of the name."""
    name, place = login.strip().casefold(), _network(address)
    return {
        digest(f"both {place} {name}"): OF_BOTH,
        digest(f"address {place}"): OF_ADDRESS,
        digest(f"name {name}"): OF_NAME,
    }


def _network(address: str) -> str:
    """The address; of IPv6 its /64, which is what one household or one attacker holds."""
    try:
        known = ip_address(address)
    except ValueError:
        return address  # a socket of this machine has none
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


def _wait(over: int) -> timedelta:
    """How long after so many wrong tries over the free ones: 30 s, twice that, up to a quarter of an hour."""
    if over < 0:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(over, 10)))
