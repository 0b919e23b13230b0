"""Play matters through their lives in the order of time: one heap of moments, one step of one life at each.

The ladder of reminders climbs between the steps, for these matters only, at the moments the promises name:
what the timetable would have done had the hub been running then.
"""

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from random import Random

from sqlalchemy import bindparam, delete
from sqlalchemy import select as rows_of
from sqlmodel import SQLModel, col, select

from dispatch import followup, intake
from dispatch.intake import Prepared
from hub import catalogue, clock
from hub.database import Tx
from hub.events import Event, Pending
from hub.tickets import Ticket
from web.demo import lives
from web.demo.cast import Cast
from web.demo.matters import Matter
from web.demo.scene import Scene

# which promise of a ticket has the next step of the ladder, and when; built once, asked after every step
_PROMISES = SQLModel.metadata.tables["promise"]
NEXT_STEP = (
    rows_of(_PROMISES.c.id, _PROMISES.c.next_at)
    .where(_PROMISES.c.ticket_id == bindparam("ticket_id"), _PROMISES.c.next_at.is_not(None))
    .order_by(_PROMISES.c.next_at, _PROMISES.c.id)
    .limit(1)
)

Told = Callable[[datetime], None]  # hears which moment the history has come to


def think(tx: Tx, cast: Cast, matters: Iterable[Matter]) -> list[tuple[Matter, Prepared]]:
    """Prepare the matters for intake, each at its own moment, outside any writing transaction."""
    prepared = []
    for matter in matters:
        with clock.at(matter.at):
            prepared.append((matter, intake.prepare(tx, cast.office, matter.said())))
    return prepared


def play(
    tx: Tx,
    cast: Cast,
    matters: Iterable[tuple[Matter, Prepared]],
    seed: int,
    until: datetime,
    quiet_before: datetime,
    told: Told | None = None,
) -> None:
    """Live all these matters up to `until`.

    What they did before `quiet_before` wakes nobody: its messages are history too, so nothing is sent.
    """
    stage = _Stage(tx, cast, until, told)
    for matter, prepared in matters:
        stage.add(matter, prepared, Random(f"life:{seed}:{matter.ref}"))
    stage.run()
    _hush(tx, stage.tickets, quiet_before)


class _Stage:
    """The heap of what comes next: a step of a life, or a step of the ladder."""

    def __init__(self, tx: Tx, cast: Cast, until: datetime, told: Told | None) -> None:
        self._tx, self._cast, self._until, self._told = tx, cast, until, told
        self._book = catalogue.of(tx, cast.office)
        self._order = count()
        self._heap: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._watched: dict[int, datetime] = {}
        self.tickets: list[int] = []

    def add(self, matter: Matter, prepared: Prepared, rng: Random) -> None:
        scene = Scene(self._tx, self._cast, self._book, matter, prepared, rng)
        life = lives.live(scene)

        def step(moment: datetime) -> None:
            following = next(life, None)
            if following is not None:
                self._push(max(following, moment), step)
            self._watch(scene.ticket)

        self._push(matter.at, step)

    def run(self) -> None:
        while self._heap and self._heap[0][0] <= self._until:
            moment, _, step = heapq.heappop(self._heap)
            with clock.at(moment):
                step(moment)
            if self._told:
                self._told(moment)
        self._tx.finish()

    def _push(self, moment: datetime, step: Callable[[datetime], None]) -> None:
        heapq.heappush(self._heap, (moment, next(self._order), step))

    def _watch(self, ticket: Ticket) -> None:
        """See to it that the ladder of this ticket is climbed when its next step falls."""
        if ticket.id not in self._watched:
            self.tickets.append(ticket.id)
            self._watched[ticket.id] = self._until
        due = self._next_step(ticket) if ticket.is_open else None
        if due is not None and due[1] <= self._until and due[1] != self._watched[ticket.id]:
            self._watched[ticket.id] = due[1]
            # a matter judged anew runs from when it was received, so its first steps may lie behind us
            self._push(max(due[1], clock.now()), lambda _: self._climb(ticket))

    def _climb(self, ticket: Ticket) -> None:
        """Take the steps that fall now; those of other promises at the same moment come one after another."""
        due = self._next_step(ticket)
        while due is not None and due[1] <= clock.now():
            followup.climb(self._tx, due[0])
            due = self._next_step(ticket)
        self._watch(ticket)

    def _next_step(self, ticket: Ticket) -> tuple[int, datetime] | None:
        self._tx.flush()
        row = self._tx.connection().execute(NEXT_STEP, {"ticket_id": ticket.id}).first()
        return (row[0], row[1]) if row else None


def _hush(tx: Tx, ticket_ids: list[int], before: datetime) -> None:
    for start in range(0, len(ticket_ids), 500):
        said = select(Event.id).where(
            col(Event.ticket_id).in_(ticket_ids[start : start + 500]), Event.recorded_at < before
        )
        tx.execute(delete(Pending).where(col(Pending.event_id).in_(said)))


def lived(tx: Tx, refs: Iterable[str], source: str) -> set[str]:
    """Which of these references are in the database already."""
    return set(
        tx.scalars(
            select(Ticket.external_ref).where(
                Ticket.external_source == source, col(Ticket.external_ref).in_(list(refs))
            )
        )
    )
