"""Who hears when a promise comes near or is past: urge the holder, press the supervisor, escalate.

A step is taken by the ladder (data) or by a person; either way it is one event that names whom it concerns.
Source: seed 2-(5) (K2.5 催辦、督辦); domain.md §3.2 (escalation is a flag), §4.
"""

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from dispatch import listeners, saying
from dispatch.case import Case, change_owner, require, require_open, take
from hub import clock, events, organisation, promises, tickets
from hub.access import HUB, Actor
from hub.catalogue import LadderStep
from hub.database import Tx
from hub.errors import BadInput, HubError, NotNow
from hub.events import Event
from hub.orders import Order, of_round
from hub.promises import Promise
from hub.tickets import Ticket

EVENT = {"urge": "urged", "press": "pressed", "escalate": "escalated"}
WHOM = ("holder", "supervisor", "customer_director", "director", "leader")


def act(case: Case, promise: Promise, step: LadderStep) -> None:
    """Take one step of the ladder: the event that tells whom it concerns."""
    order = _order_of(case, promise)
    people = whom(case, promise, step)
    tickets.record(
        case.tx,
        EVENT[step.action],
        case.ticket,
        HUB.staff_id,
        order_id=order.id if order else None,
        promise=promise.kind,
        due=promise.due_at,
        step=step.rank,
        whom=step.whom,
        staff=people,
        why="ladder",
    )


def alarm(case: Case, actor: Actor) -> None:
    """A matter turns out to be an emergency: holder, supervisor and customer director hear at once."""
    order = next((one for one in of_round(case.tx, case.ticket) if one.is_open), None)
    ranks = ("holder", "supervisor", "customer_director")
    people = [one for rank in ranks for one in concerned(case, rank, order)]
    tickets.record(
        case.tx,
        "pressed",
        case.ticket,
        actor.staff_id,
        order_id=order.id if order else None,
        whom="supervisor",
        staff=list(dict.fromkeys(people)),
        why="urgent now",
    )


def whom(case: Case, promise: Promise, step: LadderStep) -> list[int]:
    """Who hears of this step. In an office without that rank it still reaches the one who answers for it."""
    return concerned(case, step.whom, _order_of(case, promise)) or concerned(case, "holder", None)


def urge(tx: Tx, actor: Actor, ticket: Ticket, note: str = "", happened_at: datetime | None = None) -> Ticket:
    """The customer or the desk urges (催辦): whoever holds the matter now is told, and it is counted."""
    require(actor, "urge", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    case.ticket.times_urged += 1
    order = next((o for o in of_round(tx, case.ticket) if o.is_open), None)
    _say(case, actor, "urged", "holder", order, note, happened_at, times=case.ticket.times_urged)
    return case.ticket


def escalate(
    tx: Tx, actor: Actor, ticket: Ticket, whom: str, note: str = "", happened_at: datetime | None = None
) -> Ticket:
    """A person takes the matter up (升級): the customer director or the director makes it their own."""
    require(actor, "escalate", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    if whom not in ("customer_director", "director"):
        raise BadInput("whom", "must be customer_director or director")
    people = concerned(case, whom, None)
    if not people:
        raise BadInput("whom", "this office has nobody in that role")
    _say(case, actor, "escalated", whom, None, note, happened_at)
    change_owner(case, actor, people[0], why="escalated")
    return case.ticket


def supervise(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    note: str,
    reply_by: datetime | None = None,
    happened_at: datetime | None = None,
) -> Ticket:
    """Put the matter under supervision (督辦) with a date by which the department must reply."""
    require(actor, "supervise", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    saying.words("text", note, HubError("write something"))
    saying.coming("reply_by", reply_by, clock.now())
    order = next((o for o in of_round(tx, case.ticket) if o.is_open), None)
    _say(case, actor, "supervised", "supervisor", order, note, happened_at, reply_by=reply_by)
    if reply_by is not None:
        at = case.moment(actor, happened_at)
        promises.end(tx, case.ticket, at, "reply")
        promises.make(tx, case.book, case.ticket, "reply", at, due=reply_by)
    return case.ticket


def reply(tx: Tx, actor: Actor, ticket: Ticket, text: str, happened_at: datetime | None = None) -> Ticket:
    """The department replies to whoever put the matter under supervision (督辦回覆).

    Raises NotNow when no reply is awaited, BadInput without words.
    """
    require(actor, "reply", ticket)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    text = saying.words("text", text, HubError("write something"))
    if not promises.running(tx, case.ticket.id, "reply"):
        raise NotNow("no reply is awaited on this matter", legal=("note",))
    promises.keep(tx, case.book, case.ticket, "reply", at)
    asked_by = _asked_by(case)
    told = listeners.present(case, [asked_by]) or [asked_by] if asked_by is not None else []
    tickets.record(tx, "replied", case.ticket, actor.staff_id, at, words={"text": text}, staff=told)
    tx.flush()
    return case.ticket


def concerned(case: Case, whom: str, order: Order | None) -> list[int]:
    """Whom a step reaches: nobody on leave, but never nobody while the ticket has an owner."""
    return listeners.reached(case, whom, lambda rank: _named(case, rank, order))


def _named(case: Case, whom: str, order: Order | None) -> list[int]:
    """The people of a rank for this matter, present or not."""
    found: list[int] = []
    if order is not None and order.status == "returned":
        order = None  # it waits for the centre to rule, not for the hands that gave it back
    if whom == "holder" and order is not None and order.worker_id is not None:
        found = [order.worker_id]
    elif whom in ("holder", "supervisor") and order is not None:
        held = organisation.holders(case.tx, case.office.id, "supervisor", order.department_id)
        found = [person.id for person in held]
    elif whom == "customer_director":
        one = organisation.customer_director(case.tx, case.office.id)
        found = [one.id] if one else []
    elif whom == "director":
        found = [person.id for person in organisation.holders(case.tx, case.office.id, "director")]
    elif whom == "leader":
        found = [person.id for person in organisation.leaders(case.tx, case.office.company_id)]
    if not found and case.ticket.owner_id is not None and whom in ("holder", "supervisor"):
        found = [case.ticket.owner_id]
    return found


def _order_of(case: Case, promise: Promise) -> Order | None:
    """The order a promise speaks of; a reply is awaited from whoever has the work in hand now."""
    if promise.kind == "reply":
        return next((one for one in of_round(case.tx, case.ticket) if one.is_open), None)
    return case.tx.get(Order, promise.order_id) if promise.order_id else None


def _asked_by(case: Case) -> int | None:
    """Who put the matter under supervision last."""
    stream = events.stream_of_ticket(case.ticket.id)
    case.tx.flush()
    return case.tx.scalars(
        select(Event.by_id)
        .where(Event.stream == stream, Event.kind == "supervised")
        .order_by(col(Event.seq).desc())
        .limit(1)
    ).first()


def _say(
    case: Case,
    actor: Actor,
    kind: str,
    whom: str,
    order: Order | None,
    note: str,
    happened_at: datetime | None,
    **facts: Any,
) -> None:
    tickets.record(
        case.tx,
        kind,
        case.ticket,
        actor.staff_id,
        case.moment(actor, happened_at),
        words={"note": said} if (said := saying.words("note", note)) else None,
        order_id=order.id if order else None,
        whom=whom,
        staff=concerned(case, whom, order),
        why="by hand",
        **facts,
    )
