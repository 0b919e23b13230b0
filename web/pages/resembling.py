"""What may be the same matter, as a page shows it: how likely, why in the reader's words, where it stands.

Source: screens.md (likely duplicates with "follow this one"), peers.md §7 (enough detail to decide).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.duplicates import Likely
from hub.catalogue import Catalogue
from web.words import N_, Words

SAME = {
    "room": N_("same room"),
    "phone": N_("same phone"),
    "place": N_("same place"),
    "building": N_("same building"),
    "category": N_("same category"),
}


@dataclass(frozen=True)
class Shown:
    """One likely ticket; `percent` of likelihood, `why` its reasons as short phrases."""

    number: str
    item: str
    status: str
    percent: int
    why: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.status in ("new", "in_hand")


def shown(words: Words, book: Catalogue, likely: Iterable[Likely]) -> list[Shown]:
    """These tickets, the likeliest first."""
    return [
        Shown(one.number, one.item, one.status, round(one.score * 100), tuple(told(words, book, one.why)))
        for one in likely
    ]


def told(words: Words, book: Catalogue, why: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason as a phrase, in the order given; one of an unknown form is left out."""
    phrases = (_told(words, book, reason) for reason in why)
    return [phrase for phrase in phrases if phrase]


def _told(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    what = str(reason.get("what"))
    if what in SAME:
        return words.gettext(SAME[what])
    ways: dict[str, Callable[[Words, Catalogue, Mapping[str, Any]], str]] = {
        "group": _group,
        "words": _words,
        "ago": _ago,
        "closed": _closed,
    }
    return ways[what](words, book, reason) if what in ways else ""


def _group(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    row = book.categories.get(str(reason.get("category")))
    return words.gettext("alike: %(category)s", category=row.name(words.locale)) if row else ""


def _words(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    """Which words are shared; of what stands on record, only how many."""
    shared = reason.get("words")
    if isinstance(shared, int):
        return words.ngettext("%(num)s word alike", "%(num)s words alike", shared)
    return words.gettext("words alike: %(words)s", words=", ".join(shared or ()))


def _ago(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    return words.gettext("%(time)s apart", time=words.duration(60 * int(reason.get("minutes") or 0)))


def _closed(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    length = words.duration(60 * int(reason.get("minutes") or 0))
    return words.gettext("closed %(time)s before", time=length)
