"""What is set, not done: the category tree, the dispatch rules, the ladder of reminders.

A new office begins with `hub.defaults` and may add to them. Everything here is data that a running office
changes, so it is read through one cache per office that is dropped when `Company.settings_version` moves.
Source: domain.md §4 (category tree), K1.7 (two dispatch modes), K7.1 (property types by configuration).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Any, TypeVar

from sqlalchemy import Index, or_
from sqlmodel import Field, SQLModel, col, select

from hub import deviations, standing
from hub.calendars import WorkingCalendar
from hub.columns import Data
from hub.database import Tx
from hub.organisation import Office

T = TypeVar("T")

ALWAYS, SAMPLED, NEVER = "always", "sampled", "never"
AUTO, PROPOSE, OFF = "auto", "propose", "off"
ASSIGN = (AUTO, PROPOSE, OFF)
ADVISED, REQUIRED = "advised", "required"
PAPERS = ("", ADVISED, REQUIRED)
# What the minutes of a ladder's step run from: the moment the promise began, or the one it fell due.
START, DUE = "start", "due"
KINDS = ("emergency", "repair", "complaint", "enquiry", "service", "feedback")
PRIORITIES = ("P1", "P2", "P3", "P4")
# domain.md §4: P1 and P2 run round the clock, P3 from 8 to 20 h, P4 in office hours
CLOCKS = {"P1": "always", "P2": "always", "P3": "daily", "P4": "office"}
DAILY = (time(8), time(20))
# Limits of a matter nobody has put into a category yet, and of a category that leaves one blank.
FALLBACK = {
    "P1": {"respond": "5m", "on_site": "", "resolve": "24h"},
    "P2": {"respond": "15m", "on_site": "", "resolve": "24h"},
    "P3": {"respond": "30m", "on_site": "", "resolve": "3d"},
    "P4": {"respond": "1wd", "on_site": "", "resolve": "15wd"},
}
# A complaint or an emergency is always called back, a paid repair too (domain.md §4, callback line).
CALLBACK_OF_KIND = {
    "complaint": ALWAYS,
    "emergency": ALWAYS,
    "repair": SAMPLED,
    "service": SAMPLED,
    "enquiry": NEVER,
    "feedback": NEVER,
}


class Category(SQLModel, table=True):
    """A leaf of the category tree; `office_id` is set for an office's own addition.

    `respond`, `on_site`, `resolve` are limits as text ("15m", "3d", "5wd", "" = none); `demands` lists the
    fields a worker must fill when the work is done. `trade` names the certificate that the work asks for,
    which `paper` advises or requires; `minutes` is what the work usually takes (None: learned, else by its
    priority); `assign` says whether the hub chooses the hands, only proposes them, or leaves them alone.
    """

    __table_args__ = (
        Index("uq_category_company_id_office_id_code", "company_id", "office_id", "code", unique=True),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    code: str
    group_code: str
    group_en: str = ""
    group_zh_hans: str = ""
    group_zh_hant: str = ""
    en: str
    zh_hans: str = ""
    zh_hant: str = ""
    kind: str
    department: str
    priority: str
    respond: str = ""
    on_site: str = ""
    resolve: str = ""
    note: str = ""
    paid: bool = False
    callback: str = SAMPLED
    demands: list[Any] = Field(default_factory=list, sa_type=Data)
    trade: str = Field(default="", sa_column_kwargs={"server_default": ""})
    paper: str = Field(default="", sa_column_kwargs={"server_default": ""})
    minutes: int | None = None
    assign: str = Field(default=AUTO, sa_column_kwargs={"server_default": AUTO})
    is_ended: bool = False

    def name(self, locale: str) -> str:
        """The leaf's name in this locale, else in English."""
        return {"zh-Hans": self.zh_hans, "zh-Hant": self.zh_hant}.get(locale) or self.en

    def group_name(self, locale: str) -> str:
        """The group's name in this locale, else in English."""
        return {"zh-Hans": self.group_zh_hans, "zh-Hant": self.group_zh_hant}.get(locale) or self.group_en

    def limit(self, which: str) -> str:
        """The limit `respond`, `on_site` or `resolve`; the priority's own where the leaf leaves it blank."""
        stated: str = getattr(self, which)
        return stated or FALLBACK[self.priority][which]


class Rule(SQLModel, table=True):
    """A dispatch rule (派單規則): the first that fits decides department and mode. Blank fits everything."""

    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    rank: int
    name: str
    kind: str = ""
    category: str = ""
    priority: str = ""
    building: str = ""
    property_type: str = ""
    hours: str = ""
    department: str = ""
    mode: str = "supervisor"
    is_ended: bool = False


class LadderStep(SQLModel, table=True):
    """One step of the ladder: when this much of a promise has passed, who is told, and how hard.

    A share of the promise's time (`percent`), or `minutes` `since` its start or its due moment.
    """

    __tablename__ = "ladder_step"
    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    priority: str
    promise: str
    rank: int
    percent: int | None = None
    minutes: int | None = None
    since: str = Field(default=DUE, sa_column_kwargs={"server_default": DUE})
    action: str
    whom: str


@dataclass(frozen=True)
class Catalogue:
    """What is set for one office: categories by code, rules by rank, steps by (priority, promise)."""

    office_id: int
    version: int
    categories: dict[str, Category]
    by_id: dict[int, Category]
    rules: tuple[Rule, ...]
    ladder: dict[tuple[str, str], tuple[LadderStep, ...]]
    calendars: dict[str, WorkingCalendar]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the office's own, by category
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def calendar(self, priority: str) -> WorkingCalendar:
        """The calendar that promises of this priority run on."""
        return self.calendars[priority]

    @property
    def office_hours(self) -> WorkingCalendar:
        """The office's own opening hours and holidays."""
        return self.calendars["office"]

    def steps(self, priority: str, promise: str) -> tuple[LadderStep, ...]:
        return self.ladder.get((priority, promise), ())

    def next_steps(self, priority: str, promise: str, done: int) -> tuple[LadderStep, ...]:
        """Of the steps after rank `done`, those that may be the first to fall: of each clock the least."""
        return self._once(
            ("next steps", priority, promise, done), lambda: self._first(priority, promise, done)
        )

    def group_ids(self, group: str | None) -> tuple[int, ...]:
        """The categories of this group, or all of them."""
        return self._once(
            ("group", group),
            lambda: tuple(row.id for row in self.by_id.values() if group in (None, row.group_code)),
        )

    def _first(self, priority: str, promise: str, done: int) -> tuple[LadderStep, ...]:
        least: dict[str, LadderStep] = {}
        for step in self.steps(priority, promise):
            clock = step.since if step.percent is None else "share"
            if step.rank > done and (clock not in least or _amount(step) < _amount(least[clock])):
                least[clock] = step
        return tuple(least.values())

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made


def _amount(step: LadderStep) -> int:
    return step.percent if step.percent is not None else step.minutes or 0


def of(tx: Tx, office: Office) -> Catalogue:
    """The office's catalogue, from the cache while nothing has changed."""
    return standing.kept(tx, "catalogue", office, lambda version: _read(tx, office, version))


def changed(tx: Tx, company_id: int) -> None:
    """Say that a catalogue has changed, so every process reads it anew. Two at once count as two."""
    standing.changed(tx, company_id)


def _read(tx: Tx, office: Office, version: int) -> Catalogue:
    rows = tx.scalars(
        select(Category)
        .where(
            Category.company_id == office.company_id,
            or_(col(Category.office_id).is_(None), col(Category.office_id) == office.id),
        )
        .order_by(col(Category.code))
    ).all()
    rules = tx.scalars(
        select(Rule)
        .where(Rule.office_id == office.id, ~col(Rule.is_ended))
        .order_by(col(Rule.rank), col(Rule.id))
    ).all()
    ladder: dict[tuple[str, str], list[LadderStep]] = {}
    for step in tx.scalars(
        select(LadderStep).where(LadderStep.office_id == office.id).order_by(col(LadderStep.rank))
    ):
        ladder.setdefault((step.priority, step.promise), []).append(step)
    tx.expunge_all_of(*rows, *rules, *(s for steps in ladder.values() for s in steps))
    own = deviations.of(office, deviations.CATEGORIES)
    for row in rows:
        deviations.put_on(row, own.get(row.code, {}))
    return Catalogue(
        office_id=office.id,
        version=version,
        categories={row.code: row for row in rows if not row.is_ended},
        by_id={row.id: row for row in rows},
        rules=tuple(rules),
        ladder={key: tuple(steps) for key, steps in ladder.items()},
        calendars=_calendars(office),
        words={code: tuple(said["words"]) for code, said in own.items() if said.get("words")},
    )


def _calendars(office: Office) -> dict[str, WorkingCalendar]:
    """The calendars by name, and by each priority that runs on one of them."""
    named = {
        "always": WorkingCalendar.round_the_clock(office.zone),
        "daily": WorkingCalendar.daily(office.zone, *DAILY),
        "office": WorkingCalendar.from_data(office.calendar),
    }
    return named | {priority: named[office.clocks[priority]] for priority in PRIORITIES}
