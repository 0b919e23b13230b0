"""Orders that wander: sent to the wrong department, passed to and fro, returned again and again.

Read from the `returned` and `ordered` events of the period, so that it says what happened then, whatever
became of the order. Source: domain.md §3.4 (% wrongly assigned), §7-9 (wrong dispatch, return ping-pong).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import col

from hub.database import Tx
from hub.events import Event
from hub.orders import Order
from hub.organisation import Department
from hub.statistics.cuts import Lead
from hub.statistics.scope import Scope
from hub.statistics.volume import events_in
from hub.tickets import Ticket

PING_PONG = 2  # returns of one matter in the period


@dataclass(frozen=True)
class Wandering:
    """Matters of the period whose orders came back.

    `wrong` are those whose returned order was followed by one of another department; `ping_pong` came back
    twice or more; `routes` counts from which department (code) to which the wrong ones went.
    """

    returned: int = 0
    wrong: int = 0
    ping_pong: int = 0
    numbers: tuple[str, ...] = ()
    routes: dict[tuple[str, str], int] = field(default_factory=dict)


def wandering(tx: Tx, scope: Scope, most: int) -> Wandering:
    """What wandered in the period; `numbers` names at most so many of the tickets that came back most."""
    times: Counter[str] = Counter()
    went: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for number, left, to in tx.execute(_returns(scope)):
        times[number] += 1
        if to is not None and to != left:
            went[number].add((left, to))
    routes = Counter(route for found in went.values() for route in found)
    often = [number for number, count in times.most_common() if count >= PING_PONG]
    return Wandering(
        returned=len(times),
        wrong=len(went),
        ping_pong=len(often),
        numbers=tuple(often[:most]),
        routes=dict(sorted(routes.items(), key=lambda one: (-one[1], one[0]))),
    )


def _returns(scope: Scope) -> Select[Any]:
    """(ticket number, department that returned, department that got the matter next) of every return."""
    following = (
        select(col(Lead.department_id))
        .where(
            col(Lead.ticket_id) == col(Order.ticket_id),
            col(Lead.seq) > col(Order.seq),
            col(Lead.issued_at) >= col(Event.happened_at),
            col(Lead.issued_at) < scope.as_of,
        )
        .order_by(col(Lead.seq))
        .limit(1)
        .correlate(Order, Event)
        .scalar_subquery()
    )
    codes = {name: select(col(Department.code)).correlate(Order, Event) for name in ("left", "to")}
    left = codes["left"].where(col(Department.id) == col(Order.department_id)).scalar_subquery()
    to = codes["to"].where(col(Department.id) == following).scalar_subquery()
    return (
        events_in(scope)
        .join(Order, col(Order.id) == col(Event.order_id))
        .add_columns(col(Ticket.number), left, to)
        .where(col(Event.kind) == "returned")
        .order_by(col(Event.happened_at), func.coalesce(col(Event.order_id), 0), col(Event.id))
    )
