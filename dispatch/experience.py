"""What an office can learn from: its closed matters, and above all those the desk put right.

Matters that a file brought are another office's past and teach nobody; a demo office learns from its own
demo, and only itself. Of a matter only what was asked for is looked at, never who asked.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from dispatch import deciding
from dispatch.triage import Wordbook
from hub import catalogue
from hub.database import Tx
from hub.events import Event
from hub.organisation import Office
from hub.tickets import Ticket

NEWEST = 20_000  # matters of an office looked at: what was said years ago is said differently now
AT_LEAST = 2  # a category seen once is an accident
CORRECTED = 3.0  # what a person put right counts as much as so many that nobody looked at
CONFIRMED = ("solved", "answered", "cannot_solve", "not_ours")  # a withdrawn matter confirms nothing
PAGE = 500

_RETRIAGED = text("event.kind = 'retriaged'")  # literal, so that both engines use the index made for it
_Told = tuple[int, str, str, int]


@dataclass(frozen=True)
class Lesson:
    """One matter told apart, and the words of its office."""

    book: Wordbook
    item: str
    description: str
    category: str
    corrected: bool

    @property
    def weight(self) -> float:
        return CORRECTED if self.corrected else 1.0


def lessons(tx: Tx, company_id: int, office_id: int | None) -> list[Lesson]:
    """The lessons of one office, or (None) of all real offices of the company; oldest first."""
    offices = [tx.get_one(Office, office_id)] if office_id is not None else real_offices(tx, company_id)
    found = [lesson for office in offices for lesson in _of_office(tx, office)]
    often = Counter(lesson.category for lesson in found)
    return [lesson for lesson in found if often[lesson.category] >= AT_LEAST]


def real_offices(tx: Tx, company_id: int) -> Sequence[Office]:
    """The company's offices whose matters truly happened there."""
    return tx.scalars(
        select(Office)
        .where(Office.company_id == company_id, ~col(Office.is_demo), ~col(Office.is_replay))
        .order_by(col(Office.id))
    ).all()


def put_right(tx: Tx, office_id: int, since: datetime | None = None) -> set[int]:
    """Tickets of the office whose category the desk changed, the newest ones; `since` this was recorded."""
    query = (
        select(Event.ticket_id, Event.facts)
        .where(_RETRIAGED, Event.office_id == office_id)
        .order_by(col(Event.id).desc())
        .limit(NEWEST)
    )
    if since is not None:
        query = query.where(col(Event.recorded_at) > since)
    said = ((ticket_id, json.loads(facts)) for ticket_id, facts in tx.execute(query))
    return {ticket_id for ticket_id, facts in said if facts["category"] != facts["was"]["category"]}


def _of_office(tx: Tx, office: Office) -> Iterator[Lesson]:
    book = catalogue.of(tx, office)
    words = deciding.wordbook(tx, book)
    right = put_right(tx, office.id)
    for ticket_id, item, description, category_id in sorted(_matters(tx, office, right)):
        leaf = book.by_id.get(category_id)
        if leaf is not None and leaf.code in book.categories and (item or description):
            yield Lesson(words, item, description, leaf.code, ticket_id in right)


def _matters(tx: Tx, office: Office, right: set[int]) -> set[_Told]:
    """The newest closed matters, and those put right, closed or not. The office's own only."""
    own = select(Ticket.id, Ticket.item, Ticket.description, col(Ticket.category_id)).where(
        Ticket.office_id == office.id, ~col(Ticket.is_imported), col(Ticket.category_id).is_not(None)
    )
    closed = (
        own.where(Ticket.status == "closed", col(Ticket.outcome).in_(CONFIRMED))
        .order_by(col(Ticket.id).desc())
        .limit(NEWEST)
    )
    found = {_told(row) for row in tx.execute(closed)}
    ids = sorted(right)
    for start in range(0, len(ids), PAGE):
        page = own.where(col(Ticket.id).in_(ids[start : start + PAGE]))
        found |= {_told(row) for row in tx.execute(page)}
    return found


def _told(row: Any) -> _Told:
    return row[0], row[1], row[2], row[3]
