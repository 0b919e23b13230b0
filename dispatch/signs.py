"""A matter as a learner sees it: its words, pairs of words and pairs of characters, and how strong each is.

The item and the description are each brought to length one before they are added, so that a long story
does not drown what is asked for; both speak the same words. Pure.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import mul

from hub import words

ITEM_WEIGHT = 1.5  # as in triage: the item is what is asked for, the description how it came about
LONGEST = 4_000  # characters of each that are looked at: a chain of forwarded mails says no more
TWICE = 2  # a sign that only one text has says nothing of others, and may be somebody's name

Signs = tuple[Mapping[str, int], Mapping[str, int]]
Vector = tuple[tuple[int, ...], tuple[float, ...]]


def read(item: str, description: str) -> Signs:
    """How often each sign stands in the item and in the description."""
    return Counter(words.grams(item[:LONGEST])), Counter(words.grams(description[:LONGEST]))


@dataclass(frozen=True)
class Vocabulary:
    """The signs that are known, and how telling each is: the rarer, the more (inverse document frequency)."""

    signs: tuple[str, ...]
    telling: tuple[float, ...]

    @classmethod
    def of(cls, texts: Iterable[Signs]) -> "Vocabulary":
        """What these texts teach: every sign that at least two of them have."""
        seen: Counter[str] = Counter()
        number = 0
        for item, description in texts:
            seen.update(item.keys() | description.keys())
            number += 1
        known = sorted(sign for sign, times in seen.items() if times >= TWICE)
        return cls(tuple(known), tuple(math.log((1 + number) / (1 + seen[sign])) + 1 for sign in known))

    @cached_property
    def places(self) -> dict[str, int]:
        return {sign: place for place, sign in enumerate(self.signs)}

    def vector(self, text: Signs) -> Vector:
        """The text as places in the vocabulary and strengths, of length one; empty where none is known."""
        item, description = (self._unit(counts) for counts in text)
        both = dict(description)
        for place, strength in item.items():
            both[place] = both.get(place, 0.0) + ITEM_WEIGHT * strength
        both = _of_length_one(both)
        return tuple(both), tuple(both.values())

    def _unit(self, counts: Mapping[str, int]) -> dict[int, float]:
        places, telling = self.places, self.telling
        return _of_length_one(
            {
                place: (1 + math.log(times)) * telling[place]
                for sign, times in counts.items()
                if (place := places.get(sign)) is not None
            }
        )


def _of_length_one(vector: dict[int, float]) -> dict[int, float]:
    length = math.sqrt(sum(map(mul, vector.values(), vector.values())))
    return {place: strength / length for place, strength in vector.items()} if length else {}
