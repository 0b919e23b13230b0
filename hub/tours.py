"""The tour of the demo office: a newcomer takes one matter of their own through the loop.

Only when it began and ended is kept. How far it has come is read from the matter itself, so it goes on where
it was left, on any device, whoever took the last step. Source: screens.md; issue "first run".
"""

from datetime import datetime

from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import Moment
from hub.database import Tx
from hub.orders import Order
from hub.tickets import Ticket

STAGES = ("register", "dispatch", "assign", "work", "callback", "look")


class Tour(SQLModel, table=True):
    """One person's tour; a person without a row has not been asked yet."""

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    began_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


def of(tx: Tx, staff_id: int) -> Tour | None:
    """The person's tour, running or ended."""
    return tx.get(Tour, staff_id)


def start(tx: Tx, staff_id: int, office_id: int) -> Tour:
    """Begin it, go on with one that was left, or begin again after one that came to its end."""
    tour = of(tx, staff_id)
    if tour is None:
        tour = Tour(staff_id=staff_id, began_at=clock.now())
        tx.add(tour)
    elif stage(matter(tx, tour, office_id), None) == "look":
        tour.began_at = clock.now()
    tour.ended_at = None
    return tour


def end(tx: Tx, staff_id: int) -> None:
    """Leave it; whoever never began says that they want none."""
    tour = of(tx, staff_id)
    if tour is None:
        tour = Tour(staff_id=staff_id, began_at=clock.now())
        tx.add(tour)
    tour.ended_at = clock.now()


def matter(tx: Tx, tour: Tour, office_id: int) -> Ticket | None:
    """The first matter the person registered since the tour began."""
    return tx.scalars(
        select(Ticket)
        .where(
            Ticket.office_id == office_id,
            Ticket.registered_by == tour.staff_id,
            Ticket.registered_at >= tour.began_at,
        )
        .order_by(col(Ticket.id))
        .limit(1)
    ).first()


def order_of(tx: Tx, ticket: Ticket) -> Order | None:
    """The last order of the matter's present round."""
    return tx.scalars(
        select(Order)
        .where(Order.ticket_id == ticket.id, Order.round == ticket.round)
        .order_by(col(Order.seq).desc())
        .limit(1)
    ).first()


def stage(ticket: Ticket | None, order: Order | None) -> str:
    """What is to be done next, one of STAGES: read from the matter, never counted."""
    if ticket is None:
        return "register"
    if not ticket.is_open:
        return "look"
    if ticket.status == "awaiting_callback":
        return "callback"
    if order is None or order.status in ("withdrawn", "done"):
        return "dispatch"
    return "assign" if order.worker_id is None else "work"
