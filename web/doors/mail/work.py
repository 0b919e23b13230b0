"""A kept mail is worked: thought over first, then decided and settled in one transaction."""

from dispatch import mailing
from dispatch.mailing import Written
from hub import inbound
from hub.database import Database, Tx
from hub.inbound import Inbound
from web.doors.mail import quoting


def hear(database: Database, row: Inbound) -> bool:
    """One mail: what it means, and what becomes of it."""
    written = written_of(row)
    prepared = database.read(lambda tx: mailing.think(tx, written))

    def act(tx: Tx) -> bool:
        mine = inbound.take(tx, row.id)
        if mine is None:
            return False
        what, ticket = mailing.hear(tx, written, prepared)
        inbound.settle(mine, what, ticket.id if ticket else None)
        return True

    return database.write(act)


def written_of(row: Inbound) -> Written:
    """The mail in a kept row, without what it quotes."""
    said = row.said
    return Written(
        id=row.name.partition(":")[2],
        sender=said["from"],
        name=said["name"],
        to=tuple(said["to"]),
        subject=said["subject"],
        text=quoting.own_words(said["text"]),
        references=tuple(said["references"]),
        is_automatic=said["is_automatic"],
        files=tuple(said["files"]),
        refused=tuple(said["refused"]),
        too_large=said.get("too_large", 0),
        received_at=row.received_at,
    )
