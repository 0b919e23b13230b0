"""The rooms and people of the demo estate, and the sentences they say."""

from collections import Counter
from datetime import date, timedelta

import phonenumbers
import pytest

from dispatch.triage import Leaf, Wordbook, judge
from hub import data
from hub.organisation import Office
from web.demo import matters, people, residents

PROBE = Office(zone="Asia/Hong_Kong", code="LG")


def test_the_estate_has_three_buildings_and_three_hundred_rooms() -> None:
    rooms = list(residents.rooms())
    kinds = Counter(kind for _, _, _, kind, _ in rooms)
    assert len({code for _, code, _, _, _ in rooms}) == len(rooms) == 300
    assert {block for block, *_ in rooms} == set(residents.BUILDINGS) and len(residents.BUILDINGS) == 3
    assert kinds == {"flat": 272, "shop": 12, "common": 16}


def test_about_330_people_live_in_about_280_rooms_and_some_share_a_phone() -> None:
    living = residents.of(seed=1)
    phones = Counter(phone for one in living for phone in one.phones)
    assert 320 <= len(living) <= 340
    assert 270 <= len({one.room for one in living}) <= 284
    assert sum(count > 1 for count in phones.values()) >= 20
    assert sum(len(one.phones) == 2 for one in living) == residents.SECOND_PHONES
    assert len({one.name for one in living}) == len(living)
    assert {one.locale for one in living} == {"en", "zh-Hans", "zh-Hant"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_phone_of_the_demo_belongs_to_anybody(seed: int) -> None:
    phones = {phone for one in residents.of(seed) for phone in one.phones}
    phones |= {people.phone_of(number) for number in range(1, len(people.PEOPLE) + 1)}
    for phone in phones:
        number = phonenumbers.parse(phone)
        assert phonenumbers.is_possible_number(number) and not phonenumbers.is_valid_number(number), phone


def test_the_same_seed_has_the_same_people_and_another_seed_others() -> None:
    assert residents.of(1) == residents.of(1)
    assert residents.of(1) != residents.of(2)


def test_every_leaf_of_the_tree_has_its_own_sentence_and_there_are_enough_of_them() -> None:
    said = matters.sayings()
    leaves = {row["code"] for row in data.read("categories")}
    items = [one.item for known in said.values() for one in known]
    assert set(said) == leaves == set(matters._weights()[False][0])
    assert len(items) == len(set(items)) >= 150
    assert {one.locale for known in said.values() for one in known} == {"en", "zh-Hans", "zh-Hant"}


def test_the_hub_understands_most_sentences_and_leaves_some_to_the_desk() -> None:
    rows = data.read("categories")
    book = Wordbook([Leaf(r["code"], r["kind"], r["priority"], r["department"]) for r in rows])
    judged = [
        (code, judge(book, one.item, one.description).category)
        for code, known in matters.sayings().items()
        for one in known
    ]
    right = sum(code == found for code, found in judged)
    unsure = sum(found is None for _, found in judged)
    assert right / len(judged) > 0.7
    assert 10 <= unsure <= 60


def test_a_week_has_its_rhythm() -> None:
    days = [date(2026, 7, 6) + timedelta(days=back) for back in range(56)]
    counts = {day: len(matters.of_day(day, PROBE, seed=1)) for day in days}
    mondays = [counts[day] for day in days if day.weekday() == 0]
    sundays = [counts[day] for day in days if day.weekday() == 6]
    hours = Counter(
        one.at.astimezone(PROBE.tz).hour for day in days for one in matters.of_day(day, PROBE, seed=1)
    )
    assert all(11 <= count <= 32 for count in counts.values())
    assert sum(mondays) > 1.2 * sum(sundays)
    assert hours[10] > 5 * hours[3]


def test_it_leaks_more_in_the_rainy_season() -> None:
    def leaks(first: date) -> float:
        days = [first + timedelta(days=back) for back in range(60)]
        drawn = [one for day in days for one in matters.of_day(day, PROBE, seed=1)]
        return sum(one.code == "04-02" for one in drawn) / len(drawn)

    assert leaks(date(2026, 6, 1)) > 1.4 * leaks(date(2026, 12, 1))


def test_one_broken_lift_brings_many_calls() -> None:
    days = [date(2026, 3, 1) + timedelta(days=back) for back in range(60)]
    repeated = [one for day in days for one in matters.of_day(day, PROBE, seed=1) if one.lead]
    leads = {one.ref: one for day in days for one in matters.of_day(day, PROBE, seed=1)}
    assert repeated
    assert all(leads[one.lead].code == "03-02" and leads[one.lead].at < one.at for one in repeated)


def test_somebody_is_always_on_watch() -> None:
    for role, department in (("guard", "SEC"), ("worker", "ENG")):
        shifts = [
            (int(day) * 1440 + starts * 60, int(day) * 1440 + ends * 60)
            for one in people.PEOPLE
            if (one.role, one.department) == (role, department)
            for days, starts, ends in people.SHIFTS[one.shift]
            for day in days
        ]
        week = 7 * 1440
        bare = [
            minute
            for minute in range(0, week, 30)
            if not any(starts <= minute < ends or starts <= minute + week < ends for starts, ends in shifts)
        ]
        assert not bare, (role, [(minute // 1440, minute % 1440 // 60) for minute in bare])
