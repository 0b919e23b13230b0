"""A customer's words can be erased; what was done, and that it was erased, stays on record."""

import json
from typing import Any

import pytest
from sqlmodel import select

from dispatch import answering, callback, closing, erasure, intake, work
from hub import checkpoints, tables
from hub.access import Actor
from hub.attachments import Attachment
from hub.database import Tx
from hub.deliveries import Delivery
from hub.errors import BadInput, Forbidden, NotNow
from hub.events import EventWords
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, peddlers

BASIS = "request of the customer of 3 March"
# each stands once in a field of its own, and nowhere else in the house
SAID = ("zyxname", "zyxdescription", "zyxplace", "zyxitem", "61112223")
WRITTEN = ("zyxdone", "zyxnote", "zyxcomment", "zyxanswer", "zyxhold", "zyxfield", "zyxfile", "zyxmessage")


@pytest.fixture
def closed(hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor) -> Ticket:
    """A matter in which everybody wrote something, closed after its callback."""
    said = peddlers(
        name="Zyxname",
        description="zyxdescription",
        place="zyxplace",
        item="zyxitem at the door",
        phone="+852 6111 2223",
    )
    ticket = hub.receive(clara, said)
    (order,) = hub.orders(ticket)
    hub.do(work.assign, sid, order, hub.staff("gus"))
    hub.do(work.accept, gus, order)
    hub.do(work.hold, gus, order, "customer", note="zyxhold")
    time.forward(minutes=5)
    hub.do(work.resume, gus, order)
    hub.do(answering.note, clara, ticket, "zyxnote")
    hub.do(answering.answer, clara, ticket, "zyxanswer")
    hub.do(work.complete, gus, order, "zyxdone", fields={"signed": "zyxfield"})
    hub.do(callback.call_back, clara, ticket, reached=True, satisfied="yes", comment="zyxcomment")
    hub.database.write(lambda tx: _file_and_message(tx, ticket, time))
    return hub.again(ticket)


def test_no_personal_word_is_left_in_any_table(hub: House, closed: Ticket, dora: Actor) -> None:
    before = hub.look(_everything)
    assert [word for word in (*SAID, *WRITTEN) if word not in before] == []
    hub.do(erasure.erase, dora, closed, BASIS)
    # the contact point is the company's; the ticket only no longer leads there
    after = hub.look(_everything, "contact_point")
    assert [word for word in (*SAID, *WRITTEN) if word in after] == []


def test_what_was_done_and_the_erasure_itself_stay_on_record(hub: House, closed: Ticket, dora: Actor) -> None:
    told = [(event.kind, event.hash) for event in hub.events(closed)]
    hub.do(erasure.erase, dora, closed, BASIS)
    row = hub.again(closed)
    assert (row.number, row.status, row.outcome) == (closed.number, "closed", "solved")
    assert (row.room_id, row.category_id, row.closed_at) == (
        closed.room_id,
        closed.category_id,
        closed.closed_at,
    )
    assert (row.contact_id, row.party_id) == (None, None)
    *kept, last = hub.events(closed)
    assert [(event.kind, event.hash) for event in kept] == told
    assert (last.kind, last.by_id, last.said["basis"]) == ("erased", dora.staff_id, BASIS)
    words = hub.look(lambda tx: list(tx.scalars(select(EventWords).where(EventWords.ticket_id == closed.id))))
    assert words
    assert {(one.words, one.erased_by, one.basis) for one in words} == {(None, dora.staff_id, BASIS)}


def test_the_record_verifies_after_an_erasure_sealed_or_not(hub: House, closed: Ticket, dora: Actor) -> None:
    hub.do(checkpoints.seal)
    hub.do(erasure.erase, dora, closed, BASIS)
    assert hub.verify().broken is None
    hub.do(checkpoints.seal)
    assert hub.verify().broken is None


def test_a_neighbours_words_are_left_alone(
    hub: House, closed: Ticket, tap_leaks: Ticket, dora: Actor
) -> None:
    hub.do(erasure.erase, dora, closed, BASIS)
    assert hub.again(tap_leaks) == tap_leaks
    kept = hub.look(
        lambda tx: list(tx.scalars(select(EventWords).where(EventWords.ticket_id == tap_leaks.id)))
    )
    assert kept and all(one.words for one in kept)


def test_an_open_ticket_is_refused(hub: House, tap_leaks: Ticket, dora: Actor) -> None:
    with pytest.raises(NotNow) as refused:
        hub.do(erasure.erase, dora, tap_leaks, BASIS)
    assert refused.value.legal == ("close",)
    assert hub.again(tap_leaks).caller_name == "Chan Siu Ming"


def test_only_the_director_and_the_administrator_erase(
    hub: House, closed: Ticket, clara: Actor, cody: Actor, wes: Actor, mia: Actor, adam: Actor
) -> None:
    for actor in (clara, cody, wes, mia):
        with pytest.raises(Forbidden):
            hub.do(erasure.erase, actor, closed, BASIS)
    hub.do(erasure.erase, adam, closed, BASIS)
    assert hub.again(closed).caller_name == ""


def test_without_a_basis_nothing_is_erased(hub: House, closed: Ticket, dora: Actor) -> None:
    with pytest.raises(BadInput) as refused:
        hub.do(erasure.erase, dora, closed, "  ")
    assert list(refused.value.fields) == ["basis"]
    assert hub.again(closed).caller_name == "Zyxname"


def test_a_second_erasure_takes_only_what_was_written_since(
    hub: House, closed: Ticket, clara: Actor, dora: Actor
) -> None:
    hub.do(erasure.erase, dora, closed, BASIS)
    hub.do(erasure.erase, dora, closed, BASIS)
    assert hub.kinds(closed).count("erased") == 1
    hub.do(closing.reopen, clara, closed, "zyxagain")
    hub.do(closing.close, clara, closed, "withdrawn")
    hub.do(erasure.erase, dora, closed, BASIS)
    assert hub.kinds(closed).count("erased") == 2
    assert "zyxagain" not in hub.look(_everything)
    assert hub.verify().broken is None


def test_a_matter_continued_after_an_erasure_asks_for_the_customer_anew(
    hub: House, closed: Ticket, dora: Actor
) -> None:
    hub.do(erasure.erase, dora, closed, BASIS)
    said = hub.look(intake.as_complaint, hub.again(closed), "They are back")
    assert (said.name, said.phone) == ("", "")
    with pytest.raises(BadInput) as refused:
        hub.look(intake.prepare, hub.office(), said)
    assert set(refused.value.fields) >= {"caller.name", "caller.phone"}


def _file_and_message(tx: Tx, ticket: Ticket, time: Clock) -> None:
    now = time.now()
    tx.add(
        Attachment(
            ticket_id=ticket.id,
            sha256="0" * 64,
            name="zyxfile.jpg",
            media_type="image/jpeg",
            size=1,
            created_at=now,
        )
    )
    event_id = tx.scalars(select(EventWords.event_id).where(EventWords.ticket_id == ticket.id)).first()
    assert event_id is not None and ticket.owner_id is not None
    tx.add(
        Delivery(
            event_id=event_id,
            staff_id=ticket.owner_id,
            ticket_id=ticket.id,
            channel="screen",
            text="%(item)s",
            params={"item": "zyxmessage", "times": 2},
            created_at=now,
        )
    )


def _everything(tx: Tx, *but: str) -> str:
    """All that stands in the tables, as one text in small letters."""
    found: list[Any] = []
    for table in tables.ALL:
        if table.name not in but:
            found += [list(row) for row in tx.execute(table.select())]
    return json.dumps(found, default=str, ensure_ascii=False).casefold()
