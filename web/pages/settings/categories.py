"""The categories as this office treats them."""

from hub import catalogue, deviations
from hub.catalogue import ASSIGN, PAPERS, PRIORITIES
from hub.setup import categories
from hub.setup.categories import CALLBACKS, CATEGORY
from hub.setup.change import Values
from web.pages.settings.topic import Desk, Field, Row, Topic
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


def _fields(desk: Desk, key: str) -> tuple[Field, ...]:
    book = catalogue.of(desk.tx, desk.office)
    departments = categories.departments(desk.tx, desk.office)
    trades = sorted({one.trade for one in book.categories.values() if one.trade})
    return (
        Field("priority", "choice", desk.coded(PRIORITIES, "priority"), is_required=True),
        Field("department", "choice", tuple((one, one) for one in departments)),
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
