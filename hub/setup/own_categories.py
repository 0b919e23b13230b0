"""The leaves an office adds to its company's category tree (分類): what only happens here.

A leaf is added below one of the groups; how fast and by whom it is served is set like that of any other leaf
(hub.setup.categories). One that has ended takes no new matter; those that have it keep it.
Source: domain.md §4 ("all values are settings"), screens.md (/settings).
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from hub import catalogue
from hub.access import Actor
from hub.catalogue import CALLBACK_OF_KIND, KINDS, PRIORITIES, Category
from hub.database import Tx
from hub.errors import BadInput, HubError
from hub.organisation import Office
from hub.setup import categories
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

FIELDS = ("group", "en", "zh_hans", "zh_hant", "kind", "department", "priority", "demands")
NAMES = ("en", "zh_hans", "zh_hant")
FIRST_OWN = 51  # the numbers below are the company's


def of_office(tx: Tx, office: Office) -> list[Category]:
    """The office's own leaves that run, by code."""
    return [row for row in catalogue.of(tx, office).categories.values() if row.office_id == office.id]


def groups(tx: Tx, office: Office) -> dict[str, Category]:
    """The groups of the tree by code, each as one of its leaves, which knows what it is called."""
    return {row.group_code: row for row in catalogue.of(tx, office).by_id.values()}


def _row(tx: Tx, office: Office, code: str) -> Category | None:
    return tx.exec_one(select(Category).where(Category.office_id == office.id, Category.code == code))


def _read(tx: Tx, office: Office, code: str) -> Values | None:
    row = _row(tx, office, code)
    if row is None or row.is_ended:
        return None
    return {name: getattr(row, name) for name in FIELDS if name != "group"} | {"group": row.group_code}


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "group": given.one_of("group", groups(tx, office)),
        **{name: given.text(name) for name in NAMES},
        "kind": given.one_of("kind", KINDS),
        "department": given.one_of("department", categories.departments(tx, office)),
        "priority": given.one_of("priority", PRIORITIES),
        "demands": given.several("demands"),
    }
    if not any(values[name] for name in NAMES):
        given.refuse(office.locale.lower().replace("-", "_"), HubError("give it a name in one language"))
    given.finish()
    return values


def _write(tx: Tx, actor: Actor, office: Office, code: str, values: Values | None) -> str:
    row = _row(tx, office, code) if code else None
    if row is not None and values is not None and values["group"] != row.group_code:
        raise BadInput("group", "a code stays; matters and rules name it")
    if row is None:
        assert values is not None
        row = Category(company_id=office.company_id, office_id=office.id, **_placed(tx, office, values))
        tx.add(row)
    row.is_ended = values is None
    if values is not None:
        for name in ("kind", "department", "priority", "demands"):
            setattr(row, name, values[name])
        # a reader of another language sees the name that there is
        spoken = next(values[name] for name in NAMES if values[name])
        row.en, row.zh_hans, row.zh_hant = (values["en"] or spoken, values["zh_hans"], values["zh_hant"])
    return row.code


def _placed(tx: Tx, office: Office, values: Values) -> Values:
    """A new leaf's place in the tree: its group, and the next of the office's own numbers in it."""
    group = groups(tx, office)[values["group"]]
    tree = catalogue.of(tx, office).by_id.values()
    ends = [row.code.rpartition("-")[2] for row in tree if row.group_code == group.group_code]
    last = max((int(end) for end in ends if end.isdecimal()), default=0)
    return {
        "code": f"{group.group_code}-{max(FIRST_OWN, last + 1):02}",
        "callback": CALLBACK_OF_KIND[values["kind"]],
        **{
            name: getattr(group, name)
            for name in ("group_code", "group_en", "group_zh_hans", "group_zh_hant")
        },
        **{name: values[name] for name in ("en", "kind", "department", "priority")},
    }


OWN_CATEGORY = Subject("own_category", FIELDS, _read, _check, _write)
