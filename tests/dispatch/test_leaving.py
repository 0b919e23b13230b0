"""Somebody leaves: nothing they had is left to nobody, and every piece is listed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from dispatch import followup, leaving, work
from dispatch.deciding import Choice
from hub import organisation
from hub.access import Actor
from hub.database import Database, Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.organisation import Role, Staff
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.laws import must_hold
from tests.engines import SqliteTemplate
from tests.house import House, leak, peddlers

AT_DESK = leak(item="Please come")
HANDS = ("wes", "wen", "sue", "gus", "sid")


def leave(hub: House, login: str, heir: str | None = None, by: str = "adam") -> leaving.Handed:
    to = hub.staff(heir) if heir else None
    return hub.do(leaving.leave, hub.actor(by), hub.staff(login), to)


def role_of(hub: House, login: str, role: str) -> Role:
    return hub.look(
        lambda tx: tx.scalars(
            select(Role).where(Role.staff_id == hub.staff(login).id, Role.role == role)
        ).one()
    )


@pytest.fixture
def in_hand(hub: House, clara: Actor, wes: Actor, order: Order) -> Order:
    hub.do(work.accept, wes, order)
    return order


@pytest.mark.seed("K4.1")
def test_the_orders_of_a_worker_who_leaves_go_to_the_best_of_the_department(
    hub: House, in_hand: Order, tap_leaks: Ticket
) -> None:
    done = leave(hub, "wes")
    after = hub.again(in_hand)
    assert done.orders == {in_hand.number: "Wen Worker"}
    assert (after.worker_id, after.status) == (hub.staff("wen").id, "assigned")
    assert hub.events(tap_leaks)[-1].said["why"] == "left"
    assert hub.staff("wes").ended_at == MORNING


def test_the_heir_comes_first_where_they_may_do_it(hub: House, in_hand: Order) -> None:
    assert leave(hub, "wes", heir="sue").orders == {in_hand.number: "Sue Supervisor"}


def test_an_heir_of_another_department_gets_none_of_it(hub: House, in_hand: Order) -> None:
    assert leave(hub, "wes", heir="gus").orders == {in_hand.number: "Wen Worker"}


def test_an_order_on_hold_goes_on_with_its_new_hands(hub: House, in_hand: Order, wes: Actor) -> None:
    hub.do(work.hold, wes, in_hand, "material", MORNING + timedelta(days=3))
    leave(hub, "wes")
    assert (hub.again(in_hand).worker_id, hub.again(in_hand).status) == (hub.staff("wen").id, "assigned")
    lawful(hub)


def test_with_nobody_left_in_the_department_the_centre_has_it_again(hub: House, in_hand: Order) -> None:
    leave(hub, "wen")
    leave(hub, "sue")
    assert leave(hub, "wes").orders == {in_hand.number: ""}
    assert hub.again(in_hand).status == "returned"
    lawful(hub)


@pytest.mark.seed("K4.1")
def test_the_matters_of_a_clerk_who_leaves_go_to_the_customer_director(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    assert leave(hub, "clara").tickets == {tap_leaks.number: "Cody Customer-Director"}
    assert hub.again(tap_leaks).owner_id == hub.staff("cody").id
    assert leave(hub, "cody").tickets == {tap_leaks.number: "Dora Director"}


def test_the_last_who_could_answer_for_a_matter_cannot_leave(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    leave(hub, "cody")
    leave(hub, "dora")
    with pytest.raises(BadInput, match="heir: this office has nobody else to answer for a matter"):
        leave(hub, "clara")
    assert hub.staff("clara").ended_at is None, "nothing is half done"
    assert hub.again(tap_leaks).owner_id == clara.staff_id


def test_only_the_administrator_says_so_and_the_heir_must_be_there(
    hub: House, dora: Actor, order: Order
) -> None:
    with pytest.raises(Forbidden):
        leave(hub, "wes", by="dora")
    with pytest.raises(BadInput, match="heir: Wes Worker cannot take this over"):
        leave(hub, "wes", heir="wes")


def test_ending_the_role_that_work_hangs_on_is_refused_and_named_or_handed_over(
    hub: House, adam: Actor, in_hand: Order
) -> None:
    role = role_of(hub, "wes", "worker")
    with pytest.raises(NotNow, match=f"Wes Worker still has in hand: {in_hand.number}"):
        hub.do(leaving.end_role, adam, role)
    assert hub.again(role).ended_at is None
    handed = hub.do(leaving.end_role, adam, role, is_handing_over=True)
    assert handed.orders == {in_hand.number: "Wen Worker"}
    with pytest.raises(NotNow, match="this role has ended"):
        hub.do(leaving.end_role, adam, role)


def test_a_role_that_nothing_hangs_on_ends_at_once(hub: House, adam: Actor, in_hand: Order) -> None:
    hub.do(
        lambda tx: organisation.grant(tx, hub.staff("wes"), "supervisor", hub.office(), hub.department("ENG"))
    )
    handed = hub.do(leaving.end_role, adam, role_of(hub, "wes", "worker"))
    assert not handed.orders and hub.again(in_hand).worker_id == hub.staff("wes").id


def test_a_second_role_keeps_what_the_first_had(hub: House, dora: Actor, adam: Actor) -> None:
    hub.do(lambda tx: organisation.grant(tx, hub.staff("dora"), "clerk", hub.office()))
    ticket = hub.receive(dora, AT_DESK)
    assert not hub.do(leaving.end_role, adam, role_of(hub, "dora", "director")).tickets
    assert hub.again(ticket).owner_id == dora.staff_id


def test_what_was_left_behind_by_another_way_is_found_by_the_next_tick(
    hub: House, time: Clock, in_hand: Order, tap_leaks: Ticket
) -> None:
    def gone(tx: Tx) -> None:
        for login in ("wes", "clara"):
            tx.get_one(Staff, hub.staff(login).id).ended_at = MORNING

    hub.do(gone)
    followup.tick(hub.database)
    assert hub.again(in_hand).worker_id == hub.staff("wen").id
    assert hub.again(tap_leaks).owner_id == hub.staff("cody").id
    assert followup.tick(hub.database) == 0


def lawful(hub: House) -> None:
    """Every law of a matter holds, and whoever has it is still there."""

    def look(tx: Tx) -> None:
        for ticket in tx.scalars(select(Ticket)):
            given = list(tx.scalars(select(Order).where(Order.ticket_id == ticket.id)))
            must_hold(ticket, given, list(hub.promises(ticket)), [])
            if ticket.is_open:
                assert ticket.owner_id is not None
                assert tx.get_one(Staff, ticket.owner_id).ended_at is None
        for order in tx.scalars(select(Order).where(col(Order.status).in_(leaving.IN_HAND))):
            assert order.worker_id is None or tx.get_one(Staff, order.worker_id).ended_at is None

    hub.look(look)


@contextmanager
def _house(template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for url in template.fresh(tmp_path_factory.mktemp("leaving")):
        database = Database(url)
        try:
            yield House(database)
        finally:
            database.close()


leavers = st.lists(
    st.sampled_from(("wes", "wen", "sue", "gus", "sid", "clara", "cody", "dora")), unique=True, max_size=8
)
matters = st.lists(
    st.tuples(
        st.sampled_from((leak(), peddlers(), AT_DESK, leak(item="Flooding", category="01-01"))),
        st.sampled_from((Choice(), Choice("worker", worker="wen"), Choice("worker", worker="gus"))),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.seed("K4.1")
@given(said=matters, who=leavers, ticks=st.booleans())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whoever_leaves_in_whatever_order_nothing_is_left_to_nobody(
    sqlite_template: SqliteTemplate,
    tmp_path_factory: pytest.TempPathFactory,
    time: Clock,
    said: list[tuple[Any, Choice, bool]],
    who: list[str],
    ticks: bool,
) -> None:
    time.set(MORNING)
    with _house(sqlite_template, tmp_path_factory) as hub:
        for what, choice, is_taken in said:
            ticket = hub.receive(hub.actor("clara"), what, choice)
            for order in hub.orders(ticket) if is_taken else ():
                if order.worker_id is not None:
                    login = next(one for one in HANDS if hub.staff(one).id == order.worker_id)
                    hub.do(work.accept, hub.actor(login), order)
        for login in who:
            try:
                leave(hub, login)
            except BadInput as refusal:
                assert "nobody else to answer" in str(refusal)
            if ticks:
                time.forward(hours=5)
                followup.tick(hub.database)
            lawful(hub)
        assert hub.verify().broken is None


def test_a_role_of_the_company_is_ended_by_the_companys_administrator_only(hub: House, adam: Actor) -> None:
    with pytest.raises(Forbidden, match="another role"):
        hub.do(leaving.end_role, adam, role_of(hub, "quinn", "quality"))
