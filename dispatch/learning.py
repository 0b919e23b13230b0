"""Learning to tell matters apart from matters already told apart: one linear machine per label, and a p.

Pure: no database, no clock; the same examples in the same order always teach the same. Which method, and what
else was tried: docs/decisions/0004.
"""

import json
import math
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import product

from dispatch import signs
from dispatch.separating import Row, separate
from dispatch.signs import Signs, Vector, Vocabulary

METHOD = "linear SVM, one label against the rest, on words and character pairs, calibrated"
COST = 1.0
FOLDS = 3  # one third is held back in turn, to see what a score is worth on texts never seen
ENOUGH_HELD_BACK = 600  # texts judged so; more tell the same
SLIGHT = 0.005  # a weight below this decides nothing and is not kept
CANDIDATES = 5  # labels that compete for a text
NONE_OF_THEM = 5.0  # the odds, before a word is said, that it is another matter altogether
HEATS = tuple(x / 2 for x in range(2, 25))
TRUSTS = (0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0)
USUAL_HEAT, USUAL_TRUST = 4.0, 3.5  # before anything is known
STUBBORN = 2.0  # how many texts that usual belief is worth
CAUTION = 0.65  # wrong is worse than unsure, and tomorrow's texts are less like these than these are alike
MOST_WORDS = 4
SHARED = 0.5  # of a word that speaks for the runner-up too, so much less is said of it


@dataclass(frozen=True)
class Example:
    """A matter told apart: its words, its label, how much it counts.

    `hint` is what else speaks for which label, from 0 to 1: in the hub, what the category words say.
    """

    item: str
    description: str
    label: str
    weight: float = 1.0
    hint: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Opinion:
    """Labels by p, the best first (empty: nothing to say), and the words that decided for the first."""

    ranked: tuple[tuple[str, float], ...]
    words: tuple[str, ...]

    @property
    def label(self) -> str | None:
        return self.ranked[0][0] if self.ranked else None

    @property
    def p(self) -> float:
        return self.ranked[0][1] if self.ranked else 0.0

    @property
    def margin(self) -> float:
        """How far the first is ahead of the second."""
        return self.p - (self.ranked[1][1] if len(self.ranked) > 1 else 0.0)

    def is_sure(self, least_p: float, least_margin: float) -> bool:
        return self.p >= least_p and self.margin >= least_margin


Weights = Sequence[Sequence[tuple[int, float]]]  # place of a sign -> (label, weight) of those it speaks of


@dataclass(frozen=True)
class Learned:
    """What was learned: `heat` turns a score into odds, `trust` a hint. Read-only: threads may share it."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Weights
    heat: float = USUAL_HEAT
    trust: float = USUAL_TRUST

    def weigh(
        self,
        item: str,
        description: str = "",
        hint: Mapping[str, float] | None = None,
        among: Collection[str] | None = None,
    ) -> Opinion:
        """What the matter is, as far as it can be told; `among` leaves other labels out."""
        vector = self.vocabulary.vector(signs.read(item, description))
        odds = _odds(self.scores(vector), hint or {}, self.heat, self.trust)
        if among is not None:
            odds = {label: value for label, value in odds.items() if label in among}
        ranked = _shares(odds)
        return Opinion(ranked, self._deciding(vector, [label for label, _ in ranked[:2]]))

    def scores(self, vector: Vector) -> dict[str, float]:
        """For each label: 0 where nothing speaks for it, 2 where everything does."""
        sums = [0.0] * len(self.labels)
        for place, strength in zip(*vector, strict=True):
            for label, weight in self.weights[place]:
                sums[label] += strength * weight
        return dict(zip(self.labels, sums, strict=True))

    def _deciding(self, vector: Vector, best: list[str]) -> tuple[str, ...]:
        """The words that speak most for the first label and less for the second."""
        numbers = [self.labels.index(label) if label in self.labels else -1 for label in best]
        if not numbers or numbers[0] < 0:
            return ()
        gains: dict[str, float] = {}
        for place, strength in zip(*vector, strict=True):
            said = dict(self.weights[place])
            second = said.get(numbers[1], 0.0) if len(numbers) > 1 else 0.0
            gains[self.vocabulary.signs[place]] = strength * (
                said.get(numbers[0], 0.0) - SHARED * max(second, 0.0)
            )
        return _without_parts(gains)


def learn(examples: Sequence[Example]) -> Learned:
    """Learn the labels of these examples. Raises ValueError where there is none."""
    if not examples:
        raise ValueError("nothing to learn from")
    texts = [signs.read(one.item, one.description) for one in examples]
    heat, trust = _calibrate(list(_held_back(examples, texts)))
    return _machine(examples, texts, heat * CAUTION, trust)


def dump(learned: Learned) -> bytes:
    """What was learned as bytes: compressed JSON, weights in thousandths. Nothing of it is ever run."""
    whole = {
        "method": METHOD,
        "labels": learned.labels,
        "signs": learned.vocabulary.signs,
        "telling": [round(value, 4) for value in learned.vocabulary.telling],
        "weights": [[[label, round(1000 * w)] for label, w in row] for row in learned.weights],
        "heat": learned.heat,
        "trust": learned.trust,
    }
    return zlib.compress(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def load(blob: bytes) -> Learned:
    """What `dump` wrote. Raises ValueError for anything else."""
    try:
        whole = json.loads(zlib.decompress(blob))
        weights = [tuple((label, w / 1000) for label, w in row) for row in whole["weights"]]
        vocabulary = Vocabulary(tuple(whole["signs"]), tuple(whole["telling"]))
        return Learned(tuple(whole["labels"]), vocabulary, weights, whole["heat"], whole["trust"])
    except (zlib.error, KeyError, TypeError, ValueError):
        raise ValueError("this is not what triage learned") from None


def folds(labels: Sequence[str], number: int) -> list[int]:
    """The fold of each: every label is dealt out evenly, in the order given."""
    dealt: list[int] = [0] * len(labels)
    by_label: dict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        by_label[label].append(place)
    in_turn = (place for label in sorted(by_label) for place in by_label[label])
    for turn, place in enumerate(in_turn):
        dealt[place] = turn % number
    return dealt


def _machine(
    examples: Sequence[Example],
    texts: Sequence[Signs],
    heat: float = USUAL_HEAT,
    trust: float = USUAL_TRUST,
) -> Learned:
    vocabulary = Vocabulary.of(texts)
    said: dict[tuple[Vector, str], float] = defaultdict(float)
    for text, example in zip(texts, examples, strict=True):
        said[vocabulary.vector(text), example.label] += example.weight
    # the same words said fifty times are not fifty times as true
    rows = [Row(*vector, weight=1 + math.log(max(weight, 1.0))) for (vector, _), weight in said.items()]
    labels = tuple(sorted({example.label for example in examples}))
    kept: list[list[tuple[int, float]]] = [[] for _ in vocabulary.signs]
    for number, label in enumerate(labels):
        belongs = [of == label for _, of in said]
        for place, weight in enumerate(separate(rows, belongs, len(kept), COST)):
            if abs(weight) >= SLIGHT:
                kept[place].append((number, round(weight, 3)))
    return Learned(labels, vocabulary, kept, heat, trust)


@dataclass(frozen=True)
class _Trial:
    """A text judged by a machine that had never seen it."""

    label: str
    scores: Mapping[str, float]
    hint: Mapping[str, float]


def _held_back(examples: Sequence[Example], texts: Sequence[Signs]) -> Iterator[_Trial]:
    fold = folds([example.label for example in examples], FOLDS)
    judged = 0
    for held in range(FOLDS):
        known = [place for place, of in enumerate(fold) if of != held]
        if not known or judged >= ENOUGH_HELD_BACK:
            return
        machine = _machine([examples[place] for place in known], [texts[place] for place in known])
        tried = [place for place, of in enumerate(fold) if of == held]
        step = max(1, len(tried) // ENOUGH_HELD_BACK)
        for place in tried[::step]:
            judged += 1
            one = examples[place]
            yield _Trial(one.label, machine.scores(machine.vocabulary.vector(texts[place])), one.hint)


def _calibrate(trials: Sequence[_Trial]) -> tuple[float, float]:
    """The heat and the trust under which what came true was least surprising."""
    hinted = any(trial.hint for trial in trials)
    choices = product(HEATS, TRUSTS if hinted else (USUAL_TRUST,))
    return min(choices, key=lambda choice: _surprise(trials, *choice))


def _surprise(trials: Sequence[_Trial], heat: float, trust: float) -> float:
    believed = math.log(heat / USUAL_HEAT) ** 2 + math.log(trust / USUAL_TRUST) ** 2
    found = 0.0
    for trial in trials:
        shares = dict(_shares(_odds(trial.scores, trial.hint, heat, trust)))
        found -= math.log(max(shares.get(trial.label, 0.0), 1e-4))
    return found + STUBBORN * believed


def _odds(
    scores: Mapping[str, float], hint: Mapping[str, float], heat: float, trust: float
) -> dict[str, float]:
    """What speaks for each label, as the logarithm of its odds."""
    odds = {label: heat * score for label, score in scores.items()}
    for label, value in hint.items():
        odds[label] = odds.get(label, 0.0) + trust * value
    return odds


def _shares(odds: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The p of the best few; what is missing to 1 is the p of every other matter."""
    best = nlargest(CANDIDATES, odds.items(), key=lambda pair: (pair[1], pair[0]))
    powers = [math.exp(min(value, 500.0)) for _, value in best]
    whole = sum(powers) + NONE_OF_THEM
    return tuple((label, power / whole) for (label, _), power in zip(best, powers, strict=True))


def _without_parts(gains: Mapping[str, float]) -> tuple[str, ...]:
    """The strongest words, the longer form where one is part of another (漏水 rather than 漏)."""
    found: list[str] = []
    for sign in nlargest(3 * MOST_WORDS, gains, key=lambda sign: (gains[sign], sign)):
        if gains[sign] <= 0 or sign == "#" or any(sign in other for other in found):
            continue
        found = [other for other in found if other not in sign] + [sign]
    return tuple(found[:MOST_WORDS])
