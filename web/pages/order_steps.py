"""What may be done with one order from its ticket's page: each step reads its form and calls its verb."""

from collections.abc import Callable
from datetime import datetime

from dispatch import deciding, returning, work
from dispatch.deciding import Choice
from hub import access
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.roster import Member
from hub.tickets import Ticket
from web.pages import posted
from web.pages.said import Said, colleague

Act = Callable[[Tx, Actor, Ticket, Said], None]


def assign(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    worker = colleague(tx, me, ticket, said, "worker")
    work.assign(tx, me, order_of(tx, me, ticket, said), worker, seen=posted.seen(said.form))


def rule(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    department, worker = _hands(tx, me, ticket, said) if said.text("to") else (None, None)
    returned = order_of(tx, me, ticket, said)
    returning.rule(tx, me, returned, said.text("ruling"), department, worker, said.text("reason"))


def withdraw(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    returning.withdraw(tx, me, order_of(tx, me, ticket, said), said.text("reason"))


def hold(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    held = order_of(tx, me, ticket, said)
    work.hold(tx, me, held, said.text("reason"), said.moment("until"), said.text("note"))


def complete(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    demanded = {
        name.removeprefix("fields."): value
        for name, value in posted.texts(said.form).items()
        if name.startswith("fields.")
    }
    lines = posted.materials(said.form)
    work.complete(tx, me, order_of(tx, me, ticket, said), said.text("done"), lines, demanded)


def tap(verb: Callable[..., Order]) -> Act:
    """A step of the worker's that needs no words."""

    def take(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
        verb(tx, me, order_of(tx, me, ticket, said))

    return take


def hands(to: str, instruction: str = "", appointment_at: datetime | None = None) -> Choice:
    """Who a form says: "ENG" is the department's supervisor, "ENG/wes" a worker of it.

    Raises BadInput when nobody was chosen.
    """
    department, _, worker = to.partition("/")
    if not department:
        raise BadInput("to", "choose who is to do it")
    way = "worker" if worker else "department"
    return Choice(way, department, worker or None, instruction, appointment_at)


def _hands(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> tuple[Department, Staff | Member | None]:
    office = tx.get_one(Office, ticket.office_id)
    chosen = deciding.chosen(tx, office, me, hands(said.text("to")))
    return chosen.department, chosen.worker


def order_of(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> Order:
    """The order the form names. Raises NotFound when it is not one of this ticket."""
    found = access.order(tx, me, said.text("order"))
    if found.ticket_id != ticket.id:
        raise NotFound("there is no such order")
    return found
