"""Finding among what one may see: tickets by words, number, phone or room; rooms, people and messages.

Every look-up here begins with the WHERE clause of `hub.access`. Pages go by key, never by count, so that a
list that grows meanwhile repeats nothing and leaves nothing out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from hub import access, contacts, estate, search, standing, words
from hub.access import Actor
from hub.contacts import ContactPoint, PartyContact
from hub.database import Tx
from hub.deliveries import Delivery
from hub.estate import Occupancy, Party, Room
from hub.orders import Order
from hub.organisation import Department, Office, Role, Staff
from hub.tickets import Ticket

# of a ticket's number: fewer digits would fit thousands of tickets, more no number has
SHORTEST_NUMBER, LONGEST_NUMBER = 5, 15


@dataclass(frozen=True)
class Wanted:
    """Which tickets: every filter given must hold. `office`, `department` are codes, `worker` a log-in."""

    status: str | None = None
    office: str | None = None
    department: str | None = None
    worker: str | None = None
    q: str = ""


@dataclass(frozen=True)
class Resident:
    """A party as an office knows it: where it lives, and how sure the phone is theirs (known | maybe)."""

    party: Party
    certainty: str
    rooms: tuple[tuple[Room, str], ...]


def offices(tx: Tx, me: Actor, step: str) -> list[Office]:
    """The offices in which the asker may take this step."""
    rows = tx.scalars(select(Office).where(access.offices(me)).order_by(col(Office.id)))
    return [office for office in rows if me.may(step, office.id)]


def tickets(tx: Tx, me: Actor, wanted: Wanted, before: int | None, limit: int) -> Sequence[Ticket]:
    """Up to `limit` tickets, newest first, from the one before id `before` on."""
    query = select(Ticket).where(access.tickets_seen(me), *_filters(wanted))
    if wanted.q.strip():
        query = query.where(col(Ticket.id).in_(saying(tx, me, wanted.q, before, limit, *_filters(wanted))))
    if before is not None:
        query = query.where(Ticket.id < before)
    return tx.scalars(query.order_by(col(Ticket.id).desc()).limit(limit)).all()


def saying(
    tx: Tx,
    me: Actor,
    q: str,
    before: int | None,
    limit: int,
    *clauses: ColumnElement[bool],
    is_typing: bool = False,
) -> list[int]:
    """The ids of up to `limit` tickets, newest first, in whose words every word of `q` stands.

    Or whose number begins with it, or whose caller's phone, room or initials it is. `clauses` narrow it
    further; while it `is_typing`, the last word may go on.
    """
    seen = (access.tickets_seen(me), *clauses)
    found = _by_number(tx, q, before, limit, seen)
    for asked in (search.question(q, _readings(tx, me, q)), *([search.begun(q)] if is_typing else [])):
        if len(found) >= limit:
            break  # whole words first: what begins like this too would only be slow to look up
        spoken = (col(Ticket.words).contains(run, autoescape=True) for run in asked.runs)
        hits = select(Ticket.id).where(*seen, *spoken)
        for ids in search.newest(tx, asked, access.office_ids(me), before):
            found += tx.scalars(hits.where(col(Ticket.id).in_(ids)))
            if len(found) >= limit:
                break
    return sorted(set(found), reverse=True)[:limit]


def _by_number(
    tx: Tx, q: str, before: int | None, limit: int, seen: Sequence[ColumnElement[bool]]
) -> list[int]:
    """The newest whose number begins like this; an order's number finds its ticket."""
    start = words.fold(q).strip().partition("-")[0]
    if not (start.isascii() and start.isdigit() and SHORTEST_NUMBER <= len(start) <= LONGEST_NUMBER):
        return []
    last = start.ljust(LONGEST_NUMBER, "9")
    query = select(Ticket.id).where(*seen, col(Ticket.number).between(start, last))
    if before is not None:
        query = query.where(Ticket.id < before)
    # Sorted once the few are found: by the order of ids a planner would walk all the office has for them.
    return list(tx.scalars(query.order_by((col(Ticket.id) + 0).desc()).limit(limit)))


def _readings(tx: Tx, me: Actor, q: str) -> list[str]:
    """`q` as a phone number of any country the asker's offices stand in."""
    if not re.fullmatch(r"[\d\s+().-]+", words.fold(q)) or not contacts.is_phone(q):
        return []
    regions = {row.region for row in standing.of(tx).offices.values() if access.sees_office(me, row)}
    return sorted({form for region in regions if (form := contacts.e164(q, region))})


def rooms(tx: Tx, me: Actor, q: str, office: str | None, after: int | None, limit: int) -> Sequence[Room]:
    """Rooms in use whose code holds `q`, dashes or not, in the order of the register."""
    query = select(Room).where(_in_offices(me, col(Room.office_id), office), col(Room.ended_at).is_(None))
    if q.strip():
        bare = func.replace(col(Room.code), "-", "")
        query = query.where(bare.contains(estate.fold_code(q).replace("-", ""), autoescape=True))
    if after is not None:
        query = query.where(Room.id > after)
    return tx.scalars(query.order_by(col(Room.id)).limit(limit)).all()


def parties(tx: Tx, me: Actor, phone: str, after: int | None, limit: int) -> list[Resident]:
    """Whose phone this is, among those who live in an office the asker may see."""
    here = select(Room.id).where(_in_offices(me, col(Room.office_id), None))
    living = select(Occupancy.party_id).where(
        col(Occupancy.room_id).in_(here), col(Occupancy.ended_at).is_(None)
    )
    rows = tx.execute(
        select(Party, PartyContact.certainty)
        .join(PartyContact, col(PartyContact.party_id) == col(Party.id))
        .join(ContactPoint, col(ContactPoint.id) == col(PartyContact.contact_id))
        .where(
            _is_phone(tx, me, phone),
            col(PartyContact.ended_at).is_(None),
            col(Party.id).in_(living),
            Party.id > (after or 0),
        )
        .order_by(col(Party.id))
        .limit(limit)
    ).all()
    return [Resident(party, certainty, _rooms_of(tx, me, party.id)) for party, certainty in rows]


def staff(tx: Tx, me: Actor, q: str, office: str | None, after: int | None, limit: int) -> Sequence[Staff]:
    """Those who hold a role in an office the asker may see, by name or log-in."""
    holding = select(Role.staff_id).where(
        _in_offices(me, col(Role.office_id), office), col(Role.ended_at).is_(None)
    )
    query = select(Staff).where(col(Staff.id).in_(holding), col(Staff.ended_at).is_(None))
    if q.strip():
        part = q.strip()
        query = query.where(
            or_(
                col(Staff.name).icontains(part, autoescape=True),
                col(Staff.login).icontains(part, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(Staff.id > after)
    return tx.scalars(query.order_by(col(Staff.id)).limit(limit)).all()


def roles(tx: Tx, me: Actor, staff_ids: Sequence[int]) -> Sequence[Role]:
    """The roles these people hold now in offices the asker may see."""
    return tx.scalars(
        select(Role)
        .where(
            col(Role.staff_id).in_(staff_ids),
            col(Role.ended_at).is_(None),
            _in_offices(me, col(Role.office_id), None),
        )
        .order_by(col(Role.id))
    ).all()


def departments(tx: Tx, me: Actor, office: str | None, after: int | None, limit: int) -> Sequence[Department]:
    """The running departments of the offices the asker may see."""
    query = select(Department).where(
        _in_offices(me, col(Department.office_id), office), col(Department.ended_at).is_(None)
    )
    if after is not None:
        query = query.where(Department.id > after)
    return tx.scalars(query.order_by(col(Department.id)).limit(limit)).all()


def messages(tx: Tx, me: Actor, unread: bool, before: int | None, limit: int) -> Sequence[Delivery]:
    """The asker's own messages on the screen, newest first."""
    states = ("delivered",) if unread else ("delivered", "read")
    query = select(Delivery).where(
        Delivery.staff_id == me.staff_id, Delivery.channel == "screen", col(Delivery.state).in_(states)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    return tx.scalars(query.order_by(col(Delivery.id).desc()).limit(limit)).all()


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        clauses.append(col(Ticket.status) == wanted.status)
    if wanted.office is not None:
        clauses.append(col(Ticket.office_id).in_(select(Office.id).where(Office.code == wanted.office)))
    if wanted.department is not None:
        sent = select(Order.ticket_id).join(Department, col(Department.id) == col(Order.department_id))
        clauses.append(col(Ticket.id).in_(sent.where(Department.code == wanted.department)))
    if wanted.worker is not None:
        given = select(Order.ticket_id).join(Staff, col(Staff.id) == col(Order.worker_id))
        clauses.append(col(Ticket.id).in_(given.where(Staff.login == wanted.worker)))
    return clauses


def _is_phone(tx: Tx, me: Actor, phone: str) -> ColumnElement[bool]:
    """The contact points of this number, read as one of any country the asker's offices stand in."""
    regions = tx.scalars(select(Office.region).where(access.offices(me)).distinct()).all()
    forms = {contacts.e164(phone, region) for region in regions} | {"".join(phone.split())}
    return and_(
        col(ContactPoint.company_id) == me.company_id,
        col(ContactPoint.value).in_([form for form in forms if form]),
    )


def _in_offices(me: Actor, column: Mapped[Any], code: str | None) -> ColumnElement[bool]:
    seen = select(Office.id).where(access.offices(me))
    return column.in_(seen.where(Office.code == code) if code is not None else seen)


def _rooms_of(tx: Tx, me: Actor, party_id: int) -> tuple[tuple[Room, str], ...]:
    rows = tx.execute(
        select(Room, Occupancy.role)
        .join(Occupancy, col(Occupancy.room_id) == col(Room.id))
        .where(
            Occupancy.party_id == party_id,
            col(Occupancy.ended_at).is_(None),
            _in_offices(me, col(Room.office_id), None),
        )
        .order_by(col(Room.id))
    )
    return tuple((room, role) for room, role in rows)
