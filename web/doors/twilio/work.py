"""What came in is worked: each row in one transaction that does its work and settles it.

One row that fails keeps no other waiting and is tried again later; nothing that came in is given up.
"""

from collections.abc import Callable

import structlog

from dispatch import conversation
from dispatch.conversation import Heard
from hub import inbound
from hub.database import Database, Tx
from hub.inbound import Inbound

AT_ONCE = 100
MOST_PICTURES = 10

log = structlog.get_logger("web.doors.twilio")

Work = Callable[[Database, Inbound], bool]


class Worker:
    """Works the rows that wait: one function a kind."""

    def __init__(self, database: Database, works: dict[str, Work]) -> None:
        self._database = database
        self._works = works

    def drain(self) -> int:
        """Work everything that is due now. Answers how many rows were worked."""
        worked = 0
        while ids := self._database.read(lambda tx: inbound.due(tx, AT_ONCE)):
            worked += sum(self._one(ident) for ident in ids)
        return worked

    def _one(self, ident: int) -> bool:
        row = self._database.read(lambda tx: tx.get_one(Inbound, ident))
        try:
            return self._works[row.kind](self._database, row)
        except Exception as failed:
            fault = f"{type(failed).__name__}: {failed}"[:500]
            log.exception("inbound", kind=row.kind, id=row.id)
            self._database.write(lambda tx: _put_off(tx, ident, fault))
            return False


def hear(database: Database, row: Inbound) -> bool:
    """One text message: judged first, then decided and settled in one transaction."""
    heard = heard_of(row)
    prepared = database.read(lambda tx: conversation.think(tx, heard))

    def act(tx: Tx) -> bool:
        mine = inbound.take(tx, row.id)
        if mine is None:
            return False
        meant = conversation.hear(tx, heard, prepared)
        inbound.settle(mine, meant.what, meant.ticket.id if meant.ticket else None)
        return True

    return database.write(act)


def heard_of(row: Inbound) -> Heard:
    """The message in a kept row."""
    said = row.said
    count = said.get("NumMedia", "0")
    pictures = range(min(int(count), MOST_PICTURES) if count.isdecimal() else 0)
    addresses = (said.get(f"MediaUrl{n}", "") for n in pictures)
    return Heard(
        sid=row.name.partition(":")[2],
        sender=said.get("From", ""),
        to=said.get("To", ""),
        text=said.get("Body", ""),
        pictures=tuple(address for address in addresses if address),
        opting=said.get("OptOutType", ""),
        received_at=row.received_at,
    )


def _put_off(tx: Tx, ident: int, fault: str) -> None:
    row = inbound.take(tx, ident)
    if row is not None:
        inbound.put_off(row, fault)
