"""How an office treats a category: who, how urgent, how fast, called back or not, and its own words for it.

The tree itself is the company's; the office keeps only where it deviates (policy `categories`).
Source: domain.md §4 ("all values are settings").
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, or_, select

from hub import deviations
from hub.access import Actor
from hub.catalogue import ALWAYS, ASSIGN, NEVER, PAPERS, PRIORITIES, SAMPLED, Category
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Department, Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

CALLBACKS = (ALWAYS, SAMPLED, NEVER)
LONGEST_VISIT = 10_000  # minutes


def delivered(tx: Tx, office: Office, code: str) -> Values | None:
    """The category as the company has it, without what this office set."""
    row = tx.exec_one(
        select(Category).where(
            Category.company_id == office.company_id,
            or_(col(Category.office_id).is_(None), col(Category.office_id) == office.id),
            Category.code == code,
            ~col(Category.is_ended),
        )
    )
    return (
        None if row is None else {name: getattr(row, name) for name in deviations.OF_CATEGORY} | {"words": []}
    )


def _read(tx: Tx, office: Office, code: str) -> Values | None:
    base = delivered(tx, office, code)
    return None if base is None else base | deviations.of(office, deviations.CATEGORIES).get(code, {})


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "department": given.one_of("department", departments(tx, office)),
        "priority": given.one_of("priority", PRIORITIES),
        "respond": given.limit("respond"),
        "on_site": given.limit("on_site"),
        "resolve": given.limit("resolve"),
        "callback": given.one_of("callback", CALLBACKS),
        "assign": given.one_of("assign", ASSIGN),
        "trade": given.text("trade"),
        "paper": given.one_of("paper", PAPERS),
        "minutes": given.whole("minutes", 1, LONGEST_VISIT),
        "words": given.several("words"),
    }
    if values["paper"] and not values["trade"]:
        given.refuse("trade", HubError("say which certificate the work asks for"))
    given.finish()
    return values


def _write(tx: Tx, actor: Actor, office: Office, code: str, values: Values | None) -> str:
    deviations.put(office, deviations.CATEGORIES, code, values, delivered(tx, office, code) or {})
    return code


def departments(tx: Tx, office: Office) -> list[str]:
    """The codes a category may go to: the office's departments, and those that only the company has."""
    own = tx.scalars(
        select(Department.code).where(Department.office_id == office.id, col(Department.ended_at).is_(None))
    ).all()
    named = tx.scalars(select(Category.department).where(Category.company_id == office.company_id).distinct())
    return sorted({*own, *named})


CATEGORY = Subject("category", (*deviations.OF_CATEGORY, "words"), _read, _check, _write)
