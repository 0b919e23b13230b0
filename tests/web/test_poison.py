"""One bad row anywhere: those behind it are worked at once, and it is worked as soon as it can be."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch import conversation
from dispatch.complaint import Complaint
from hub import inbound, setaside
from hub.access import Actor
from hub.attachments import Store
from hub.database import Tx
from hub.events import REACT, SPEAK, Event
from notifications import outbox
from tests.conftest import Clock
from tests.house import House, leak
from tests.web.doors.twilio.carrier import CHAN, LINE, ROSA, configured, sms
from web import reactions
from web.doors.twilio import media, work


def test_an_event_that_cannot_be_spoken_of_silences_no_other(
    hub: House, clara: Actor, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (hub.receive(clara, rosas(item)) for item in ("Bad tap", "Good tap"))
    speak = outbox.speak

    def refuse(tx: Tx, event: Event, ways: outbox.Open) -> list[outbox.Spoken]:
        if event.ticket_id == bad.id:
            raise ValueError("cannot be said")
        return speak(tx, event, ways)

    monkeypatch.setattr(outbox, "speak", refuse)
    assert outbox.drain(hub.database) > 0 and outbox.drain(hub.database) == 0
    assert _spoken_of(hub) == {good.id}
    assert {row.work for row in hub.look(setaside.everything, 10)} == {SPEAK}
    monkeypatch.setattr(outbox, "speak", speak)
    assert outbox.drain(hub.database) == 0, "not yet"
    time.forward(seconds=6)
    assert outbox.drain(hub.database) > 0
    assert _spoken_of(hub) == {good.id, bad.id} and not hub.look(setaside.everything, 10)


def test_a_reaction_that_fails_holds_up_no_other(
    hub: House, clara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (hub.receive(clara, leak(item=item)) for item in ("Bad tap", "Good tap"))
    reacted: list[int | None] = []

    def react(tx: Tx, event: Event) -> None:
        if event.ticket_id == bad.id:
            raise ValueError("nobody to name")
        reacted.append(event.ticket_id)

    monkeypatch.setitem(reactions.REACTIONS, "undelivered", react)
    for ticket in (bad, good):
        hub.do(_undelivered, ticket.id)
    assert reactions.drain(hub.database) == 1 and reacted == [good.id]
    assert {row.work for row in hub.look(setaside.everything, 10)} == {REACT}


@pytest.fixture
def slow_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A host that gives no picture before the test says so."""
    gives = threading.Event()

    def fetch(*_: object) -> media.File:
        gives.wait(30)
        raise media.NoFile("too late")

    monkeypatch.setattr(media, "fetch", fetch)
    yield gives
    gives.set()


def test_a_text_does_not_wait_behind_slow_pictures(
    hub: House, tmp_path: Path, slow_pictures: threading.Event
) -> None:
    inbox = work.worker(hub.database, configured(tmp_path), Store(tmp_path / "files"))
    picture = {"NumMedia": "1", "MediaUrl0": "https://pictures.example.org/1"}
    hub.do(inbound.keep, "sms", "sms:SM1", sms(CHAN, "Kitchen tap leaks", "SM1", **picture))
    assert inbox.hear() == 1
    fetching = threading.Thread(target=inbox.fetch)
    fetching.start()
    hub.do(inbound.keep, "sms", "sms:SM2", sms(ROSA, "Burst pipe, water everywhere", "SM2"))
    assert inbox.hear() == 1, "while the picture is on its way"
    assert fetching.is_alive()
    slow_pictures.set()
    fetching.join(30)
    assert LINE and inbox.drain() == 0


def test_words_that_cannot_be_placed_hold_up_no_others(
    hub: House, tmp_path: Path, time: Clock, clara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = work.worker(hub.database, configured(tmp_path), Store(tmp_path / "files"))
    monkeypatch.setattr(work.questions, "lapsed", lambda *_: [1, 2, 3])
    placed: list[int] = []

    def tidy(tx: Tx, ident: int) -> bool:
        if ident == 2:
            raise ValueError("no such office")
        placed.append(ident)
        return True

    monkeypatch.setattr(conversation, "tidy", tidy)
    assert inbox.hear() == 2 and placed == [1, 3]


def rosas(item: str) -> Complaint:
    return leak(item=item, name="Rosa Diaz", room="B-0302", phone="6123 4567")


def _spoken_of(hub: House) -> set[int | None]:
    return {row.ticket_id for row in hub.look(lambda tx: tx.query(outbox.Delivery).all())}


def _undelivered(tx: Tx, ticket_id: int) -> None:
    ticket = tx.get_one(work.Ticket, ticket_id)
    work.answering.tickets.record(tx, "undelivered", ticket, None, delivery=0, why="30005")
