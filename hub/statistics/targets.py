"""Targets (目標): what an indicator should reach, and whether it does.

The defaults stand in hub/data/targets.csv with their sources; an office's own stand in its policy under
"targets", by the indicator's name. Source: domain.md §3.3 (rates promised), §7-2 (target, traffic light).
"""

from dataclasses import dataclass
from functools import cache

from hub import data
from hub.organisation import Office

MORE, LESS = "more", "less"
GOOD, NEAR, BAD, UNKNOWN = "good", "near", "bad", "unknown"
NEARLY = 0.05  # within five points of the target: yellow, not red


@dataclass(frozen=True)
class Target:
    """A share to reach (`better` is "more") or not to exceed ("less")."""

    value: float
    better: str

    def light(self, numerator: int, denominator: int) -> str:
        """The traffic light: "good", "near" (within five points), "bad", or "unknown" without a base."""
        if not denominator:
            return UNKNOWN
        share = numerator / denominator
        lacks = self.value - share if self.better == MORE else share - self.value
        return GOOD if lacks <= 0 else NEAR if lacks <= NEARLY else BAD


def of(office: Office | None) -> dict[str, Target]:
    """The targets by indicator: the office's own where it has set one, else the defaults."""
    own = office.policy.get("targets", {}) if office else {}
    return {
        name: Target(float(own.get(name, target.value)), target.better)
        for name, target in _defaults().items()
    }


@cache
def _defaults() -> dict[str, Target]:
    return {row["indicator"]: Target(float(row["target"]), row["better"]) for row in data.read("targets")}
