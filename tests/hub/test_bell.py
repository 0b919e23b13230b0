"""The bell: what a commit changed is rung once it is durable; what a hearer does reaches no writer."""

import pytest

from hub import events
from hub.access import Actor
from hub.bell import Bell, Changed, topics_of
from hub.database import Database, Tx
from hub.errors import NotNow
from hub.tickets import Ticket
from tests.house import House, leak


def hearing(database: Database) -> list[set[str]]:
    """The topics of every ring from now on."""
    rung: list[set[str]] = []
    database.bell.hear(lambda topics: rung.append(set(topics)))
    return rung


def test_a_complaint_rings_its_ticket_and_its_office(hub: House, clara: Actor) -> None:
    rung = hearing(hub.database)
    ticket = hub.receive(clara, leak())
    assert {f"ticket:{ticket.id}", f"office:{ticket.office_id}"} <= set.union(*rung)


def test_what_is_rung_can_be_read_already(hub: House, clara: Actor) -> None:
    seen: list[str] = []

    def look(topics: frozenset[str]) -> None:
        ids = [int(topic.split(":")[1]) for topic in topics if topic.startswith("ticket:")]
        seen.extend(hub.look(lambda tx: tx.get_one(Ticket, ids[0])).item for _ in ids)

    hub.database.bell.hear(look)
    hub.receive(clara, leak())
    assert "Kitchen tap leaks" in seen


def test_a_refused_write_rings_nothing_and_its_neighbours_ring(database: Database) -> None:
    rung = hearing(database)

    def refuse(tx: Tx) -> None:
        tx.tell("office:7")
        raise NotNow("not now")

    with pytest.raises(NotNow):
        database.write(refuse)
    database.write(lambda tx: tx.tell("office:8"))
    assert rung == [{"office:8"}]


def test_a_write_that_tells_nothing_does_not_ring(database: Database) -> None:
    rung = hearing(database)
    database.write(lambda tx: None)
    assert rung == []


def test_a_hearer_that_fails_harms_neither_the_writer_nor_the_next(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: frozenset[str]) -> None:
        raise ValueError("a torn rope")

    database.bell.hear(fail)
    rung = hearing(database)
    database.write(lambda tx: tx.tell("office:1"))
    assert rung == [{"office:1"}] and "a torn rope" in caplog.text


def test_who_has_stopped_hearing_hears_no_more() -> None:
    bell, rung = Bell(), []
    stop = bell.hear(lambda topics: rung.append(topics))
    bell.ring(Changed({"office:1"}))
    stop()
    bell.ring(Changed({"office:2"}))
    assert rung == [frozenset({"office:1"})]


def test_an_event_about_a_person_rings_that_person_whatever_else_its_facts_say() -> None:
    facts = events.canonical({"staff": 12, "note": 'said "staff":99 twice'})
    assert list(topics_of("office:3", 3, None, facts)) == ["office:3", "office:3", "staff:12"]
    assert list(topics_of("ticket:7", 3, 7, events.canonical({"note": '"staff":99'}))) == [
        "ticket:7",
        "office:3",
        "ticket:7",
    ]
