"""A hub in the hand of a test: its database, its people by name, and verbs run the way the doors run them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from dispatch import intake
from dispatch.complaint import Complaint
from dispatch.deciding import BY_RULES, Choice
from hub import access, catalogue, checkpoints, events, organisation
from hub.access import Actor
from hub.checkpoints import Verdict
from hub.database import Database, Tx
from hub.events import Event
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.promises import Promise
from hub.tickets import Ticket

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)


@dataclass
class House:
    """One hub under test."""

    database: Database

    def do(self, verb: Callable[..., T], *args: Any, **said: Any) -> T:
        """Run one verb in a transaction of its own."""
        return self.database.write(lambda tx: verb(tx, *args, **said))

    def look(self, query: Callable[..., T], *args: Any, **said: Any) -> T:
        """Run one look-up."""
        return self.database.read(lambda tx: query(tx, *args, **said))

    def actor(self, login: str) -> Actor:
        return self.database.read(lambda tx: access.actor_of(tx, _staff(tx, login)))

    def staff(self, login: str) -> Staff:
        return self.database.read(lambda tx: _staff(tx, login))

    def office(self, code: str = "LG") -> Office:
        return self.database.read(lambda tx: organisation.office_by_code(tx, code))

    def department(self, code: str, office: str = "LG") -> Department:
        found = self.database.read(lambda tx: organisation.department(tx, self.office(office).id, code))
        assert found is not None
        return found

    def receive(self, actor: Actor, said: Complaint, choice: Choice = BY_RULES, office: str = "LG") -> Ticket:
        """A complaint through the front door: prepared, then received."""
        row = self.office(office)
        prepared = self.database.read(lambda tx: intake.prepare(tx, row, said, choice))
        return self.do(intake.receive, actor, prepared)

    def again(self, row: Row) -> Row:
        """The row as it stands in the database now."""
        return self.database.read(lambda tx: tx.get_one(type(row), row.id))  # type: ignore[attr-defined]

    def orders(self, ticket: Ticket) -> Sequence[Order]:
        return self.database.read(
            lambda tx: tx.scalars(
                select(Order).where(Order.ticket_id == ticket.id).order_by(col(Order.seq))
            ).all()
        )

    def promises(self, ticket: Ticket, kind: str | None = None) -> Sequence[Promise]:
        query = select(Promise).where(Promise.ticket_id == ticket.id).order_by(col(Promise.id))
        if kind is not None:
            query = query.where(Promise.kind == kind)
        return self.database.read(lambda tx: tx.scalars(query).all())

    def running(self, ticket: Ticket, kind: str | None = None) -> list[Promise]:
        return [promise for promise in self.promises(ticket, kind) if promise.is_running]

    def events(self, ticket: Ticket) -> Sequence[Event]:
        stream = events.stream_of_ticket(ticket.id)
        return self.database.read(
            lambda tx: tx.scalars(select(Event).where(Event.stream == stream).order_by(col(Event.seq))).all()
        )

    def kinds(self, ticket: Ticket) -> list[str]:
        return [event.kind for event in self.events(ticket)]

    def sample(self, share: int) -> None:
        """Call back this percentage of the matters of which only a share is, so that no test gambles."""

        def set_share(tx: Tx) -> None:
            office = tx.get_one(Office, self.office().id)
            office.policy = {**office.policy, "callback_share": share}
            catalogue.changed(tx, office.company_id)

        self.database.write(set_share)

    def verify(self) -> Verdict:
        return self.database.read(checkpoints.verify)


def _staff(tx: Tx, login: str) -> Staff:
    return tx.scalars(select(Staff).where(Staff.login == login)).one()


def leak(**said: Any) -> Complaint:
    """A tap that drips in Mr Chan's flat."""
    return Complaint(
        **{
            "item": "Kitchen tap leaks",
            "name": "Chan Siu Ming",
            "room": "A-1203",
            "phone": "2345 6789",
            **said,
        }
    )


def peddlers(**said: Any) -> Complaint:
    """A complaint of Ms Li's, for security: it always owes a callback."""
    return Complaint(
        **{
            "item": "Peddlers knock at every door",
            "name": "李小红",
            "room": "A-0501",
            "phone": "9876 5432",
            "category": "06-09",
            **said,
        }
    )
