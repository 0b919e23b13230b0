"""Files join a matter: what the customer sent, what the worker photographed, the letter that was scanned.

The content is in the store before the transaction begins (`hub.attachments.Store.put`); the verb lists it.
Source: seed 2-5 (K5.1 letters and faxes), K5.2.
"""

from dispatch.case import require, take
from hub import clock, tickets
from hub.access import Actor
from hub.attachments import Attachment
from hub.database import Tx
from hub.orders import Order
from hub.tickets import Ticket

LONGEST_NAME = 200


def attach(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    sha256: str,
    name: str,
    media_type: str,
    size: int,
    order: Order | None = None,
    purpose: str = "",
) -> Attachment:
    """List a stored file with the ticket (and the order it belongs to). `size` is in bytes.

    The name is for reading only; what the file is was told from its content.
    """
    require(actor, "attach", ticket)
    case = take(tx, ticket)
    row = Attachment(
        ticket_id=case.ticket.id,
        order_id=order.id if order else None,
        sha256=sha256,
        name=name.replace("\x00", "").strip()[:LONGEST_NAME] or sha256[:12],
        media_type=media_type,
        size=size,
        purpose=purpose,
        by_id=actor.staff_id,
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    words = {"name": row.name}
    facts = {"sha256": sha256, "media_type": media_type, "size": size, "purpose": purpose}
    tickets.record(tx, "attached", case.ticket, actor.staff_id, words=words, order_id=row.order_id, **facts)
    return row
