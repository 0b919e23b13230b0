"""What each step of a file does: which verbs, in whose name, at the file's own time.

Who accepted the work and when is not in the file: both are recorded at the closing time, marked as inferred.
"""

from collections.abc import Callable, Mapping

from dispatch import closing, ordering, returning, work
from hub import orders
from hub.access import HUB
from hub.database import Tx
from hub.orders import Order
from hub.tickets import Ticket
from web.replay.office import Place
from web.replay.steps import Step

NOT_SAID = "closed; the file does not say how"
REOPENED = "reopened in the file"

Verb = Callable[[Tx, Ticket, Step, Place], None]


def close(tx: Tx, ticket: Ticket, step: Step, place: Place) -> None:
    """The case ends as the file says: its work done, or its orders taken back and the ticket closed so."""
    outcome, at = step.case.outcome or "solved", step.happened_at
    standing = [order for order in orders.of_round(tx, ticket) if order.is_open]
    if outcome == "solved" and standing:
        for order in standing:
            _complete(tx, order, step)
        return
    for order in standing:
        returning.withdraw(tx, HUB, order, happened_at=at)
    closing.close(tx, HUB, ticket, outcome, step.case.resolution, happened_at=at)


def reopen(tx: Tx, ticket: Ticket, step: Step, place: Place) -> None:
    """The case is open again, with a new order for the same department."""
    closing.reopen(tx, HUB, ticket, REOPENED, happened_at=step.happened_at)
    instruction = place.orders[step.case.department]
    ordering.order(tx, HUB, ticket, instruction, happened_at=step.happened_at)


VERBS: Mapping[str, Verb] = {"closed": close, "reopened": reopen, "closed again": close}


def _complete(tx: Tx, order: Order, step: Step) -> None:
    at = step.happened_at
    if order.status in ("issued", "assigned"):
        work.accept(tx, HUB, order, happened_at=at, inferred=True)
    work.complete(tx, HUB, order, step.case.resolution or NOT_SAID, happened_at=at, inferred=True)
