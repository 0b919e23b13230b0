"""The leaves an office adds to the tree: found by their own name, used, ended, and never another office's."""

import pytest

from hub import catalogue
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotFound
from hub.setup import change, own_categories
from hub.setup.categories import CATEGORY
from hub.setup.own_categories import OWN_CATEGORY
from tests.house import House, leak

POOL = {"group": "05", "en": "Swimming pool pump", "kind": "repair", "department": "ENG", "priority": "P3"}


def add(hub: House, login: str = "adam", **other: object) -> str:
    return hub.do(change.change, hub.actor(login), "LG", OWN_CATEGORY, "", POOL | other)


def test_a_leaf_of_ones_own_stands_in_its_group_and_is_found_by_its_name(hub: House, clara: Actor) -> None:
    assert (add(hub), add(hub, en="Sauna")) == ("05-51", "05-52")
    book = hub.look(catalogue.of, hub.office())
    assert book.categories["05-51"].group_name("zh-Hans") == book.categories["05-01"].group_name("zh-Hans")
    ticket = hub.receive(clara, leak(item="The swimming pool pump is loud", description=""))
    assert ticket.category_id == book.categories["05-51"].id
    assert hub.orders(ticket)[0].department_id == hub.department("ENG").id


def test_it_is_served_as_the_office_sets_it_like_any_other(hub: House, adam: Actor) -> None:
    code = add(hub)
    values = hub.look(CATEGORY.read, hub.office(), code)
    hub.do(change.change, adam, "LG", CATEGORY, code, values | {"resolve": "5d"})
    assert hub.look(catalogue.of, hub.office()).categories[code].resolve == "5d"


def test_what_a_worker_must_tell_is_asked_for(hub: House, clara: Actor) -> None:
    code = add(hub, demands="pressure\nwater temperature")
    leaf = hub.look(catalogue.of, hub.office()).categories[code]
    assert leaf.demands == ["pressure", "water temperature"]


def test_one_that_has_ended_takes_no_new_matter_and_keeps_those_it_has(
    hub: House, adam: Actor, clara: Actor
) -> None:
    code = add(hub)
    ticket = hub.receive(clara, leak(item="Pump", category=code))
    hub.do(change.change, adam, "LG", OWN_CATEGORY, code, None)
    book = hub.look(catalogue.of, hub.office())
    assert code not in book.categories and book.by_id[hub.again(ticket).category_id].code == code
    with pytest.raises(BadInput):
        hub.receive(clara, leak(category=code))
    with pytest.raises(NotFound):
        hub.do(change.change, adam, "LG", OWN_CATEGORY, code, POOL)
    (ended, *_) = hub.look(change.history, hub.office(), "own_category")
    hub.do(change.undo, adam, "LG", ended.event_id, [OWN_CATEGORY])
    assert code in hub.look(catalogue.of, hub.office()).categories
    assert add(hub, en="Another") == "05-52", "a number is never given twice"


def test_a_name_in_one_language_is_enough_and_one_is_needed(hub: House) -> None:
    code = add(hub, en="", zh_hans="泳池水泵")
    leaf = hub.look(catalogue.of, hub.office()).categories[code]
    assert (leaf.name("zh-Hans"), leaf.name("en")) == ("泳池水泵", "泳池水泵")
    with pytest.raises(BadInput) as refused:
        add(hub, en=" ")
    assert set(refused.value.fields) == {"en"}


def test_every_field_that_will_not_do_is_named(hub: House) -> None:
    with pytest.raises(BadInput) as refused:
        add(hub, group="99", en="", kind="joke", department="NASA", priority="P9")
    assert set(refused.value.fields) == {"group", "en", "kind", "department", "priority"}


def test_its_group_stays(hub: House, adam: Actor) -> None:
    code = add(hub)
    with pytest.raises(BadInput) as refused:
        hub.do(change.change, adam, "LG", OWN_CATEGORY, code, POOL | {"group": "06"})
    assert set(refused.value.fields) == {"group"}


def test_the_companys_own_leaves_are_not_changed_here(hub: House, adam: Actor) -> None:
    with pytest.raises(NotFound):
        hub.do(change.change, adam, "LG", OWN_CATEGORY, "05-01", POOL)
    with pytest.raises(Forbidden):
        add(hub, "clara")
    add(hub)
    assert hub.look(own_categories.of_office, hub.office("MC")) == [], "another office has none of it"
