"""The ladder: when this much of a promise has passed, who is told, and how hard.

One thing is the whole ladder of one promise at one priority. A promise that runs already follows the new
ladder from its next step on.
Source: domain.md §4 (levels), K2.5 (催辦、督辦).
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from hub import defaults
from hub.access import Actor
from hub.catalogue import DUE, START, LadderStep
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

STEPS = 5  # of one ladder at most
PERCENT = "percent"
SINCE = (PERCENT, START, DUE)
ACTIONS = ("urge", "press", "escalate")
PARTS = ("amount", "since", "action", "whom")
LONGEST = 43_200  # minutes: thirty days


def names(step: int) -> tuple[str, ...]:
    """The fields of one step of the form, counted from 1."""
    return tuple(f"step{step}_{part}" for part in PARTS)


FIELDS = tuple(name for step in range(1, STEPS + 1) for name in names(step))


def ranks() -> tuple[str, ...]:
    """Whom a step can reach."""
    return tuple(dict.fromkeys(row["whom"] for row in defaults.rows("ladder")))


def every() -> tuple[str, ...]:
    """Every ladder there is, as priority-promise."""
    return tuple(dict.fromkeys(f"{row['priority']}-{row['promise']}" for row in defaults.rows("ladder")))


def delivered(key: str) -> Values:
    """The ladder every office starts with."""
    priority, _, promise = key.partition("-")
    rows = [
        row for row in defaults.rows("ladder") if (row["priority"], row["promise"]) == (priority, promise)
    ]
    return _values([_delivered(row) for row in sorted(rows, key=lambda row: int(row["rank"]))])


def _delivered(row: Mapping[str, str]) -> tuple[int, str, str, str]:
    amount, since = (row["percent"], PERCENT) if row["percent"] else (row["minutes"], row["since"] or DUE)
    return int(amount), since, row["action"], row["whom"]


def _values(steps: list[tuple[int, str, str, str]]) -> Values:
    values: Values = dict.fromkeys(FIELDS, "")
    for number, step in enumerate(steps[:STEPS], 1):
        values |= dict(zip(names(number), step, strict=True))
    return values


def _rows(tx: Tx, office: Office, key: str) -> list[LadderStep]:
    priority, _, promise = key.partition("-")
    query = select(LadderStep).where(
        LadderStep.office_id == office.id, LadderStep.priority == priority, LadderStep.promise == promise
    )
    return list(tx.scalars(query.order_by(col(LadderStep.rank))))


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key not in every():
        return None
    return _values(
        [
            (row.percent, PERCENT, row.action, row.whom)
            if row.percent is not None
            else (row.minutes or 0, row.since, row.action, row.whom)
            for row in _rows(tx, office, key)
        ]
    )


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    steps: list[tuple[int, str, str, str]] = []
    last: dict[str, int] = {}
    for number in range(1, STEPS + 1):
        amount_name, since_name, action_name, whom_name = names(number)
        amount = given.whole(amount_name, 1, LONGEST)
        if amount is None:
            continue
        since = given.one_of(since_name, SINCE)
        if amount <= last.get(since, 0):
            given.refuse(amount_name, HubError("each step comes later than the one before it"))
        last[since] = amount
        steps.append((amount, since, given.one_of(action_name, ACTIONS), given.one_of(whom_name, ranks())))
    given.finish()
    return _values(steps)


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    priority, _, promise = key.partition("-")
    wanted = values if values is not None else delivered(key)
    for row in _rows(tx, office, key):
        tx.delete(row)
    tx.flush()
    for number in range(1, STEPS + 1):
        amount, since, action, whom = (wanted[name] for name in names(number))
        if amount == "":
            continue
        is_share = since == PERCENT
        tx.add(
            LadderStep(
                office_id=office.id,
                priority=priority,
                promise=promise,
                rank=number,
                percent=amount if is_share else None,
                minutes=None if is_share else amount,
                since=DUE if is_share else since,
                action=action,
                whom=whom,
            )
        )
    return key


LADDER = Subject("ladder", FIELDS, _read, _check, _write)
