"""The company, the office, its departments, its buildings and rooms."""

from hub.organisation import Company
from hub.setup import offices, places
from hub.setup.change import Values
from hub.setup.offices import COMPANY, COMPANY_KEY, DEPARTMENT, LOCALES, OFFICE, OFFICE_KEY
from hub.setup.places import BUILDING, ROOM, ROOM_KINDS
from hub.setup.rules import PROPERTY_TYPES
from web.pages.settings.topic import Choices, Desk, Field, Row, Topic
from web.words import ENDONYMS, N_

MOST = 100  # rooms of one list

_LANGUAGES: Choices = tuple((code, ENDONYMS[code]) for code in ENDONYMS if code in LOCALES)


def _kind(desk: Desk, key: str, values: Values) -> str:
    return str(values.get("name") or key)


def _offices(desk: Desk) -> list[Row]:
    office, say = desk.office, desk.words
    homes = say.ngettext("%(num)s household", "%(num)s households", office.households)
    kind = say.label(office.property_type, "property type")
    return [Row(OFFICE_KEY, office.name, (office.code, kind, homes, ENDONYMS[office.locale]))]  # type: ignore[index]


OFFICES = Topic(
    slug="office",
    subject=OFFICE,
    rows=_offices,
    fields=lambda desk, key: (
        Field("name", is_required=True),
        Field("property_type", "choice", desk.coded(PROPERTY_TYPES, "property type")),
        Field("households", "number"),
        Field("area_m2", "number"),
        Field("locale", "choice", _LANGUAGES),
    ),
    title=_kind,
    about=N_("What the office is called, how large it is, and its language."),
)


def _company(desk: Desk) -> list[Row]:
    company = desk.tx.get_one(Company, desk.office.company_id)
    return [Row(COMPANY_KEY, company.name, (ENDONYMS[company.locale], company.zone))]  # type: ignore[index]


COMPANIES = Topic(
    slug="company",
    subject=COMPANY,
    rows=_company,
    fields=lambda desk, key: (
        Field("name", is_required=True),
        Field("locale", "choice", _LANGUAGES),
        Field("zone", is_required=True, hint="Asia/Shanghai, Asia/Hong_Kong"),
    ),
    title=_kind,
    about=N_("Set for every office at once, by who administers the whole company."),
)


DEPARTMENTS = Topic(
    slug="departments",
    subject=DEPARTMENT,
    rows=lambda desk: [
        Row(one.code, one.name, (one.code,)) for one in offices.departments(desk.tx, desk.office)
    ],
    fields=lambda desk, key: (
        Field("code", is_required=True, hint=desk.words.gettext("short; it stays")),
        Field("name", is_required=True),
    ),
    title=lambda desk, key, values: values.get("name") or desk.words.gettext("New department"),
    about=N_("The centre and the departments it sends orders to."),
    fresh=lambda desk: {},
    ending="end",
)


BUILDINGS = Topic(
    slug="buildings",
    subject=BUILDING,
    rows=lambda desk: [
        Row(one.code, one.name, (one.code, desk.words.label(one.property_type, "property type")))
        for one in places.buildings(desk.tx, desk.office)
    ],
    fields=lambda desk, key: (
        Field("code", is_required=True),
        Field("name", is_required=True),
        Field("property_type", "choice", desk.coded(PROPERTY_TYPES, "property type")),
    ),
    title=lambda desk, key, values: values.get("name") or desk.words.gettext("New building"),
    about=N_("The buildings of the estate."),
    fresh=lambda desk: {"property_type": desk.office.property_type},
)


def _rooms(desk: Desk) -> list[Row]:
    names = {one.id: one.name for one in places.buildings(desk.tx, desk.office)}
    return [
        Row(
            one.code,
            one.code,
            (names.get(one.building_id or 0, "–"), desk.words.label(one.kind, "room kind")),
        )
        for one in places.rooms(desk.tx, desk.office, desk.query.get("q", ""), MOST)
    ]


ROOMS = Topic(
    slug="rooms",
    subject=ROOM,
    rows=_rooms,
    fields=lambda desk, key: (
        Field("code", is_required=True),
        Field(
            "building",
            "choice",
            tuple((one.code, one.name) for one in places.buildings(desk.tx, desk.office)),
            blank=desk.words.gettext("none"),
        ),
        Field("floor"),
        Field("kind", "choice", desk.coded(ROOM_KINDS, "room kind")),
        Field("area_m2", "number"),
    ),
    title=lambda desk, key, values: values.get("code") or desk.words.gettext("New room"),
    about=N_("The register of rooms; the first hundred that fit are shown."),
    fresh=lambda desk: {"kind": "flat"},
    ending="end",
    can_search=True,
)
