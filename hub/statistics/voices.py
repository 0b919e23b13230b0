"""What customers said when they were called back. Imported matters owe none and are in no figure here."""

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlmodel import col

from hub.callbacks import Callback
from hub.database import Tx
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.cuts import Division, Hands, Sums
from hub.statistics.scope import Scope
from hub.tickets import Ticket

LETTER = "letter"


def answers(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Tries of the period and what was said: each by the time it was tried.

    A letter is no try at reaching somebody. Who was not reached is in `tried` alone.
    """
    base = (
        select()
        .select_from(Callback)
        .join(Ticket, col(Ticket.id) == col(Callback.ticket_id))
        .where(
            col(Callback.office_id).in_(scope.office_ids),
            col(Callback.tried_at) >= scope.start,
            col(Callback.tried_at) < scope.known_until,
            *_asked(),
        )
    )
    reached = col(Callback.reached).is_(True)
    division.tally(
        tx,
        into,
        base,
        Hands(round=col(Callback.round)),
        tried=col(Callback.means) != LETTER,
        reached=reached,
        satisfied=and_(reached, col(Callback.satisfied) == "yes"),
        fairly=and_(reached, col(Callback.satisfied) == "fairly"),
        dissatisfied=and_(reached, col(Callback.satisfied) == "no"),
        solved=and_(reached, col(Callback.solved).is_(True)),
        callbacks=true(),
        self_approved=col(Callback.is_self_approved).is_(True),
    )


def owed(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Callbacks owed for work that ended in the period, and those of them with a try so far.

    Counted from the end of the work, not from the closing: a ticket that owes one is never closed, so that
    of the closed ones every callback was made, always.
    """
    base = (
        select()
        .select_from(Promise)
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(
            col(Promise.office_id).in_(scope.office_ids),
            col(Promise.kind) == "callback",
            # no promise is due before it starts: the index of due times leaves the past aside
            col(Promise.due_at) >= scope.start,
            col(Promise.started_at) >= scope.start,
            col(Promise.started_at) < scope.known_until,
            *_asked(),
        )
    )
    tried = exists().where(
        col(Callback.ticket_id) == col(Promise.ticket_id),
        col(Callback.round) == col(Promise.round),
        col(Callback.tried_at) < scope.as_of,
    )
    hands = Hands(round=col(Promise.round))
    division.tally(tx, into, base, hands, callbacks_owed=true(), callbacks_tried=tried)


def _asked() -> tuple[ColumnElement[bool], ...]:
    return judging.counts(), ~col(Ticket.is_imported)
