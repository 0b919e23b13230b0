"""Is this matter here already? The likely ones with a score and every reason, for a person to decide.

Few rows are looked up, each by an index: of the same room, phone, place, and of the building's same group.
Each is then compared (`dispatch.likeness`). Nothing is linked here: a person does (house.md).
Source: domain.md §3.2 (one matter through several doors is one case), §3.4 (suggest duplicates, "follow").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true, union_all
from sqlmodel import col

from dispatch.case import Case
from dispatch.complaint import Complaint, received_at
from dispatch.likeness import AFTER, LIKELY, Matter, compare
from dispatch.triage import Judgement
from hub import contacts, estate, places, tickets
from hub.access import Actor, tickets_seen
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.organisation import Office
from hub.tickets import Ticket

FEW = 3
# An office's policy `same_matter_days` may say otherwise: for all under "", for one category under its code.
DAYS = 30
NOT_THE_SAME = ("withdrawn", "duplicate")
ROWS, ROWS_OF_BUILDING = 12, 24


@dataclass(frozen=True)
class Likely:
    """A ticket that may be the same matter; `why` is a list of reasons as data, the weightiest first."""

    ticket_id: int
    number: str
    item: str
    status: str
    score: float
    why: list[dict[str, Any]]

    def as_fact(self) -> dict[str, Any]:
        """For the record: of the words shared, how many."""
        why = [{**one, "words": len(one["words"])} if "words" in one else one for one in self.why]
        return {"number": self.number, "score": self.score, "why": why}


def of_complaint(
    tx: Tx, office: Office, book: Catalogue, said: Complaint, phone: str | None, judged: Judgement
) -> tuple[Likely, ...]:
    """What is here already and may be what this complaint is about; `phone` as `contacts.e164` read it.

    Nobody stands at a desk for a file's past, so an imported complaint is compared with nothing.
    """
    if said.is_imported:
        return ()
    room = estate.room_by_code(tx, office.id, said.room) if said.room.strip() else None
    contact = contacts.known_point(tx, office.company_id, said.phone, phone) if said.phone.strip() else None
    category = book.categories.get(judged.category or "")
    new = Matter(
        at=received_at(said),
        item=said.item,
        description=said.description,
        category=judged.category,
        group=category.group_code if category else None,
        kind=judged.kind,
        room_id=room.id if room else None,
        building_id=room.building_id if room else None,
        contact_id=contact.id if contact else None,
        place=said.place,
    )
    return tuple(search(tx, office, book, new))


def record(case: Case, likely: Iterable[Likely]) -> None:
    """Write down what was found; of the words shared only how many, for words must stay erasable."""
    told = [one.as_fact() for one in likely]
    if told:
        tickets.record(case.tx, "resembles", case.ticket, None, case.ticket.registered_at, tickets=told)


def search(
    tx: Tx,
    office: Office,
    book: Catalogue,
    new: Matter,
    *seen: ColumnElement[bool],
    but: int = 0,
) -> list[Likely]:
    """The few tickets most likely the same matter, the likeliest first.

    `seen` narrows to what the asker may see; `but` is the ticket itself. A household behind a lead is
    answered as its lead, unless it is the asker's own.
    """
    found: dict[int, Likely] = {}
    for row in _candidates(tx, office, book, new, seen):
        if row.id == but or row.lead_id == but != 0:
            continue
        category = book.by_id.get(row.category_id or 0)
        score, why = compare(new, _matter(row, category))
        if score >= LIKELY:
            found[row.id] = Likely(row.id, row.number, row.item, row.status, score, why)
    best = sorted(found.values(), key=lambda one: (-one.score, -one.ticket_id))
    return best[:FEW]


def of_ticket(
    tx: Tx, office: Office, book: Catalogue, ticket: Ticket, *seen: ColumnElement[bool]
) -> list[Likely]:
    """What a ticket that stands already is likely the same as."""
    mine = _matter(ticket, book.by_id.get(ticket.category_id or 0))
    return search(tx, office, book, mine, *seen, but=ticket.id)


def seen_by(tx: Tx, me: Actor, likely: Iterable[Likely]) -> list[Likely]:
    """Of these, the ones that a person may find."""
    found = list(likely)
    ids = [one.ticket_id for one in found]
    query = select(col(Ticket.id)).where(col(Ticket.id).in_(ids), tickets_seen(me))
    seen = set(tx.scalars(query)) if ids else set()
    return [one for one in found if one.ticket_id in seen]


def window(office: Office, category: Category | None) -> timedelta:
    """How far back an open matter of this category may still be the same."""
    said = office.policy.get("same_matter_days", {})
    days = said.get(category.code if category else "", said.get("", DAYS))
    return timedelta(days=int(days))


def _candidates(
    tx: Tx, office: Office, book: Catalogue, new: Matter, seen: Iterable[ColumnElement[bool]]
) -> list[Any]:
    """The rows worth comparing: each way a short stretch of one index."""
    category = book.categories.get(new.category or "")
    since, until = new.at - window(office, category), new.at + AFTER
    ways: list[tuple[ColumnElement[bool], int]] = []
    if new.room_id is not None:
        ways.append((col(Ticket.room_id) == new.room_id, ROWS))
    if new.contact_id is not None:
        ways.append((col(Ticket.contact_id) == new.contact_id, ROWS))
    if new.building_id is not None:
        ways.append((_of_building(book, new.building_id, category), ROWS_OF_BUILDING))
    if spot := places.spot(new.place):
        # the index holds no empty spots, and is taken only where the query says so too
        ways.append(((col(Ticket.spot) == spot) & (col(Ticket.spot) != ""), ROWS))
    if not ways:
        return []
    standing = or_(
        col(Ticket.status) != "closed",
        (col(Ticket.closed_at) >= new.at - AFTER)
        & or_(col(Ticket.outcome).is_(None), col(Ticket.outcome).not_in(NOT_THE_SAME)),
    )
    times = (col(Ticket.received_at) >= since, col(Ticket.received_at) <= until)
    whole = [
        _few(way, limit, col(Ticket.office_id) == office.id, *times, standing, *seen) for way, limit in ways
    ]
    return list(tx.execute(whole[0] if len(whole) == 1 else union_all(*whole)))


def _of_building(book: Catalogue, building_id: int, category: Category | None) -> ColumnElement[bool]:
    """The neighbours' matters of the same group; those behind a lead are spoken for by it."""
    alike = [row.id for row in book.by_id.values() if category and row.group_code == category.group_code]
    same = col(Ticket.category_id).in_(alike) if category else true()
    return (col(Ticket.building_id) == building_id) & same & col(Ticket.lead_id).is_(None)


_COLUMNS = tuple(
    getattr(Ticket, name)
    for name in (
        *("id", "number", "item", "description", "status", "lead_id", "category_id", "kind"),
        *("room_id", "building_id", "contact_id", "place", "received_at", "closed_at"),
    )
)


def _few(way: ColumnElement[bool], limit: int, *clauses: ColumnElement[bool]) -> Select[Any]:
    newest = select(*_COLUMNS).where(way, *clauses).order_by(col(Ticket.received_at).desc()).limit(limit)
    return select(newest.subquery())


def _matter(row: Any, category: Category | None) -> Matter:
    return Matter(
        at=row.received_at,
        item=row.item,
        description=row.description,
        category=category.code if category else None,
        group=category.group_code if category else None,
        kind=row.kind,
        room_id=row.room_id,
        building_id=row.building_id,
        contact_id=row.contact_id,
        place=row.place,
        closed_at=row.closed_at,
    )
