"""What is set for an office, read once and read anew when it changes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from hub import catalogue
from hub.catalogue import CALLBACK_OF_KIND, CLOCKS, FALLBACK, KINDS, PRIORITIES, Catalogue, Category
from hub.database import Database, Tx
from hub.limits import Limit
from hub.organisation import Office
from tests.house import House


def book_of(house: House, code: str = "LG") -> Catalogue:
    office = house.office(code)
    return house.look(catalogue.of, office)


def test_every_default_leaf_can_be_worked_with(shared: House) -> None:
    book = book_of(shared)
    departments = {"CSC", "ENG", "SEC", "ENV", "CASH"}
    for leaf in book.categories.values():
        assert leaf.kind in KINDS and leaf.priority in PRIORITIES, leaf.code
        ruled = [rule.department for rule in book.rules if rule.category == leaf.code]
        assert departments & {leaf.department, *ruled}, (
            leaf.code
        )  # the developer is reached through engineering
        assert leaf.code.startswith(f"{leaf.group_code}-"), leaf.code
        for which in ("respond", "on_site", "resolve"):
            limit = leaf.limit(which)
            assert limit == "" or Limit.parse(limit), (leaf.code, which)
        assert leaf.limit("respond") and leaf.limit("resolve"), leaf.code


def test_a_leaf_is_named_in_each_language_and_in_english_otherwise() -> None:
    leaf = Category(
        company_id=1,
        code="01-01",
        group_code="01",
        en="Leak",
        zh_hans="漏水",
        zh_hant="",
        kind="repair",
        department="ENG",
        priority="P3",
    )
    assert [leaf.name(locale) for locale in ("zh-Hans", "zh-Hant", "en", "")] == [
        "漏水",
        "Leak",
        "Leak",
        "Leak",
    ]


def test_a_leaf_that_leaves_a_limit_blank_has_its_prioritys() -> None:
    leaf = Category(
        company_id=1,
        code="x",
        group_code="x",
        en="x",
        kind="repair",
        department="ENG",
        priority="P2",
        resolve="7d",
    )
    assert (leaf.limit("respond"), leaf.limit("resolve")) == (FALLBACK["P2"]["respond"], "7d")


def test_every_priority_runs_on_a_calendar_and_every_kind_has_a_callback_policy(shared: House) -> None:
    book = book_of(shared)
    assert {priority: book.calendar(priority) for priority in PRIORITIES} == {
        priority: book.calendars[name] for priority, name in CLOCKS.items()
    }
    assert set(CALLBACK_OF_KIND) == set(KINDS)


def test_rules_stand_in_the_order_of_their_rank_and_steps_too(shared: House) -> None:
    book = book_of(shared)
    assert [rule.rank for rule in book.rules] == sorted(rule.rank for rule in book.rules)
    for steps in book.ladder.values():
        ranks = [step.rank for step in steps]
        assert ranks == sorted(set(ranks))
        assert all((step.percent is None) != (step.minutes is None) for step in steps)


def test_an_offices_own_leaf_is_its_own(shared: House) -> None:
    shared.do(_add_leaf, "90-01")
    assert "90-01" in book_of(shared).categories
    assert "90-01" not in book_of(shared, "MC").categories


def test_an_ended_leaf_is_offered_no_more_and_still_known_by_its_id(shared: House) -> None:
    leaf_id = shared.do(_add_leaf, "90-02")
    shared.do(_end_leaf, leaf_id)
    book = book_of(shared)
    assert "90-02" not in book.categories
    assert book.by_id[leaf_id].en == "Own"


def test_a_change_is_seen_at_once_and_without_one_nothing_is_read_again(shared: House) -> None:
    before = book_of(shared)
    assert book_of(shared) is before
    shared.do(_add_leaf, "90-03")
    after = book_of(shared)
    assert after is not before
    assert "90-03" in after.categories


@pytest.mark.postgres
def test_a_change_is_seen_by_another_node(postgres_database: Database, another_node: Database) -> None:
    here, there = House(postgres_database), House(another_node)
    assert "90-04" not in book_of(there).categories
    here.do(_add_leaf, "90-04")
    assert "90-04" in book_of(there).categories


@pytest.mark.postgres
def test_two_changes_at_once_count_as_two(postgres_database: Database, another_node: Database) -> None:
    nodes = House(postgres_database), House(another_node)
    before = book_of(nodes[0]).version
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: nodes[n % 2].do(_add_leaf, f"91-{n:02d}"), range(8)))
    assert book_of(nodes[0]).version == before + 8


def test_a_change_that_was_taken_back_is_not_remembered(shared: House) -> None:
    class TakenBack(Exception):
        pass

    def change(tx: Tx) -> None:
        _add_leaf(tx, "90-05")
        tx.flush()
        catalogue.of(tx, _lotus(tx))
        raise TakenBack

    with pytest.raises(TakenBack):
        shared.database.write(change)
    shared.do(_add_leaf, "90-06")  # the version it would have had is now another change's
    assert {"90-05", "90-06"} & set(book_of(shared).categories) == {"90-06"}


def _lotus(tx: Tx) -> Office:
    return tx.scalars(select(Office).where(Office.code == "LG")).one()


def _add_leaf(tx: Tx, code: str) -> int:
    lotus = _lotus(tx)
    leaf = Category(
        company_id=lotus.company_id,
        office_id=lotus.id,
        code=code,
        group_code="90",
        en="Own",
        kind="repair",
        department="ENG",
        priority="P3",
    )
    tx.add(leaf)
    catalogue.changed(tx, lotus.company_id)
    tx.flush()
    return leaf.id


def _end_leaf(tx: Tx, leaf_id: int) -> None:
    leaf = tx.get_one(Category, leaf_id)
    leaf.is_ended = True
    catalogue.changed(tx, leaf.company_id)
