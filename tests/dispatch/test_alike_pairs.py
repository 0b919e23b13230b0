"""The same matter or not, on 200 pairs of real reports labelled by hand (alike_pairs.csv).

How they were drawn, with a fixed seed, from Boston's 24,000 and Baltimore's 10,000 rows, at most one pair a
place in Boston and two in Baltimore, without rows that were closed within ten minutes (work logged when it
was done: nobody waits for it, and nobody at a desk would be asked):
`near` same place and type, 14 days or less apart · `far` same place and type, longer apart · `othertype` same
place, another type, within a week · `street` same type and street, another number, within a week ·
`elsewhere` same type on another street, the next report of its kind, within three days.

The rule, written before the first label. Two reports are the SAME when a desk that knew the first would have
put the second behind it rather than send somebody out again:
1. the same kind of trouble, or one that names the other's very work;
2. at the same spot: the address or crossing, however it is spelt;
3. the second came while the first was open, or within 24 hours after it was closed;
4. the city's own word counts for more than 1 to 3: both closed as duplicates of one case, say;
   and so does what was found: two outcomes that cannot be of one trouble are two;
5. two things of one kind at one spot, told within the hour, are one: one visit does both;
6. what people ask for themselves (a refund, a court date, a pickup) is each person's own, unless asked twice
   within the hour; where the place is the city's own counter, it says nothing about the trouble.
Pairs whose rows do not say enough (4 of 204) were left out. Who labelled saw both whole rows with their
outcomes; what is measured sees only what a desk sees at the second call.

Every other pair, in shuffled order, was for choosing the weights ("tune"); the rest ("report") is measured.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dispatch.likeness import LIKELY, Matter, compare
from tests.web.replay.real import real
from web.replay.case import Case, read
from web.replay.profile import known
from web.replay.telling import where

PAIRS = Path(__file__).with_name("alike_pairs.csv")
FILES = {"boston": "311/boston_2015_24000.csv.gz", "baltimore": "311/baltimore_311_10000.csv"}
Pair = tuple[str, bool, float]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """Half, label and score of every pair."""
    rows = {city: {case.ref: case for case in _cases(city)} for city in FILES}
    with PAIRS.open(encoding="utf-8") as file:
        return [
            (
                line["half"],
                line["label"] == "same",
                compare(
                    _matter(rows[line["city"]][line["second"]]), _matter(rows[line["city"]][line["first"]])
                )[0],
            )
            for line in csv.DictReader(file)
        ]


def test_there_are_two_hundred_pairs_in_two_halves(pairs: list[Pair]) -> None:
    halves = [half for half, _, _ in pairs]
    assert (halves.count("tune"), halves.count("report")) == (100, 100)
    assert sum(same for half, same, _ in pairs if half == "report") >= 30


def test_what_is_called_the_same_mostly_is_and_most_of_it_is_found(
    pairs: list[Pair], record_property: Callable[[str, object], None]
) -> None:
    precision, recall = _measured(pairs, "report")
    record_property("precision", precision)
    record_property("recall", recall)
    assert precision >= 0.9, f"precision {precision:.3f} at recall {recall:.3f}"
    assert recall >= 0.6, f"recall {recall:.3f} at precision {precision:.3f}"


def _measured(pairs: list[Pair], half: str) -> tuple[float, float]:
    mine = [(same, score >= LIKELY) for this, same, score in pairs if this == half]
    found = sum(same and said for same, said in mine)
    return found / sum(said for _, said in mine), found / sum(same for same, _ in mine)


def _cases(city: str) -> Iterator[Case]:
    return (case for case in read(real(FILES[city]), known()[city]) if isinstance(case, Case))


def _matter(case: Case) -> Matter:
    """As the desk would have it: the file's type is the category, its title the item."""
    return Matter(case.opened, case.item, category=case.category, place=where(case), closed_at=case.closed)
