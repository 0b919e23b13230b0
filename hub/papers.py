"""Certificates (證書): how one stands on a day, and what the work may ask of it.

Source: seed P4.2.2b (特殊工種證 + 專項測驗), D8 (alert before expiry).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Field, SQLModel

from hub.catalogue import REQUIRED, Category

VALID, UNTESTED, EXPIRED, NOT_YET, MISSING = "valid", "untested", "expired", "not_yet", "missing"
_WORTH = (MISSING, NOT_YET, EXPIRED, UNTESTED, VALID)


class Qualification(SQLModel, table=True):
    """A certificate with its validity, and when the special test was passed (P4.2.2b).

    `warned` is how many days before its end it was last warned of, so each warning comes once.
    """

    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    trade: str
    certificate: str
    valid_from: date
    valid_until: date | None = None
    tested_on: date | None = None
    warned: int | None = None


@dataclass(frozen=True)
class Paper:
    """A certificate as it stands in the register."""

    trade: str
    certificate: str
    valid_from: date
    valid_until: date | None
    tested_on: date | None

    @property
    def ends(self) -> date:
        """The last day it holds; a day that never comes, where it has none."""
        return self.valid_until or date.max

    def state(self, day: date, asked: str) -> str:
        """How it stands on that day; the passed test counts where the work requires it."""
        if self.valid_from > day:
            return NOT_YET
        if self.ends < day:
            return EXPIRED
        if asked == REQUIRED and (self.tested_on is None or self.tested_on > day):
            return UNTESTED
        return VALID

    def is_renewed(self, held: Iterable["Paper"]) -> bool:
        """Whether another of these for the same trade holds longer."""
        return any(other.trade == self.trade and other.ends > self.ends for other in held)


def standing(held: Sequence[Paper], category: Category | None, day: date) -> str:
    """How a person's certificates stand for this work: `valid` also where the work asks for none."""
    if category is None or not category.paper or not category.trade:
        return VALID
    states = (paper.state(day, category.paper) for paper in held if paper.trade == category.trade)
    return max(states, key=_WORTH.index, default=MISSING)


def refuses(category: Category | None, state: str) -> bool:
    """Whether this work may not be given to somebody whose certificate stands so."""
    return category is not None and category.paper == REQUIRED and state != VALID
