"""Certificates and leave of an office's people.

Source: seed P4.2.2b (certificates and special tests), peers.md §5-7 (shifts, leave, who is really there).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from hub import clock
from hub.access import Actor
from hub.database import Tx
from hub.duty import Absence
from hub.errors import HubError
from hub.organisation import Office, Staff
from hub.papers import Qualification
from hub.setup import people
from hub.setup.change import Subject, Values
from hub.setup.checks import Said, id_of

ONE_DAY = timedelta(days=1)


def certificates(tx: Tx, office: Office) -> list[tuple[Qualification, Staff]]:
    """Every certificate of this office's people, the one that ends first at the top."""
    own = {one.id: one for one in people.of_office(tx, office)}
    rows = tx.scalars(select(Qualification).where(col(Qualification.staff_id).in_(own))).all()
    pairs = [(row, own[row.staff_id]) for row in rows]
    return sorted(pairs, key=lambda pair: (pair[0].valid_until or date.max, pair[1].name, pair[0].id))


def leaves(tx: Tx, office: Office) -> list[tuple[Absence, Staff]]:
    """The leave of this office's people that is not over, in its order."""
    own = {one.id: one for one in people.of_office(tx, office)}
    query = select(Absence).where(
        col(Absence.staff_id).in_(own), Absence.ends_at > clock.now(), Absence.ends_at > Absence.starts_at
    )
    return [(row, own[row.staff_id]) for row in tx.scalars(query.order_by(col(Absence.starts_at)))]


# --- certificates ------------------------------------------------------------


def _certificate(tx: Tx, office: Office, key: str) -> tuple[Qualification, Staff] | None:
    return next((pair for pair in certificates(tx, office) if str(pair[0].id) == key), None)


def _read_certificate(tx: Tx, office: Office, key: str) -> Values | None:
    found = _certificate(tx, office, key)
    if found is None:
        return None
    row, person = found
    return {
        "staff": person.login,
        "trade": row.trade,
        "certificate": row.certificate,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "tested_on": row.tested_on.isoformat() if row.tested_on else "",
    }


def _check_certificate(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "staff": given.one_of("staff", [one.login for one in people.of_office(tx, office)]),
        "trade": given.text("trade", required=True),
        "certificate": given.text("certificate", required=True),
        "valid_from": given.day("valid_from", required=True),
        "valid_until": given.day("valid_until"),
        "tested_on": given.day("tested_on"),
    }
    if values["valid_until"] and values["valid_until"] < values["valid_from"]:
        given.refuse("valid_until", HubError("this is before it begins"))
    if values["tested_on"] > clock.now().astimezone(office.tz).date().isoformat():
        given.refuse("tested_on", HubError("a test that is still to come was not passed"))
    given.finish()
    return values


def _write_certificate(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    found = _certificate(tx, office, key)
    row = found[0] if found else None
    if values is None:
        assert row is not None
        row.valid_until = clock.now().astimezone(office.tz).date() - ONE_DAY
        row.valid_from = min(row.valid_from, row.valid_until)
        return key
    person = next(one for one in people.of_office(tx, office) if one.login == values["staff"])
    if row is None:
        row = Qualification(staff_id=person.id, trade="", certificate="", valid_from=date.min)
        tx.add(row)
    row.staff_id, row.trade, row.certificate = person.id, values["trade"], values["certificate"]
    row.valid_from = date.fromisoformat(values["valid_from"])
    row.valid_until, row.warned = _day(values["valid_until"]), None
    row.tested_on = _day(values["tested_on"])
    tx.flush()
    return str(row.id)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# --- leave -------------------------------------------------------------------


def _leave(tx: Tx, office: Office, key: str) -> tuple[Absence, Staff] | None:
    row = tx.get(Absence, id_of(key))
    own = {one.id: one for one in people.of_office(tx, office)}
    return None if row is None or row.staff_id not in own else (row, own[row.staff_id])


def _read_leave(tx: Tx, office: Office, key: str) -> Values | None:
    found = _leave(tx, office, key)
    if found is None or found[0].starts_at >= found[0].ends_at:
        return None
    row, person = found
    stand_in = tx.get(Staff, row.stand_in_id) if row.stand_in_id else None
    return {
        "staff": person.login,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "stand_in": stand_in.login if stand_in else "",
        "reason": row.reason,
    }


def _check_leave(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    logins = [one.login for one in people.of_office(tx, office)]
    values: Values = {
        "staff": given.one_of("staff", logins),
        "starts_at": given.moment("starts_at", office.tz),
        "ends_at": given.moment("ends_at", office.tz),
        "stand_in": given.one_of("stand_in", ("", *logins)),
        "reason": given.text("reason"),
    }
    if values["starts_at"] and values["ends_at"] and values["ends_at"] <= values["starts_at"]:
        given.refuse("ends_at", HubError("this is before it begins"))
    if values["stand_in"] and values["stand_in"] == values["staff"]:
        given.refuse("stand_in", HubError("nobody stands in for themselves"))
    given.finish()
    return values


def _write_leave(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    """None: what has begun ends now, and what has not is called off."""
    found = _leave(tx, office, key)
    row = found[0] if found else None
    if values is None:
        assert row is not None
        row.ends_at = max(row.starts_at, min(row.ends_at, clock.now()))
        return key
    by_login = {one.login: one.id for one in people.of_office(tx, office)}
    if row is None:
        row = Absence(staff_id=0, starts_at=clock.now(), ends_at=clock.now())
        tx.add(row)
    row.staff_id, row.reason = by_login[values["staff"]], values["reason"]
    row.starts_at = datetime.fromisoformat(values["starts_at"])
    row.ends_at = datetime.fromisoformat(values["ends_at"])
    row.stand_in_id = by_login.get(values["stand_in"])
    tx.flush()
    return str(row.id)


CERTIFICATE = Subject(
    "certificate",
    ("staff", "trade", "certificate", "valid_from", "valid_until", "tested_on"),
    _read_certificate,
    _check_certificate,
    _write_certificate,
)
LEAVE = Subject(
    "leave",
    ("staff", "starts_at", "ends_at", "stand_in", "reason"),
    _read_leave,
    _check_leave,
    _write_leave,
    personal=frozenset({"reason"}),
)
