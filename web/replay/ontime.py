"""Whether each matter of a replayed office was in time, from our events alone; and if the city agrees."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hub.database import Database, Tx
from hub.events import Event
from hub.organisation import Office
from web.replay.case import Case
from web.replay.known import External

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Agreement:
    """How many of the file's flags our record gives back. differ: the external references that do not."""

    flags: int
    blank: int
    differ: tuple[External, ...]

    @property
    def agree(self) -> int:
        return self.flags - len(self.differ)


def ontime(database: Database, office: Office, as_of: datetime) -> dict[External, bool]:
    """External reference → in time or not, recomputed from what was recorded.

    In time: closed by the target, or not yet past it as of then; without a target, always.
    """
    return database.read(lambda tx: _judge(tx, office, as_of))


def agreement(cases: Iterable[Case], judged: Mapping[External, bool]) -> Agreement:
    """The file's flags against ours. Cases that are no tickets count as different."""
    flags, blank, differ = 0, 0, []
    for case in cases:
        if case.flag is None:
            blank += 1
            continue
        flags += 1
        if judged.get((case.source, case.ref)) is not (case.flag == "on_time"):
            differ.append((case.source, case.ref))
    return Agreement(flags, blank, tuple(differ))


def _judge(tx: Tx, office: Office, as_of: datetime) -> dict[External, bool]:
    targets: dict[int, tuple[External, datetime | None]] = {}
    ended: dict[int, datetime] = {}
    told = (
        select(Event.ticket_id, Event.kind, Event.happened_at, Event.facts)
        .where(Event.office_id == office.id, col(Event.kind).in_(("received", "closed", "reopened")))
        .order_by(col(Event.id))
        .execution_options(yield_per=_AT_ONCE)
    )
    for ticket_id, kind, happened_at, facts in tx.execute(told):
        if kind == "received":
            said = json.loads(facts)
            if said["external"]:
                by = said["resolve_by"]
                targets[ticket_id] = (tuple(said["external"]), datetime.fromisoformat(by) if by else None)
        elif kind == "closed":
            ended[ticket_id] = happened_at
        else:
            ended.pop(ticket_id, None)
    return {
        external: by is None or ended.get(ticket_id, as_of) <= by
        for ticket_id, (external, by) in targets.items()
    }
