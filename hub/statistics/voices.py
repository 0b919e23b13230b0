"""What customers said when they were called back. Imported matters owe none and are in no figure here."""

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import col

from hub.callbacks import Callback
from hub.database import Tx
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.cuts import Cut, Tallies, lead_of
from hub.statistics.scope import Scope
from hub.tickets import Ticket

LETTER = "letter"


def answers(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
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
    reached = col(Callback.reached)
    cut.tally(
        tx,
        into,
        base,
        lead_of(col(Callback.round)),
        tried=func.count().filter(col(Callback.means) != LETTER),
        reached=func.count().filter(reached),
        satisfied=func.count().filter(reached, col(Callback.satisfied) == "yes"),
        fairly=func.count().filter(reached, col(Callback.satisfied) == "fairly"),
        dissatisfied=func.count().filter(reached, col(Callback.satisfied) == "no"),
        solved=func.count().filter(reached, col(Callback.solved).is_(True)),
        callbacks=func.count(),
        self_approved=func.count().filter(col(Callback.is_self_approved)),
    )


def owed(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
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
    hands = lead_of(col(Promise.round))
    cut.tally(tx, into, base, hands, callbacks_owed=func.count(), callbacks_tried=func.count().filter(tried))


def _asked() -> tuple[ColumnElement[bool], ...]:
    return judging.counts(), ~col(Ticket.is_imported)
