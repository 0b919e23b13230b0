"""Who hears of which event, and how: the office's own ways over the table that is delivered (audience.csv).

An emergency never goes unheard: its lines may take another way, not none. A line without a text of its own
only ever stands on the screen.
Source: K1.4 (the centre emits), domain.md §4 (P1: worker, supervisor and customer director at once).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from hub import data, deviations
from hub.access import Actor
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

KIND = "audience"
OFF = ""
ON_SCREEN = "screen"
NOT_OURS = ("said", "webhook")  # ways that the event names itself, and the machines'


def key_of(event: str, when: str, who: str) -> str:
    """What a line of the table is known by."""
    return ".".join((event, when or "always", who))


@cache
def lines() -> dict[str, dict[str, str]]:
    """The lines an office may set otherwise, by key."""
    return {
        key_of(row["event"], row["when"], row["who"]): row
        for row in data.read("audience")
        if row["way"] not in NOT_OURS
    }


def ways(key: str) -> tuple[str, ...]:
    """The ways this line may take: those the table knows for such a hearer; OFF where it may go unheard."""
    row = lines()[key]
    is_customer = row["who"] == "customer"
    fit = [one["way"] for one in lines().values() if (one["who"] == "customer") == is_customer]
    found = tuple(dict.fromkeys((row["way"], *fit)))
    if not row["text"]:
        found = (ON_SCREEN,)
    return found if row["when"] == "urgent" else (*found, OFF)


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key not in lines():
        return None
    return delivered(key) | deviations.of(office, KIND).get(key, {})


def delivered(key: str) -> Values:
    """The way the table has."""
    return {"line": key, "way": lines()[key]["way"]}


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    line = given.one_of("line", lines())
    way = given.text("way")
    if line in lines() and way not in ways(line):
        if way == OFF:
            given.refuse("way", HubError("an emergency may not go unheard"))
        given.refuse("way", HubError("choose one of the list"))
    given.finish()
    return {"line": line, "way": way}


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    deviations.put(office, KIND, key, values, delivered(key))
    return key


HEARING = Subject("hearing", ("line", "way"), _read, _check, _write)
