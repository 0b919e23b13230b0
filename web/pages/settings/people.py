"""The staff of an office: who they are, which roles they hold, how they sign in, and how they leave."""

from typing import Any

from hub import catalogue, standing
from hub.organisation import COMPANY_ROLES, ROLES, Role
from hub.setup import offices, people, places
from hub.setup.change import Values
from hub.setup.people import LOCALES, STAFF
from web.pages.settings.topic import Choices, Desk, Field, Row, Topic
from web.words import ENDONYMS, N_


def colleagues(desk: Desk) -> Choices:
    """Everybody of the office to choose from."""
    return tuple((one.login, one.name) for one in people.of_office(desk.tx, desk.office))


def work(desk: Desk) -> Choices:
    """The groups of the category tree, and its leaves."""
    book = catalogue.of(desk.tx, desk.office).categories.values()
    groups = {one.group_code: one.group_name(desk.words.locale) for one in book}
    leaves = {one.code: one.name(desk.words.locale) for one in book}
    return tuple((code, f"{code} {name}") for code, name in sorted({**groups, **leaves}.items()))


def _rows(desk: Desk) -> list[Row]:
    asked = desk.query.get("q", "").strip().casefold()
    return [
        Row(
            key=one.login,
            title=one.name,
            notes=(one.login, *(_held(desk, role) for role in people.roles_of(desk.tx, one))),
        )
        for one in people.of_office(desk.tx, desk.office)
        if asked in f"{one.name} {one.login} {one.staff_no}".casefold()
    ]


def _held(desk: Desk, role: Role) -> str:
    """A role with its department, or the office where that is another."""
    word = desk.words.label(role.role, "role")
    if role.office_id not in (None, desk.office.id):
        return f"{word} ({standing.of(desk.tx).offices[role.office_id].name})"
    unit = next(
        (one for one in offices.departments(desk.tx, desk.office) if one.id == role.department_id), None
    )
    return f"{word} ({unit.name})" if unit else word


def _fields(desk: Desk, key: str) -> tuple[Field, ...]:
    book = catalogue.of(desk.tx, desk.office).categories.values()
    groups = {one.group_code: one.group_name(desk.words.locale) for one in book}
    held = (STAFF.read(desk.tx, desk.office, key) or {}).get("skills", [])
    leaves = {code: word for code, word in work(desk) if code in held and code not in groups}
    skills = tuple(sorted({**groups, **leaves}.items()))
    return (
        Field("name", label=desk.words.gettext("Name"), is_required=True),
        Field("staff_no"),
        Field("phone", "tel"),
        Field("email", "email"),
        Field(
            "locale",
            "choice",
            tuple((code, ENDONYMS[code]) for code in ENDONYMS if code in LOCALES),
            blank=desk.words.gettext("as the office has it"),
        ),
        Field("skills", "several", skills),
        Field(
            "areas", "several", tuple((one.code, one.name) for one in places.buildings(desk.tx, desk.office))
        ),
    )


def joining(desk: Desk) -> tuple[Field, ...]:
    """The form of somebody new: their log-in and first role before the rest."""
    units = tuple((one.code, one.name) for one in offices.departments(desk.tx, desk.office))
    return (
        Field("login", is_required=True, hint=desk.words.gettext("what they sign in with; it stays")),
        Field("role", "choice", desk.coded(ROLES, "role"), is_required=True),
        Field("department", "choice", units, blank=desk.words.gettext("none")),
        *_fields(desk, ""),
    )


def _beside(desk: Desk, key: str, draft: Values | None) -> dict[str, Any]:
    """The roles of one person, with what can be done about them."""
    person = next((one for one in people.of_office(desk.tx, desk.office) if one.login == key), None)
    if person is None:
        return {}
    return {
        "person": person,
        "roles": [(role, _held(desk, role)) for role in people.roles_of(desk.tx, person)],
        "all_roles": [role for role in ROLES if role not in COMPANY_ROLES] + list(COMPANY_ROLES),
        "departments": offices.departments(desk.tx, desk.office),
        "others": [one for one in people.of_office(desk.tx, desk.office) if one.login != key],
        "is_self": person.id == desk.reader.me.staff_id,
    }


PEOPLE = Topic(
    slug="staff",
    subject=STAFF,
    rows=_rows,
    fields=lambda desk, key: _fields(desk, key) if key != "+" else joining(desk),
    title=lambda desk, key, values: values.get("name") or desk.words.gettext("New person"),
    about=N_("Who works here: roles, skills, telephone, and a new way to sign in."),
    fresh=lambda desk: {"skills": [], "areas": [], "role": "worker"},
    beside=_beside,
    beside_template="settings/_person.html",
    can_search=True,
    can_look=False,
    adding=people.add,
)
