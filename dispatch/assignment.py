"""Who: the people of a department who could take an order, best first, each with the reasons.

Free before coming in time before leaving too soon; with certificate and skill before without, and never
again where the customer was unhappy; then by minutes: what is in hand, a share of what was given lately, less
what it is worth to know the room or to look after the building. Nobody in time means the supervisor.
Source: seed 2-1 remark 3 (直達工作人員), P4.2.2b; domain.md §3.2 (指派); peers.md §5-6, 5-7 (fair, shifts).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any

from dispatch import occupied
from dispatch.occupied import Given, Visit
from hub import clock, papers, roster, worktimes
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.organisation import Department, Office
from hub.papers import VALID
from hub.roster import Member, Roster

URGENT = ("P1",)
# What it is worth, in minutes of other work, to know the room or to look after the building.
WAS_THERE, OWN_BUILDING = 60, 30
# Lately is a week, and of what was given then a quarter weighs as much as what is in hand now.
LATELY, SHARE = timedelta(days=7), 4
REMEMBERED = timedelta(days=90)
PROPOSED = 3
FREE, COMING, LEAVING, OFF = "free", "coming", "leaving", "off"
# Life and property wait for nobody's next shift; everything else waits for somebody who can finish it.
_ORDER = {False: (FREE, COMING, LEAVING, OFF), True: (FREE, LEAVING, COMING, OFF)}


@dataclass(frozen=True)
class Job:
    """What there is to do: the matter as far as the choice of hands depends on it; `by`: the visit is due."""

    category: Category | None = None
    priority: str = "P3"
    kind: str | None = None
    room: Room | None = None
    by: datetime | None = None

    @property
    def is_urgent(self) -> bool:
        return self.priority in URGENT


@dataclass(frozen=True)
class Candidate:
    """A person who could take the order, and what speaks for and against.

    `minutes` and `load` are in hand (minutes of work, orders), `recent` minutes were given lately; `before`
    is the ticket with which they were in this room for the like, `is_unwelcome` that the customer was not
    satisfied then. `standing`: free, leaving before it can be done, coming in time, or off.
    """

    staff: Member
    is_on_duty: bool
    has_skill: bool
    load: int
    minutes: int = 0
    recent: int = 0
    standing: str = FREE
    leaves_at: datetime | None = None
    comes_at: datetime | None = None
    paper: str = VALID
    is_barred: bool = False
    has_building: bool = False
    before: str | None = None
    is_unwelcome: bool = False
    is_urgent: bool = False

    @property
    def rank(self) -> tuple[bool, int, bool, bool, bool, float, bool, int, int]:
        """Sorts best first; no two people have the same."""
        return (
            self.is_barred,
            _ORDER[self.is_urgent].index(self.standing),
            self.is_unwelcome,
            self.paper != VALID,
            not self.has_skill,
            self._comes,
            self.staff.leads,
            self.cost,
            self.staff.id,
        )

    @property
    def _comes(self) -> float:
        """Of those who are not there, who comes first; whoever never comes is last."""
        if self.is_on_duty:
            return 0
        return self.comes_at.timestamp() if self.comes_at else inf

    @property
    def cost(self) -> int:
        """Minutes: the less, the sooner and the fairer."""
        known = WAS_THERE if self.before and not self.is_unwelcome else 0
        return self.minutes + self.recent // SHARE - known - (OWN_BUILDING if self.has_building else 0)

    @property
    def is_for_the_hub(self) -> bool:
        """Whether the hub may send this person by itself; a supervisor may choose differently."""
        if self.is_barred or (self.is_unwelcome and not self.is_urgent):
            return False
        return self.standing in (FREE, COMING) or (self.is_urgent and self.standing == LEAVING)

    def why(self) -> dict[str, Any]:
        """The reasons as data, those that say nothing left out."""
        telling = {
            "leaves_at": self.leaves_at if self.standing == LEAVING else None,
            "comes_at": self.comes_at,
            "paper": self.paper if self.paper != VALID else None,
            "building": self.has_building,
            "before": self.before,
            "unwelcome": self.is_unwelcome,
        }
        return {
            "what": "worker",
            "worker": self.staff.login,
            "name": self.staff.name,
            "on_duty": self.is_on_duty,
            "skill": self.has_skill,
            "load": self.load,
            "minutes": self.minutes,
            "recent": self.recent,
            **{name: value for name, value in telling.items() if value},
        }


@dataclass(frozen=True)
class Bench:
    """The people of one department with what they have in hand, read once for any number of matters."""

    tx: Tx
    office: Office
    roster: Roster
    members: tuple[Member, ...]
    at: datetime
    in_hand: dict[int, Given] = field(default_factory=dict)
    lately: dict[int, Given] = field(default_factory=dict)

    def ranked(self, job: Job) -> list[Candidate]:
        """Everybody, the best first."""
        visits: dict[int, Visit] = {}
        if job.room is not None and job.category is not None:
            ids, since = [one.id for one in self.members], self.at - REMEMBERED
            visits = occupied.visits(self.tx, job.room.id, job.category.id, ids, since)
        return sorted((self._candidate(one, job, visits) for one in self.members), key=lambda one: one.rank)

    def best(self, job: Job) -> Candidate | None:
        """Whom the hub would send; None when nobody can be there in time, and the supervisor must decide."""
        return next((one for one in self.ranked(job) if one.is_for_the_hub), None)

    def _candidate(self, person: Member, job: Job, visits: dict[int, Visit]) -> Candidate:
        now, lately = self.in_hand.get(person.id, Given()), self.lately.get(person.id, Given())
        leaves_at = self.roster.leaves_at(person.id, self.at)
        comes_at = self.roster.comes_at(person.id, self.at) if leaves_at is None else None
        paper = self.roster.paper(person.id, job.category, self.at)
        visit = visits.get(person.id)
        return Candidate(
            staff=person,
            is_on_duty=leaves_at is not None,
            has_skill=_can(self.roster.skills.get(person.id, ()), job.category),
            load=now.orders,
            minutes=now.minutes,
            recent=lately.minutes,
            standing=self._standing(job, leaves_at, comes_at),
            leaves_at=leaves_at,
            comes_at=comes_at,
            paper=paper,
            is_barred=papers.refuses(job.category, paper),
            has_building=job.room is not None
            and job.room.building_id in self.roster.areas.get(person.id, ()),
            before=visit.number if visit else None,
            is_unwelcome=visit is not None and visit.was_bad,
            is_urgent=job.is_urgent,
        )

    def _standing(self, job: Job, leaves_at: datetime | None, comes_at: datetime | None) -> str:
        if leaves_at is not None:
            takes = worktimes.expected(job.category, job.priority, job.kind, self.roster.minutes)
            return FREE if leaves_at >= self.at + timedelta(minutes=takes) else LEAVING
        return COMING if comes_at and job.by and comes_at <= job.by else OFF


def bench(tx: Tx, office: Office, department: Department, at: datetime | None = None) -> Bench:
    """The department's people now (or at a moment), with their work in hand: two look-ups."""
    known = roster.of(tx, office)
    members, moment = known.of_department(department.id), at or clock.now()
    ids = [person.id for person in members]
    if not ids:
        return Bench(tx, office, known, members, moment)
    in_hand = occupied.in_hand(tx, known, ids)
    lately = occupied.lately(tx, known, ids, moment - LATELY)
    return Bench(tx, office, known, members, moment, in_hand, lately)


def candidates(
    tx: Tx, office: Office, department: Department, category: Category | None, job: Job | None = None
) -> list[Candidate]:
    """Everybody of the department for a matter of this category, best first."""
    return bench(tx, office, department).ranked(job or Job(category))


def best(
    tx: Tx, office: Office, department: Department, category: Category | None, job: Job | None = None
) -> Candidate | None:
    """Whom the hub would send; None when nobody can be there in time, and the supervisor must decide."""
    return bench(tx, office, department).best(job or Job(category))


def _can(skills: Iterable[str], category: Category | None) -> bool:
    return category is not None and bool({category.code, category.group_code} & set(skills))
