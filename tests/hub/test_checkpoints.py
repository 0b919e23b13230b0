"""`verify` finds whatever was changed behind the hub's back, and says where it begins."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, text
from sqlmodel import select

from hub import checkpoints, events
from hub.access import Actor
from hub.checkpoints import Broken
from hub.database import Tx
from hub.events import Event
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak

# what hangs on a ticket, children first
OF_ORDERS = "DELETE FROM hold WHERE order_id IN (SELECT id FROM work_order WHERE ticket_id = {id})"
CHILDREN = ("attachment", "promise", "callback", "delivery", "follower", "work_order")
ROW = (OF_ORDERS, *(f"DELETE FROM {table} WHERE ticket_id = {{id}}" for table in CHILDREN))
DELETED = (*ROW, "DELETE FROM ticket WHERE id = {id}")
EVENTS = (
    "DELETE FROM pending WHERE event_id IN (SELECT id FROM event WHERE ticket_id = {id})",
    "DELETE FROM event_words WHERE event_id IN (SELECT id FROM event WHERE ticket_id = {id})",
    "DELETE FROM event WHERE ticket_id = {id}",
)
HEAD = "DELETE FROM stream_head WHERE stream = 'ticket:{id}'"
TAIL = (
    "DELETE FROM pending WHERE event_id IN (SELECT id FROM event WHERE stream = 'ticket:{id}' AND seq > 2)",
    "DELETE FROM event_words WHERE event_id IN"
    " (SELECT id FROM event WHERE stream = 'ticket:{id}' AND seq > 2)",
    "DELETE FROM event WHERE stream = 'ticket:{id}' AND seq > 2",
)
HEAD_MOVED = (
    "UPDATE stream_head SET seq = 2, hash ="
    " (SELECT hash FROM event WHERE stream = 'ticket:{id}' AND seq = 2) WHERE stream = 'ticket:{id}'"
)
SWAPPED = (
    "UPDATE event SET seq = 99 WHERE stream = 'ticket:{id}' AND seq = 2",
    "UPDATE event SET seq = 2 WHERE stream = 'ticket:{id}' AND seq = 3",
    "UPDATE event SET seq = 3 WHERE stream = 'ticket:{id}' AND seq = 99",
)

Find = Callable[..., Broken | None]


@pytest.fixture(scope="module")
def drip(shared: House) -> Ticket:
    """A ticket with four events."""
    return shared.receive(shared.actor("clara"), leak())


@pytest.fixture
def find(shared: House, drip: Ticket) -> Find:
    """What `verify` finds after these statements, made after a seal or not; all is taken back again."""

    def run(*statements: str, sealed: bool = False) -> Broken | None:
        found: list[Broken | None] = []

        def tamper(tx: Tx) -> None:
            if sealed:
                checkpoints.seal(tx)
            for statement in statements:
                done = tx.execute(text(statement.format(id=drip.id)))
                assert done.rowcount or statement.startswith("DELETE"), statement
            tx.expire_all()
            found.append(checkpoints.verify(tx).broken)
            raise _TakenBack

        with pytest.raises(_TakenBack):
            shared.database.write(tamper)
        return found[0]

    return run


class _TakenBack(Exception):
    pass


def test_a_fresh_house_is_whole(shared: House) -> None:
    verdict = shared.verify()
    assert verdict.broken is None
    assert verdict.events > 0


def test_an_empty_record_is_whole(find: Find) -> None:
    tables = ("pending", "event_words", "event", "stream_head")
    assert find(*DELETED, *(f"DELETE FROM {table}" for table in tables)) is None


def test_a_changed_event_is_found(find: Find, drip: Ticket) -> None:
    where = f"ticket:{drip.id} event 2 (triaged)"
    for change in (
        """facts = replace(facts, '"P3"', '"P1"')""",
        "by_id = 2",
        "happened_at = '2026-01-01 00:00:00+00:00'",
        "recorded_at = '2026-01-01 00:00:00+00:00'",
        "office_id = 2",
        "ticket_id = NULL",
        "order_id = 1",
        "commitment = 'x'",
        "hash = 'x'",
    ):
        broken = find(f"UPDATE event SET {change} WHERE stream = 'ticket:{{id}}' AND seq = 2")
        assert broken == Broken(where, "its content does not match its hash"), change
    broken = find("UPDATE event SET kind = 'routed' WHERE stream = 'ticket:{id}' AND seq = 2")
    assert broken is not None and broken.what == "its content does not match its hash"


def test_the_first_of_two_broken_links_is_named(find: Find, drip: Ticket) -> None:
    broken = find(
        "UPDATE event SET facts = '{{}}' WHERE stream = 'ticket:{id}' AND seq = 3",
        "UPDATE event SET facts = '{{}}' WHERE stream = 'ticket:{id}' AND seq = 2",
    )
    assert broken is not None and broken.where.startswith(f"ticket:{drip.id} event 2 ")


def test_swapped_events_are_found(find: Find) -> None:
    assert find(*SWAPPED) is not None


def test_an_event_taken_from_the_middle_is_found(find: Find, drip: Ticket) -> None:
    broken = find("DELETE FROM event WHERE stream = 'ticket:{id}' AND seq = 2")
    assert broken == Broken(f"ticket:{drip.id} event 3 (routed)", "event 2 is missing before it")


def test_a_cut_tail_is_found(find: Find, drip: Ticket) -> None:
    broken = find(*TAIL)
    assert broken == Broken(f"ticket:{drip.id}", "its tail is cut: 2 of 4 events are there")


def test_a_cut_tail_whose_head_was_moved_back_is_found_by_the_seal(find: Find) -> None:
    assert find(*TAIL, HEAD_MOVED) is None  # nothing is left that could tell, but a seal made before
    broken = find(*TAIL, HEAD_MOVED, sealed=True)
    assert broken is not None
    assert broken.where.startswith("checkpoint ") and "were sealed" in broken.what


def test_a_lost_head_and_a_head_without_events_are_found(find: Find, drip: Ticket) -> None:
    assert find(HEAD) == Broken(f"ticket:{drip.id}", "its head is gone")
    assert find(*EVENTS) == Broken(f"ticket:{drip.id}", "all its events are gone")


def test_a_deleted_ticket_is_found_by_the_events_it_leaves(find: Find, drip: Ticket) -> None:
    assert find(*DELETED) == Broken(f"ticket:{drip.id}", "the ticket was deleted")


def test_a_ticket_deleted_with_all_its_traces_is_found_by_the_seal(find: Find) -> None:
    broken = find(*DELETED, *EVENTS, HEAD, sealed=True)
    assert broken is not None and broken.where.startswith("checkpoint ")


def test_a_ticket_put_in_behind_the_record_is_found(find: Find, drip: Ticket) -> None:
    assert find(*EVENTS, HEAD) == Broken(f"ticket {drip.number}", "it has no events")


def test_changed_words_are_found(find: Find, drip: Ticket) -> None:
    of_first = "event_id = (SELECT id FROM event WHERE stream = 'ticket:{id}' AND seq = 1)"
    where = f"ticket:{drip.id} event 1 (received)"
    changed = Broken(where, "its words were changed")
    gone = Broken(where, "its words are gone without an erasure")
    stamp = "erased_at = '2026-03-03 02:00:00+00:00'"
    assert find(f"UPDATE event_words SET words = '{{{{}}}}' WHERE {of_first}") == changed
    assert find(f"UPDATE event_words SET salt = 'x' WHERE {of_first}") == changed
    assert find(f"UPDATE event_words SET words = NULL WHERE {of_first}") == changed
    assert find(f"UPDATE event_words SET words = '{{{{}}}}', {stamp} WHERE {of_first}") == changed
    assert find(f"UPDATE event_words SET words = NULL, {stamp} WHERE {of_first}") == gone
    assert find(f"DELETE FROM event_words WHERE {of_first}") == gone


def test_each_seal_follows_the_last_so_that_a_changed_or_lost_one_is_found(
    hub: House, time: Clock, clara: Actor
) -> None:
    first = hub.do(checkpoints.seal)
    assert first is not None and first.tickets == 0
    assert hub.do(checkpoints.seal) is None
    time.forward(days=1)
    hub.receive(clara, leak())
    second = hub.do(checkpoints.seal)
    assert second is not None
    assert (second.tickets, second.made_at) == (1, time.now())
    assert second.last_event == first.last_event + second.events
    verdict = hub.verify()
    assert (verdict.broken, verdict.checkpoints) == (None, 2)
    for tampering in (
        "UPDATE checkpoint SET hash = 'x' WHERE id = 1",
        "UPDATE checkpoint SET tickets = 0 WHERE id = 2",
        "DELETE FROM checkpoint WHERE id = 1",
    ):
        assert _found(hub, tampering).startswith("checkpoint"), tampering


def test_a_walk_longer_than_its_page_misses_nothing(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.do(
        lambda tx: [events.record(tx, "settings_changed", stream=f"office:{n % 3 + 50}") for n in range(40)]
    )
    monkeypatch.setattr(checkpoints, "PAGE", 7)
    verdict = shared.verify()
    assert verdict.broken is None
    assert verdict.events == shared.look(lambda tx: tx.scalars(select(func.count(Event.id))).one())


def _found(hub: House, statement: str) -> str:
    def tamper(tx: Tx) -> None:
        tx.execute(text(statement))
        broken = checkpoints.verify(tx).broken
        raise _TakenBack(broken.where if broken else "")

    with pytest.raises(_TakenBack) as taken:
        hub.database.write(tamper)
    return str(taken.value)
