"""The dispatch rules, each with what it would have caught last month."""

from typing import Any

from sqlmodel import col, select

from dispatch import foreseeing
from dispatch.foreseeing import DRAFT
from hub import catalogue
from hub.catalogue import KINDS, PRIORITIES, Rule
from hub.estate import Building
from hub.organisation import Department
from hub.setup import rules
from hub.setup.change import Values
from hub.setup.rules import HOURS, MODES, PROPERTY_TYPES, RULE
from web.pages.settings.topic import ADD, Desk, Field, Row, Topic
from web.words import N_


def _rows(desk: Desk) -> list[Row]:
    caught = foreseeing.counts(desk.tx, desk.office)
    say = desk.words
    return [
        Row(
            key=str(rule.id),
            title=f"{rule.rank} · {_called(desk, rule.name)}",
            notes=(
                say.label(rule.mode, "rule mode"),
                *((rule.department,) if rule.department else ()),
                say.ngettext(
                    "%(num)s matter last month", "%(num)s matters last month", caught.get(rule.id, 0)
                ),
            ),
            is_changed=not rules.is_delivered(rule),
        )
        for rule in rules.of_office(desk.tx, desk.office)
    ]


def _fields(desk: Desk, key: str) -> tuple[Field, ...]:
    say, office = desk.words, desk.office
    every = say.gettext("any")
    departments = desk.tx.scalars(
        select(Department).where(Department.office_id == office.id, col(Department.ended_at).is_(None))
    )
    buildings = desk.tx.scalars(select(Building).where(Building.office_id == office.id))
    book = catalogue.of(desk.tx, office).categories
    groups = {one.group_code: one.group_name(say.locale) for one in book.values()}
    leaves = {one.code: one.name(say.locale) for one in book.values()}
    tree = sorted({**groups, **leaves}.items())
    return (
        Field("rank", "number", hint=say.gettext("the first rule that fits decides"), is_required=True),
        Field("name", is_required=True),
        Field("kind", "choice", desk.coded(KINDS, "kind"), blank=every),
        Field("category", "choice", tuple((code, f"{code} {name}") for code, name in tree), blank=every),
        Field("priority", "choice", desk.coded(PRIORITIES, "priority"), blank=every),
        Field("building", "choice", tuple((one.code, one.name) for one in buildings), blank=every),
        Field("property_type", "choice", desk.coded(PROPERTY_TYPES, "property type"), blank=every),
        Field("hours", "choice", desk.coded(HOURS[1:], "rule hours"), blank=every),
        Field(
            "department",
            "choice",
            tuple((one.code, f"{one.code} {one.name}") for one in departments),
            blank=say.gettext("as the category has it"),
        ),
        Field("mode", "choice", desk.coded(MODES, "rule mode")),
    )


def _called(desk: Desk, name: str) -> str:
    """A rule's name: a delivered one in the reader's language, the office's own as it was written."""
    is_delivered = any(row["name"] == name for row in rules.delivered())
    return desk.words.label(name, "delivered rule") if is_delivered else name


def _title(desk: Desk, key: str, values: Values) -> str:
    return _called(desk, values["name"]) if values.get("name") else desk.words.gettext("New rule")


def _fresh(desk: Desk) -> Values:
    last = max((rule.rank for rule in rules.of_office(desk.tx, desk.office)), default=0)
    return dict.fromkeys(rules.FIELDS, "") | {"rank": min(last, 50), "mode": "supervisor"}


def _foresight(desk: Desk, key: str, draft: Values | None) -> dict[str, Any]:
    """What the rule as it stands, or as the form has it, would have caught."""
    values = draft if draft is not None else RULE.read(desk.tx, desk.office, key)
    if values is None:
        return {}
    rule = Rule(id=DRAFT if key == ADD else int(key), office_id=desk.office.id, **values)
    return {"foresight": foreseeing.foresee(desk.tx, desk.office, rule), "is_draft": draft is not None}


RULES = Topic(
    slug="rules",
    subject=RULE,
    rows=_rows,
    fields=_fields,
    title=_title,
    about=N_(
        "The first rule that fits decides the department, and whether a supervisor or a worker gets it."
    ),
    fresh=_fresh,
    ending="end",
    resetting=rules.reset,
    can_reset=lambda desk: rules.is_changed(desk.tx, desk.office),
    beside=_foresight,
    beside_template="settings/_foresight.html",
)
