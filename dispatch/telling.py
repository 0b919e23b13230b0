"""What the hub says to a customer by itself: one event, which the outbox sends once it is on record.

Source: house.md (the outside world hears only after the commit).
"""

from typing import Any

from hub import events, replies, tickets
from hub.callers import Caller
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.tickets import Ticket

TOLD = "customer_told"


def tell(
    tx: Tx,
    caller: Caller,
    contact: ContactPoint,
    channel: str,
    reply: str,
    ticket: Ticket | None = None,
    **places: Any,
) -> None:
    """Say one of `hub.replies.REPLIES` to this contact. Raises KeyError for a reply nobody has written.

    The places may hold what the customer said themselves, so they stand with the words that can be erased.
    """
    assert replies.REPLIES[reply]
    facts: dict[str, Any] = {
        "contact": contact.id,
        "channel": channel,
        "reply": reply,
        "locale": caller.locale,
    }
    if ticket is not None:
        said = {"number": ticket.number, **places}
        tickets.record(tx, TOLD, ticket, None, words=_texts(said), **facts)
        return
    stream = f"office:{caller.office.id}"
    events.record(
        tx, TOLD, stream=stream, office_id=caller.office.id, words=_texts(places) or None, facts=facts
    )


def _texts(places: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in places.items()}
