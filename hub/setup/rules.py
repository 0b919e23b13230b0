"""The dispatch rules of an office (派單規則): which matter goes to which department, and by which way.

Source: K1.7 (two ways of dispatch), domain.md §4.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import col, select

from hub import catalogue, defaults
from hub.access import Actor
from hub.catalogue import KINDS, PRIORITIES, Rule
from hub.database import Tx
from hub.errors import HubError
from hub.estate import Building
from hub.organisation import Department, Office
from hub.setup import rights
from hub.setup.change import NEW, Subject, Values, change
from hub.setup.checks import Said, id_of

FIELDS = (
    *("rank", "name", "kind", "category", "priority", "building"),
    *("property_type", "hours", "department", "mode"),
)
MODES = ("supervisor", "worker", "desk")
HOURS = ("", "open", "closed")
PROPERTY_TYPES = ("residential", "office", "mall", "industrial")
LAST = 9999


def of_office(tx: Tx, office: Office) -> list[Rule]:
    """The rules in force, in the order they are asked."""
    query = select(Rule).where(Rule.office_id == office.id, ~col(Rule.is_ended))
    return list(tx.scalars(query.order_by(col(Rule.rank), col(Rule.id))))


def delivered() -> Iterator[Values]:
    """The rules every office starts with."""
    for row in defaults.rows("rules"):
        yield {name: int(row[name]) if name == "rank" else row[name] for name in FIELDS}


def is_delivered(rule: Rule) -> bool:
    """Whether the rule stands as it was delivered."""
    return values_of(rule) in list(delivered())


def is_changed(tx: Tx, office: Office) -> bool:
    """Whether the rules in force are other than those delivered."""
    return [values_of(rule) for rule in of_office(tx, office)] != list(delivered())


def reset(tx: Tx, actor: Actor, office_code: str) -> None:
    """Take the whole set back to what was delivered, each step on record. Raises like `change`."""
    office = rights.office_to_set_up(tx, actor, office_code, RULE.step)
    for rule in of_office(tx, office):
        if not is_delivered(rule):
            change(tx, actor, office_code, RULE, str(rule.id), None)
    standing = [values_of(rule) for rule in of_office(tx, office)]
    for values in delivered():
        if values not in standing:
            change(tx, actor, office_code, RULE, NEW, values)


def values_of(rule: Rule) -> Values:
    return {name: getattr(rule, name) for name in FIELDS}


def check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    """The rule that was described. Raises BadInput naming every bad field."""
    given = Said(said)
    book = catalogue.of(tx, office).categories
    buildings = tx.scalars(select(Building.code).where(Building.office_id == office.id)).all()
    values: Values = {
        "rank": given.number("rank", 1, LAST),
        "name": given.text("name", required=True),
        "kind": given.one_of("kind", ("", *KINDS)),
        "category": given.text("category"),
        "priority": given.one_of("priority", ("", *PRIORITIES)),
        "building": given.one_of("building", ("", *buildings)),
        "property_type": given.one_of("property_type", ("", *PROPERTY_TYPES)),
        "hours": given.one_of("hours", HOURS),
        "department": given.one_of("department", ("", *_departments(tx, office))),
        "mode": given.one_of("mode", MODES),
    }
    if values["category"] and not any(code.startswith(values["category"]) for code in book):
        given.refuse("category", HubError("there is no such category"))
    given.finish()
    return values


def _departments(tx: Tx, office: Office) -> list[str]:
    """Those the office has, its centre among them."""
    running = select(Department.code).where(
        Department.office_id == office.id, col(Department.ended_at).is_(None)
    )
    return list(tx.scalars(running))


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    row = _row(tx, office, key)
    return None if row is None or row.is_ended else values_of(row)


def _row(tx: Tx, office: Office, key: str) -> Rule | None:
    row = tx.get(Rule, id_of(key))
    return row if row is not None and row.office_id == office.id else None


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    row = _row(tx, office, key)
    if row is None:
        row = Rule(office_id=office.id, rank=LAST, name="")
        tx.add(row)
    row.is_ended = values is None
    for name, value in (values or {}).items():
        setattr(row, name, value)
    tx.flush()
    return str(row.id)


RULE = Subject("rule", FIELDS, _read, check, _write)
