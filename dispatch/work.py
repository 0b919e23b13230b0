"""The worker's verbs, in the order of a working day: assign, accept, contact, depart, arrive, hold, done.

The centre and the department's supervisor may take them for a worker who rings in; the record says who did.
`inferred` marks a step that an imported file does not state: it counts, but not in medians.
Source: seed 2-3, 2-1 remark 3; domain.md §3.2, P4.5.3.6 (mandatory fields).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dispatch import hands, saying
from dispatch.case import Case, require, settle, take_order
from dispatch.hands import Seen
from hub import orders, promises
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Hold, Order
from hub.organisation import Staff


def assign(
    tx: Tx,
    actor: Actor,
    order: Order,
    worker: Staff,
    happened_at: datetime | None = None,
    seen: Seen | None = None,
) -> Order:
    """Give the order to a worker of its department, or hand it over to another.

    `seen` is what the actor saw: when somebody else has it by now, they are told who (AlreadyTaken).
    Raises NotNow when the order is past that, BadInput for somebody of another department or without the
    certificate that the work requires.
    """
    case, order = take_order(tx, order)
    require(actor, "assign", case.ticket)
    hands.require_as_seen(case, order, seen)
    at = case.moment(actor, happened_at)
    hands.give(case, actor, order, worker, at)
    settle(case, actor, at)
    return order


def accept(
    tx: Tx, actor: Actor, order: Order, happened_at: datetime | None = None, inferred: bool = False
) -> Order:
    """The worker takes the order (接單); an order no one has yet is claimed by the first.

    Raises AlreadyTaken when a colleague was first, NotNow when it is not waiting for a worker, BadInput when
    the work requires a certificate that the worker does not have, or no longer has.
    """
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    if order.status == "issued":
        hands.claim(case, actor, order, at)
    _require_hands(case, actor, order)
    orders.move(order, "accept")
    order.accepted_at = at
    paper = hands.paper(case, actor, order)
    _keep(case, order, "accept", at, inferred)
    orders.record(tx, "accepted", case.ticket, order, actor.staff_id, at, inferred=inferred, **paper)
    settle(case, actor, at)
    return order


def contact(tx: Tx, actor: Actor, order: Order, happened_at: datetime | None = None) -> Order:
    """A human has spoken to the customer: a fact on record, at any time while the order is open."""
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_hands(case, actor, order)
    if not order.is_open:
        raise NotNow("this order cannot do that now", order=order.number)
    _contacted(case, order, at, inferred=False)
    orders.record(tx, "contacted", case.ticket, order, actor.staff_id, at)
    settle(case, actor, at)
    return order


def depart(tx: Tx, actor: Actor, order: Order, happened_at: datetime | None = None) -> Order:
    """The worker is on the way."""
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_hands(case, actor, order)
    orders.move(order, "depart")
    order.departed_at = at
    orders.record(tx, "departed", case.ticket, order, actor.staff_id, at)
    settle(case, actor, at)
    return order


def arrive(tx: Tx, actor: Actor, order: Order, happened_at: datetime | None = None) -> Order:
    """The worker is on site (到場), and so has met the customer's matter."""
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_hands(case, actor, order)
    orders.move(order, "arrive")
    order.arrived_at = at
    _keep(case, order, "arrive", at, False)
    _contacted(case, order, at, inferred=False)
    orders.record(tx, "arrived", case.ticket, order, actor.staff_id, at)
    settle(case, actor, at)
    return order


def hold(
    tx: Tx,
    actor: Actor,
    order: Order,
    reason: str,
    until: datetime | None = None,
    note: str = "",
    happened_at: datetime | None = None,
) -> Order:
    """Put the order on hold (掛起) for a reason of the office's list; approved ones stop the clock.

    Raises BadInput for an unknown reason or a moment gone by, NotNow when the order cannot be held.
    """
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_hands(case, actor, order)
    pauses = _pauses(case, reason)
    saying.coming("until", until, at)
    orders.move(order, "hold")
    row = Hold(
        order_id=order.id,
        reason=reason,
        note=saying.words("note", note),
        by_id=actor.staff_id,
        approved_by=actor.staff_id if actor.may("assign", case.office.id) else None,
        pauses=pauses,
        starts_at=at,
        until=until,
    )
    _begin_hold(case, actor, order, row)
    settle(case, actor, at)
    return order


def resume(tx: Tx, actor: Actor, order: Order, happened_at: datetime | None = None) -> Order:
    """The order goes on from where it stood; what was held is added to its promises."""
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    if not actor.is_hub:
        _require_hands(case, actor, order)
    orders.move(order, "resume")
    lift_hold(case, order, at)
    orders.record(tx, "resumed", case.ticket, order, actor.staff_id, at)
    settle(case, actor, at)
    return order


def complete(
    tx: Tx,
    actor: Actor,
    order: Order,
    done: str,
    materials: Sequence[Mapping[str, Any]] = (),
    fields: Mapping[str, Any] | None = None,
    happened_at: datetime | None = None,
    inferred: bool = False,
) -> Order:
    """The work is done (完工): what was done, with what, and the fields its category demands.

    Raises BadInput naming every demanded field left empty, NotNow when the order was never accepted.
    """
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_hands(case, actor, order)
    saying.plain("materials", materials)
    saying.plain("fields", fields or {})
    _require_fields(case, done, fields or {})
    orders.move(order, "complete")
    order.done, order.materials, order.fields = done.strip(), [dict(m) for m in materials], dict(fields or {})
    order.done_at = order.ended_at = at
    # Nobody told us when the worker came: the visit is kept by the work itself, marked as inferred.
    _keep(case, order, "arrive", at, True)
    _contacted(case, order, at, inferred=True)
    _keep(case, order, "done", at, inferred)
    orders.record(
        tx,
        "done",
        case.ticket,
        order,
        actor.staff_id,
        at,
        words={"done": order.done, "fields": order.fields},
        materials=order.materials,
        inferred=inferred,
    )
    settle(case, actor, at)
    return order


def lift_hold(case: Case, order: Order, at: datetime) -> None:
    """End the order's hold, if it stands in one, and let its promises run again."""
    row = orders.running_hold(case.tx, order.id)
    if row is None:
        return
    row.ends_at = max(at, row.starts_at)
    for promise in promises.running(case.tx, case.ticket.id, order_id=order.id):
        promises.resume(promise, row.ends_at, case.book, case.ticket.is_imported)


def _pauses(case: Case, reason: str) -> bool:
    """Whether this reason stops the clock. Raises BadInput for one that is not on the office's list."""
    reasons: dict[str, bool] = case.office.policy["hold_reasons"]
    if reason not in reasons:
        raise BadInput("reason", "must be one of: %(reasons)s", reasons=", ".join(sorted(reasons)))
    return reasons[reason]


def _begin_hold(case: Case, actor: Actor, order: Order, row: Hold) -> None:
    case.tx.add(row)
    if row.pauses:
        for promise in promises.running(case.tx, case.ticket.id, order_id=order.id):
            promises.pause(promise, row.starts_at)
    orders.record(
        case.tx,
        "held",
        case.ticket,
        order,
        actor.staff_id,
        row.starts_at,
        words={"note": row.note} if row.note else None,
        reason=row.reason,
        until=row.until,
        pauses=row.pauses,
        approved_by=row.approved_by,
    )


def _require_hands(case: Case, actor: Actor, order: Order) -> None:
    """The worker who has the order, or the supervisor or desk for them."""
    if order.worker_id is not None and order.worker_id == actor.staff_id:
        return
    if actor.may("assign", case.office.id):
        return
    if order.worker_id is not None:
        raise hands.taken(case, order)
    raise Forbidden("this step belongs to another role")


def _require_fields(case: Case, done: str, fields: Mapping[str, Any]) -> None:
    missing: dict[str, Any] = {}
    if not saying.words("done", done):
        missing["done"] = BadInput("done", "say what was done")
    demands = case.category.demands if case.category else []
    for name in demands:
        if fields.get(name) in (None, ""):
            missing[f"fields.{name}"] = BadInput(f"fields.{name}", "this kind of work must state it")
    if missing:
        raise BadInput.of({field: refusal.fields[field] for field, refusal in missing.items()})


def _keep(case: Case, order: Order, kind: str, at: datetime, inferred: bool) -> None:
    promises.keep(case.tx, case.book, case.ticket, kind, at, order=order, is_inferred=inferred)


def _contacted(case: Case, order: Order, at: datetime, inferred: bool) -> None:
    """The first human contact keeps the order's contact promise and the ticket's answer."""
    if order.contacted_at is None and not inferred:
        order.contacted_at = at
    if case.ticket.first_contact_at is None and not inferred:
        case.ticket.first_contact_at = at
    _keep(case, order, "contact", at, inferred)
    if case.ticket.promised_for is None:  # an answer promised by a date is kept by the answer alone
        promises.keep(case.tx, case.book, case.ticket, "answer", at, is_inferred=inferred)
