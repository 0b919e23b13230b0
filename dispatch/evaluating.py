"""How good learning is where the labels are known: each matter is judged by what never saw it. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from dispatch import learning
from dispatch.learning import Example, Learned


@dataclass(frozen=True)
class Tried:
    """One matter: its label, what was thought (None: nothing), and whether that was sure enough."""

    label: str
    thought: str | None
    sure: bool

    @property
    def right(self) -> bool:
        return self.label == self.thought


@dataclass(frozen=True)
class OfLabel:
    """How one label fared. `number` of matters, `thought` how often it was said."""

    label: str
    number: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """What came of a trial. Shares are between 0 and 1."""

    tried: tuple[Tried, ...]

    @property
    def accuracy(self) -> float:
        """Share that is right when nothing is left to the desk."""
        return _share([one.right for one in self.tried])

    @property
    def left(self) -> float:
        """Share that is left to the desk."""
        return _share([not one.sure for one in self.tried])

    @property
    def accuracy_when_sure(self) -> float:
        """Share that is right of what is not left to the desk."""
        return _share([one.right for one in self.tried if one.sure])

    @property
    def macro_f1(self) -> float:
        """The mean of the labels' F1, each label counting the same."""
        by_label = self.by_label()
        return sum(one.f1 for one in by_label) / len(by_label) if by_label else 0.0

    def by_label(self) -> list[OfLabel]:
        """Every label, the most frequent first."""
        number = Counter(one.label for one in self.tried)
        thought = Counter(one.thought for one in self.tried)
        right = Counter(one.label for one in self.tried if one.right)
        return [
            OfLabel(
                label,
                of,
                right[label] / thought[label] if thought[label] else 0.0,
                right[label] / of,
                2 * right[label] / (of + thought[label]),
            )
            for label, of in sorted(number.items(), key=lambda pair: (-pair[1], pair[0]))
        ]


def evaluate(
    examples: Sequence[Example],
    folds: int,
    least_p: float,
    least_margin: float,
    progress: Callable[[int], None] = lambda done: None,
) -> Evaluation:
    """Judge every example by what the other folds taught. Raises ValueError for fewer examples than folds.

    The examples are shuffled the same way every time; every label is dealt evenly into the folds.
    """
    if folds < 2 or len(examples) < folds:
        raise ValueError("fewer examples than folds")
    mixed = list(examples)
    Random(0).shuffle(mixed)
    dealt = learning.folds([one.label for one in mixed], folds)
    tried: list[Tried] = []
    for held in range(folds):
        known = [one for one, fold in zip(mixed, dealt, strict=True) if fold != held]
        asked = [one for one, fold in zip(mixed, dealt, strict=True) if fold == held]
        tried += judge_all(known, asked, least_p, least_margin)
        progress(held + 1)
    return Evaluation(tuple(tried))


def judge_all(
    known: Sequence[Example], asked: Sequence[Example], least_p: float, least_margin: float
) -> list[Tried]:
    """What is thought of `asked` after learning `known`."""
    return judge_with(learning.learn(known), asked, least_p, least_margin)


def judge_with(
    learned: Learned, asked: Sequence[Example], least_p: float, least_margin: float
) -> list[Tried]:
    """What is thought of `asked` by what was learned before."""
    opinions = ((one.label, learned.weigh(one.item, one.description)) for one in asked)
    return [Tried(label, said.label, said.is_sure(least_p, least_margin)) for label, said in opinions]


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held) if held else 0.0
