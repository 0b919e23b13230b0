"""Incidents: many households, one cause. Each keeps its own ticket behind a lead, who alone has orders.

`Incident` is a proposal of the hub's: so many households of one building say the same; a person settles it.
Source: house.md (incidents); domain.md §3.2 (one matter complained through several doors is one case).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, bindparam, exists, func, literal, or_, text, update
from sqlalchemy import select as rows_of
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select

from hub import clock, tickets
from hub.columns import BigKey, Moment, only_where
from hub.database import Tx
from hub.organisation import Office
from hub.rows import table_of
from hub.statements import Statement
from hub.tickets import Ticket

_PROPOSED = text("settled_at IS NULL")
# An office's policy may say otherwise: how many households, within how many hours, make an incident likely.
HOUSEHOLDS, HOURS = 3, 6
LONGEST = timedelta(days=30)  # how far back a known outage is looked up


class Incident(SQLModel, table=True):
    """That these reports look like one cause: proposed by the hub, settled by a person.

    `lead_id`: the ticket the others were put behind; None while it is proposed, and when it was no incident.
    """

    __table_args__ = (
        Index("ix_incident_settled", "building_id", "category_id", "settled_at"),
        Index(
            "uq_incident_proposed",
            "office_id",
            "building_id",
            "category_id",
            unique=True,
            **only_where(_PROPOSED),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    building_id: int = Field(foreign_key="building.id")
    category_id: int = Field(foreign_key="category.id")
    lead_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey)
    since: datetime = Field(sa_type=Moment)
    proposed_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: int | None = Field(default=None, foreign_key="staff.id")


@dataclass(frozen=True)
class Known:
    """An incident under way: its lead, and how many households' tickets stand behind it."""

    lead: Ticket
    households: int


def behind(tx: Tx, lead_id: int) -> list[Ticket]:
    """The tickets that stand behind this one, first come first."""
    if tickets.is_new(tx, lead_id):
        return []
    return list(tx.scalars(select(Ticket).where(Ticket.lead_id == lead_id).order_by(col(Ticket.id))))


def count_behind(tx: Tx, lead_ids: Sequence[int]) -> dict[int, int]:
    """How many tickets stand behind each of these that leads any."""
    if not lead_ids:
        return {}
    tx.look()
    return {row.lead_id: row.how_many for row in tx.connection().execute(_COUNT_BEHIND, {"ids": lead_ids})}


def has_open_behind(tx: Tx, lead_id: int) -> bool:
    """Whether a household that still waits stands behind this ticket."""
    waits = select(Ticket.id).where(Ticket.lead_id == lead_id, Ticket.status != "closed")
    return tx.scalars(waits.limit(1)).first() is not None


def known_in(tx: Tx, building_id: int, *seen: ColumnElement[bool]) -> list[Known]:
    """The incidents under way in a building, the latest first: what a caller from there probably means."""
    other = aliased(Ticket)
    rows = tx.execute(
        select(Ticket, func.count(col(other.id)))
        .join(other, col(other.lead_id) == col(Ticket.id))
        .where(
            Ticket.building_id == building_id,
            col(Ticket.closed_at).is_(None),
            col(Ticket.received_at) >= clock.now() - LONGEST,
            Ticket.status == "in_hand",
            *seen,
        )
        .group_by(col(Ticket.id))
        .order_by(col(Ticket.received_at).desc())
    )
    return [Known(lead, followers + 1) for lead, followers in rows]


@dataclass(frozen=True)
class Report:
    """One who reports the like: the ticket, and the household that speaks in it."""

    number: str
    received_at: datetime
    household: tuple[int | None, int | None]

    @classmethod
    def of(cls, ticket: Ticket) -> "Report":
        return cls(ticket.number, ticket.received_at, _household(ticket))


def like(tx: Tx, office: Office, ticket: Ticket) -> list[Report]:
    """The other reports that say the same as this new ticket (`reports`), first come first.

    Asked with every matter taken in, so it reads the few columns that are counted and nothing else.
    """
    values = {
        "building": ticket.building_id,
        "category": ticket.category_id,
        "since": ticket.received_at - hours(office),
        "but": ticket.id,
    }
    rows = _LIKE.rows(tx, values)
    return [Report(row.number, row.received_at, _household(row)) for row in rows]


def reports(
    tx: Tx, office: Office, building_id: int, category_id: int, at: datetime, *seen: ColumnElement[bool]
) -> list[Ticket]:
    """The open tickets of a building that say the same within the office's hours, and stand behind none."""
    since = at - hours(office)
    return list(
        tx.scalars(
            select(Ticket)
            .where(
                Ticket.building_id == building_id,
                col(Ticket.closed_at).is_(None),
                col(Ticket.received_at) >= since,
                Ticket.category_id == category_id,
                col(Ticket.status).in_(("new", "in_hand")),
                col(Ticket.lead_id).is_(None),
                *seen,
            )
            .order_by(col(Ticket.received_at), col(Ticket.id))
        )
    )


def households(found: Sequence[Any]) -> int:
    """How many households speak in these tickets: by `room_id`, and where none is known by `contact_id`."""
    return len({_household(one) for one in found})


def hours(office: Office) -> timedelta:
    """How long reports count together in this office."""
    return timedelta(hours=int(office.policy.get("incident_hours", HOURS)))


def enough(office: Office) -> int:
    """How many households make an incident likely in this office."""
    return max(2, int(office.policy.get("incident_households", HOUSEHOLDS)))


def is_spoken_of(tx: Tx, office: Office, building_id: int, category_id: int) -> bool:
    """Whether this is proposed already, was settled lately, or is an incident known to be under way.

    Asked with every matter of a bad day, so it answers at once and changes nothing.
    """
    present = clock.now()
    values = {
        "building": building_id,
        "category": category_id,
        "quiet": present - hours(office),
        "since": present - LONGEST,
    }
    return _SPOKEN_OF.first(tx, values) is not None


def propose(tx: Tx, office: Office, building_id: int, category_id: int, since: datetime) -> bool:
    """Write down that these may be one incident. False when another process has just done so.

    A proposal that nobody settled while its reports counted together has lapsed, and makes room for this one.
    """
    present = clock.now()
    values = {
        "office": office.id,
        "building": building_id,
        "category": category_id,
        "since": since,
        "now": present,
        "quiet": present - hours(office),
    }
    _LAPSE.run(tx, [values])
    return _PROPOSE[tx.database.dialect.name].first(tx, values) is not None


def proposed(tx: Tx, office_id: int) -> list[Incident]:
    """The proposals of an office that nobody has settled, the oldest first."""
    return list(
        tx.scalars(
            select(Incident)
            .where(Incident.office_id == office_id, col(Incident.settled_at).is_(None))
            .order_by(col(Incident.proposed_at))
        )
    )


def _household(row: Any) -> tuple[int | None, int | None]:
    return row.room_id, None if row.room_id else row.contact_id or -row.id


# Made once: building a query costs as much as running it, and this runs with every matter.
_T = table_of(Ticket).c
_LIKE = Statement(
    rows_of(_T.id, _T.number, _T.received_at, _T.room_id, _T.contact_id)
    .where(
        _T.building_id == bindparam("building"),
        _T.closed_at.is_(None),
        _T.received_at >= bindparam("since"),
        _T.category_id == bindparam("category"),
        or_(_T.status == "new", _T.status == "in_hand"),
        _T.lead_id.is_(None),
        _T.id != bindparam("but"),
    )
    .order_by(_T.received_at, _T.id)
)
_COUNT_BEHIND = (
    rows_of(_T.lead_id, func.count().label("how_many"))
    .where(_T.lead_id.in_(bindparam("ids", expanding=True)))
    .group_by(_T.lead_id)
)
_I = table_of(Incident).c
_BEHIND = table_of(Ticket).alias("behind").c
_SPOKEN_OF = Statement(
    rows_of(literal(1)).where(
        or_(
            exists().where(
                _I.building_id == bindparam("building"),
                _I.category_id == bindparam("category"),
                or_(
                    _I.settled_at >= bindparam("quiet"),
                    _I.settled_at.is_(None) & (_I.proposed_at >= bindparam("quiet")),
                ),
            ),
            exists().where(
                _T.building_id == bindparam("building"),
                _T.closed_at.is_(None),
                _T.received_at >= bindparam("since"),
                _T.category_id == bindparam("category"),
                _T.status == "in_hand",
                exists().where(_BEHIND.lead_id == _T.id),
            ),
        )
    )
)
_LAPSE = Statement(
    update(table_of(Incident))
    .where(
        _I.building_id == bindparam("building"),
        _I.category_id == bindparam("category"),
        _I.settled_at.is_(None),
        _I.proposed_at < bindparam("quiet"),
    )
    .values(settled_at=_I.proposed_at)
)
_PROPOSE = {
    engine: Statement(
        insert(table_of(Incident))
        .values(
            office_id=bindparam("office"),
            building_id=bindparam("building"),
            category_id=bindparam("category"),
            since=bindparam("since"),
            proposed_at=bindparam("now"),
        )
        .on_conflict_do_nothing(
            index_elements=["office_id", "building_id", "category_id"], index_where=_PROPOSED
        )
        .returning(_I.id)
    )
    for engine, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
