"""A working day, step by step, and everything that is refused on the way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from dispatch import followup, ordering, returning, work
from dispatch.ordering import Instruction
from hub import orders
from hub.access import Actor
from hub.catalogue import Category, changed
from hub.database import Tx
from hub.errors import AlreadyTaken, BadInput, Forbidden, HubError, NotNow
from hub.orders import MOVES, Hold, Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import DONE, ahead, bring_to
from tests.house import House, leak

VERBS = sorted({verb for moves in MOVES.values() for verb in moves})


@pytest.mark.parametrize("state", MOVES)
def test_the_table_alone_says_which_move_is_legal(state: str) -> None:
    for verb in VERBS:
        order = Order(number="7-1", status=state, held_from="accepted" if state == "on_hold" else None)
        if verb in MOVES[state]:
            orders.move(order, verb)
            assert order.status == ("accepted" if verb == "resume" else MOVES[state][verb])
        else:
            with pytest.raises(NotNow, match="this order cannot do that now") as refusal:
                orders.move(order, verb)
            assert (refusal.value.legal, order.status) == (tuple(MOVES[state]), state)


@pytest.mark.parametrize("state", MOVES)
def test_every_verb_keeps_to_the_table(hub: House, sue: Actor, wes: Actor, clara: Actor, state: str) -> None:
    """Each verb on an order in this state: along the table, or refused with nothing changed."""
    verbs: dict[str, Any] = {
        "assign": (work.assign, sue, hub.staff("wen")),
        "accept": (work.accept, wes),
        "depart": (work.depart, wes),
        "arrive": (work.arrive, wes),
        "hold": (work.hold, wes, "material"),
        "resume": (work.resume, wes),
        "complete": (work.complete, wes, DONE),
        "return": (returning.send_back, sue, "Not ours"),
        "reissue": (returning.rule, clara, "reissue"),
        "withdraw": (returning.withdraw, clara),
    }
    for name, (verb, who, *said) in verbs.items():
        ticket = hub.receive(clara, leak())
        order = bring_to(hub, state, hub.orders(ticket)[0], sue, wes, clara)
        if who is wes and order.worker_id is None and (name, state) != ("accept", "issued"):
            who = sue  # nobody has it yet: the supervisor may try
        legal, events = MOVES[state], hub.kinds(ticket)
        if name in legal:
            hub.do(verb, who, order, *said)
            expected = "accepted" if name == "resume" else legal[name]
            assert hub.again(order).status == expected, name
        elif (name, state) == ("accept", "issued"):
            hub.do(verb, who, order, *said)  # claimed by a worker of the department: assigned and accepted
            assert hub.again(order).status == "accepted"
        else:
            with pytest.raises(NotNow) as refusal:
                hub.do(verb, who, order, *said)
            assert set(refusal.value.legal) <= set(legal), name
            assert (hub.again(order).status, hub.kinds(ticket)) == (state, events)


@pytest.mark.seed("K1.7", "K1.3")
def test_the_supervisor_gives_the_order_to_a_worker_who_does_it(
    hub: House, time: Clock, sue: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    moments = {}
    for verb in (work.accept, work.contact, work.depart, work.arrive):
        moments[verb.__name__] = time.forward(minutes=5)
        hub.do(verb, wes, order)
    time.forward(minutes=20)
    hub.do(work.complete, wes, order, f" {DONE} ", [{"item": "washer", "count": 1}])
    done = hub.again(order)
    assert (done.accepted_at, done.contacted_at) == (moments["accept"], moments["contact"])
    assert (done.departed_at, done.arrived_at) == (moments["depart"], moments["arrive"])
    assert (done.done, done.done_at, done.status) == (DONE, time.now(), "done")
    assert {p.kind: p.kept_at for p in hub.promises(tap_leaks) if p.order_id} == {
        "accept": moments["accept"],
        "contact": moments["contact"],
        "arrive": moments["arrive"],
        "done": time.now(),
    }


def test_the_first_contact_keeps_the_ticket_s_own_answer(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    spoke = time.forward(minutes=3)
    hub.do(work.contact, wes, order)
    assert hub.promises(tap_leaks, "answer")[0].kept_at == spoke
    assert hub.again(tap_leaks).first_contact_at == spoke


def test_a_visit_that_nobody_reported_is_inferred_from_the_work(
    hub: House, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.complete, wes, order, DONE)
    (arrive,) = hub.promises(tap_leaks, "arrive")
    assert (arrive.is_inferred, hub.again(order).arrived_at) == (True, None)


def test_an_order_nobody_has_is_claimed_by_the_first_who_takes_it(
    hub: House, wes: Actor, wen: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    assert (hub.again(order).worker_id, hub.again(order).status) == (wes.staff_id, "accepted")
    with pytest.raises(AlreadyTaken, match="Wes Worker has this order"):
        hub.do(work.accept, wen, order)
    assert hub.kinds(tap_leaks)[-2:] == ["assigned", "accepted"]


def test_a_worker_of_another_department_cannot_claim_it(hub: House, gus: Actor, order: Order) -> None:
    with pytest.raises(Forbidden, match="this step belongs to another role"):
        hub.do(work.accept, gus, order)


def test_the_desk_does_not_take_an_order_for_itself(hub: House, clara: Actor, order: Order) -> None:
    with pytest.raises(NotNow) as refusal:
        hub.do(work.accept, clara, order)
    assert "assign" in refusal.value.legal


def test_only_the_hands_that_have_it_or_those_above_move_an_order(
    hub: House, sue: Actor, wes: Actor, wen: Actor, cash: Actor, order: Order
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    steps: tuple[tuple[Any, ...], ...] = (
        (work.accept,),
        (work.contact,),
        (work.depart,),
        (work.arrive,),
        (work.hold, "material"),
        (work.resume,),
        (work.complete, DONE),
    )
    for verb, *said in steps:
        for stranger in (wen, cash):
            with pytest.raises(AlreadyTaken, match="Wes Worker has this order"):
                hub.do(verb, stranger, order, *said)
    assert hub.again(order).status == "assigned"


def test_a_worker_rings_in_and_the_desk_takes_the_step_for_them(
    hub: House, sue: Actor, clara: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.accept, clara, order)
    assert hub.again(order).worker_id == hub.staff("wes").id
    assert hub.events(tap_leaks)[-1].by_id == clara.staff_id


def test_a_worker_does_not_give_orders_to_workers(hub: House, wes: Actor, order: Order) -> None:
    with pytest.raises(Forbidden):
        hub.do(work.assign, wes, order, hub.staff("wes"))


def test_somebody_of_another_department_cannot_be_given_it(hub: House, sue: Actor, order: Order) -> None:
    with pytest.raises(BadInput, match="Gus Guard does not work in this department"):
        hub.do(work.assign, sue, order, hub.staff("gus"))
    assert hub.again(order).status == "issued"


def test_an_order_handed_over_waits_for_the_new_hands(
    hub: House, sue: Actor, wes: Actor, wen: Actor, order: Order
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.arrive, wes, order)
    hub.do(work.assign, sue, order, hub.staff("wen"))
    handed = hub.again(order)
    assert (handed.status, handed.worker_id, handed.accepted_at) == ("assigned", wen.staff_id, None)
    assert handed.arrived_at is None, "the visit was another's"
    with pytest.raises(AlreadyTaken, match="Wen Worker"):
        hub.do(work.complete, wes, order, DONE)
    hub.do(work.accept, wen, order)


def test_nobody_is_contacted_over_an_order_that_has_ended(
    hub: House, clara: Actor, wes: Actor, order: Order
) -> None:
    hub.do(returning.withdraw, clara, order)
    with pytest.raises(NotNow):
        hub.do(work.contact, clara, order)


def test_work_is_done_only_when_said_what(hub: House, wes: Actor, order: Order) -> None:
    hub.do(work.accept, wes, order)
    with pytest.raises(BadInput, match="done: say what was done"):
        hub.do(work.complete, wes, order, "  ")
    assert hub.again(order).status == "accepted"


def test_every_field_the_category_demands_is_named(
    hub: House, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    def demand(tx: Tx) -> None:
        leaf = tx.get_one(Category, tap_leaks.category_id)
        leaf.demands = ["meter", "pressure"]
        changed(tx, leaf.company_id)

    hub.do(demand)
    hub.do(work.accept, wes, order)
    with pytest.raises(BadInput) as refusal:
        hub.do(work.complete, wes, order, "", (), {"pressure": ""})
    assert set(refusal.value.fields) == {"done", "fields.meter", "fields.pressure"}
    done = hub.do(work.complete, wes, order, DONE, (), {"meter": "0", "pressure": 0})
    assert done.fields == {"meter": "0", "pressure": 0}


def test_words_that_cannot_be_kept_are_refused_by_every_step(
    hub: House, clara: Actor, wes: Actor, sue: Actor, order: Order
) -> None:
    hub.do(work.accept, wes, order)
    bad = "half \ud83d"
    attempts: tuple[tuple[Any, ...], ...] = (
        (work.complete, wes, order, bad),
        (work.complete, wes, order, DONE, [{"item": bad}]),
        (work.complete, wes, order, DONE, (), {"meter": bad}),
        (work.hold, wes, order, "material", None, bad),
        (returning.send_back, sue, order, bad),
        (returning.withdraw, clara, order, bad),
    )
    for verb, *said in attempts:
        with pytest.raises(BadInput, match="holds a character that cannot be kept"):
            hub.do(verb, *said)
    assert hub.again(order).status == "accepted"


# ---------------------------------------------------------------- holds


def test_an_approved_hold_stops_the_clock_and_both_due_times_are_kept(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    before = {p.kind: p.due_at for p in hub.running(tap_leaks)}
    hub.do(work.hold, wes, order, "material", note="Washer is out of stock")
    assert {p.kind for p in hub.running(tap_leaks) if p.paused_at} == {"contact", "arrive", "done", "resolve"}
    time.forward(hours=2)
    hub.do(work.resume, wes, order)
    for promise in hub.running(tap_leaks):
        held = promise.kind != "answer"
        assert promise.base_due_at == before[promise.kind]
        assert promise.due_at - promise.base_due_at == timedelta(hours=2) * held
        assert promise.held_seconds == 7200 * held


def test_an_unapproved_hold_stops_no_clock(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "staffing")
    time.forward(hours=2)
    hub.do(work.resume, wes, order)
    assert all(p.due_at == p.base_due_at and p.held_seconds == 0 for p in hub.promises(tap_leaks))


def test_the_ticket_s_clock_stands_only_while_every_open_order_is_held(
    hub: House, time: Clock, clara: Actor, wes: Actor, wen: Actor, order: Order, tap_leaks: Ticket
) -> None:
    second = hub.do(ordering.order, clara, tap_leaks, Instruction(hub.department("ENG"), hub.staff("wen")))
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    assert hub.running(tap_leaks, "resolve")[0].paused_at is None
    time.forward(hours=1)
    hub.do(work.hold, wen, second, "customer")
    assert hub.running(tap_leaks, "resolve")[0].paused_at == time.now()
    time.forward(hours=1)
    hub.do(returning.withdraw, clara, second)
    assert hub.running(tap_leaks, "resolve")[0].paused_at is not None, "the other one still stands"
    hub.do(work.resume, wes, order)
    (resolve,) = hub.running(tap_leaks, "resolve")
    assert (resolve.paused_at, resolve.held_seconds) == (None, 3600)


def test_a_hold_that_runs_out_ends_at_its_hour_however_late_the_hub_wakes(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    until = ahead(hours=3)
    hub.do(work.hold, wes, order, "third_party", until)
    followup.tick(hub.database)
    assert hub.again(order).status == "on_hold"
    time.forward(days=2)
    followup.tick(hub.database)
    assert hub.again(order).status == "accepted"
    (hold,) = hub.look(lambda tx: tx.scalars(select(Hold)).all())
    assert hold.ends_at == until
    assert hub.promises(tap_leaks, "done")[0].held_seconds == 3 * 3600
    assert hub.events(tap_leaks)[-1].by_id is None or "resumed" in hub.kinds(tap_leaks)


def test_a_hold_needs_a_reason_of_the_list_and_an_hour_to_come(hub: House, wes: Actor, order: Order) -> None:
    hub.do(work.accept, wes, order)
    refusals: tuple[tuple[tuple[Any, ...], str], ...] = (
        (("tired",), "reason: must be one of: appointment, customer, material"),
        (("material", ahead(hours=-1)), "until: this time has gone by"),
        (("material", datetime(2026, 4, 1, 9, 0)), "until: a time needs its zone"),
    )
    for said, why in refusals:
        with pytest.raises(BadInput, match=why):
            hub.do(work.hold, wes, order, *said)
    assert hub.again(order).status == "accepted"


def test_a_hold_says_who_approved_it(hub: House, sue: Actor, wes: Actor, order: Order) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "weather")
    hub.do(work.resume, wes, order)
    hub.do(work.hold, sue, order, "weather")
    own, approved = hub.look(lambda tx: tx.scalars(select(Hold).order_by(Hold.id)).all())
    assert (own.approved_by, approved.approved_by) == (None, sue.staff_id)


# ---------------------------------------------------------------- times


def test_a_step_done_without_a_network_keeps_the_time_it_happened(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    took = time.forward(minutes=10)
    time.forward(hours=1)
    hub.do(work.accept, wes, order, happened_at=took)
    assert hub.promises(tap_leaks, "accept")[0].kept_at == took
    assert (hub.events(tap_leaks)[-1].happened_at, hub.events(tap_leaks)[-1].recorded_at) == (
        took,
        time.now(),
    )


def test_nobody_takes_an_order_before_it_was_issued(
    hub: House, time: Clock, wes: Actor, order: Order
) -> None:
    time.forward(hours=1)
    with pytest.raises(BadInput, match="happened_at: this time lies before the matter came in"):
        hub.do(work.accept, wes, order, happened_at=order.issued_at - timedelta(hours=2))
    # a phone whose clock is a little slow is believed as far as it can be
    hub.do(work.accept, wes, order, happened_at=order.issued_at - timedelta(minutes=3))
    assert hub.again(order).accepted_at == order.issued_at


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-91)])
def test_a_step_in_the_future_or_long_ago_is_refused(
    hub: House, time: Clock, wes: Actor, order: Order, off: timedelta
) -> None:
    with pytest.raises(HubError, match="happened_at"):
        hub.do(work.accept, wes, order, happened_at=time.now() + off)
