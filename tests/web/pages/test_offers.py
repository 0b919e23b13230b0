"""The page offers exactly the legal steps: what it offers can be done, what it does not is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import answering, callback, closing, escalation, ordering, ownership, retriage, returning, work
from dispatch.case import Case
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import catalogue
from hub.access import Actor
from hub.database import Tx
from hub.errors import Forbidden, NotNow
from hub.orders import Order
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from web.pages import offers
from web.pages.offers import Offer

AT_THE_DESK = Choice("desk")


class Undone(Exception):
    """Ends a trial so that nothing of it stays."""


def of_ticket(hub: House, ticket: Ticket) -> dict[str, Callable[[Tx, Actor], Any]]:
    """Every step of a matter, with words that no verb could find fault with."""
    eng, cody = Instruction(hub.department("ENG")), hub.staff("cody")
    return {
        "triage": lambda tx, me: retriage.judge_by_hand(tx, me, ticket, kind="repair"),
        "order": lambda tx, me: ordering.order(tx, me, ticket, eng),
        "answer": lambda tx, me: answering.answer(tx, me, ticket, "So it is"),
        "urge": lambda tx, me: escalation.urge(tx, me, ticket),
        "escalate": lambda tx, me: escalation.escalate(tx, me, ticket, "director"),
        "supervise": lambda tx, me: escalation.supervise(tx, me, ticket, "Today"),
        "own": lambda tx, me: ownership.hand_over(tx, me, ticket, cody),
        "note": lambda tx, me: answering.note(tx, me, ticket, "Seen"),
        "close": lambda tx, me: closing.close(tx, me, ticket, "withdrawn"),
        "reopen": lambda tx, me: closing.reopen(tx, me, ticket, "Again"),
        "callback": lambda tx, me: callback.call_back(tx, me, ticket, True, True, "yes"),
    }


def of_order(hub: House, order: Order) -> dict[str, Callable[[Tx, Actor], Any]]:
    """Every step of an order."""
    people = {"ENG": hub.staff("wen"), "SEC": hub.staff("gus")}
    code = "ENG" if order.department_id == hub.department("ENG").id else "SEC"
    return {
        "assign": lambda tx, me: work.assign(tx, me, order, people[code]),
        "withdraw": lambda tx, me: returning.withdraw(tx, me, order),
        "rule": lambda tx, me: returning.rule(tx, me, order, "reissue"),
        "accept": lambda tx, me: work.accept(tx, me, order),
        "contact": lambda tx, me: work.contact(tx, me, order),
        "depart": lambda tx, me: work.depart(tx, me, order),
        "arrive": lambda tx, me: work.arrive(tx, me, order),
        "hold": lambda tx, me: work.hold(tx, me, order, "material"),
        "resume": lambda tx, me: work.resume(tx, me, order),
        "complete": lambda tx, me: work.complete(tx, me, order, "Done"),
    }


def is_legal(hub: House, me: Actor, step: Callable[[Tx, Actor], Any]) -> bool:
    """Whether the verb takes the step; whatever it did is undone."""

    def trial(tx: Tx) -> None:
        step(tx, me)
        tx.flush()
        raise Undone

    try:
        hub.database.write(trial)
    except Undone:
        return True
    except (NotNow, Forbidden):
        return False
    raise AssertionError("the trial neither ended nor was refused")


def offered(hub: House, me: Actor, ticket: Ticket) -> Offer:
    def ask(tx: Tx) -> Offer:
        office = tx.get_one(Office, ticket.office_id)
        return offers.of(Case(tx, office, catalogue.of(tx, office), tx.get_one(Ticket, ticket.id)), me)

    return hub.look(ask)


def _situation(hub: House, time: Clock, name: str) -> Ticket:
    """A matter brought to where its name says."""
    clara, wes = hub.actor("clara"), hub.actor("wes")
    if name in ("at the desk", "answered", "closed", "closed long ago"):
        ticket = hub.receive(clara, leak(item="Where is the pool?", kind="enquiry"), AT_THE_DESK)
        if name != "at the desk":
            hub.do(closing.close, clara, ticket, "withdrawn")
        if name == "closed long ago":
            time.forward(days=9)
        return ticket
    if name == "complaint at the desk":
        return hub.receive(clara, peddlers(), AT_THE_DESK)
    ticket = hub.receive(clara, leak(kind="complaint"), Choice("department", "ENG"))
    (order,) = hub.orders(ticket)
    steps = {
        "issued": [],
        "returned": [(returning.send_back, hub.actor("sue"), order, "No")],
        "withdrawn": [(returning.withdraw, clara, order)],
        "assigned": [(work.assign, clara, order, hub.staff("wes"))],
    }
    steps["accepted"] = [*steps["assigned"], (work.accept, wes, order)]
    steps["held"] = [*steps["accepted"], (work.hold, wes, order, "material")]
    steps["on the way"] = [*steps["accepted"], (work.depart, wes, order)]
    steps["on site"] = [*steps["accepted"], (work.arrive, wes, order)]
    steps["awaiting callback"] = [*steps["accepted"], (work.complete, wes, order, "Mended")]
    for verb, *said in steps[name]:
        hub.do(verb, *said)
    return ticket


@pytest.mark.parametrize("login", ["clara", "cody", "dora", "sue", "cash", "quinn"])
@pytest.mark.parametrize(
    "name",
    [
        "at the desk",
        "complaint at the desk",
        "closed",
        "closed long ago",
        "issued",
        "returned",
        "withdrawn",
        "assigned",
        "accepted",
        "held",
        "on the way",
        "on site",
        "awaiting callback",
    ],
)
def test_what_is_offered_is_what_is_legal(hub: House, time: Clock, name: str, login: str) -> None:
    ticket = _situation(hub, time, name)
    me, offer = hub.actor(login), offered(hub, hub.actor(login), ticket)
    for step, verb in of_ticket(hub, ticket).items():
        assert (step in offer) == is_legal(hub, me, verb), f"{step} by {login} when {name}"
    for order in hub.orders(ticket):
        for step, verb in of_order(hub, order).items():
            has_hands = order.worker_id is not None or step in ("assign", "withdraw", "rule")
            if not has_hands or (order.status == "returned" and step == "withdraw"):
                continue  # nobody to act for; a return is ruled on, not withdrawn past the ruling
            is_offered = step in offer.orders.get(order.number, ())
            assert is_offered == is_legal(hub, me, verb), f"{step} of the order by {login} when {name}"


def test_a_complaint_nobody_answered_can_only_be_closed_without_a_question_to_ask(
    hub: House, time: Clock, clara: Actor
) -> None:
    ticket = _situation(hub, time, "complaint at the desk")
    assert offered(hub, clara, ticket).outcomes == closing.NOBODY_TO_ASK
