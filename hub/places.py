"""Places as people write them, where no room of the register says it: when two texts mean one spot.

A city's file, a guard or a passer-by names a place in words: "12 S Stockton St", "12 s. stockton street,
Baltimore, MD 21223", "Centre St & South St" and the other way round. What tells two places apart are their
numbers and letters ("Block A", "12 S"), so those must be the same; the rest may differ by a word.
"""

import re
from functools import lru_cache

from hub import words

# what people leave out, shorten or add without meaning another place
_SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "highway": "hwy", "parkway": "pkwy",
    "terrace": "ter", "north": "n", "south": "s", "east": "e", "west": "w", "number": "no",
}  # fmt: skip
_IDLE = frozenset(("intersection", "of", "the", "at", "near", "by", "in", "on", "corner", "no"))
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_RANGE = re.compile(r"(\d+[a-z]?)\s*[-\u2013]\s*(\d+[a-z]?)")
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?$")
_ALIKE = 0.5  # of the plainer one's words, besides numbers and letters


def spot(place: str) -> str:
    """What tickets of the same place share, short enough for an index; "" for a text without words.

    Coarse on purpose: it only says which tickets are worth comparing with `alike`.
    """
    told = _read(place)
    if told.telling:
        plain = [word for word in told.words if word not in told.telling]
        return " ".join((*sorted(told.telling)[:3], *plain[:1]))[:60]
    return " ".join(sorted(told.words[:1] + told.words[told.half : told.half + 1]))[:60]


def alike(one: str, other: str) -> float:
    """How sure it is that two texts mean one spot: 0 for another number or letter, 1 for the same words."""
    a, b = _read(one), _read(other)
    if not a.words or not b.words or a.telling != b.telling:
        return 0.0
    mine, theirs = set(a.words), set(b.words)
    shared = len(mine & theirs) / min(len(mine), len(theirs))
    first = a.first == b.first
    return shared if first and shared >= _ALIKE else 0.0


class _Told:
    """A place read: its words in order, those that tell it from its neighbour, where a crossing's half is."""

    def __init__(self, text: str) -> None:
        folded = _ZIP.sub("", words.fold(text).strip())
        head, _, _ = folded.partition("&")
        ranged = _RANGE.sub(r"\1", folded)
        self.words = [_SHORT.get(word, word) for word in _WORD.findall(ranged) if word not in _IDLE]
        self.half = len([word for word in _WORD.findall(head) if word not in _IDLE]) if "&" in folded else 1
        self.telling = frozenset(word for word in self.words if _tells(word))
        self.first = self._first("&" in folded)

    def _first(self, is_crossing: bool) -> frozenset[str]:
        """The names that must be there in both: of a crossing both streets, else the first name."""
        names = [word for word in self.words if word not in self.telling and word not in _SHORT.values()]
        if not is_crossing:
            return frozenset(names[:1])
        behind = [word for word in self.words[self.half :] if word in names]
        return frozenset(names[:1] + behind[:1])


@lru_cache(maxsize=4_000)
def _read(text: str) -> _Told:
    return _Told(text)


def _tells(word: str) -> bool:
    return any(sign.isdigit() for sign in word) or (len(word) == 1 and word.isascii())
