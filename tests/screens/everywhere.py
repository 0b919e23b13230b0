"""Every screen with somebody who may see it, for the tests that hold for all of them."""

from sqlmodel import select

from dispatch import work
from hub.database import Tx
from hub.organisation import Office
from tests.house import House, leak, peddlers

SETTINGS = ("", "/office", "/staff", "/rules", "/channels", "/history")  # one of each shape
# who looks, and at what; {ticket}, {done}, {order} and {office} stand for those of `furnish`
SCREENS = (
    ("", "/"),
    ("", "/session"),
    ("clara", "/desk"),
    ("clara", "/desk?queue=all"),
    ("clara", "/desk?q=tap"),
    ("clara", "/desk/new?phone=98765432"),
    ("clara", "/t/{ticket}"),
    ("clara", "/t/{done}"),
    ("clara", "/outbox"),
    ("clara", "/messages"),
    ("sue", "/team"),
    ("sue", "/messages"),
    ("wes", "/mine"),
    ("wes", "/mine/{order}"),
    ("wes", "/mine/report"),
    ("wes", "/t/{ticket}"),
    ("dora", "/office"),
    ("dora", "/office/wall"),
    ("dora", "/office/matters?figure=in_hand"),
    ("dora", "/office/reports"),
    *(("adam", f"/settings/{{office}}{page}") for page in SETTINGS),
    ("adam", "/settings/{office}/staff/wes"),
    ("adam", "/settings/webhooks"),
    ("clara", "/password"),
    ("clara", "/nowhere"),
)
# what is asked for once a page stands, drawn alone
PARTS = (
    ("clara", "/desk/queue?queue=all"),
    ("clara", "/desk/found?q=tap"),
    ("clara", "/desk/new/caller?phone=98765432"),
    ("clara", "/desk/calls"),
    ("clara", "/tour"),
    ("wes", "/mine/list"),
)


def furnish(hub: House) -> dict[str, str]:
    """A matter at work, one that waits for its callback, and a worker's order; by the names in SCREENS."""
    ticket = hub.receive(hub.actor("clara"), leak(description="It drips <day> & night"))
    hub.do(work.assign, hub.actor("sue"), hub.orders(ticket)[0], hub.staff("wes"))
    done = hub.receive(hub.actor("clara"), peddlers())
    (order,) = hub.orders(done)
    hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
    hub.do(work.accept, hub.actor("gus"), order)
    hub.do(work.complete, hub.actor("gus"), order, "Shown the way out")
    hub.do(_demo)
    order_number = hub.orders(ticket)[0].number
    return {"ticket": ticket.number, "done": done.number, "order": order_number, "office": hub.office().code}


def _demo(tx: Tx) -> None:
    for office in tx.scalars(select(Office)):
        office.is_demo = True  # so that the tour stands beside the screens too
