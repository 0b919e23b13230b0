"""Which steps a person may take on a matter now: exactly the legal ones, so that no button is a trap.

The verbs check all of this themselves; here the same rules are asked beforehand, by the same functions.
"""

from dataclasses import dataclass

from dispatch import closing, major, reaching
from dispatch.callback import wants_letter
from dispatch.case import Case
from dispatch.closing import NOBODY_TO_ASK
from dispatch.returning import returns_by
from hub import callbacks, clock, orders, promises
from hub.access import Actor
from hub.orders import MOVES, Order
from hub.tickets import OUTCOMES, OWED, UNDECIDED

# The worker's steps that the centre takes for one who rings in, in the order of a working day.
WORK = ("accept", "contact", "depart", "arrive", "hold", "resume", "complete")


@dataclass(frozen=True)
class Offer:
    """The ticket's open steps, the outcomes a closing may have, and each order's open steps by its number."""

    steps: frozenset[str]
    outcomes: tuple[str, ...]
    orders: dict[str, tuple[str, ...]]
    is_letter_due: bool = False

    def __contains__(self, step: str) -> bool:
        return step in self.steps


def of(case: Case, me: Actor) -> Offer:
    """What this person may do with this matter now."""
    outcomes = _outcomes(case, me)
    return Offer(
        steps=frozenset(_always(case, me) | _while_open(case, me) | _at_the_end(case, me, outcomes)),
        outcomes=outcomes,
        orders={order.number: _of_order(case, me, order) for order in orders.of_round(case.tx, case.ticket)},
        is_letter_due=case.ticket.status == "awaiting_callback" and wants_letter(case),
    )


def _always(case: Case, me: Actor) -> set[str]:
    steps = {step for step in ("note", "attach", "follow", "link") if me.may(step, case.office.id)}
    return steps | ({"tell"} if me.may("tell", case.office.id) and reaching.ways(case) else set())


def _while_open(case: Case, me: Actor) -> set[str]:
    """Steps of an open matter; those that change the work are over once it waits for its callback."""
    if not case.ticket.is_open:
        return set()
    may = {step: me.may(step, case.office.id) for step in ("urge", "escalate", "supervise", "own")}
    if case.ticket.status != "awaiting_callback":
        may |= {step: me.may(step, case.office.id) for step in ("triage", "order", "answer")}
        may["later"] = may["answer"]
        is_led, links = case.ticket.lead_id is not None, me.may("link", case.office.id)
        may |= {"order": may["order"] and not is_led, "behind": links and not is_led}
        may |= {"separate": links and is_led, "promote": links and is_led}
        may["declare"] = _may_declare(case, me)
    owed = {promise.kind for promise in promises.running(case.tx, case.ticket.id)}
    may |= {step: step in owed and me.may(step, case.office.id) for step in ("reply", "plan")}
    return {step for step, allowed in may.items() if allowed}


def _may_declare(case: Case, me: Actor) -> bool:
    is_new = case.ticket.kind == "complaint" and case.ticket.major_since is None
    return is_new and me.may("declare major", case.office.id)


def _at_the_end(case: Case, me: Actor, outcomes: tuple[str, ...]) -> set[str]:
    ticket, office = case.ticket, case.office.id
    steps = {"close"} if outcomes else set()
    if ticket.status == "awaiting_callback" and major.may_call_back(case, me):
        steps.add("callback")
    if not ticket.is_open and me.may("reopen", office):
        steps.add("reopen" if closing.can_reopen(case, clock.now()) else "continue")
    return steps


def _outcomes(case: Case, me: Actor) -> tuple[str, ...]:
    """The outcomes a closing may have now; none where it may not be closed by hand."""
    ticket = case.ticket
    if not ticket.is_open or ticket.callback == OWED or not me.may("close", case.office.id):
        return ()
    if any(order.is_open for order in orders.of_round(case.tx, ticket)):
        return ()
    owes = (
        ticket.callback == UNDECIDED and callbacks.owes(case.tx, case.office, ticket, case.category) == OWED
    )
    return NOBODY_TO_ASK if owes else OUTCOMES


def _of_order(case: Case, me: Actor, order: Order) -> tuple[str, ...]:
    if not case.ticket.is_open:
        return ()
    moves, office = MOVES[order.status], case.office.id
    steps = ["assign"] if "assign" in moves and me.may("assign", office) else []
    if order.worker_id is not None and me.may("assign", office):
        steps += [step for step in WORK if step in moves or (step == "contact" and order.is_open)]
    if order.status == "returned" and me.may("rule", office):
        is_second = returns_by(case, order.department_id) > 1
        steps += ["rule"] if not is_second or me.may("rule again", office) else []
    elif "withdraw" in moves and me.may("withdraw", office):
        steps.append("withdraw")
    return tuple(steps)
