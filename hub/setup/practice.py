"""The figures an office works by: how long it reopens, how many it calls back, when it lets people sleep.

Kept in the office's policy; what was delivered is `founding.POLICY`.
Source: domain.md §3.3, house.md (callback unreached), peers.md §5-4 (not at midnight).
"""

import re
from collections.abc import Mapping
from typing import Any

from hub import founding, incidents, quiet_hours
from hub.access import Actor
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

KEY = "practice"
NUMBERS = {  # name -> the least and the most
    "reopen_days": (0, 365),
    "callback_share": (0, 100),
    "callback_tries": (1, 20),
    "letter_days": (1, 90),
    "incident_households": (2, 1000),
    "incident_hours": (1, 168),
}
QUIET = ("quiet_from", "quiet_to")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def delivered() -> Values:
    """What an office starts with."""
    base = dict(founding.POLICY)
    base |= {"incident_households": incidents.HOUSEHOLDS, "incident_hours": incidents.HOURS}
    return _values(base)


def _values(policy: Mapping[str, Any]) -> Values:
    return {name: int(policy[name]) for name in NUMBERS} | dict(zip(QUIET, policy["quiet"], strict=True))


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key != KEY:
        return None
    base = {"incident_households": incidents.HOUSEHOLDS, "incident_hours": incidents.HOURS}
    return _values(base | {"quiet": list(quiet_hours.USUAL)} | office.policy)


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {name: given.number(name, *within) for name, within in NUMBERS.items()}
    for name in QUIET:
        values[name] = given.text(name, required=True)
        if values[name] and not _TIME.fullmatch(values[name]):
            given.refuse(name, HubError("write a time of day like 22:00"))
    given.finish()
    return values


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    wanted = values or delivered()
    plain = {name: wanted[name] for name in NUMBERS}
    office.policy = office.policy | plain | {"quiet": [wanted[name] for name in QUIET]}
    return key


PRACTICE = Subject("practice", (*NUMBERS, *QUIET), _read, _check, _write)
