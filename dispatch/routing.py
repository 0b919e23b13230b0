"""Which department, and which way: its supervisor first, or straight to a worker. Rules are data.

The first rule that fits decides; when none does, the matter stays with the desk, and says why.
Source: seed 2-1 remark 3 (K1.7), 2-3 (F2: belongs to us?); domain.md §4.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub import clock, standing
from hub.catalogue import Catalogue, Category, Rule
from hub.database import Tx
from hub.estate import Room
from hub.organisation import Department, Office

DESK = "desk"


@dataclass(frozen=True)
class Matter:
    """What routing looks at."""

    kind: str | None
    priority: str
    category: Category | None
    building: str
    property_type: str
    is_office_open: bool


@dataclass(frozen=True)
class Route:
    """Where a matter goes: `department` None means the desk keeps it. `rule` and `because` say why."""

    department: Department | None
    mode: str
    rule: str
    because: str

    def why(self) -> dict[str, Any]:
        return {
            "what": "department",
            "department": self.department.code if self.department else None,
            "mode": self.mode,
            "rule": self.rule,
            "because": self.because,
        }


def matter(
    tx: Tx,
    office: Office,
    book: Catalogue,
    kind: str | None,
    priority: str,
    category: Category | None,
    room: Room | None,
    at: datetime | None = None,
) -> Matter:
    """Gather what the rules look at."""
    building = standing.of(tx).buildings.get(room.building_id) if room and room.building_id else None
    return Matter(
        kind=kind,
        priority=priority,
        category=category,
        building=building.code if building else "",
        property_type=building.property_type if building else office.property_type,
        is_office_open=book.office_hours.is_open(at or clock.now()),
    )


def route(tx: Tx, office: Office, book: Catalogue, seen: Matter) -> Route:
    """The department and the way for this matter, by the first rule that fits."""
    if seen.category is None:
        return Route(None, DESK, "", "no category yet: the desk decides")
    rule = first(book, seen)
    if rule is None:
        return Route(None, DESK, "", "no rule fits: the desk decides")
    return _by_rule(tx, office, rule, seen.category)


def first(book: Catalogue, seen: Matter) -> Rule | None:
    """The rule that decides: the first that fits."""
    return next((rule for rule in book.rules if fits(rule, seen)), None)


def fits(rule: Rule, seen: Matter) -> bool:
    """Whether every condition of the rule holds; a blank one always does, a category is a prefix."""
    category = seen.category.code if seen.category else ""
    hours = "open" if seen.is_office_open else "closed"
    return (
        rule.kind in ("", seen.kind)
        and category.startswith(rule.category)
        and rule.priority in ("", seen.priority)
        and rule.building in ("", seen.building)
        and rule.property_type in ("", seen.property_type)
        and rule.hours in ("", hours)
    )


def _by_rule(tx: Tx, office: Office, rule: Rule, category: Category) -> Route:
    code = rule.department or category.department
    found = standing.of(tx).departments.get((office.id, code))
    if rule.mode == DESK or (found is not None and found.is_centre):
        return Route(None, DESK, rule.name, "the centre handles this itself")
    if found is None:
        return Route(None, DESK, rule.name, f"this office has no department {code}")
    return Route(found, rule.mode, rule.name, f"category {category.code}")
