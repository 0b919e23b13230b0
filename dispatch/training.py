"""When an office learns, and how: read in one look, learned outside every transaction, written as a version.

One process at a time, by a lease; should it lapse meanwhile, the slower one finds a newer version and lets
its own go. Source: issue "Judgement and speed" (triage that learns).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select

from dispatch import experience, judging, learning, triage
from dispatch.experience import Lesson
from dispatch.learning import Example
from hub import catalogue, clock, leases, models
from hub.database import Database, Tx
from hub.errors import BadInput, NotFound, NotNow
from hub.events import Event
from hub.models import Model
from hub.organisation import Company, Office
from hub.statistics.judging import IS_COUNTED

FEWEST = 30  # lessons below which the words alone know better
NIGHT = range(1, 5)  # the office's own hours
A_DAY = timedelta(hours=20)
MUCH_CLOSED, MUCH_CORRECTED = 200, 20  # so much new does not wait for the night
LEASE, LEASE_SECONDS = "learn", 1800

Whose = tuple[int, int | None]  # company, office; None for what the whole company learns
Study = Callable[[Sequence[Lesson]], bytes]


@dataclass(frozen=True)
class Trained:
    """What came of one training: whose, which version, from how many lessons, how large as stored (bytes)."""

    whose: str
    version: int
    lessons: int
    corrected: int
    categories: int
    size: int


def study(lessons: Sequence[Lesson]) -> bytes:
    """What these lessons teach, as models keep it. Pure and slow: tens of seconds for ten thousand."""
    return learning.dump(learning.learn([_example(lesson) for lesson in lessons]))


def train_due(database: Database, holder: str, study: Study = study) -> list[Trained]:
    """Train every office for which it is time; nothing while another process does."""
    if not database.write(lambda tx: leases.take(tx, LEASE, holder, LEASE_SECONDS)):
        return []
    return _train_all(database, holder, database.read(due), study)


def train(
    database: Database, holder: str, office_code: str | None = None, study: Study = study
) -> list[Trained]:
    """Train now: one office, or every office and the company.

    Raises NotFound for an unknown office, BadInput for a replayed one, NotNow while another process learns.
    """
    whom = database.read(lambda tx: _named(tx, office_code) if office_code else list(_everyone(tx)))
    if not database.write(lambda tx: leases.take(tx, LEASE, holder, LEASE_SECONDS)):
        raise NotNow("another process is learning now; try again later")
    return _train_all(database, holder, whom, study)


def due(tx: Tx) -> list[Whose]:
    """Whose training is due: by night when anything new has come, by day when much has."""
    return [whose for whose in _everyone(tx) if _is_due(tx, *whose)]


def _train_all(database: Database, holder: str, whom: Sequence[Whose], study: Study) -> list[Trained]:
    try:
        done = [_train(database, whose, study) for whose in whom]
    finally:
        database.write(lambda tx: leases.take(tx, LEASE, holder, 0))  # free for whoever comes next
    return [trained for trained in done if trained is not None]


def _train(database: Database, whose: Whose, study: Study) -> Trained | None:
    """One training. None when there is too little to learn from, or another process was faster."""
    lessons, before = database.read(lambda tx: (experience.lessons(tx, *whose), _version(tx, whose)))
    if len(lessons) < FEWEST:
        return None
    counts = Counter(lesson.category for lesson in lessons)
    corrected = sum(lesson.corrected for lesson in lessons)
    learned = models.Learned(
        learning.METHOD, len(lessons), corrected, dict(sorted(counts.items())), study(lessons)
    )
    return database.write(lambda tx: _keep(tx, whose, before, learned))


def _keep(tx: Tx, whose: Whose, before: int, learned: models.Learned) -> Trained | None:
    if _version(tx, whose) != before:
        return None
    company_id, office_id = whose
    model = models.keep(tx, company_id, office_id, learned)
    catalogue.changed(tx, company_id)
    name = tx.get_one(Office, office_id).code if office_id else tx.get_one(Company, company_id).name
    return Trained(name, model.version, model.examples, model.corrected, len(model.counts), len(learned.blob))


def _version(tx: Tx, whose: Whose) -> int:
    newest = models.newest(tx, *whose)
    return newest.version if newest else 0


def _example(lesson: Lesson) -> Example:
    heard = triage.judge(lesson.book, lesson.item, lesson.description)
    return Example(lesson.item, lesson.description, lesson.category, lesson.weight, judging.hints(heard))


def _everyone(tx: Tx) -> Iterator[Whose]:
    """Every office that may learn, then each company of several, for those with too little of their own."""
    running = select(Office).where(~col(Office.is_replay), col(Office.ended_at).is_(None))
    offices = tx.scalars(running.order_by(col(Office.id))).all()
    yield from ((office.company_id, office.id) for office in offices)
    for company_id in sorted({office.company_id for office in offices}):
        if len(experience.real_offices(tx, company_id)) > 1:
            yield company_id, None


def _named(tx: Tx, code: str) -> list[Whose]:
    office = tx.exec_one(select(Office).where(Office.code == code))
    if office is None:
        raise NotFound("there is no such office")
    if office.is_replay:
        raise BadInput("office", "a replayed office teaches nothing: its matters are another's past")
    return [(office.company_id, office.id)]


def _is_due(tx: Tx, company_id: int, office_id: int | None) -> bool:
    last = models.newest(tx, company_id, office_id)
    offices = [tx.get_one(Office, office_id)] if office_id else experience.real_offices(tx, company_id)
    closed = corrected = 0
    for office in offices:
        closed += _closed_since(tx, office, last)
        corrected += _corrected_since(tx, office, last)
    if closed >= MUCH_CLOSED or corrected >= MUCH_CORRECTED:
        return True
    rested = last is None or clock.now() - last.trained_at >= A_DAY
    return bool(closed or corrected) and rested and clock.now().astimezone(offices[0].tz).hour in NIGHT


def _closed_since(tx: Tx, office: Office, last: Model | None) -> int:
    query = (
        select(func.count())
        .select_from(Event)
        .where(IS_COUNTED, Event.kind == "closed", Event.office_id == office.id)
    )
    if last is not None:
        query = query.where(col(Event.happened_at) > last.trained_at)
    return tx.scalars(query).one()


def _corrected_since(tx: Tx, office: Office, last: Model | None) -> int:
    return len(experience.put_right(tx, office.id, last.trained_at if last else None))
