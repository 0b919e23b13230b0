"""The categories as this office treats them, and those it adds to the tree."""

from hub import catalogue, deviations
from hub.catalogue import ASSIGN, KINDS, PAPERS, PRIORITIES
from hub.setup import categories, offices, own_categories
from hub.setup.categories import CALLBACKS, CATEGORY
from hub.setup.change import Values
from hub.setup.own_categories import OWN_CATEGORY
from web.pages.settings.topic import Choices, Desk, Field, Row, Topic
from web.words import N_


def _rows(desk: Desk) -> list[Row]:
    book = catalogue.of(desk.tx, desk.office)
    own = deviations.of(desk.office, deviations.CATEGORIES)
    return [
        Row(
            key=one.code,
            title=f"{one.code} {one.name(desk.words.locale)}",
            notes=(
                desk.words.label(one.priority, "priority"),
                one.department,
                desk.words.label(one.callback, "callback policy"),
                desk.words.label(one.assign, "assign"),
                *((desk.words.label(one.paper, "paper"),) if one.paper else ()),
            ),
            group=one.group_name(desk.words.locale),
            is_changed=one.code in own,
        )
        for one in book.categories.values()
    ]


def _departments(desk: Desk) -> Choices:
    """Where a category may go, by code, with the name where this office has such a department."""
    names = {one.code: f"{one.code} {one.name}" for one in offices.departments(desk.tx, desk.office)}
    return tuple((code, names.get(code, code)) for code in categories.departments(desk.tx, desk.office))


def _fields(desk: Desk, key: str) -> tuple[Field, ...]:
    book = catalogue.of(desk.tx, desk.office)
    trades = sorted({one.trade for one in book.categories.values() if one.trade})
    return (
        Field("priority", "choice", desk.coded(PRIORITIES, "priority"), is_required=True),
        Field("department", "choice", _departments(desk)),
        Field("respond", hint=desk.words.gettext("like 15m, 9h, 3d or 5wd; empty: as its priority has it")),
        Field("on_site"),
        Field("resolve"),
        Field("callback", "choice", desk.coded(CALLBACKS, "callback policy")),
        Field("assign", "choice", desk.coded(ASSIGN, "assign")),
        Field("trade", hint=", ".join(trades)),
        Field("paper", "choice", desk.coded(PAPERS, "paper")),
        Field("minutes", "number", hint=desk.words.gettext("empty: as the hub has learned")),
        Field("words", "area", hint=desk.words.gettext("one a line: what callers here say for it")),
    )


def _own_rows(desk: Desk) -> list[Row]:
    return [
        Row(
            key=one.code,
            title=f"{one.code} {one.name(desk.words.locale)}",
            notes=(
                desk.words.label(one.kind, "kind"),
                desk.words.label(one.priority, "priority"),
                one.department,
            ),
            group=one.group_name(desk.words.locale),
        )
        for one in own_categories.of_office(desk.tx, desk.office)
    ]


def _own_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    groups = own_categories.groups(desk.tx, desk.office)
    names = ((code, f"{code} {one.group_name(desk.words.locale)}") for code, one in sorted(groups.items()))
    return (
        Field("group", "choice", tuple(names), is_required=True),
        Field("en", hint=desk.words.gettext("a name in one language is enough")),
        Field("zh_hans"),
        Field("zh_hant"),
        Field("kind", "choice", desk.coded(KINDS, "kind"), is_required=True),
        Field("department", "choice", _departments(desk), is_required=True),
        Field("priority", "choice", desk.coded(PRIORITIES, "priority"), is_required=True),
        Field("demands", "area", hint=desk.words.gettext("one a line: what must be told when it is done")),
    )


def _own_title(desk: Desk, key: str, values: Values) -> str:
    return _title(desk, key, values) if values.get("group") else desk.words.gettext("New category")


def _title(desk: Desk, key: str, values: Values) -> str:
    one = catalogue.of(desk.tx, desk.office).categories.get(key)
    return f"{key} {one.name(desk.words.locale)}" if one else key


CATEGORIES = Topic(
    slug="categories",
    subject=CATEGORY,
    rows=_rows,
    fields=_fields,
    title=_title,
    about=N_("How urgent, how fast, whose work, called back or not, and whether the hub chooses the hands."),
    ending="reset",
    delivered=lambda desk, key: categories.delivered(desk.tx, desk.office, key),
)


OWN_CATEGORIES = Topic(
    slug="own-categories",
    subject=OWN_CATEGORY,
    rows=_own_rows,
    fields=_own_fields,
    title=_own_title,
    about=N_("What only happens here. How fast and by whom is then set like that of any other category."),
    fresh=lambda desk: {"kind": "repair", "department": "ENG", "priority": "P3"},
    ending="end",
)
