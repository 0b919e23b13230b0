"""The one door: what a person may find, and what they may do with it.

`Actor` is who asks. Every look-up here takes one and answers only what that person may see; a ticket of
another office is simply not found. Which roles may take which step is one table.
Source: seed K1.1 (the centre's orders outrank departments), P3.2 (rights by duty), K6.2 (quality reads all).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hub import standing
from hub.database import Tx
from hub.errors import Forbidden, NotFound
from hub.orders import Order
from hub.organisation import FIELD_ROLES, Office, Role, Staff
from hub.tickets import Ticket
from hub.ties import Follower

DESK = frozenset({"clerk", "customer_director", "director"})
# Roles that see everything of their office (of the company, when held without an office).
SEE_ALL = DESK | {"admin", "cashier", "quality", "leader"}
ANYBODY = frozenset({"*"})

MAY: dict[str, frozenset[str]] = {
    "receive": ANYBODY,
    "look": ANYBODY,
    "note": ANYBODY,
    "attach": ANYBODY,
    "follow": ANYBODY,
    "triage": DESK,
    "link": DESK,
    "own": DESK,
    "answer": DESK | {"cashier"},
    "tell": DESK,
    "order": DESK,
    "assign": DESK | {"supervisor"},
    "work": DESK | {"supervisor", "worker", "guard"},
    "rule": DESK,
    "rule again": frozenset({"customer_director", "director"}),
    "withdraw": DESK,
    "urge": DESK,
    "escalate": DESK | {"supervisor"},
    "supervise": frozenset({"customer_director", "director", "quality"}),
    "reply": DESK | {"supervisor", "worker", "guard"},
    "declare major": DESK,
    "plan": frozenset({"customer_director", "director"}),
    "call back": DESK,
    "close": DESK,
    "reopen": DESK,
    "erase": frozenset({"admin", "director"}),
    "count": DESK | {"admin", "supervisor", "cashier", "quality", "leader"},
    "administer": frozenset({"admin"}),
    "set up": frozenset({"admin", "director"}),
    "report": frozenset({"customer_director", "director", "quality", "leader"}),
}


@dataclass(frozen=True)
class Grant:
    """One role held: in one office (and department), or company-wide when `office_id` is None."""

    role: str
    office_id: int | None
    department_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the roles held now, or the hub itself (`staff_id` None)."""

    staff_id: int | None
    company_id: int | None
    name: str
    login: str = ""
    locale: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)

    @property
    def is_hub(self) -> bool:
        return self.staff_id is None

    def roles_in(self, office_id: int) -> frozenset[str]:
        """The roles that count in this office."""
        return frozenset(g.role for g in self.grants if g.office_id in (None, office_id))

    def sees_all(self, office_id: int) -> bool:
        """Whether every matter of the office is theirs to see."""
        return self.is_hub or bool(self.roles_in(office_id) & SEE_ALL)

    def may(self, step: str, office_id: int) -> bool:
        """Whether one of the roles held in this office takes this step."""
        allowed = MAY[step]
        roles = self.roles_in(office_id)
        return self.is_hub or bool(roles & allowed) or (allowed == ANYBODY and bool(roles))

    def require(self, step: str, office_id: int) -> None:
        """Raises Forbidden when this step is another role's."""
        if not self.may(step, office_id):
            raise Forbidden("this step belongs to another role")


Found = TypeVar("Found", Ticket, Order)

HUB = Actor(staff_id=None, company_id=None, name="hub")


def actor_of(tx: Tx, staff: Staff) -> Actor:
    """The person as one who acts, with the roles held now."""
    rows = tx.scalars(select(Role).where(Role.staff_id == staff.id, col(Role.ended_at).is_(None)))
    return Actor(
        staff_id=staff.id,
        company_id=staff.company_id,
        name=staff.name,
        login=staff.login,
        locale=staff.locale,
        grants=frozenset(Grant(row.role, row.office_id, row.department_id) for row in rows),
    )


def offices(me: Actor) -> ColumnElement[bool]:
    """The WHERE clause on Office: the offices this person works in or looks after."""
    if me.is_hub:
        return col(Office.id).is_not(None)
    own = {grant.office_id for grant in me.grants if grant.office_id is not None}
    everywhere = any(grant.office_id is None for grant in me.grants)
    clause = col(Office.company_id) == me.company_id if everywhere else col(Office.id).in_(own)
    return and_(clause, col(Office.ended_at).is_(None))


def tickets_seen(me: Actor) -> ColumnElement[bool]:
    """The WHERE clause on Ticket: all of an office for its centre, one's own work for the field."""
    if me.is_hub:
        return col(Ticket.id).is_not(None)
    whole = _offices_with(me, SEE_ALL)
    clauses = [
        col(Ticket.office_id).in_(whole),
        and_(
            col(Ticket.office_id).in_(select(Office.id).where(offices(me))),
            or_(
                col(Ticket.received_by) == me.staff_id,
                col(Ticket.registered_by) == me.staff_id,
                col(Ticket.owner_id) == me.staff_id,
                col(Ticket.id).in_(select(Follower.ticket_id).where(Follower.staff_id == me.staff_id)),
                col(Ticket.id).in_(select(Order.ticket_id).where(orders_seen(me))),
            ),
        ),
    ]
    return or_(*clauses)


def sees_whole(me: Actor, found: Office) -> bool:
    """What the clause of `tickets_seen` says, of all matters of an office at hand: whether each is theirs."""
    return sees_office(me, found) and me.sees_all(found.id)


def orders_seen(me: Actor) -> ColumnElement[bool]:
    """The WHERE clause on Order: one's own and one's department's, the whole office's for the centre.

    Workers see their colleagues' orders, so that one who comes second is told who was first.
    """
    if me.is_hub:
        return col(Order.id).is_not(None)
    hands = ("supervisor", *FIELD_ROLES)
    departments = [g.department_id for g in me.grants if g.role in hands and g.department_id is not None]
    return or_(
        col(Order.office_id).in_(_offices_with(me, SEE_ALL)),
        and_(
            col(Order.worker_id) == me.staff_id,
            col(Order.office_id).in_(select(Office.id).where(offices(me))),
        ),
        col(Order.department_id).in_(departments) if departments else false(),
    )


def office(tx: Tx, me: Actor, code: str, step: str = "look") -> Office:
    """The office with this code. Raises NotFound when it is not seen, Forbidden for another's step."""
    found = tx.exec_one(select(Office).where(Office.code == code, offices(me)))
    if found is None:
        raise NotFound("there is no such office")
    me.require(step, found.id)
    return found


def home(tx: Tx, me: Actor) -> Office:
    """The office this person works in: the first of those they see. Raises NotFound when there is none."""
    found = tx.scalars(
        select(Office).where(offices(me)).order_by(col(Office.is_replay), col(Office.id))
    ).first()
    if found is None:
        raise NotFound("you do not work in any office")
    return found


def sees_office(me: Actor, found: Office) -> bool:
    """What the clause of `offices` says, of one office at hand."""
    if me.is_hub:
        return True
    everywhere = any(grant.office_id is None for grant in me.grants) and found.company_id == me.company_id
    return found.ended_at is None and (everywhere or any(g.office_id == found.id for g in me.grants))


def office_ids(me: Actor) -> list[int] | None:
    """The offices in which this person may see anything at all; None for everywhere."""
    if me.is_hub or any(grant.office_id is None for grant in me.grants):
        return None
    return sorted({grant.office_id for grant in me.grants if grant.office_id is not None})


def standing_office(tx: Tx, me: Actor, code: str, step: str = "look") -> Office:
    """Like `office`, for reading only: from what is set, without a look-up of its own."""
    found = standing.of(tx).by_code.get(code)
    if found is None or not sees_office(me, found):
        raise NotFound("there is no such office")
    me.require(step, found.id)
    return found


def standing_home(tx: Tx, me: Actor) -> Office:
    """Like `home`, for reading only."""
    known, ids = standing.of(tx).offices, office_ids(me)
    mine = known.values() if ids is None else [known[one] for one in ids if one in known]
    seen = [row for row in mine if sees_office(me, row)]
    if not seen:
        raise NotFound("you do not work in any office")
    return min(seen, key=lambda row: (row.is_replay, row.id))


def ticket(tx: Tx, me: Actor, number: str, step: str = "look") -> Ticket:
    """The ticket with this number, for this step, locked when the step changes it.

    Raises NotFound when it is not theirs to see, Forbidden when the step is another role's.
    """
    return _found(tx, me, select(Ticket).where(Ticket.number == number, tickets_seen(me)), step, _no_ticket)


def order(tx: Tx, me: Actor, number: str, step: str = "look") -> Order:
    """The order with this number, for this step. Raises NotFound and Forbidden like `ticket`."""
    return _found(tx, me, select(Order).where(Order.number == number, orders_seen(me)), step, _no_order)


def colleague(tx: Tx, me: Actor, login: str, office_id: int) -> Staff:
    """A person who holds a role in this office. Raises NotFound."""
    found = tx.scalars(
        select(Staff)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(
            Staff.login == login,
            or_(col(Role.office_id) == office_id, col(Role.office_id).is_(None)),
            col(Role.ended_at).is_(None),
            col(Staff.ended_at).is_(None),
            Staff.company_id == me.company_id if me.company_id is not None else col(Staff.id).is_not(None),
        )
    ).first()
    if found is None:
        raise NotFound("there is no such person in this office")
    return found


def _offices_with(me: Actor, roles: frozenset[str]) -> SelectOfScalar[int]:
    held = [grant for grant in me.grants if grant.role in roles]
    if any(grant.office_id is None for grant in held):
        return select(Office.id).where(Office.company_id == me.company_id)
    return select(Office.id).where(col(Office.id).in_([grant.office_id for grant in held]))


def _found(
    tx: Tx, me: Actor, query: SelectOfScalar[Found], step: str, missing: Callable[[], NotFound]
) -> Found:
    row = tx.scalars(query).one_or_none()
    if row is None:
        raise missing()
    me.require(step, row.office_id)
    return row


def _no_ticket() -> NotFound:
    return NotFound("there is no such ticket")


def _no_order() -> NotFound:
    return NotFound("there is no such order")
