"""What comes in and goes out in two processes at once: nothing is overwritten, doubled or dropped."""

from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from dispatch import calling, closing, conversation
from dispatch.calling import Step
from dispatch.conversation import Heard
from dispatch.deciding import Choice
from hub import clock, contacts, deliveries, questions, setaside
from hub.calls import Call
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import FAILED, SENT, Delivery
from hub.errors import NotNow
from hub.estate import Party
from hub.events import Event
from hub.questions import NAME, ROOM, Question
from hub.setaside import SetAside
from hub.tickets import Ticket
from notifications import settling, trying
from notifications.speaking import NOTHING_OPEN
from notifications.texts import plain
from tests.house import House, leak
from tests.hub.conftest import Said

pytestmark = pytest.mark.postgres
Race = Callable[..., list[Said]]
CHAN = "+85223456789"
_sids = count(1)


@pytest.fixture
def point(here: House) -> ContactPoint:
    """A mobile telephone the company knows, and nothing else of it."""
    number = f"+852612{next(_sids):05d}"
    return here.do(lambda tx: contacts.contact_point(tx, here.office().company_id, number, number))


def test_two_marks_on_one_number_both_stay(race: Race, here: House, point: ContactPoint) -> None:
    race(
        _hears(here, point, "退订"),
        lambda tx: calling.work(tx, Step(f"CA{next(_sids)}", "language", point.value, digits="2")),
    )
    assert here.again(point).marks.keys() == {"sms", "speech", "locale"}


def test_a_refusal_of_the_carriers_takes_no_wish_of_the_customers_away(
    race: Race, here: House, point: ContactPoint
) -> None:
    ticket = _received(here, point)
    row = here.do(_sent, ticket, "voice", point)
    race(
        _hears(here, point, "退订"),
        lambda tx: settling.told(tx, _hold(tx, row), FAILED, "21211", NOTHING_OPEN),
    )
    assert here.again(point).marks.keys() == {"sms", "voice"}


def test_two_words_about_one_new_matter_are_one_matter(race: Race, here: House, point: ContactPoint) -> None:
    before = here.look(_count, Ticket)
    said = race(
        _hears(here, point, "The kitchen tap leaks"), _hears(here, point, "the kitchen tap leaks badly")
    )
    assert sorted(one.what for one in said) == ["joined", "received"]
    assert here.look(_count, Ticket) == before + 1


def test_words_that_come_while_their_matter_is_closed_are_a_new_one(
    race: Race, here: House, point: ContactPoint
) -> None:
    ticket, cody = _received(here, point), here.actor("cody")
    closed, heard = race(
        lambda tx: closing.close(tx, cody, ticket, "withdrawn"),
        _hears(here, point, "the kitchen tap leaks again"),
    )
    assert isinstance(closed, Ticket), closed
    kinds = here.kinds(ticket)
    if heard.what == "joined":
        assert kinds.index("customer_wrote") < kinds.index("closed")
    else:
        assert heard.what == "received" and heard.ticket.id != ticket.id and "customer_wrote" not in kinds


def test_when_both_ways_to_one_person_fail_at_once_a_person_is_told(race: Race, here: House) -> None:
    ticket = here.receive(here.actor("clara"), leak())
    one, other = (here.do(_sent, ticket, channel) for channel in ("sms", "voice"))
    race(
        lambda tx: settling.told(tx, _hold(tx, one), FAILED, "30008x", NOTHING_OPEN),
        lambda tx: settling.told(tx, _hold(tx, other), FAILED, "30008x", NOTHING_OPEN),
    )
    assert [here.again(row).is_owed for row in (one, other)].count(True) == 1
    assert here.kinds(ticket).count("undelivered") == 1


def test_whose_a_number_is_learned_twice_at_once_is_one_link(
    race: Race, here: House, point: ContactPoint
) -> None:
    party = here.look(lambda tx: tx.scalars(select(Party).where(Party.name == "李小红")).one())
    link = lambda tx: contacts.link(tx, party, point, contacts.MAYBE, "intake").id  # noqa: E731
    first, second = race(link, link)
    assert first == second


def test_two_questions_to_one_number_leave_the_later_one_open(
    race: Race, here: House, point: ContactPoint
) -> None:
    office = here.office().id
    race(
        lambda tx: questions.ask(tx, office, point.id, "sms", ROOM),
        lambda tx: questions.ask(tx, office, point.id, "sms", NAME),
    )
    asked = select(Question).where(Question.contact_id == point.id).order_by(col(Question.id))
    rows = here.look(lambda tx: tx.scalars(asked).all())
    assert {row.kind for row in rows} == {ROOM, NAME}
    assert [row.kind for row in rows if row.ended_at is None] == [rows[-1].kind]


def test_two_steps_of_one_call_at_once_are_one_call(race: Race, here: House) -> None:
    before, sid = here.look(_count, Call), f"CA{next(_sids)}"
    said = race(
        lambda tx: calling.work(tx, Step(sid, "menu", CHAN, digits="2", wanted="matter")),
        lambda tx: calling.work(tx, Step(sid, "menu", CHAN, digits="1", wanted="emergency")),
    )
    assert not [one for one in said if isinstance(one, BaseException)]
    assert here.look(_count, Call) == before + 1


def test_one_row_that_fails_in_two_processes_is_set_aside_once(race: Race, here: House) -> None:
    before, row_id = here.look(_count, SetAside), next(_sids)
    put_off = lambda tx: setaside._put_off("a test", row_id, "why", tx)  # noqa: E731
    assert race(put_off, put_off) == [None, None]
    assert here.look(_count, SetAside) == before + 1


def test_a_test_message_asked_for_twice_at_once_goes_once(race: Race, here: House) -> None:
    adam = here.actor("adam")
    before = here.look(_count, Delivery)
    begin = lambda tx: trying._begin(tx, adam, "LG", "screen", plain)  # noqa: E731
    said = race(begin, begin)
    assert [type(one) for one in said].count(NotNow) == 1
    assert here.look(_count, Delivery) == before + 1
    here.do(_age_of_tries)


def _hears(house: House, point: ContactPoint, text: str) -> Callable[[Tx], conversation.Meant]:
    """The work of one text message, thought over already."""
    heard = Heard(f"SM{next(_sids)}", point.value, text)
    prepared = house.look(conversation.think, heard)
    return lambda tx: conversation.hear(tx, heard, prepared)


def _received(house: House, point: ContactPoint) -> Ticket:
    """A matter from this telephone, with the desk."""
    return house.receive(house.actor("clara"), leak(phone=point.value), Choice("desk"))


def _sent(tx: Tx, ticket: Ticket, channel: str, point: ContactPoint | None = None) -> Delivery:
    """A message of this ticket that the carrier has, and no further way after it."""
    event = tx.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(col(Event.id))).first()
    assert event is not None
    number = next(_sids)
    row = Delivery(
        event_id=event.id,
        person="contact:1",
        contact_id=point.id if point else None,
        office_id=ticket.office_id,
        ticket_id=ticket.id,
        step=number,
        channel=channel,
        rank=0,
        text="",
        state=SENT,
        ref=f"SM-race-{number}",
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    return row


def _hold(tx: Tx, row: Delivery) -> Delivery:
    held = deliveries.hold(tx, row.id)
    assert held is not None
    return held


def _count(tx: Tx, table: type) -> int:
    return tx.scalars(select(func.count()).select_from(table)).one()


def _age_of_tries(tx: Tx) -> None:
    for row in tx.scalars(select(Delivery).where(Delivery.claimed_by == trying.HOLDER)):
        tx.delete(row)
