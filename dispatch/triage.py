"""What a matter is, how urgent, and why: category words decide, and where they do not, the desk does.

Pure: no database, no clock. Wrong is worse than unsure, but a possible emergency is never played down.
Source: domain.md §4 (category tree); seed article 2 §1 (the centre judges, then dispatches).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hub import data, words

Found = dict[int, int]  # term -> where it starts in its sentence

EMERGENCY = "emergency"
DEFAULT_PRIORITY = "P3"
URGENT = "P1"

ITEM_WEIGHT = 1.5  # the item is what the caller asks for; the description is how it came about
SECOND_HIT = 0.5  # each further phrase of a leaf says half as much as the one before it
ENOUGH = 2.0  # one clear phrase in the description, or a good one in the item
MARGIN = 1.0
ASKING = 1.5  # "how much", "投诉": added to a leaf of that kind which words already speak for
NEAR = 0.7  # an emergency this near to the best leaf is taken for the emergency
REACH = 12  # units between the parts of one phrase: farther apart they belong to different things
REACH_OF_SIGNS = 4
OWN_NAME = 3  # weight of a leaf's own name and of an office's own words


@dataclass(frozen=True)
class Phrase:
    """One row of words.csv. Parts joined by + stand near each other in any order; / separates alternatives.

    Code: of a leaf, `kind:enquiry` (how it is said), or `set:lift` (alternatives others name as <lift>).
    Weight 1–3 speaks for the code, below 0 against it; 0 only hides shorter phrases: 消防演习 is no fire.
    """

    code: str
    text: str
    weight: int
    locale: str = ""


@dataclass(frozen=True)
class Leaf:
    """What triage needs of a category; `phrases` are its names and the office's own words for it."""

    code: str
    kind: str
    priority: str
    department: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Why:
    """One reason. `what`: category | kind | priority. `because`: raw words or codes, "; " between two leaves.

    `source`, for the caller to translate: desk | caller | words | category | default | no words |
    weak words | two fit | maybe emergency; `dispatch.judging` adds its own.
    """

    what: str
    because: str
    source: str

    def as_fact(self) -> dict[str, Any]:
        """The reason as it is recorded and answered."""
        return {"what": self.what, "because": self.because, "source": self.source}


@dataclass(frozen=True)
class Judgement:
    """`sure` False means category None: the desk decides. `runners_up`: three other codes, best first."""

    kind: str | None
    category: str | None
    priority: str
    sure: bool
    why: tuple[Why, ...]
    runners_up: tuple[tuple[str, float], ...] = ()


def known_phrases() -> tuple[Phrase, ...]:
    """The phrases that come with the hub (words.csv)."""
    return tuple(Phrase(r["code"], r["phrase"], int(r["weight"]), r["locale"]) for r in data.read("words"))


@dataclass(frozen=True, eq=False)
class _Rule:
    code: str
    weight: int
    parts: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class _Hit:
    weight: int
    value: float
    terms: frozenset[int]


@dataclass(frozen=True)
class _Score:
    code: str
    score: float
    strong: bool
    said: tuple[str, ...]


class Wordbook:
    """Leaves and phrases, compiled once; read-only afterwards, so threads may share it.

    Phrases of codes that are not among `leaves` are left out: an office may have closed a category.
    Raises ValueError for a phrase without words or with an unknown <set>.
    """

    def __init__(self, leaves: Iterable[Leaf], phrases: Iterable[Phrase] | None = None) -> None:
        self.leaves = {leaf.code: leaf for leaf in leaves}
        self._terms = words.Terms()
        self._rules: dict[int, list[_Rule]] = defaultdict(list)
        given = known_phrases() if phrases is None else tuple(phrases)
        sets: dict[tuple[str, str], list[str]] = defaultdict(list)
        for phrase in given:
            if phrase.code.startswith("set:"):
                sets[f"<{phrase.code.removeprefix('set:')}>", phrase.locale].append(phrase.text)
        for phrase in given:
            if phrase.code in self.leaves or phrase.code.startswith("kind:"):
                parts = [self._part(part, phrase, sets) for part in phrase.text.split("+")]
                self._add(_Rule(phrase.code, phrase.weight, tuple(parts)))
        for leaf in self.leaves.values():
            for name in leaf.phrases:
                self._add(_Rule(leaf.code, OWN_NAME, (frozenset({self._terms.add(name)}),)))

    def scores(self, item: str, description: str) -> list[_Score]:
        """Every code (leaf or kind:…) that words speak for, best first."""
        asked = [self._terms.find(sentence) for sentence in words.units(item)]
        told = [self._terms.find(sentence) for sentence in words.units(description)]
        topic = asked[0] if asked else {}
        hits: dict[_Rule, _Hit] = {}
        for found in asked:
            self._match(found, {}, ITEM_WEIGHT, hits)
        for found in told:
            self._match(found, topic, 1.0, hits)
        whole = {hit.terms for hit in hits.values()}
        by_code: dict[str, list[_Hit]] = defaultdict(list)
        for rule, hit in hits.items():
            # "lift … noise" has spoken for its noise: the word alone no longer speaks for another leaf
            if not any(hit.terms < other for other in whole):
                by_code[rule.code].append(hit)
        scored = (self._score(code, found) for code, found in by_code.items())
        return sorted((s for s in scored if s.score > 0), key=lambda s: (-s.score, s.code))

    def _part(self, part: str, phrase: Phrase, sets: dict[tuple[str, str], list[str]]) -> frozenset[int]:
        choices: list[str] = []
        for choice in map(str.strip, part.split("/")):
            if choice.startswith("<") and (choice, phrase.locale) not in sets:
                raise ValueError(f"{phrase.code}: no set {choice} in {phrase.locale}")
            choices += sets[choice, phrase.locale] if choice.startswith("<") else [choice]
        return frozenset(self._terms.add(choice) for choice in choices)

    def _add(self, rule: _Rule) -> None:
        for term in rule.parts[0]:
            self._rules[term].append(rule)

    def _match(self, found: Found, topic: Found, factor: float, hits: dict[_Rule, _Hit]) -> None:
        """Rules whose parts stand close together in the sentence, or one there and one in the topic."""
        for first in found | topic:
            for rule in self._rules.get(first, ()):
                if rule in hits:
                    continue
                terms = [first, *(self._nearest(part, first, found, topic) for part in rule.parts[1:])]
                if -1 not in terms and not found.keys().isdisjoint(terms):
                    hits[rule] = _Hit(rule.weight, rule.weight * factor, frozenset(terms))

    def _nearest(self, part: frozenset[int], first: int, found: Found, topic: Found) -> int:
        """The term of `part` nearest to `first`, or -1 when none is within reach."""
        if first in found and (near := part & found.keys()):
            best = min(near, key=lambda term: (abs(found[term] - found[first]), term))
            signs = self._terms.is_one_sign(best) and self._terms.is_one_sign(first)
            if abs(found[best] - found[first]) <= (REACH_OF_SIGNS if signs else REACH):
                return best
        across = part & (topic.keys() if first in found else found.keys())
        return min(across, default=-1)

    def _score(self, code: str, hits: list[_Hit]) -> _Score:
        speaking = sorted(
            (hit for hit in hits if hit.value > 0), key=lambda hit: (-hit.value, min(hit.terms))
        )
        against = sum(hit.value for hit in hits if hit.value < 0)
        score = sum(hit.value * SECOND_HIT**n for n, hit in enumerate(speaking)) + against
        said = (" … ".join(map(self._terms.text, sorted(hit.terms))) for hit in speaking[:4])
        return _Score(code, score, any(hit.weight >= 3 for hit in speaking), tuple(dict.fromkeys(said)))


def judge(
    book: Wordbook, item: str, description: str, *, kind: str | None = None, category: str | None = None
) -> Judgement:
    """Kind, category and priority of one matter, each with its reason.

    `category` chosen by the desk wins; `kind` said by the caller narrows where words of that kind are found.
    Raises KeyError when the desk's category is no leaf of this book.
    """
    if category is not None:
        return _chosen(book.leaves[category], kind)
    heard = book.scores(item, description)
    manner = {s.code.removeprefix("kind:"): s for s in heard if s.code.startswith("kind:")}
    ranked = _favoured(book, [s for s in heard if s.code in book.leaves], manner)
    fitting = [s for s in ranked if book.leaves[s.code].kind == kind] or ranked
    danger = next((s for s in ranked if _dangerous(book, s)), None)
    best = _best(book, fitting)
    if best is not None and danger is not None and book.leaves[best.code].kind != EMERGENCY:
        # said beside something else, or against the caller's kind: still nobody may miss it
        fitting, best = [best, danger], None
    if best is None:
        said = Why("kind", kind, "caller") if kind else None
        kind, said = (kind, said) if said else _kind_without_category(book, fitting, manner)
        priority, because = _urgency(danger, kind, said)
        why = tuple(reason for reason in (_doubt(fitting), said, because) if reason)
        return Judgement(kind, None, priority, False, why, _others(ranked, None))
    leaf = book.leaves[best.code]
    reasons = (Why("category", ", ".join(best.said), "words"), *_kind_and_priority_why(leaf, kind))
    return Judgement(
        kind or leaf.kind, leaf.code, _priority(leaf, kind), True, reasons, _others(ranked, leaf.code)
    )


def _favoured(book: Wordbook, scored: list[_Score], manner: dict[str, _Score]) -> list[_Score]:
    """Asking, complaining and praising lift leaves of that kind that are there; they bring in none."""
    lifted = [replace(s, score=s.score + ASKING) if book.leaves[s.code].kind in manner else s for s in scored]
    return sorted(lifted, key=lambda s: (-s.score, s.code))


def _dangerous(book: Wordbook, scored: _Score) -> bool:
    return book.leaves[scored.code].kind == EMERGENCY and scored.strong and scored.score >= ENOUGH


def _best(book: Wordbook, fitting: list[_Score]) -> _Score | None:
    """The leaf that is clear: enough said for it and more than for the next; or an emergency near it."""
    if not fitting or fitting[0].score < ENOUGH:
        return None
    dangers = [s for s in fitting if _dangerous(book, s) and s.score >= NEAR * fitting[0].score]
    if dangers:
        return dangers[0] if len(dangers) == 1 or dangers[0].score > dangers[1].score else None
    clear = len(fitting) == 1 or fitting[0].score - fitting[1].score >= MARGIN
    return fitting[0] if clear else None


def _urgency(danger: _Score | None, kind: str | None, said: Why | None) -> tuple[str, Why]:
    """The priority while the desk has not decided, and its reason."""
    if said is not None and kind == EMERGENCY:
        return URGENT, Why("priority", EMERGENCY, said.source)
    if danger is not None:
        return URGENT, Why("priority", f"{danger.code}: {', '.join(danger.said)}", "maybe emergency")
    return DEFAULT_PRIORITY, Why("priority", DEFAULT_PRIORITY, "default")


def _doubt(fitting: list[_Score]) -> Why:
    if not fitting:
        return Why("category", "", "no words")
    if fitting[0].score < ENOUGH:
        return Why("category", ", ".join(fitting[0].said), "weak words")
    return Why("category", "; ".join(f"{s.code}: {', '.join(s.said)}" for s in fitting[:2]), "two fit")


def _kind_without_category(
    book: Wordbook, fitting: list[_Score], manner: dict[str, _Score]
) -> tuple[str | None, Why | None]:
    kinds = {book.leaves[s.code].kind for s in fitting[:2]}
    if len(kinds) == 1 and fitting[0].score >= ENOUGH:
        return kinds.pop(), Why("kind", ", ".join(s.code for s in fitting[:2]), "category")
    if manner:
        spoken, said = max(manner.items(), key=lambda pair: pair[1].score)
        return spoken, Why("kind", ", ".join(said.said), "words")
    return None, None


def _chosen(leaf: Leaf, kind: str | None) -> Judgement:
    reasons = (Why("category", leaf.code, "desk"), *_kind_and_priority_why(leaf, kind))
    return Judgement(kind or leaf.kind, leaf.code, _priority(leaf, kind), True, reasons)


def _priority(leaf: Leaf, kind: str | None) -> str:
    return URGENT if kind == EMERGENCY else leaf.priority


def _kind_and_priority_why(leaf: Leaf, kind: str | None) -> tuple[Why, Why]:
    said = Why("kind", kind, "caller") if kind else Why("kind", leaf.code, "category")
    urgent = kind == EMERGENCY
    return said, Why("priority", EMERGENCY, "caller") if urgent else Why("priority", leaf.code, "category")


def _others(ranked: list[_Score], code: str | None) -> tuple[tuple[str, float], ...]:
    return tuple((s.code, round(s.score, 2)) for s in ranked if s.code != code)[:3]
