"""Whole stretches of the loop in one call, for tests that are about what comes after."""

from datetime import datetime, timedelta

from dispatch import callback, returning, work
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.house import House

DONE = "New washer fitted"


def finish(hub: House, hands: Actor, order: Order, done: str = DONE) -> Order:
    """An order that somebody has in hand, accepted and done."""
    hub.do(work.accept, hands, order)
    return hub.do(work.complete, hands, order, done)


def work_off(hub: House, supervisor: Actor, worker: Actor, ticket: Ticket) -> Ticket:
    """The ticket's last order assigned, accepted and done; answers the ticket as it then stands."""
    order = hub.orders(ticket)[-1]
    if order.worker_id is None:
        hub.do(work.assign, supervisor, order, hub.staff(worker.login))
    finish(hub, worker, order)
    return hub.again(ticket)


def satisfied(hub: House, clerk: Actor, ticket: Ticket) -> Ticket:
    """The customer, called back, is satisfied."""
    return hub.do(callback.call_back, clerk, ticket, reached=True, satisfied="yes")


def send_back(hub: House, supervisor: Actor, order: Order, reason: str = "Not our pipe") -> Order:
    return hub.do(returning.send_back, supervisor, order, reason)


def bring_to(hub: House, state: str, order: Order, supervisor: Actor, worker: Actor, clerk: Actor) -> Order:
    """Walk a freshly issued order to this state by its verbs."""
    staff = hub.staff(worker.login)
    path = {
        "issued": (),
        "assigned": ("assign",),
        "accepted": ("assign", "accept"),
        "en_route": ("assign", "accept", "depart"),
        "on_site": ("assign", "accept", "arrive"),
        "on_hold": ("assign", "accept", "hold"),
        "returned": ("return",),
        "done": ("assign", "accept", "complete"),
        "withdrawn": ("withdraw",),
    }[state]
    verbs = {
        "assign": lambda: hub.do(work.assign, supervisor, order, staff),
        "accept": lambda: hub.do(work.accept, worker, order),
        "depart": lambda: hub.do(work.depart, worker, order),
        "arrive": lambda: hub.do(work.arrive, worker, order),
        "hold": lambda: hub.do(work.hold, worker, order, "material"),
        "return": lambda: hub.do(returning.send_back, supervisor, order, "Not our pipe"),
        "complete": lambda: hub.do(work.complete, worker, order, DONE),
        "withdraw": lambda: hub.do(returning.withdraw, clerk, order),
    }
    for verb in path:
        verbs[verb]()
    return hub.again(order)


def ago(**time: float) -> datetime:
    return clock.now() - timedelta(**time)


def ahead(**time: float) -> datetime:
    return clock.now() + timedelta(**time)
