"""Which cases of a file are tickets already, and how far each has come."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from hub.database import Database
from hub.tickets import Ticket
from web.replay.case import Case

External = tuple[str, str]  # source, reference
_SHARED = re.compile(r"~[0-9a-f]{8}$")


def standing(database: Database, source: str) -> dict[str, tuple[int, int]]:
    """Reference → ticket and how many steps it has behind it: each round is an opening and a closing."""
    query = select(Ticket.external_ref, Ticket.id, Ticket.round, Ticket.status).where(
        Ticket.external_source == source
    )
    rows = database.read(lambda tx: tx.execute(query).all())
    return {ref: (ticket_id, 2 * round_ - (status != "closed")) for ref, ticket_id, round_, status in rows}


def recognised(database: Database, cases: Iterable[Case]) -> list[Case]:
    """The cases, each under the reference it is already known by.

    An id that stands on several rows gets a part of their content; in a cut copy, or an older export, the
    same row may have had its id to itself or said less. Same id, opening time and item: the same matter.
    """
    told = list(cases)
    refs: dict[tuple[str, str, datetime, str], str] = {}
    for source in {case.source for case in told}:
        query = select(Ticket.external_ref, Ticket.received_at, Ticket.item).where(
            Ticket.external_source == source, col(Ticket.external_ref).is_not(None)
        )
        for ref, opened, item in database.read(lambda tx, q=query: tx.execute(q).all()):  # type: ignore[misc]
            refs[_matter(source, ref, opened, item)] = ref
    return [
        replace(case, ref=refs.get(_matter(case.source, case.ref, case.opened, case.item), case.ref))
        for case in told
    ]


def _matter(source: str, ref: str, opened: datetime, item: str) -> tuple[str, str, datetime, str]:
    # a long item is cut in its ticket, so only its beginning is compared
    return source, _SHARED.sub("", ref), opened, item[:100].strip()
