"""Callbacks (回訪): what was asked of the customer after the work, try by try.

Source: seed K2.2, K5.4; domain.md §3.3 (timing), §4 (who is always called back).
"""

import hashlib
from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, col, select

from hub.catalogue import ALWAYS, CALLBACK_OF_KIND, NEVER, Category
from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.organisation import Company, Office
from hub.tickets import NOT_OWED, OWED, Ticket

SATISFIED = ("yes", "fairly", "no")
MEANS = ("phone", "visit", "sms", "voice", "email", "letter")
# how long after the work the customer is called, in days of the calendar: domain.md §3.3 (24 h, 48 h, a week)
WITHIN = {"emergency": "1d", "complaint": "2d", "": "7d"}
# the office's policy: which way the first try takes ("": a person rings), how many hours its answer may take
FIRST_TRY, WAITS = "callback_first", "survey_hours"
BY_ITSELF = ("sms", "voice")
SURVEY_HOURS = 24
# when the next try follows an unanswered one
NEXT_TRY = ("2h", "1d", "2d")


class Callback(SQLModel, table=True):
    """One try to reach the customer and what was said; `is_self_approved`: the worker rang after himself."""

    __table_args__ = (Index("ix_callback_office_tried", "office_id", "tried_at"),)
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    ticket_id: int = Field(foreign_key="ticket.id", sa_type=BigKey, index=True)
    office_id: int = Field(foreign_key="office.id")
    round: int
    attempt: int
    means: str = "phone"
    tried_at: datetime = Field(sa_type=Moment, index=True)
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    reached: bool
    solved: bool | None = None
    satisfied: str | None = None
    comment: str = Field(default="", sa_type=Text)
    is_self_approved: bool = False


def of_ticket(tx: Tx, ticket_id: int) -> list[Callback]:
    """Every try for the ticket, first to last."""
    return list(
        tx.scalars(select(Callback).where(Callback.ticket_id == ticket_id).order_by(col(Callback.id)))
    )


def within(kind: str | None) -> str:
    """The limit in which a customer is called back after the work."""
    return WITHIN.get(kind or "", WITHIN[""])


def owes(tx: Tx, office: Office, ticket: Ticket, category: Category | None) -> str:
    """Whether this round of the ticket owes a callback: by the category's policy, else by its kind.

    A matter nobody put into a category, a reopened one, an undecided kind and a major complaint always do.
    The sampled share is fixed by a hash of the number, so nobody can choose whom to ask.
    """
    if ticket.is_imported:
        return NOT_OWED
    if ticket.round > 1 or ticket.kind is None or ticket.major_since is not None:
        return OWED
    policy = category.callback if category else CALLBACK_OF_KIND[ticket.kind]
    if policy == NEVER and CALLBACK_OF_KIND[ticket.kind] != ALWAYS:
        return NOT_OWED
    if (
        policy == ALWAYS
        or CALLBACK_OF_KIND[ticket.kind] == ALWAYS
        or (category is not None and category.paid)
    ):
        return OWED
    return OWED if _sampled(tx, office, ticket) else NOT_OWED


def _sampled(tx: Tx, office: Office, ticket: Ticket) -> bool:
    salt = tx.standing(Company, office.company_id).salt
    digest = hashlib.sha256(f"{salt}:{ticket.number}:{ticket.round}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < int(office.policy["callback_share"])
