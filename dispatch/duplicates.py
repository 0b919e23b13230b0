"""Is this matter here already? The likely ones with a score and every reason, for a person to decide.

Few rows are looked up, each by an index: of the same room, phone, place, and of the building's same group.
Each is then compared (`dispatch.likeness`). Nothing is linked here: a person does (house.md).
Source: domain.md §3.2 (one matter through several doors is one case), §3.4 (suggest duplicates, "follow").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, union_all
from sqlmodel import col

from dispatch.case import Case
from dispatch.complaint import Complaint, received_at
from dispatch.likeness import AFTER, LIKELY, Matter, compare
from dispatch.recognising import Caller
from dispatch.triage import Judgement
from hub import places, tickets
from hub.access import Actor, tickets_seen
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.organisation import Office
from hub.statements import Statement, named, one_of, room_for
from hub.tickets import Ticket

FEW = 3
# An office's policy `same_matter_days` may say otherwise: for all under "", for one category under its code.
DAYS = 30
NOT_THE_SAME = ("withdrawn", "duplicate")
NEIGHBOURS = timedelta(days=2)  # beyond it a neighbour's matter is never likely the same (likeness)
ROWS, ROWS_OF_BUILDING = 12, 24
WAYS = ("room", "contact", "spot", "building")  # how a matter that is here already may be found


@dataclass(frozen=True)
class Likely:
    """A ticket that may be the same matter; `why` is a list of reasons as data, the weightiest first."""

    ticket_id: int
    office_id: int
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
    tx: Tx, office: Office, book: Catalogue, said: Complaint, caller: Caller, judged: Judgement
) -> tuple[Likely, ...]:
    """What is here already and may be what this complaint is about.

    Nobody stands at a desk for a file's past, so an imported complaint is compared with nothing.
    """
    if said.is_imported:
        return ()
    room, contact = caller.room, caller.contact
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
    tx: Tx, office: Office, book: Catalogue, new: Matter, me: Actor | None = None, but: int = 0
) -> list[Likely]:
    """The few tickets most likely the same matter, the likeliest first.

    Of those that `me` may find, when somebody asks; `but` is the ticket itself.
    """
    found: list[Likely] = []
    for row in {row.id: row for row in _candidates(tx, office, book, new)}.values():
        if row.id == but or row.lead_id == but != 0:
            continue
        score, why = compare(new, _matter(row, book.by_id.get(row.category_id or 0)))
        if score >= LIKELY:
            found.append(Likely(row.id, office.id, row.number, row.item, row.status, score, why))
    if me is not None:
        found = seen_by(tx, me, found)
    return sorted(found, key=lambda one: (-one.score, -one.ticket_id))[:FEW]


def of_ticket(tx: Tx, office: Office, book: Catalogue, ticket: Ticket, me: Actor) -> list[Likely]:
    """What a ticket that stands already is likely the same as, of what the asker may find."""
    mine = _matter(ticket, book.by_id.get(ticket.category_id or 0))
    return search(tx, office, book, mine, me, but=ticket.id)


def seen_by(tx: Tx, me: Actor, likely: Iterable[Likely]) -> list[Likely]:
    """Of these, the ones that a person may find."""
    found = list(likely)
    asked = [one.ticket_id for one in found if not me.sees_all(one.office_id)]
    if not asked:
        return found
    seen = set(tx.scalars(select(col(Ticket.id)).where(col(Ticket.id).in_(asked), tickets_seen(me))))
    return [one for one in found if one.ticket_id in seen or one.ticket_id not in asked]


def window(office: Office, category: Category | None) -> timedelta:
    """How far back an open matter of this category may still be the same."""
    said = office.policy.get("same_matter_days", {})
    days = said.get(category.code if category else "", said.get("", DAYS))
    return timedelta(days=int(days))


def _candidates(tx: Tx, office: Office, book: Catalogue, new: Matter) -> Sequence[Any]:
    """The rows worth comparing: each way a short stretch of one index; a way that is not known finds none."""
    category = book.categories.get(new.category or "")
    group = book.group_ids(category.group_code if category else None) or (0,)
    values = {
        "office": office.id,
        "room": new.room_id,
        "contact": new.contact_id,
        "spot": places.spot(new.place) or None,
        "building": None if new.is_errand else new.building_id,
        **named("group", group),
        "since": new.at - window(office, category),
        "since_near": new.at - NEIGHBOURS,
        "just": new.at - AFTER,
        "until": new.at + AFTER,
    }
    ways = tuple(way for way in WAYS if values[way] is not None)
    return _look_up(ways, room_for(group)).rows(tx, values) if ways else ()


_T = Ticket.__table__.c  # type: ignore[attr-defined]
_COLUMNS = (
    *("id", "number", "item", "description", "status", "lead_id", "category_id", "kind"),
    *("room_id", "building_id", "contact_id", "place", "received_at", "closed_at"),
)


@cache
def _look_up(ways: tuple[str, ...], group_size: int) -> Statement:
    """The one query over what is known of the place; made once, for making it costs more than running it.

    Of one's own, what is open and what was closed shortly before; of the neighbours, what is open and of the
    same group: those behind a lead are spoken for by it.
    """
    all_own = {
        "room": _T.room_id == bindparam("room"),
        # a phone is the company's; the sum keeps an engine from reading the whole office by time
        "contact": and_(_T.contact_id == bindparam("contact"), _T.office_id + 0 == bindparam("office")),
        # the index holds no empty spots, and is taken only where the query says so too
        "spot": and_(_T.office_id == bindparam("office"), _T.spot == bindparam("spot"), _T.spot != ""),
    }
    own = [clause for way, clause in all_own.items() if way in ways]
    near = and_(
        _T.building_id == bindparam("building"),
        one_of(_T.category_id, "group", group_size),
        _T.lead_id.is_(None),
    )
    is_same = or_(_T.outcome.is_(None), and_(*(_T.outcome != outcome for outcome in NOT_THE_SAME)))
    neighbours = _few(ROWS_OF_BUILDING, _T.received_at, near, _T.closed_at.is_(None), _since("since_near"))
    return Statement(
        union_all(
            *(_few(ROWS, _T.received_at, way, _T.closed_at.is_(None), _since("since")) for way in own),
            *(_few(ROWS, _T.closed_at, way, _just_closed(), is_same) for way in own),
            *([neighbours] if "building" in ways else []),
        )
    )


def _since(name: str) -> ColumnElement[bool]:
    told: ColumnElement[bool] = _T.received_at.between(bindparam(name), bindparam("until"))
    return told


def _just_closed() -> ColumnElement[bool]:
    closed: ColumnElement[bool] = _T.closed_at.between(bindparam("just"), bindparam("until"))
    return closed


def _few(limit: int, by: Any, *clauses: ColumnElement[bool]) -> Select[Any]:
    columns = (_T[name] for name in _COLUMNS)
    return select(select(*columns).where(*clauses).order_by(by.desc()).limit(limit).subquery())


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
