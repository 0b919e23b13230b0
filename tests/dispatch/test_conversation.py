"""What a message becomes: a ticket, a reply to one, an answer to a question, a command, or nothing."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlmodel import col, select

from dispatch import answering, callback, conversation, survey, work
from dispatch.conversation import Heard, Meant
from hub import contacts, estate, events, inbound
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.estate import Party, Room
from hub.events import Event
from hub.inbound import Inbound
from hub.organisation import Office
from hub.questions import Question
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers

CHAN, LI, ROSA, STRANGER = "+85223456789", "+85298765432", "+85261234567", "+85251234567"


class Phone:
    """One telephone that writes to the hub."""

    def __init__(self, hub: House, number: str, sids: Iterator[int]) -> None:
        self._hub, self.number, self._sids = hub, number, sids

    def says(self, text: str, **more: Any) -> Meant:
        heard = Heard(**{"sid": f"SM{next(self._sids)}", "sender": self.number, "text": text, **more})
        prepared = self._hub.look(conversation.think, heard)
        return self._hub.do(conversation.hear, heard, prepared)

    def told(self) -> list[str]:
        """The replies the hub has sent to this telephone, first to last."""
        point = self.point()
        rows = self._hub.look(
            lambda tx: tx.scalars(
                select(Event).where(Event.kind == "customer_told").order_by(col(Event.id))
            ).all()
        )
        return [row.said["reply"] for row in rows if row.said["contact"] == point.id]

    def point(self) -> ContactPoint:
        return self._hub.look(
            lambda tx: tx.scalars(select(ContactPoint).where(ContactPoint.value == self.number)).one()
        )


@pytest.fixture
def phones(hub: House) -> dict[str, Phone]:
    sids = count(1)
    return {number: Phone(hub, number, sids) for number in (CHAN, LI, ROSA, STRANGER)}


def all_tickets(hub: House) -> list[Ticket]:
    return list(hub.look(lambda tx: tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()))


@pytest.mark.seed("K5.1")
@pytest.mark.seed("K5.3")
def test_a_known_customer_is_registered_with_name_and_room(hub: House, phones: dict[str, Phone]) -> None:
    meant = phones[CHAN].says("The kitchen tap leaks")
    assert meant.what == "received" and meant.ticket is not None
    ticket = meant.ticket
    assert (ticket.caller_name, ticket.caller_phone, ticket.channel) == ("Chan Siu Ming", CHAN, "sms")
    assert ticket.room_id is not None and ticket.unknown == {}
    assert phones[CHAN].told() == []


@pytest.mark.seed("K5.3")
def test_a_stranger_is_asked_step_by_step_and_the_answers_complete_the_ticket(
    hub: House, phones: dict[str, Phone]
) -> None:
    stranger = phones[STRANGER]
    ticket = stranger.says("The kitchen tap leaks").ticket
    assert ticket is not None
    assert sorted(ticket.unknown) == ["name", "room"], "the ticket stands from the first word on"
    assert stranger.says("Z-9999").what == "answer_room"
    assert stranger.says("it is b-0302").what == "answer_room"
    assert stranger.says("My name is Ivy Kwok").what == "answer_name"
    done = hub.again(ticket)
    assert (done.caller_name, done.unknown) == ("Ivy Kwok", {})
    assert hub.kinds(ticket).count("caller_named") == 2
    assert stranger.told() == ["ask_room", "ask_room_again", "ask_name", "completed"]
    assert len(all_tickets(hub)) == 1
    assert hub.verify().broken is None


def test_a_stranger_who_never_answers_keeps_the_ticket_with_its_reasons(
    hub: House, phones: dict[str, Phone]
) -> None:
    ticket = phones[STRANGER].says("厨房水龙头漏水").ticket
    assert ticket is not None and all(ticket.unknown.values())
    assert phones[STRANGER].says("nowhere").what == "answer_room"
    assert phones[STRANGER].says("nowhere at all").what == "answer_room"
    assert phones[STRANGER].told() == ["ask_room", "ask_room_again", "ask_name"]
    assert len(all_tickets(hub)) == 1


@pytest.mark.parametrize(
    ("words", "count"), [("the kitchen tap leaks in B-0302", 1), ("Peddlers knock at B-0302 every day", 2)]
)
def test_an_answer_that_speaks_of_a_matter_is_heard_as_both(
    hub: House, phones: dict[str, Phone], words: str, count: int
) -> None:
    ticket = phones[STRANGER].says("The kitchen tap leaks").ticket
    meant = phones[STRANGER].says(words)
    assert ticket is not None and hub.again(ticket).room_id is not None
    assert meant.what == ("joined" if count == 1 else "received") and len(all_tickets(hub)) == count


def test_who_answers_with_another_matter_has_two(hub: House, phones: dict[str, Phone]) -> None:
    phones[STRANGER].says("The kitchen tap leaks")
    assert phones[STRANGER].says("Peddlers knock at every door").what == "received"
    assert len(all_tickets(hub)) == 2


def test_a_number_that_is_perhaps_somebody_s_is_asked_with_digits(
    hub: House, phones: dict[str, Phone]
) -> None:
    def perhaps(tx):  # type: ignore[no-untyped-def]
        party = contacts.parties_of(
            tx, tx.scalars(select(ContactPoint.id).where(ContactPoint.value == ROSA)).one()
        )[0][0]
        point = contacts.contact_point(tx, 1, STRANGER, STRANGER)
        contacts.link(tx, party, point, contacts.MAYBE, "intake")

    hub.database.write(perhaps)
    ticket = phones[STRANGER].says("The kitchen tap leaks").ticket
    assert ticket is not None and ticket.room_id is None
    assert phones[STRANGER].says("1").what == "answer_room"
    done = hub.again(ticket)
    assert (done.caller_name, done.unknown) == ("Rosa Diaz", {})
    assert phones[STRANGER].told() == ["ask_which_room", "completed"]


def test_none_of_the_rooms_offered_asks_for_another(hub: House, phones: dict[str, Phone]) -> None:
    test_a_number_that_is_perhaps_somebody_s_is_asked_with_digits(hub, phones)
    second = phones[STRANGER].says("The lift is stuck with people in it").ticket
    assert second is not None
    assert phones[STRANGER].says("0").what == "answer_room"
    assert phones[STRANGER].says("A-0501").what == "answer_room"
    assert hub.again(second).room_id is not None


def test_a_reply_joins_the_open_matter_and_its_owner_is_told(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    meant = phones[CHAN].says("When will he come?")
    assert (meant.what, meant.ticket.id if meant.ticket else None) == ("joined", tap_leaks.id)
    event = hub.events(tap_leaks)[-1]
    assert event.kind == "customer_wrote" and "speak" in events.KINDS[event.kind].wakes
    assert len(all_tickets(hub)) == 1


@pytest.mark.parametrize("said", ["Thanks!", "ok", "收到", "好的,谢谢", "👍"])
def test_thanks_neither_open_nor_join(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket, said: str
) -> None:
    before = hub.kinds(tap_leaks)
    assert phones[CHAN].says(said).what == "thanks"
    assert hub.kinds(tap_leaks) == before and len(all_tickets(hub)) == 1
    assert phones[CHAN].told() == []


def test_a_new_topic_is_a_new_ticket(hub: House, phones: dict[str, Phone], tap_leaks: Ticket) -> None:
    assert phones[CHAN].says("Peddlers knock at every door").what == "received"
    assert len(all_tickets(hub)) == 2


def test_an_emergency_is_a_new_ticket_beside_anything(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    ticket = phones[CHAN].says("Smell of gas in the corridor!").ticket
    assert ticket is not None and ticket.id != tap_leaks.id and ticket.priority == "P1"


def test_where_two_are_open_the_customer_is_asked_which(
    hub: House, phones: dict[str, Phone], clara: Actor, tap_leaks: Ticket
) -> None:
    other = hub.receive(clara, peddlers(name="Chan Siu Ming", room="A-1203", phone="2345 6789"))
    assert phones[CHAN].says("It is worse today").what == "held"
    assert phones[CHAN].told() == ["ask_which"]
    meant = phones[CHAN].says("2")
    assert (meant.what, meant.ticket.id if meant.ticket else None) == ("answer_which", tap_leaks.id)
    assert hub.kinds(tap_leaks)[-2:] == ["customer_wrote", "customer_told"]
    assert "customer_wrote" not in hub.kinds(other)


@pytest.mark.seed("K2.5")
def test_asking_for_news_is_answered_at_once_and_urges_the_holder(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    assert phones[CHAN].says("Any news?").what == "urged"
    assert phones[CHAN].told() == ["stands_issued"]
    assert hub.again(tap_leaks).times_urged == 1 and "urged" in hub.kinds(tap_leaks)


def test_asking_again_and_again_is_answered_and_disturbs_with_measure(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket, time: Clock
) -> None:
    for _ in range(3):
        phones[CHAN].says("Any news?")
    assert phones[CHAN].told() == 3 * ["stands_issued"]
    assert hub.again(tap_leaks).times_urged == 3 and hub.kinds(tap_leaks).count("urged") == 1
    time.forward(hours=3)
    phones[CHAN].says("Any news?")
    assert [event.said["whom"] for event in hub.events(tap_leaks) if event.kind == "urged"] == [
        "holder",
        "supervisor",
    ]


def test_something_new_may_be_chosen_too(
    hub: House, phones: dict[str, Phone], clara: Actor, tap_leaks: Ticket
) -> None:
    hub.receive(clara, peddlers(name="Chan Siu Ming", room="A-1203", phone="2345 6789"))
    phones[CHAN].says("It is odd in the hall", pictures=("https://x.example/1",))
    meant = phones[CHAN].says("3")
    assert meant.ticket is not None and meant.ticket.item == "It is odd in the hall"
    assert len(all_tickets(hub)) == 3
    assert [row.said["ticket"] for row in _files(hub)] == [meant.ticket.id]


def test_words_nobody_placed_in_time_join_the_newest_matter(
    hub: House, phones: dict[str, Phone], clara: Actor, tap_leaks: Ticket, time: Clock
) -> None:
    other = hub.receive(clara, peddlers(name="Chan Siu Ming", room="A-1203", phone="2345 6789"))
    phones[CHAN].says("It is worse today")
    [question] = hub.look(lambda tx: tx.scalars(select(Question)).all())
    time.forward(hours=25)
    assert hub.do(conversation.tidy, question.id)
    assert not hub.do(conversation.tidy, question.id)
    assert "customer_wrote" in hub.kinds(other)


def test_words_to_one_office_never_join_a_matter_of_another(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket, time: Clock
) -> None:
    """Mr Chan has a flat in both and writes to the line of Maple Court."""

    def move(tx: Any) -> None:
        maple = tx.scalars(select(Office).where(Office.code == "MC")).one()
        maple.policy = maple.policy | {"lines": ["+85230010002"]}
        flat = tx.scalars(select(Room).where(Room.office_id == maple.id)).first()
        estate.move_in(tx, tx.scalars(select(Party).where(Party.name == "Chan Siu Ming")).one(), flat)

    hub.database.write(move)
    for text in ("Kitchen tap leaks", "Peddlers knock at every door", "It is worse today"):
        meant = phones[CHAN].says(text, to="+85230010002")
    assert meant.what == "held"
    [question] = hub.look(lambda tx: tx.scalars(select(Question).where(Question.kind == "which")).all())
    time.forward(hours=25)
    assert hub.do(conversation.tidy, question.id)
    first, *_, newest = all_tickets(hub)
    assert first.id == tap_leaks.id and "customer_wrote" not in hub.kinds(tap_leaks)
    assert newest.office_id != tap_leaks.office_id and "customer_wrote" in hub.kinds(newest)


def test_the_number_of_a_matter_tells_how_it_stands_to_its_own_phone(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    assert phones[CHAN].says(f"{tap_leaks.number}?").what == "progress"
    assert phones[CHAN].told() == ["stands_issued"]
    assert phones[STRANGER].says(tap_leaks.number).what == "unknown_number"
    assert phones[STRANGER].told() == ["no_such_number"]


def test_the_number_with_more_words_joins_that_matter(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    assert phones[CHAN].says(f"{tap_leaks.number} please ring before you come").what == "joined"
    assert phones[STRANGER].says(f"{tap_leaks.number} let me in").what == "received"


def test_digits_are_commands(hub: House, phones: dict[str, Phone], tap_leaks: Ticket) -> None:
    assert [phones[CHAN].says(digit).what for digit in "129"] == ["progress", "ring_back", "menu"]
    assert phones[CHAN].told() == ["stands_issued", "ring_back", "menu"]
    assert hub.kinds(tap_leaks).count("customer_rang") == 1
    assert phones[STRANGER].says("1").what == "progress" and phones[STRANGER].told() == ["nothing_open"]
    assert phones[STRANGER].says("2").ticket is not None


def test_opting_out_is_mirrored_and_said_once(hub: House, phones: dict[str, Phone]) -> None:
    assert phones[CHAN].says("退訂").what == "opted_out"
    assert phones[CHAN].says("T").what == "opted_out"
    assert "sms" in phones[CHAN].point().marks and phones[CHAN].told() == ["opted_out"]
    assert phones[CHAN].says("START").what == "opted_in"
    assert "sms" not in phones[CHAN].point().marks
    assert all_tickets(hub) == []


@pytest.mark.parametrize("word", ["STOP", "CANCEL", "END", "QUIT", "UNSUBSCRIBE"])
def test_the_carrier_s_own_words_are_mirrored_and_not_answered(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket, word: str
) -> None:
    assert phones[CHAN].says(word).what == "opted_out"
    assert "sms" in phones[CHAN].point().marks and phones[CHAN].told() == []
    assert hub.again(tap_leaks).status != "closed" and len(all_tickets(hub)) == 1


def test_a_picture_without_words_joins_or_opens(
    hub: House, phones: dict[str, Phone], tap_leaks: Ticket
) -> None:
    picture = ("https://media.example/1",)
    assert phones[CHAN].says("", pictures=picture).what == "joined"
    ticket = phones[ROSA].says("", pictures=picture).ticket
    assert ticket is not None and ticket.item == "Picture without words"
    assert [row.said["ticket"] for row in _files(hub)] == [tap_leaks.id, ticket.id]


def test_a_withheld_sender_still_has_a_ticket(hub: House, phones: dict[str, Phone]) -> None:
    heard = Heard(sid="SM9", sender="+266696687", text="The kitchen tap leaks")
    meant = hub.do(conversation.hear, heard, hub.look(conversation.think, heard))
    assert meant.ticket is not None and sorted(meant.ticket.unknown) == ["name", "phone", "room"]


def test_the_language_is_learned_from_the_script(hub: House, phones: dict[str, Phone]) -> None:
    phones[STRANGER].says("廁所漏水")
    assert phones[STRANGER].point().marks["locale"] == "zh-Hant"


# --- the satisfaction question ------------------------------------------------


@pytest.fixture
def asks(hub: House) -> None:
    """The office asks by text message first."""

    def write(tx: Any) -> None:
        office = tx.scalars(select(Office).where(Office.code == "LG")).one()
        office.policy = office.policy | {"callback_first": "sms"}

    hub.database.write(write)


@pytest.fixture
def finished(hub: House, asks: None, clara: Actor, time: Clock) -> Ticket:
    """Ms Li's complaint, answered: it owes a callback."""
    ticket = hub.receive(clara, peddlers())
    hub.do(work.accept, hub.actor("gus"), hub.orders(ticket)[0])
    hub.do(work.complete, hub.actor("gus"), hub.orders(ticket)[0], "They left")
    assert hub.again(ticket).status == "awaiting_callback"
    time.forward(minutes=1)
    return ticket


@pytest.mark.seed("K2.2")
@pytest.mark.parametrize(
    ("digit", "status", "satisfied"),
    [
        ("1", "closed", "yes"),
        ("2", "closed", "fairly"),
        ("3", "in_hand", "no"),
        ("基本满意", "closed", "fairly"),
    ],
)
def test_the_answer_is_the_callback(
    hub: House, phones: dict[str, Phone], finished: Ticket, digit: str, status: str, satisfied: str
) -> None:
    assert survey.tick(hub.database) == 1
    assert phones[LI].told()[-1] == "ask_satisfied"
    assert phones[LI].says(digit).what == "answer_satisfied"
    assert hub.again(finished).status == status
    said = [event.said for event in hub.events(finished) if event.kind == "called_back"]
    assert [(one["satisfied"], one["means"]) for one in said] == [(satisfied, "sms")]
    assert phones[LI].told()[-1] == ("dissatisfied" if satisfied == "no" else "satisfied")


def test_silence_is_no_answer_and_goes_to_a_person(
    hub: House, phones: dict[str, Phone], finished: Ticket, time: Clock
) -> None:
    survey.tick(hub.database)
    waits = hub.again(finished)
    assert waits.callback_at is not None and waits.callback_at > time.now()
    time.forward(hours=25)
    assert survey.tick(hub.database) == 0, "it is asked once"
    row = hub.again(finished)
    assert (row.status, row.callback_tries) == ("awaiting_callback", 0)
    assert row.callback_at is not None and row.callback_at <= time.now(), "the desk's queue holds it"
    assert phones[LI].says("3").what != "answer_satisfied", "it is too late for an answer"


def test_an_answer_after_a_person_called_changes_nothing(
    hub: House, phones: dict[str, Phone], finished: Ticket, clara: Actor
) -> None:
    survey.tick(hub.database)
    hub.do(callback.call_back, clara, finished, True, satisfied="yes")
    assert phones[LI].says("3").what == "answer_satisfied"
    assert hub.again(finished).status == "closed"


def test_words_instead_of_a_digit_go_to_the_owner(
    hub: House, phones: dict[str, Phone], finished: Ticket
) -> None:
    survey.tick(hub.database)
    assert phones[LI].says("They came back an hour later").what == "joined"
    assert hub.again(finished).status == "awaiting_callback"


def test_who_wants_no_texts_is_not_asked(hub: House, phones: dict[str, Phone], finished: Ticket) -> None:
    phones[LI].says("STOP")
    assert survey.tick(hub.database) == 0


def test_without_a_carrier_nobody_is_asked_and_a_person_rings_at_once(hub: House, finished: Ticket) -> None:
    before = hub.again(finished).callback_at
    assert survey.tick(hub.database, {"email", "webhook"}) == 0
    assert hub.again(finished).callback_at == before
    assert survey.tick(hub.database, {"sms"}) == 1


def test_an_office_that_rings_itself_asks_nobody(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(kind="enquiry"))
    hub.do(answering.note, clara, ticket, "x")
    assert survey.tick(hub.database) == 0


def test_a_question_nobody_could_be_asked_is_a_person_s(
    hub: House, phones: dict[str, Phone], finished: Ticket, time: Clock
) -> None:
    survey.tick(hub.database)
    hub.do(survey.give_to_a_person, finished)
    row = hub.again(finished)
    assert row.callback_at == time.now()
    assert phones[LI].says("1").what != "answer_satisfied"


def _files(hub: House) -> list[Inbound]:
    rows = hub.look(
        lambda tx: tx.scalars(select(Inbound).where(Inbound.kind == "media").order_by(col(Inbound.id))).all()
    )
    assert all(row.state == inbound.WAITING for row in rows)
    return list(rows)
