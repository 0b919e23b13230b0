"""One finding, and how the rules read the facts."""

from dataclasses import dataclass, field
from typing import Any

from web.report.document import FEWEST

Facts = dict[str, Any]
GOOD, WARN, BAD, PLAIN = "good", "warn", "bad", ""


@dataclass(frozen=True)
class Finding:
    """A sentence (`says` with `values`) and the `figure` that backs it; `asks` is what is to be decided.

    A value is a number, a plain text, or one of {"share": [part, whole]}, {"name": [by, key]},
    {"code": [context, code]}, {"change": [now, before]}, {"day": iso}, {"between": [iso, iso]},
    {"percent": x}.
    """

    says: str
    figure: str
    values: dict[str, Any] = field(default_factory=dict)
    tone: str = PLAIN
    asks: str = ""


def count(row: dict[str, Any] | None, name: str) -> int:
    """A count of a row of figures; what is not written down is none."""
    return int(row["counts"].get(name, 0)) if row else 0


def share(row: dict[str, Any] | None, name: str) -> tuple[int, int]:
    """(part, whole) of a ratio; (0, 0) where there was nothing to judge."""
    part, whole = row["ratios"].get(name, (0, 0)) if row else (0, 0)
    return part, whole


def either(number: int, one: str, many: str) -> str:
    """The message for one, or for any other number."""
    return one if number == 1 else many


def change(now: int, was: int) -> dict[str, Any]:
    """A change to be said: in percent, or as a difference where the base is small."""
    return {"change": [now, was]}


def finest(facts: Facts) -> tuple[str, str]:
    """What to compare part by part, and the figure that shows it: of one group alone, its categories."""
    groups = [one for one in facts["divisions"]["group"] if count(one, "received")]
    return ("group", "groups") if len(groups) > 1 else ("category", "categories")


def most_moved(facts: Facts, by: str, name: str) -> tuple[str, int, int] | None:
    """(key, now, before) of the part that moved most; None where the base is too small to speak of moves."""
    if facts["before"] is None:
        return None
    now = {one["key"]: count(one, name) for one in facts["divisions"][by]}
    was = {one["key"]: count(one, name) for one in facts["divisions_before"][by]}
    if max(sum(now.values()), sum(was.values())) < FEWEST:
        return None
    rises = sum(now.values()) >= sum(was.values())
    moved = {key: now.get(key, 0) - was.get(key, 0) for key in {*now, *was} if key}
    if not moved:
        return None
    key = max(sorted(moved), key=lambda each: moved[each] if rises else -moved[each])
    if not moved[key]:
        return None
    return key, now.get(key, 0), was.get(key, 0)
