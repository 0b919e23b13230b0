"""The history of a matter in words: who, when, what; what was inferred or self-approved is marked.

Facts stand in the event for ever; personal words stand apart and may have been erased, which is said.
Source: house.md (the chain, two times); screens.md (the open ticket with its timeline).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from hub import events, replies
from hub.catalogue import Catalogue
from hub.database import Tx
from hub.events import Event, EventWords
from hub.organisation import Department, Staff
from web.pages.tells import TELLS, Facts, Names
from web.words import Words


@dataclass(frozen=True)
class Told:
    """One event to be drawn. `lines` are facts in words, `quotes` what people said, as plain text."""

    kind: str
    happened_at: datetime
    recorded_at: datetime
    by: str
    order: str
    lines: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    is_inferred: bool = False
    is_self_approved: bool = False
    is_erased: bool = False

    @property
    def is_told_later(self) -> bool:
        """Whether it was recorded noticeably after it is said to have happened."""
        return (self.recorded_at - self.happened_at).total_seconds() > 120


def names(tx: Tx, office_id: int, company_id: int, book: Catalogue) -> Names:
    """Everybody and every department an event of this office may name."""
    connection = tx.connection()
    staff = connection.execute(_STAFF, {"company": company_id}).all()
    departments = connection.execute(_DEPARTMENTS, {"office": office_id}).all()
    return Names({row.id: row.name for row in staff}, {row.id: row.name for row in departments}, book)


# Their names alone: a company has hundreds of people, and each is a dozen columns.
_STAFF = select(col(Staff.id), col(Staff.name)).where(col(Staff.company_id) == bindparam("company"))
_DEPARTMENTS = select(col(Department.id), col(Department.name)).where(
    col(Department.office_id) == bindparam("office")
)


def of_ticket(tx: Tx, words: Words, known: Names, ticket_id: int) -> list[Told]:
    """The ticket's events, the newest first."""
    rows = tx.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, col(EventWords.event_id) == col(Event.id))
        .where(Event.stream == events.stream_of_ticket(ticket_id))
        .order_by(col(Event.seq).desc())
    )
    return [_told(words, known, event, personal) for event, personal in rows]


def _told(words: Words, known: Names, event: Event, personal: EventWords | None) -> Told:
    facts = event.said
    tell = TELLS.get(event.kind)
    return Told(
        kind=event.kind,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        by=known.person(event.by_id) if event.by_id is not None else words.gettext("the hub"),
        order=str(facts.get("order") or ""),
        lines=[line for line in tell(words, known, facts) if line] if tell else [],
        quotes=_replied(words, facts, personal) if "reply" in facts else _quotes(event.kind, personal),
        is_inferred=bool(facts.get("inferred")),
        is_self_approved=bool(facts.get("self_approved")),
        is_erased=personal is not None and personal.words is None,
    )


def _quotes(kind: str, personal: EventWords | None) -> list[str]:
    """What was said; the words of the intake stand at the head of the ticket already."""
    if personal is None or personal.words is None or kind == "received":
        return []
    said: dict[str, Any] = json.loads(personal.words)
    return [str(text) for text in said.values() if text]


def _replied(words: Words, facts: Facts, personal: EventWords | None) -> list[str]:
    """What the hub itself said to the customer, as it was said, in the reader's language."""
    reply = replies.REPLIES.get(str(facts["reply"]))
    places = json.loads(personal.words) if personal is not None and personal.words else {}
    try:
        return [words.gettext(reply.says, **places)] if reply is not None else []
    except KeyError:  # the places were erased
        return []
