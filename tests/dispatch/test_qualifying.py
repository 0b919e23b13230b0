"""No certificate, no such work: refused wherever an order gets a worker, or warned of and on record."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from dispatch import ordering, returning, work
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import catalogue
from hub.access import Actor
from hub.catalogue import ADVISED, REQUIRED, Category
from hub.database import Tx
from hub.errors import BadInput
from hub.orders import Order
from hub.papers import Qualification
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak

TODAY = date(2026, 3, 3)
SOCKET = leak(item="Socket is dead", category="02-05")
SHOCK = leak(item="I got a shock", category="02-03")


def asks(hub: House, paper: str, *codes: str, assign: str = "auto") -> None:
    """The office's electrical work asks for a certificate."""

    def write(tx: Tx) -> None:
        for row in tx.scalars(select(Category).where(Category.code.in_(codes or ("02-05", "02-03")))):  # type: ignore[attr-defined]
            row.trade, row.paper, row.assign = "electric", paper, assign
            catalogue.changed(tx, row.company_id)

    hub.do(write)


def certify(hub: House, login: str, days: int = 300, tested: bool = True, trade: str = "electric") -> None:
    """A certificate that is valid for so many days from today (or ran out so many days ago)."""
    until = TODAY + timedelta(days=days)
    hub.do(
        lambda tx: tx.add(
            Qualification(
                staff_id=hub.staff(login).id,
                trade=trade,
                certificate="Electrician, grade A",
                valid_from=TODAY - timedelta(days=400),
                valid_until=until,
                tested_on=TODAY - timedelta(days=401) if tested else None,
            )
        )
    )


@pytest.fixture
def socket(hub: House, clara: Actor) -> Order:
    """An order for electrical work, with the supervisor, that requires a certificate."""
    asks(hub, REQUIRED)
    return hub.orders(hub.receive(clara, SOCKET))[0]


Give = Callable[[House, Order, str], Any]


def _assigned(hub: House, order: Order, login: str) -> Any:
    return hub.do(work.assign, hub.actor("sue"), order, hub.staff(login))


def _claimed(hub: House, order: Order, login: str) -> Any:
    return hub.do(work.accept, hub.actor(login), order)


def _ordered(hub: House, order: Order, login: str) -> Any:
    ticket = hub.look(lambda tx: tx.get_one(Ticket, order.ticket_id))
    return hub.do(
        ordering.order, hub.actor("clara"), ticket, Instruction(hub.department("ENG"), hub.staff(login))
    )


def _ruled(hub: House, order: Order, login: str) -> Any:
    hub.do(returning.send_back, hub.actor("sue"), order, "Nobody here can do it")
    return hub.do(returning.rule, hub.actor("cody"), order, "reissue", worker=hub.staff(login))


def _handed_over(hub: House, order: Order, login: str) -> Any:
    certify(hub, "sue")
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("sue"))
    return _assigned(hub, order, login)


EVERYWHERE = pytest.mark.parametrize("give", [_assigned, _claimed, _ordered, _ruled, _handed_over])


@EVERYWHERE
@pytest.mark.seed("P4.2.2b")
def test_required_work_is_refused_wherever_an_order_gets_a_worker(
    hub: House, socket: Order, give: Give
) -> None:
    with pytest.raises(BadInput, match="Wen Worker has no certificate for this work, which requires one"):
        give(hub, socket, "wen")
    assert hub.again(socket).worker_id in (None, hub.staff("sue").id)


@EVERYWHERE
def test_whoever_is_certified_and_tested_gets_it(hub: House, socket: Order, give: Give) -> None:
    certify(hub, "wen")
    assert give(hub, socket, "wen").worker_id == hub.staff("wen").id


@pytest.mark.parametrize(
    ("days", "tested", "says"),
    [
        (-1, True, "the certificate of Wen Worker for this work has run out"),
        (300, False, "Wen Worker has not passed the test that this work requires"),
    ],
)
@pytest.mark.seed("P4.2.2b")
def test_the_refusal_says_what_is_missing(
    hub: House, socket: Order, days: int, tested: bool, says: str
) -> None:
    certify(hub, "wen", days, tested)
    with pytest.raises(BadInput, match=says):
        _assigned(hub, socket, "wen")


def test_a_certificate_holds_on_its_last_day(hub: House, socket: Order) -> None:
    certify(hub, "wen", days=0)
    assert _assigned(hub, socket, "wen").worker_id == hub.staff("wen").id


def test_one_certificate_of_two_suffices_and_another_trade_does_not(hub: House, socket: Order) -> None:
    certify(hub, "wen", trade="lift")
    with pytest.raises(BadInput, match="has no certificate"):
        _assigned(hub, socket, "wen")
    certify(hub, "wen", days=-20)
    certify(hub, "wen", days=20)
    _assigned(hub, socket, "wen")


def test_a_certificate_that_ran_out_meanwhile_stops_the_acceptance(
    hub: House, time: Clock, socket: Order, wen: Actor
) -> None:
    certify(hub, "wen", days=1)
    _assigned(hub, socket, "wen")
    time.forward(days=2)
    with pytest.raises(BadInput, match="has run out"):
        hub.do(work.accept, wen, socket)
    assert hub.again(socket).status == "assigned"


@pytest.mark.seed("P4.2.2b")
def test_the_rules_send_only_who_is_certified_and_else_the_supervisor(hub: House, clara: Actor) -> None:
    asks(hub, REQUIRED)
    (order,) = hub.orders(hub.receive(clara, SHOCK))
    assert (order.status, order.worker_id) == ("issued", None)
    certify(hub, "wes")
    (order,) = hub.orders(hub.receive(clara, SHOCK))
    assert order.worker_id == hub.staff("wes").id, "not Wen, who has the skill and no certificate"


def test_the_desk_cannot_choose_past_it_either(hub: House, clara: Actor) -> None:
    asks(hub, REQUIRED)
    with pytest.raises(BadInput, match=r"to\.worker: Wen Worker has no certificate"):
        hub.receive(clara, SOCKET, Choice("worker", worker="wen"))


@pytest.mark.seed("P4.2.2b")
def test_advised_work_is_done_with_the_warning_on_record(hub: House, clara: Actor, wen: Actor) -> None:
    asks(hub, ADVISED)
    ticket = hub.receive(clara, SOCKET)
    (order,) = hub.orders(ticket)
    _assigned(hub, order, "wen")
    assert hub.events(ticket)[-1].said["unqualified"] == {"trade": "electric", "paper": "missing"}
    hub.do(work.accept, wen, order)
    assert hub.events(ticket)[-1].said["unqualified"]["paper"] == "missing"
    certify(hub, "wes", tested=False)
    _assigned(hub, order, "wes")
    assert "unqualified" not in hub.events(ticket)[-1].said, "advice asks for no test"
