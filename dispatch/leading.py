"""One cause, many households: putting a ticket behind a lead, taking it off again, letting another lead.

Each household keeps its own ticket, its own promises and its own callback; orders hang on the lead only, and
its outcome comes to all (`dispatch.case.share`). Every step can be undone while the work is not done.
The lead is always locked before those behind it, so that an outcome cannot pass somebody by.
Source: house.md (incidents); domain.md §3.2 (one matter complained through several doors is one case).
"""

from datetime import datetime

from dispatch import returning
from dispatch.case import Case, hold_all, require, require_open, settle, take
from hub import access, incidents, orders, promises, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotFound, NotNow
from hub.tickets import Ticket


def lead(tx: Tx, actor: Actor, number: str) -> Ticket:
    """The ticket with this number, to lead others. Raises BadInput when it is not theirs to find."""
    try:
        return access.ticket(tx, actor, number, "link")
    except NotFound as missing:
        raise BadInput("lead", missing.message) from None


def put_behind(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    lead: Ticket,
    withdraw: bool = False,
    told: bool = False,
    happened_at: datetime | None = None,
) -> Ticket:
    """Let this household's ticket wait for the outcome of another's. A second time changes nothing.

    `withdraw`: its own open orders are taken back, for the lead's do the work. `told`: the customer heard
    that it is known and in hand, which is the answer they were promised.
    Raises BadInput for itself, another office's ticket and one that is led itself; NotNow when either is
    closed or done, when others stand behind this one, and for open orders that are not to be withdrawn.
    """
    require(actor, "link", ticket)
    if ticket.id == lead.id:
        raise BadInput("lead", "a ticket cannot stand behind itself")
    if ticket.office_id != lead.office_id:
        raise BadInput("lead", "that ticket belongs to another office")
    leading = take(tx, lead).ticket
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    if case.ticket.lead_id == leading.id:
        return case.ticket
    _require_leader(tx, leading)
    _require_waiting(case.ticket)
    if incidents.has_open_behind(tx, case.ticket.id):
        raise NotNow("others stand behind this ticket; let one of them lead first", legal=("promote",))
    _free(case, actor, withdraw, at)
    _require_waiting(case.ticket)  # with its orders gone, an answer given before may be all there was to do
    _follow(case, actor, leading, at, told)
    return case.ticket


def take_off(tx: Tx, actor: Actor, ticket: Ticket, happened_at: datetime | None = None) -> Ticket:
    """Let the ticket be a matter of its own again; what is to be done about it is the desk's to say.

    Raises NotNow when it stands behind none, or its outcome has come.
    """
    require(actor, "link", ticket)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    led_by = _require_led(tx, case.ticket)
    _require_waiting(case.ticket)
    case.ticket.lead_id = None
    _climb_again(case)
    tickets.record(tx, "left", case.ticket, actor.staff_id, at, lead=led_by.number)
    settle(case, actor, at)
    return case.ticket


def promote(
    tx: Tx, actor: Actor, ticket: Ticket, withdraw: bool = False, happened_at: datetime | None = None
) -> Ticket:
    """Let this ticket lead instead: the one that led, and all behind it, stand behind this one.

    Raises NotNow when it stands behind none, when the work is done, and for the old lead's open orders that
    are not to be withdrawn: an order stays with the ticket it was issued for.
    """
    require(actor, "link", ticket)
    old = take(tx, _require_led(tx, ticket))
    members = [one.id for one in incidents.behind(tx, old.ticket.id)]
    hold_all(tx, members)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    if case.ticket.lead_id != old.ticket.id:
        raise NotNow("another ticket leads it by now; look again", legal=("promote",))
    _require_waiting(case.ticket)
    _require_waiting(old.ticket)
    _free(old, actor, withdraw, at)
    case.ticket.lead_id = None
    _climb_again(case)
    tickets.record(tx, "took_lead", case.ticket, actor.staff_id, at, was=old.ticket.number)
    settle(case, actor, at)
    tx.flush()
    for ticket_id in sorted({*members, old.ticket.id} - {case.ticket.id}):
        _follow(take(tx, tx.get_one(Ticket, ticket_id)), actor, case.ticket, at, told=False)
    return case.ticket


def _require_leader(tx: Tx, leading: Ticket) -> None:
    if leading.lead_id is not None:
        above = tx.get_one(Ticket, leading.lead_id)
        raise BadInput("lead", "that one stands behind %(lead)s itself; name that one", lead=above.number)
    if not leading.is_open:
        raise NotNow("that ticket is closed; reopen it first", legal=("reopen",))
    if leading.status == "awaiting_callback":
        raise NotNow("the work on that one is done; answer this customer instead", legal=("answer",))


def _require_led(tx: Tx, ticket: Ticket) -> Ticket:
    if ticket.lead_id is None:
        raise NotNow("this ticket stands behind none", legal=("put_behind",))
    return tx.get_one(Ticket, ticket.lead_id)


def _require_waiting(ticket: Ticket) -> None:
    require_open(ticket)
    if ticket.status == "awaiting_callback":
        raise NotNow("the work is done; call the customer back first", legal=("callback",))


def _free(case: Case, actor: Actor, withdraw: bool, at: datetime) -> None:
    """Take back the ticket's open orders, if that was said; Raises NotNow that offers the choice, if not."""
    running = [order for order in orders.of_round(case.tx, case.ticket) if order.is_open]
    if running and not withdraw:
        raise NotNow(
            "orders are still open: %(orders)s; withdraw them, or let this ticket lead",
            legal=("withdraw", "promote"),
            orders=", ".join(order.number for order in running),
        )
    for order in running:
        returning.withdraw(case.tx, actor, order, happened_at=at)


def _follow(case: Case, actor: Actor, leading: Ticket, at: datetime, told: bool) -> None:
    ticket = case.ticket
    ticket.lead_id = leading.id
    if told:
        ticket.first_contact_at = ticket.first_contact_at or at
        promises.keep(case.tx, case.book, ticket, "answer", at)
    tickets.record(case.tx, "joined", ticket, actor.staff_id, at, lead=leading.number, told=told)
    if ticket.is_open:
        settle(case, actor, at)
    case.tx.flush()


def _climb_again(case: Case) -> None:
    """The ladder that stood still while the lead's was climbed goes on."""
    for promise in promises.running(case.tx, case.ticket.id, "resolve"):
        promise.next_at = None if case.ticket.is_imported else promises.next_at(promise, case.book)
