"""A file played through the loop: its steps in time order, by the same verbs people use.

Every batch of steps is one transaction, and what is done is read from the tickets themselves: played again,
killed and played on, shuffled, cut or saved in another format, a file adds only what is not there yet.
Source: issue "The spine" e (real input).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch import intake
from dispatch.case import hold_all
from dispatch.intake import Prepared
from hub import founding, tickets
from hub.access import HUB, Actor
from hub.database import Database, Tx
from hub.errors import HubError
from hub.organisation import Office
from web.replay import office, telling
from web.replay.case import Case, Rejected
from web.replay.known import External, recognised, standing
from web.replay.office import Place
from web.replay.pace import Pace
from web.replay.profile import Profile
from web.replay.step_verbs import VERBS
from web.replay.steps import Step, order_by_time

BATCH = 100  # steps in one transaction: large enough to share its cost, small enough to let others write
_STEPS_DONE = {"opened": 1, "closed": 2, "reopened": 3, "closed again": 4}

Progress = Callable[[int, int], None]  # steps done, of how many


@dataclass
class Outcome:
    """What a play came to. Counts are of this file's matters.

    rows = tickets + known + len(rejected): `tickets` are new, `known` were there before. open, closed: how
    they stand now.  steps: played this time.  seconds: how long that took.
    """

    office: str
    rows: int
    tickets: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    marks: Counter[str] = field(default_factory=Counter)
    open: int = 0
    closed: int = 0
    steps: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """New tickets a second, with all their steps."""
        return self.tickets / self.seconds if self.seconds else 0.0


def play(
    database: Database,
    actor: Actor,
    cases: Iterable[Case | Rejected],
    profile: Profile,
    office_code: str,
    *,
    speed: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Play the file's steps into its replay office, which is opened when it is not there yet.

    `speed`: so many times as fast as it happened; None is as fast as it goes. A step that is refused rejects
    its case with the reason, and the rest goes on. Raises BadInput where the office cannot be had.
    """
    told = list(cases)
    good = recognised(database, [case for case in told if isinstance(case, Case)])
    outcome = Outcome(office_code, len(told), rejected=[row for row in told if isinstance(row, Rejected)])
    place = database.write(lambda tx: office.make_ready(tx, actor, profile, good, office_code))
    player = _Player(database, place)
    steps = list(order_by_time(good))
    began = time.monotonic()
    left = player.left(steps)
    before = set(player.tickets)
    for batch in _batches(left, Pace(speed)):
        player.play(batch)
        outcome.steps += len(batch)
        if progress:
            progress(len(steps) - len(left) + outcome.steps, len(steps))
    outcome.seconds = time.monotonic() - began
    _count(outcome, player, good, before)
    if outcome.steps:
        database.write(lambda tx: _sign(tx, actor, place.office, profile.source, outcome))
    return outcome


class _Player:
    """Plays steps into one place, and knows which tickets are there already."""

    def __init__(self, database: Database, place: Place) -> None:
        self.database, self.place = database, place
        self.tickets: dict[External, int] = {}
        self.refused: dict[External, tuple[Case, str]] = {}

    def left(self, steps: Sequence[Step]) -> list[Step]:
        """The steps not done yet, by how far each ticket has come; fills `tickets`."""
        far: dict[External, int] = {}
        for source in {step.case.source for step in steps}:
            for ref, (ticket_id, done) in standing(self.database, source).items():
                self.tickets[source, ref], far[source, ref] = ticket_id, done
        return [step for step in steps if _STEPS_DONE[step.kind] > far.get(_key(step.case), 0)]

    def play(self, batch: Sequence[Step]) -> None:
        """The batch in one transaction; one step after the other when something in it is refused."""
        try:
            self._write(batch)
        except HubError:
            for step in batch:
                self._alone(step)

    def _alone(self, step: Step) -> None:
        key = _key(step.case)
        if key in self.refused:
            return
        try:
            self._write([step])
        except HubError as refusal:
            self.refused[key] = (step.case, f"{step.kind}: {refusal}")

    def _write(self, batch: Sequence[Step]) -> None:
        opening = [step.case for step in batch if step.kind == "opened"]
        prepared = self.database.read(lambda tx: self._prepare(tx, opening))
        self.tickets |= self.database.write(lambda tx: self._take(tx, batch, prepared))

    def _prepare(self, tx: Tx, cases: Sequence[Case]) -> dict[External, Prepared]:
        return {
            _key(case): intake.prepare(
                tx,
                self.place.office,
                telling.complaint(case, self.place),
                telling.choice(case, self.place),
            )
            for case in cases
        }

    def _take(
        self, tx: Tx, batch: Sequence[Step], prepared: Mapping[External, Prepared]
    ) -> dict[External, int]:
        new: dict[External, int] = {}
        # no step looks up what another wrote, except by its ticket, which is at hand: one flush serves all
        with tx.no_autoflush:
            hold_all(tx, {self.tickets[key] for step in batch if (key := _key(step.case)) in self.tickets})
            for step in batch:
                key = _key(step.case)
                if step.kind == "opened":
                    new[key] = intake.receive(tx, HUB, prepared[key]).id
                elif key not in self.refused:
                    ticket = tickets.lock(tx, new.get(key) or self.tickets[key])
                    VERBS[step.kind](tx, ticket, step, self.place)
        return new


def _key(case: Case) -> External:
    return case.source, case.ref


def _batches(steps: Sequence[Step], pace: Pace) -> Iterator[Sequence[Step]]:
    start = 0
    while start < len(steps):
        end = start + pace.ready(steps[start : start + BATCH])
        yield steps[start:end]
        start = end


def _count(outcome: Outcome, player: _Player, cases: Sequence[Case], before: set[External]) -> None:
    keys = {_key(case) for case in cases}
    outcome.rejected += [
        Rejected(case.row, why, {"id": case.ref})
        for key, (case, why) in player.refused.items()
        if key not in player.tickets
    ]
    outcome.known = len(keys & before)
    outcome.tickets = len(keys & set(player.tickets)) - outcome.known
    outcome.marks = Counter(mark for case in cases for mark in case.marks)
    for source in {case.source for case in cases}:
        far = standing(player.database, source)
        now = [done for ref, (_, done) in far.items() if (source, ref) in keys]
        outcome.closed += sum(done % 2 == 0 for done in now)
        outcome.open += sum(done % 2 == 1 for done in now)


def _sign(tx: Tx, actor: Actor, place: Office, source: str, outcome: Outcome) -> None:
    founding.record(
        tx,
        "replayed",
        place,
        actor.staff_id,
        source=source,
        rows=outcome.rows,
        tickets=outcome.tickets,
        steps=outcome.steps,
        rejected=len(outcome.rejected),
    )
