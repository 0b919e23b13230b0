"""The record: one row per fact, in order, chained, and never changed."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlmodel import select

from dispatch import callback, work
from hub import events
from hub.access import Actor
from hub.database import Database, Tx
from hub.errors import NotNow
from hub.events import GENESIS, KINDS, SPEAK, Event, EventWords, Pending, StreamHead
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House


def append(tx: Tx, stream: str, kind: str = "settings_changed", **said: Any) -> None:
    events.record(tx, kind, stream=stream, **said)


def rows(tx: Tx, stream: str) -> list[Event]:
    return list(tx.scalars(select(Event).where(Event.stream == stream).order_by("seq")))


@pytest.fixture
def database(shared: House) -> Database:
    return shared.database


@pytest.fixture
def stream(request: pytest.FixtureRequest) -> str:
    """A stream of this test alone."""
    return f"test:{request.node.name}"


def test_each_event_stands_on_the_hash_of_the_one_before(database: Database, stream: str) -> None:
    database.write(lambda tx: [append(tx, stream, facts={"n": n}) for n in range(3)])
    database.write(lambda tx: append(tx, stream, facts={"n": 3}))
    before = GENESIS
    for seq, event in enumerate(database.read(lambda tx: rows(tx, stream)), start=1):
        assert (event.seq, event.said["n"]) == (seq, seq - 1)
        assert event.hash == event.digest(before)
        before = event.hash
    head = database.read(lambda tx: tx.get_one(StreamHead, stream))
    assert (head.seq, head.hash) == (4, before)


def test_facts_have_one_text_whatever_their_order_and_zone() -> None:
    hong_kong = timezone(timedelta(hours=8))
    one = {"b": 1, "a": "水管", "at": datetime(2026, 3, 3, 2, tzinfo=UTC)}
    assert events.canonical(one) == '{"a":"水管","at":"2026-03-03T02:00:00+00:00","b":1}'
    assert events.canonical(dict(reversed(one.items()))) == events.canonical(one)
    other = one | {"at": datetime(2026, 3, 3, 10, tzinfo=hong_kong)}
    assert events.canonical(other) == events.canonical(one)


def test_what_has_no_canonical_text_is_no_fact() -> None:
    for odd in (object(), datetime(2026, 3, 3, 2), {1, 2}):
        with pytest.raises(TypeError, match="not a fact"):
            events.canonical({"a": odd})


def test_a_kind_nobody_knows_is_refused(database: Database, stream: str) -> None:
    with pytest.raises(KeyError):
        database.write(lambda tx: append(tx, stream, "invented"))
    assert database.read(lambda tx: rows(tx, stream)) == []


def test_a_verb_that_is_refused_leaves_no_trace(database: Database, stream: str) -> None:
    def refuse(tx: Tx) -> None:
        append(tx, stream, words={"note": "half"})
        raise NotNow("not now")

    with pytest.raises(NotNow):
        database.write(refuse)
    assert database.read(lambda tx: rows(tx, stream)) == []
    assert database.read(lambda tx: tx.get(StreamHead, stream)) is None


def test_the_event_says_when_it_is_claimed_to_have_been_and_when_it_was_written(
    database: Database, stream: str, time: Clock
) -> None:
    claimed = time.now() - timedelta(hours=3)
    database.write(lambda tx: append(tx, stream, happened_at=claimed))
    (event,) = database.read(lambda tx: rows(tx, stream))
    assert (event.happened_at, event.recorded_at) == (claimed, time.now())


def test_personal_words_stand_behind_a_salted_commitment(database: Database, stream: str) -> None:
    database.write(lambda tx: [append(tx, stream, words={"name": "Chan Siu Ming"}) for _ in range(2)])
    one, other = database.read(lambda tx: rows(tx, stream))
    kept = database.read(lambda tx: tx.get_one(EventWords, one.id))
    assert kept.words == '{"name":"Chan Siu Ming"}'
    assert one.commitment == kept.commitment()
    assert one.commitment != other.commitment  # the same name cannot be guessed from the chain
    assert "Chan" not in one.facts


def test_an_event_wakes_the_consumers_its_kind_names(database: Database, stream: str) -> None:
    database.write(lambda tx: (append(tx, stream, "received"), append(tx, stream, "noted")))
    spoken, silent = database.read(lambda tx: rows(tx, stream))
    waiting = database.read(lambda tx: {(row.event_id, row.consumer) for row in tx.scalars(select(Pending))})
    assert (spoken.id, SPEAK) in waiting
    assert silent.id not in {event_id for event_id, _ in waiting}


# What belongs to no matter says in its sentence what it is about: our own papers and reports, no customer.
BESIDE_ANY_MATTER = {"paper_ends": {"person", "certificate", "until"}, "reported": {"period", "place"}}


def test_every_kind_says_a_sentence_about_nobody_but_the_doer() -> None:
    for kind, line in KINDS.items():
        assert line.says, kind
        places = set(re.findall(r"%\((\w+)\)s", line.says))
        assert places <= {"by"} | BESIDE_ANY_MATTER.get(kind, set()), kind


@pytest.mark.seed("K1.4")
def test_every_step_of_a_matter_is_one_more_fact_and_none_is_changed(
    hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    told = [_plain(event) for event in hub.events(peddlers_knock)]
    assert [fact["kind"] for fact in told] == ["received", "triaged", "routed", "ordered"]
    (order,) = hub.orders(peddlers_knock)
    for kind, step in _steps(hub, clara, sid, gus, peddlers_knock, order):
        time.forward(minutes=7)
        step()
        now = [_plain(event) for event in hub.events(peddlers_knock)]
        assert now[: len(told)] == told
        assert kind in {fact["kind"] for fact in now[len(told) :]}
        told = now
    assert [fact["recorded_at"] for fact in told] == sorted(fact["recorded_at"] for fact in told)
    assert hub.look(_unspoken) >= {fact["id"] for fact in told if SPEAK in KINDS[fact["kind"]].wakes}


def _steps(hub: House, clara: Actor, sid: Actor, gus: Actor, ticket: Ticket, order: Order) -> list[Any]:
    return [
        ("assigned", lambda: hub.do(work.assign, sid, order, hub.staff("gus"))),
        ("accepted", lambda: hub.do(work.accept, gus, order)),
        ("arrived", lambda: hub.do(work.arrive, gus, order)),
        ("done", lambda: hub.do(work.complete, gus, order, "Shown out")),
        ("called_back", lambda: hub.do(callback.call_back, clara, ticket, reached=True, satisfied="yes")),
    ]


def _plain(event: Event) -> dict[str, Any]:
    return event.model_dump()


def _unspoken(tx: Tx) -> set[int]:
    return set(tx.scalars(select(Pending.event_id).where(Pending.consumer == SPEAK)))
