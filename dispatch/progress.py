"""How a matter stands, as one sentence for its customer: the same by text message and by telephone."""

from hub import orders
from hub.database import Tx
from hub.tickets import Ticket


def reply(tx: Tx, ticket: Ticket) -> str:
    """The reply (hub.replies) that says where the ticket stands; of several orders the farthest one."""
    if ticket.status in ("closed", "awaiting_callback", "new"):
        return f"stands_{ticket.status}"
    running = [order.status for order in orders.of_round(tx, ticket) if order.is_open]
    ranked = sorted(running, key=FARTHEST.index)
    return f"stands_{ranked[0]}" if ranked else "stands_in_hand"


# what a customer most wants to hear comes first
FARTHEST = ("on_site", "en_route", "accepted", "assigned", "issued", "on_hold", "returned")
