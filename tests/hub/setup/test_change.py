"""Changing what is set: who may, what is recorded, how it is taken back, and that it holds at once."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import col, select

from hub import catalogue, events
from hub.access import Actor
from hub.database import Database
from hub.errors import BadInput, ChangedMeanwhile, Forbidden, NotFound, NotNow
from hub.events import Event
from hub.setup import change
from hub.setup.categories import CATEGORY
from hub.setup.change import Change, mark
from hub.setup.rules import RULE
from tests.house import House, leak

DESK_FIRST: dict[str, Any] = {
    "rank": "5",
    "name": "Taps stay with the desk",
    "category": "01-03",
    "mode": "desk",
}
SUBJECTS = (CATEGORY, RULE)


def as_it_is(hub: House, code: str = "01-03", **said: Any) -> Mapping[str, Any]:
    return {**(hub.look(CATEGORY.read, hub.office(), code) or {}), **said}


def changes(hub: House) -> list[Change]:
    return hub.look(change.history, hub.office())


def test_a_change_is_one_event_with_before_and_after(hub: House, dora: Actor) -> None:
    hub.do(change.change, dora, "LG", CATEGORY, "01-03", as_it_is(hub, priority="P2", words="trickle, 滴水"))
    (made,) = changes(hub)
    assert (made.by, made.what, made.key) == ("Dora Director", "category", "01-03")
    assert made.differences() == [("priority", "P3", "P2"), ("words", [], ["trickle", "滴水"])]
    assert hub.verify().broken is None


def test_the_next_matter_follows_it_in_this_process_and_in_another(
    hub: House, dora: Actor, clara: Actor
) -> None:
    other = House(Database(hub.database.url))
    assert other.receive(clara, leak(category="01-03")).priority == "P3", "what was set is in both caches"
    hub.do(change.change, dora, "LG", CATEGORY, "01-03", as_it_is(hub, priority="P2"))
    assert hub.receive(clara, leak(category="01-03")).priority == "P2"
    assert other.receive(clara, leak(category="01-03")).priority == "P2"
    other.database.close()


def test_nothing_changed_is_no_event(hub: House, dora: Actor) -> None:
    hub.do(change.change, dora, "LG", CATEGORY, "01-03", as_it_is(hub))
    assert changes(hub) == []


def test_a_deviation_is_the_offices_alone_and_can_be_reset(hub: House, dora: Actor) -> None:
    hub.do(change.change, dora, "LG", CATEGORY, "01-03", as_it_is(hub, assign="off"))
    maple = hub.office("MC")
    assert hub.look(catalogue.of, hub.office()).categories["01-03"].assign == "off"
    assert hub.look(catalogue.of, maple).categories["01-03"].assign == "auto"
    hub.do(change.change, dora, "LG", CATEGORY, "01-03", None)
    assert hub.look(catalogue.of, hub.office()).categories["01-03"].assign == "auto"
    assert "categories" not in hub.office().policy


def test_own_words_decide_the_category_of_the_next_matter(hub: House, dora: Actor, clara: Actor) -> None:
    said = "The frobnicator hums"
    assert hub.receive(clara, leak(item=said)).category_id is None
    hub.do(change.change, dora, "LG", CATEGORY, "05-03", as_it_is(hub, "05-03", words=["frobnicator"]))
    book = hub.look(catalogue.of, hub.office())
    assert hub.receive(clara, leak(item=said)).category_id == book.categories["05-03"].id


@pytest.mark.parametrize("login", ["clara", "cody", "wes", "cash", "quinn"])
def test_another_role_is_refused(hub: House, login: str) -> None:
    with pytest.raises(Forbidden, match="another role"):
        hub.do(change.change, hub.actor(login), "LG", CATEGORY, "01-03", as_it_is(hub, priority="P2"))
    assert changes(hub) == []


@pytest.mark.parametrize("login", ["mia", "max"])
def test_another_office_is_not_found(hub: House, login: str) -> None:
    with pytest.raises(NotFound):
        hub.do(change.change, hub.actor(login), "LG", RULE, "", DESK_FIRST)


def test_every_bad_field_is_named_at_once_and_nothing_is_written(hub: House, dora: Actor) -> None:
    bad = as_it_is(hub, priority="P9", respond="soon", minutes="a while", paper="required", trade="")
    with pytest.raises(BadInput) as refused:
        hub.do(change.change, dora, "LG", CATEGORY, "01-03", bad)
    assert set(refused.value.fields) == {"priority", "respond", "minutes", "trade"}
    assert changes(hub) == []


def test_what_is_not_there_is_not_found(hub: House, dora: Actor) -> None:
    for key, subject in (("99-99", CATEGORY), ("4711", RULE), ("x", RULE)):
        with pytest.raises(NotFound):
            hub.do(change.change, dora, "LG", subject, key, {})


def test_who_was_slower_is_told_and_overwrites_nothing(hub: House, dora: Actor, adam: Actor) -> None:
    seen = mark(hub.look(CATEGORY.read, hub.office(), "01-03"))
    hub.do(change.change, adam, "LG", CATEGORY, "01-03", as_it_is(hub, priority="P2"), seen)
    with pytest.raises(ChangedMeanwhile):
        hub.do(change.change, dora, "LG", CATEGORY, "01-03", as_it_is(hub, priority="P4"), seen)
    assert hub.look(catalogue.of, hub.office()).categories["01-03"].priority == "P2"


def test_a_rule_is_made_changed_ended_and_each_taken_back(hub: House, dora: Actor) -> None:
    key = hub.do(change.change, dora, "LG", RULE, "", DESK_FIRST)
    hub.do(change.change, dora, "LG", RULE, key, {**DESK_FIRST, "rank": 500})
    hub.do(change.change, dora, "LG", RULE, key, None)
    ended, moved, made = changes(hub)
    with pytest.raises(NotNow, match="changed again since"):
        hub.do(change.undo, dora, "LG", moved.event_id, SUBJECTS)
    hub.do(change.undo, dora, "LG", ended.event_id, SUBJECTS)
    assert (hub.look(RULE.read, hub.office(), key) or {})["rank"] == 500
    hub.do(change.undo, dora, "LG", moved.event_id, SUBJECTS)
    assert (hub.look(RULE.read, hub.office(), key) or {})["rank"] == 5
    hub.do(change.undo, dora, "LG", made.event_id, SUBJECTS)
    assert hub.look(RULE.read, hub.office(), key) is None
    assert [one.undoes for one in changes(hub)[:3]] == [made.event_id, moved.event_id, ended.event_id]
    assert hub.verify().broken is None


def test_taking_back_asks_what_the_change_asked(hub: House, dora: Actor) -> None:
    hub.do(change.change, dora, "LG", RULE, "", DESK_FIRST)
    (made,) = changes(hub)
    with pytest.raises(Forbidden):
        hub.do(change.undo, hub.actor("clara"), "LG", made.event_id, SUBJECTS)
    with pytest.raises(NotFound):
        hub.do(change.undo, hub.actor("max"), "LG", made.event_id, SUBJECTS)
    for other in (0, made.event_id + 1000, _first_event(hub)):
        with pytest.raises(NotFound):
            hub.do(change.undo, dora, "LG", other, SUBJECTS)


def test_a_change_rings_the_office(hub: House, dora: Actor) -> None:
    heard: list[str] = []
    hub.database.bell.hear(heard.extend)
    hub.do(change.change, dora, "LG", RULE, "", DESK_FIRST)
    assert f"office:{hub.office().id}" in heard


def _first_event(hub: House) -> int:
    return hub.look(lambda tx: tx.scalars(select(Event.id).order_by(col(Event.id))).first())


def test_the_record_is_quiet(hub: House, dora: Actor) -> None:
    hub.do(change.change, dora, "LG", RULE, "", DESK_FIRST)
    waiting = hub.look(lambda tx: tx.scalars(select(events.Pending.id)).all())
    assert not waiting, "nobody is woken by a setting"


def test_of_two_who_change_two_things_at_once_neither_is_lost(hub: House, dora: Actor, adam: Actor) -> None:
    both = threading.Barrier(2)
    refused: list[Exception] = []

    def set_priority(actor: Actor, code: str) -> None:
        said = as_it_is(hub, code, priority="P2")
        both.wait()
        try:
            hub.do(change.change, actor, "LG", CATEGORY, code, said)
        except Exception as refusal:
            refused.append(refusal)

    threads = [
        threading.Thread(target=set_priority, args=args) for args in ((dora, "01-03"), (adam, "02-05"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    assert set(hub.office().policy["categories"]) == {"01-03", "02-05"}
    assert len(changes(hub)) == 2 and hub.verify().broken is None
