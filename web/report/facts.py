"""The facts of a report: every figure it shows, counted once, as plain values that can be frozen and hashed.

They name tickets by number and hold no resident's words or names: those stay in the ticket, where they can be
erased. Source: domain.md §7; hub.statistics for every formula.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from hub import clock
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building
from hub.organisation import Company, Office
from hub.statistics import hotspots, indicators, left_open, recurring, targets, wandering
from hub.statistics.indicators import Figures
from hub.statistics.periods import Period
from hub.statistics.scope import Scope
from hub.statistics.volume import supervision
from hub.tickets import Ticket
from hub.wall_clock import wall_time
from web.report.growth import Growth

SCHEMA = 1
DIVISIONS = (
    "channel",
    "kind",
    "group",
    "category",
    "priority",
    "department",
    "worker",
    "building",
    "hour",
    "weekday",
)
COMPARED = ("group", "category", "department", "building")
OF_COMPANY = (*DIVISIONS, "office")
MOST = 50

Facts = dict[str, Any]
Divided = dict[str, list[dict[str, Any]]]
Progress = Callable[[int, int], None]


def of_office(
    tx: Tx, office: Office, period: Period, progress: Progress | None = None, beside: Tx | None = None
) -> Facts:
    """The facts of one office's period, as known at its end (or now, while it runs).

    With `beside`, another reader of the same moment, two halves are counted at once.
    """
    return _Gathering(tx, (office,), office, period, progress, beside).gather()


def of_company(
    tx: Tx, company: Company, period: Period, progress: Progress | None = None, beside: Tx | None = None
) -> Facts:
    """The facts of all the company's running offices together, with each beside the others.

    Replayed and invented offices stay apart from real ones; they are counted where there is no other.
    """
    found = tx.scalars(
        select(Office)
        .where(col(Office.company_id) == company.id, col(Office.ended_at).is_(None))
        .order_by(col(Office.id))
    ).all()
    real = [office for office in found if not office.is_replay and not office.is_demo]
    ours = real or [office for office in found if not office.is_replay] or list(found)
    return _Gathering(tx, tuple(ours), company, period, progress, beside).gather()


def row(figure: Figures) -> dict[str, Any]:
    """One part's figures as plain values: what is nothing is left out."""
    return {
        "key": figure.key,
        "label": figure.label,
        "counts": {name: count for name, count in sorted(figure.counts.items()) if count},
        "ratios": {
            name: [ratio.numerator, ratio.denominator]
            for name, ratio in sorted(figure.ratios.items())
            if ratio.denominator
        },
        "medians": {
            name: length.total_seconds()
            for name, length in sorted(figure.medians.items())
            if length is not None
        },
    }


class _Gathering:
    """Everything that is asked for one report, step by step, so that a reader can watch it grow."""

    def __init__(
        self,
        tx: Tx,
        offices: Sequence[Office],
        subject: Office | Company,
        period: Period,
        progress: Progress | None,
        beside: Tx | None,
    ) -> None:
        self.tx, self.offices, self.subject, self.period = tx, offices, subject, period
        self.beside = beside
        self.zone = ZoneInfo(subject.zone)
        self.ids = tuple(office.id for office in offices)
        self.present = clock.now().replace(microsecond=0)
        self.scope = self._scope(period)
        self.first = self._first()
        self._progress = progress
        self._steps = indicators.STEPS + 7
        self._done = 0
        self._one_at_a_time = Lock()

    @property
    def divisions(self) -> tuple[str, ...]:
        return DIVISIONS if isinstance(self.subject, Office) else OF_COMPANY

    def gather(self) -> Facts:
        facts: Facts = {
            "schema": SCHEMA,
            "edition": self.period.edition,
            "period": self.period.key,
            "first": self.period.first.isoformat(),
            "after": self.period.after.isoformat(),
            "as_of": self.scope.as_of.isoformat(),
            "is_over": self.scope.as_of >= self.scope.end,
            "subject": self._subject(),
            "targets": self._targets(),
            "names": self._names(),
        }
        if self.beside is None:
            return facts | self._counted(self.tx) | self._compared(self.tx)
        with ThreadPoolExecutor(1) as beside:
            compared = beside.submit(copy_context().run, self._compared, self.beside)
            return facts | self._counted(self.tx) | compared.result()

    def _compared(self, tx: Tx) -> Facts:
        """What the period is compared with, what came of it over time, and its matters one by one."""
        growth = Growth(
            tx=tx, ids=self.ids, period=self.period, zone=self.zone, first=self.first, scope=self.scope
        )
        facts: Facts = {
            "before": self._whole(tx, self.period.before),
            "year_ago": self._whole(tx, self.period.year_ago),
            "divisions_before": self._headline(tx, self.period.before),
        }
        facts |= growth.trends()
        self._step()
        facts |= self._places(tx)
        facts |= self._matters(tx)
        facts |= growth.forecasts()
        self._step()
        return facts

    # --- the frame ---------------------------------------------------------------

    def _subject(self) -> dict[str, Any]:
        office = self.subject if isinstance(self.subject, Office) else None
        return {
            "kind": "office" if office else "company",
            "code": office.code if office else "",
            "name": self.subject.name,
            "zone": self.subject.zone,
            "property_type": office.property_type if office else "",
            "households": sum(one.households for one in self.offices),
            "area_m2": sum(one.area_m2 for one in self.offices),
            "offices": [[one.code, one.name] for one in self.offices],
            "first_matter": wall_time(self.first, self.zone).date().isoformat() if self.first else None,
            "is_demo": any(one.is_demo for one in self.offices),
            "is_replay": any(one.is_replay for one in self.offices),
        }

    def _targets(self) -> dict[str, list[Any]]:
        office = self.subject if isinstance(self.subject, Office) else None
        return {name: [one.value, one.better] for name, one in targets.of(office).items()}

    def _names(self) -> dict[str, dict[str, dict[str, str]]]:
        rows = self.tx.scalars(
            select(Category).where(col(Category.company_id) == self.offices[0].company_id)
        ).all()
        return {
            "category": {one.code: _said(one.en, one.zh_hans, one.zh_hant) for one in rows},
            "group": {
                one.group_code: _said(one.group_en, one.group_zh_hans, one.group_zh_hant) for one in rows
            },
        }

    def _first(self) -> datetime | None:
        query = select(func.min(col(Ticket.received_at))).where(col(Ticket.office_id).in_(self.ids))
        found: datetime | None = self.tx.execute(query).scalar_one()
        return found

    def _scope(self, period: Period) -> Scope:
        start, end = period.bounds(self.zone)
        return Scope(self.ids, start, end, min(end, self.present))

    def _counted(self, tx: Tx) -> Facts:
        """The period whole and divided, every fact read once."""
        bys = ("", *self.divisions)
        found = _plainly(indicators.figures_by(tx, self._scope(self.period), bys, self._step))
        (whole,) = found.pop("")
        return {"whole": whole, "divisions": found}

    def _whole(self, tx: Tx, period: Period) -> dict[str, Any] | None:
        """The whole of a period; None when the office had no matter yet when it ended."""
        self._step()
        return row(indicators.figures(tx, self._scope(period))[0]) if self._was_there(period) else None

    def _was_there(self, period: Period) -> bool:
        return self.first is not None and self.first < self._scope(period).end

    def _headline(self, tx: Tx, period: Period) -> Divided:
        self._step()
        compared = COMPARED if isinstance(self.subject, Office) else (*COMPARED, "office")
        return _plainly(indicators.headline_by(tx, self._scope(period), compared))

    # --- where, and one by one -----------------------------------------------------------

    def _places(self, tx: Tx) -> Facts:
        scope = self.scope
        buildings = {
            key: [code, name]
            for key, code, name in tx.execute(
                select(col(Building.id), col(Building.code), col(Building.name))
            )
        }
        categories = {one[0]: one[1] for one in tx.execute(select(col(Category.id), col(Category.code)))}
        heat = [
            [*(buildings[building] if building else ("", "")), group or "", count]
            for (building, group), count in hotspots.heat(tx, scope).items()
        ]
        rooms = recurring.rooms(tx, scope, MOST)
        places = recurring.places(tx, scope, MOST)
        wandered = wandering.wandering(tx, scope, MOST)
        self._step()
        return {
            "heat": sorted(heat),
            "rooms": [[one.room, categories[one.category_id], one.times, _iso(one.last_at)] for one in rooms],
            "topics": [
                [one.category, one.households, one.matters] for one in recurring.topics(tx, scope, MOST)
            ],
            "places": [[one.place, one.group, one.times, _iso(one.last_at)] for one in places],
            "wandering": {
                "returned": wandered.returned,
                "wrong": wandered.wrong,
                "ping_pong": wandered.ping_pong,
                "numbers": list(wandered.numbers),
                "routes": [[left, to, count] for (left, to), count in wandered.routes.items()],
            },
        }

    def _matters(self, tx: Tx) -> Facts:
        asked = {
            "unclosed": left_open.unclosed_complaints,
            "overdue": left_open.overdue,
            "major": left_open.major_complaints,
            "emergencies": left_open.emergencies,
        }
        found: Facts = {"supervision": supervision(tx, self.scope)}
        for name, ask in asked.items():
            found[name] = [_plain(vars(one)) for one in ask(tx, self.scope)]
        self._step()
        return found

    def _step(self) -> None:
        with self._one_at_a_time:
            self._done += 1
            if self._progress is not None:
                self._progress(min(self._done, self._steps), self._steps)


def _plainly(found: dict[str, list[Figures]]) -> Divided:
    return {by: [row(figure) for figure in rows] for by, rows in found.items()}


def _said(en: str, hans: str, hant: str) -> dict[str, str]:
    return {"en": en, "zh-Hans": hans or en, "zh-Hant": hant or en}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _iso(value) if isinstance(value, datetime) else value for name, value in values.items()}
