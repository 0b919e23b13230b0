"""One matter on stage: what its life needs in hand, and the small steps every life is made of."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from dispatch import answering, closing, escalation, intake, retriage, returning
from dispatch.deciding import Choice
from dispatch.intake import Prepared
from hub import catalogue, clock, orders, tickets
from hub.access import HUB, Actor
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.limits import Limit, at_share
from hub.tickets import Ticket
from web.demo.cast import Cast, texts
from web.demo.matters import UNATTENDED, Matter
from web.demo.office import SOURCE

T = TypeVar("T")
# yields the moment of its next step, and takes that step when it is asked to go on
Life = Generator[datetime, None, None]

NOTED, URGED, CANCELLED, TRIAGED = 0.09, 0.2, 0.025, (4, 28)


@dataclass
class Scene:
    """One matter, its ticket once there is one, and its own dice, so that no life hangs on another."""

    tx: Tx
    cast: Cast
    book: Catalogue
    matter: Matter
    prepared: Prepared
    rng: Random
    ticket: Ticket = field(init=False)

    @property
    def truth(self) -> Category:
        """What the matter truly is."""
        return self.book.categories[self.matter.code]

    @property
    def category(self) -> Category:
        """What the office takes it for."""
        taken = self.book.by_id.get(self.ticket.category_id) if self.ticket.category_id else None
        return taken or self.truth

    def do(self, verb: Callable[..., T], who: str, *args: Any, **said: Any) -> T:
        """One verb, taken by the person with this log-in."""
        return verb(self.tx, self.actor(who), *args, **said)

    def actor(self, login: str) -> Actor:
        return self.cast.actors[login]

    def clerk(self) -> str:
        """Who is at the desk now."""
        return self.cast.clerk(self.rng, clock.now())

    def within(self, limit: str, start: datetime, percent: float) -> datetime:
        """The moment when this share of the limit has passed, on the matter's own clock."""
        calendar = self.book.calendar(self.ticket.priority)
        return at_share(start, Limit.parse(limit).due(start, calendar), round(percent), calendar)

    def limit(self, which: str) -> str:
        """The limit of this matter as the hub promises it."""
        if self.category.priority == self.ticket.priority:
            return self.category.limit(which)
        return catalogue.FALLBACK[self.ticket.priority][which]

    def share(self, late: float, low: float, likely: float, high: float, worst: float = 190) -> float:
        """A percentage of a limit: mostly inside it, in the share `late` of cases beyond."""
        if self.rng.random() < late:
            return self.rng.uniform(104, worst)
        return self.rng.triangular(low, high, likely)

    def minutes(self, low: float, likely: float, high: float) -> timedelta:
        return timedelta(minutes=self.rng.triangular(low, high, likely))

    def pick(self, *path: str) -> Any:
        """One of the texts under this path of texts.toml."""
        found: Any = texts()
        for name in path:
            found = found[name]
        return self.rng.choice(found)

    def orders(self) -> list[orders.Order]:
        """The orders of the present round."""
        return orders.of_round(self.tx, self.ticket)


def receive(scene: Scene) -> None:
    """Somebody takes the matter down, or it comes in by itself."""
    channel, at = scene.matter.channel, clock.now()
    if channel in UNATTENDED:
        actor = HUB
    elif channel == "employee" and scene.matter.told and scene.rng.random() < 0.6:
        actor = scene.actor(scene.matter.told)
    else:
        actor = scene.actor(scene.cast.listener(scene.rng, at))
    scene.ticket = intake.receive(scene.tx, actor, scene.prepared)


def triage(scene: Scene) -> Life:
    """The words did not say what it is: a person at the desk reads it and decides."""
    due = scene.within(scene.limit("respond"), scene.ticket.received_at, scene.rng.uniform(*TRIAGED))
    yield at_desk(scene, due)
    scene.do(retriage.judge_by_hand, scene.clerk(), scene.ticket, category=scene.matter.code, then=Choice())


def repeat(scene: Scene) -> Life:
    """The desk sees that it repeats an earlier call, takes its order back and closes it."""
    yield clock.now() + scene.minutes(2, 6, 15)
    lead = tickets.by_external(scene.tx, scene.ticket.office_id, SOURCE, scene.matter.lead)
    assert lead is not None
    clerk, why = scene.clerk(), texts()["duplicate"]
    for order in scene.orders():
        scene.do(returning.withdraw, clerk, order, why)
    scene.do(closing.close, clerk, scene.ticket, "duplicate", note=why, duplicate_of=lead)


def cancel(scene: Scene) -> Life:
    """The customer no longer wants it."""
    yield clock.now() + scene.minutes(5, 20, 60)
    clerk = scene.clerk()
    for order in scene.orders():
        if order.is_open:
            scene.do(returning.withdraw, clerk, order, "")
    scene.do(closing.close, clerk, scene.ticket, "withdrawn", note=scene.pick("withdrawn"))


def linger(scene: Scene, until: datetime) -> Life:
    """What happens while the matter waits: a note, the customer urging."""
    left = until - clock.now()
    if left > timedelta(hours=1) and scene.rng.random() < NOTED:
        yield clock.now() + left * 0.3
        scene.do(answering.note, scene.clerk(), scene.ticket, scene.pick("notes"))
    if left > timedelta(hours=5) and scene.rng.random() < URGED:
        yield at_desk(scene, clock.now() + (until - clock.now()) * 0.5)
        if clock.now() < until:
            scene.do(escalation.urge, scene.clerk(), scene.ticket, scene.pick("urges"))


def at_desk(scene: Scene, at: datetime) -> datetime:
    """This moment, or the next in which somebody sits at the desk."""
    for _ in range(48):
        if any(scene.cast.is_on_duty(login, at) for login in ("desk", "desk2", "customer-director")):
            return at
        at += timedelta(minutes=30)
    return at
