"""The office's telephones: the numbers it is called and written under, who is rung, how callbacks begin.

Kept in the office's policy. Without them the telephones of those on duty ring, a person calls back, and what
comes in belongs where its sender lives.
Source: domain.md §6 (dial duty phone), §3.3 (callback); house.md (Offices).
"""

from collections.abc import Mapping
from typing import Any

from hub import contacts, standing
from hub.access import Actor
from hub.callbacks import BY_ITSELF, FIRST_TRY, SURVEY_HOURS, WAITS
from hub.callers import LINES
from hub.database import Tx
from hub.errors import HubError
from hub.lines import DESK_PHONE, DUTY_PHONE
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

KEY = "telephones"
RUNG = (DUTY_PHONE, DESK_PHONE)
FIELDS = (LINES, *RUNG, FIRST_TRY, WAITS)
LONGEST_WAIT = 168


def delivered() -> Values:
    """What an office starts with: nothing named."""
    return {LINES: [], DUTY_PHONE: "", DESK_PHONE: "", FIRST_TRY: "", WAITS: SURVEY_HOURS}


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key != KEY:
        return None
    return {name: office.policy.get(name, usual) for name, usual in delivered().items()}


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {LINES: _lines(tx, office, given)}
    for name in RUNG:
        number = given.text(name)
        values[name] = contacts.e164(number, office.region) or ""
        if number and not values[name]:
            given.refuse(name, HubError("this is no telephone number"))
    values[FIRST_TRY] = given.one_of(FIRST_TRY, ("", *BY_ITSELF))
    values[WAITS] = given.number(WAITS, 1, LONGEST_WAIT)
    given.finish()
    return values


def _lines(tx: Tx, office: Office, given: Said) -> list[str]:
    """Numbers as E.164 and mail addresses, each of this office alone."""
    found = []
    for line in given.several(LINES):
        value = line.lower() if "@" in line else contacts.e164(line, office.region)
        if not value:
            given.refuse(LINES, HubError("this is no telephone number"))
        elif (other := _other(tx, office, value)) is not None:
            given.refuse(LINES, HubError("%(line)s is a line of %(office)s", line=value, office=other.name))
        else:
            found.append(value)
    return found


def _other(tx: Tx, office: Office, line: str) -> Office | None:
    offices = standing.of(tx).offices.values()
    running = (one for one in offices if one.id != office.id and one.ended_at is None)
    return next((one for one in running if line in one.policy.get(LINES, ())), None)


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    wanted = values or delivered()
    office.policy = office.policy | {name: wanted[name] for name in FIELDS}
    return key


TELEPHONES = Subject("telephones", FIELDS, _read, _check, _write)
