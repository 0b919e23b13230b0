"""What headings, statuses, channels and yes-or-no words mean, from the word list."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

from web.replay.profile import squash

_WordList = dict[str, dict[str, list[str]]]
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def _words() -> _WordList:
    return tomllib.loads((files("web.replay") / "words.toml").read_text("utf-8"))


def heading(name: str, role: str) -> tuple[float, str]:
    """How well a heading fits a role: 0…1 and the word that fits best. 0 when another thing fits better."""
    score, word = _best(name, tuple(_words()["roles"][role]))
    against, _ = _best(name, tuple(_words()["not"]["columns"]))
    return (0.0, "") if against > score else (score, word)


def unwanted(name: str) -> bool:
    """Whether the heading is one no role is ever taken from."""
    return _best(name, tuple(_words()["not"]["columns"]))[0] >= 0.8


@cache
def _best(name: str, words: tuple[str, ...]) -> tuple[float, str]:
    return max(((_fit(name, word), word) for word in words), default=(0.0, ""))


def _fit(name: str, word: str) -> float:
    """1 for the same word; less, by its share of the heading, for a word within it."""
    whole, part = squash(name), squash(word)
    if whole == part:
        return 1.0
    if part not in whole:
        return 0.0
    spaced = " ".join(re.split(r"[\W_]+", _CAMEL.sub(" ", name))).casefold().strip()
    as_words = not part.isascii() or f" {word} " in f" {spaced} "
    if not as_words and len(part) < 5:
        return 0.0
    return (0.45 if as_words else 0.3) + 0.45 * len(part) / len(whole)


def outcomes(statuses: Iterable[str]) -> dict[str, str]:
    """The statuses that mean closed, each with the section of the profile it belongs to."""
    kinds = {status: _kind(status, _words()["closed"]) for status in statuses}
    return {status: kind for status, kind in kinds.items() if kind not in ("", "open")}


def reads_as_status(values: Iterable[str]) -> float:
    """The share of these distinct values that are words of a status."""
    return _share([bool(_kind(value, _words()["closed"])) for value in values])


def channels(said: Iterable[str]) -> dict[str, str]:
    """The file's channel words → ours, "" where nothing is recognised."""
    return {word: _kind(word, _words()["channels"]) for word in said}


def reads_as_channel(values: Iterable[str]) -> float:
    """The share of these distinct values that are words of a channel."""
    return _share([bool(_kind(value, _words()["channels"])) for value in values])


def flags(name: str, values: Collection[str]) -> dict[str, bool]:
    """The words of an on-time column → True for on time. Empty unless both sides are found."""
    lists = _words()["flags"]
    asks_lateness = any(squash(word) in squash(name) for word in lists["asks_lateness"])
    found: dict[str, bool] = {}
    for value in values:
        plain = value.casefold().strip()
        if plain in lists["yes"] or plain in lists["no"]:
            found[value] = (plain in lists["no"]) == asks_lateness
        elif kind := _kind(value, {"on_time": lists["on_time"], "late": lists["late"]}):
            found[value] = kind == "on_time"
    # days overdue hold a 0 and a 1 too, but mostly other numbers
    both = set(found.values()) == {True, False}
    return found if both and len(found) >= 0.8 * len(set(values)) else {}


def _kind(value: str, lists: Mapping[str, list[str]]) -> str:
    """The section whose longest word is found in the value."""
    plain = re.sub(r"[\W_]+", " ", value.casefold()).strip()
    hits = [
        (len(word), kind)
        for kind, words in lists.items()
        for word in words
        if (f" {word} " in f" {plain} " if word.isascii() else word in plain)
    ]
    # of two words, what undoes the closing speaks louder: "open (duplicate)", "未完成"
    if any(kind == "open" for _, kind in hits):
        return "open"
    special = [hit for hit in hits if hit[1] in ("duplicate", "not_ours", "withdrawn")]
    return max(special or hits, default=(0, ""))[1]


def _share(found: list[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
