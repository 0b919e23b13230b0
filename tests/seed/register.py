"""The requirement rows of the customer's three articles, one per line of `requirements.csv`.

An id is its family's letter and the clause it comes from: `K5.3` is article 2 §5 point 3, `P4.6.2` article 1
clause 4.6.2, `M4.7.6` article 3 clause 4.7.6, `F4` the fourth missing figure. A range or list of clauses that
make one demand is one row, written with a plain hyphen: `P4.7.3.1-2`.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.csv")

FAMILIES = {
    "K": "Article 2: the customer service centre",
    "F": "The six missing figures",
    "P": "Article 1: property operations control",
    "M": "Article 3: the appliance maker",
}

TAGS = {
    "L": "the core loop",
    **{f"D{number}": f"duty {number} of the centre" for number in range(1, 10)},
    "P": "property operations",
    "M": "appliance maker",
    "C": "the company's side",
    "V": "size and kind of office",
    "F": "figure missing from the seed",
}


class BadRegister(ValueError):
    """A row of the register cannot be used; the message names its id."""


@dataclass(frozen=True)
class Requirement:
    """One demand. `sentence` completes "The hub must …"; `term` is the seed's own wording, shortened."""

    id: str
    term: str
    sentence: str
    tags: tuple[str, ...]

    @property
    def family(self) -> str:
        return self.id[0]


def read(path: Path = REQUIREMENTS) -> dict[str, Requirement]:
    """Every requirement by id, in the order of the file. Raises BadRegister, naming the row at fault."""
    with path.open(encoding="utf-8", newline="") as file:
        return _by_id(_requirement(row) for row in csv.DictReader(file, strict=True))


def _requirement(row: dict[str, str]) -> Requirement:
    requirement = Requirement(row["id"], row["term"], row["requirement"], tuple((row["tags"] or "").split()))
    if not (requirement.term and requirement.sentence and requirement.tags):
        raise BadRegister(f"{requirement.id}: a cell is empty")
    if requirement.id[:1] not in FAMILIES:
        raise BadRegister(f"{requirement.id}: no family {requirement.id[:1]!r}")
    if unknown := sorted(set(requirement.tags) - TAGS.keys()):
        raise BadRegister(f"{requirement.id}: no tag {', '.join(unknown)}")
    return requirement


def _by_id(requirements: Iterable[Requirement]) -> dict[str, Requirement]:
    register: dict[str, Requirement] = {}
    for requirement in requirements:
        if requirement.id in register:
            raise BadRegister(f"{requirement.id}: stands there twice")
        register[requirement.id] = requirement
    return register
