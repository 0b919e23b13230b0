"""What every verb has in common: one pure function of state, rights, and what a small office may do alone."""

import itertools

import pytest

from dispatch import callback, closing, ordering, returning, work
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import callbacks, organisation, tickets
from hub.database import Tx
from hub.errors import CallbackOwed, NotNow
from hub.orders import ENDED, MOVES
from hub.tickets import STATES, Ticket
from tests.conftest import Clock
from tests.dispatch.steps import DONE
from tests.house import House, peddlers


def test_where_a_ticket_stands_follows_from_its_orders_its_answer_and_its_callback() -> None:
    flags = (False, True)
    for states in itertools.chain([()], ((a,) for a in MOVES), itertools.product(MOVES, repeat=2)):
        for answered, taken, callback_ in itertools.product(flags, flags, ("owed", "not_owed")):
            where = tickets.state_of(states, answered, taken, callback_)
            if set(states) - set(ENDED):
                assert where == "in_hand"
            elif "done" in states or answered:
                assert where == ("awaiting_callback" if callback_ == "owed" else "closed")
            else:
                assert where == ("in_hand" if states or taken else "new")


@pytest.mark.seed("K2.2")
def test_a_ticket_moves_only_by_its_table(time: Clock) -> None:
    for here, there in itertools.permutations(STATES, 2):
        ticket = Ticket(status=here, callback="made")
        if there in tickets.MOVES[here]:
            tickets.move(ticket, there, time.now(), "solved")
            assert ticket.status == there
        else:
            with pytest.raises(NotNow) as refusal:
                tickets.move(ticket, there, time.now())
            assert (refusal.value.legal, ticket.status) == (tickets.MOVES[here], here)
    with pytest.raises(CallbackOwed):
        tickets.move(Ticket(status="awaiting_callback", callback="owed"), "closed", time.now())


@pytest.mark.seed("K7.3")
def test_in_a_small_office_one_person_takes_every_step_and_the_record_says_so(
    hub: House, time: Clock
) -> None:
    def everything(tx: Tx) -> None:
        dora, office = hub.staff("dora"), hub.office()
        for role in ("clerk", "supervisor", "worker"):
            department = hub.department("ENG") if role != "clerk" else None
            organisation.grant(tx, dora, role, office, department)

    hub.do(everything)
    dora = hub.actor("dora")
    ticket = hub.receive(dora, peddlers(), Choice("desk"))
    first = hub.do(ordering.order, dora, ticket, Instruction(hub.department("ENG")))
    hub.do(work.assign, dora, first, hub.staff("dora"))
    hub.do(returning.send_back, dora, first, "First to the water company")
    again = hub.do(returning.rule, dora, first, "reissue", worker=hub.staff("dora"))
    for verb in (work.accept, work.contact, work.depart, work.arrive):
        time.forward(minutes=5)
        hub.do(verb, dora, again)
    hub.do(work.complete, dora, again, DONE)
    hub.do(callback.call_back, dora, ticket, reached=True, satisfied="fairly")
    marked = [e.kind for e in hub.events(ticket) if e.said.get("self_approved")]
    assert marked == ["ruled", "called_back"]
    (row,) = hub.look(callbacks.of_ticket, ticket.id)
    assert (hub.again(ticket).status, row.is_self_approved) == ("closed", True)
    hub.do(closing.reopen, dora, ticket, "Again")
    assert hub.verify().broken is None
