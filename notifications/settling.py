"""What became of a message, whoever tells it: the provider's answer, its later callback, or nobody in time.

Every function here is one short transaction over one delivery. A message that this channel will not bring
goes the next step of its way; where there is none, the matter passes to a person.
Source: domain.md §6 (ranks, error codes); house.md ("an undelivered message → a person").
"""

import random
from datetime import timedelta

from sqlmodel import select

from hub import clock, contacts, deliveries, endpoints, tickets
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import DELIVERED, FAILED, SENDING, SENT, WAITING, Delivery
from notifications import speaking
from notifications.channels import carrier_errors
from notifications.channels.contract import Permanent, Receipt, Temporary
from notifications.speaking import Open

# seconds to the next try, then always the last; shaken by a quarter, so that a crowd does not return at once
BACK_OFF = (5, 15, 60, 180, 600, 1800)
# how long one channel is tried before the next takes over, by rank; where none is left it is tried on
PATIENCE = {0: timedelta(minutes=1), 1: timedelta(minutes=10)}
MOST_PATIENCE = timedelta(minutes=30)
GIVEN_UP = timedelta(hours=24)
# where a double has the same name and the other side drops it: doubt forbids nothing there
SAME_AGAIN = ("email", "push", "webhook")
TO_THE_STAFF_ONLY = 1  # of this rank and less urgent, a colleague has it on the screen and nobody need ring


def took(tx: Tx, delivery_id: int, receipt: Receipt) -> bool:
    """The provider has it. False when that number of the provider's stands for another message already."""
    endpoints.forget_gone(tx, receipt.gone)
    row = deliveries.hold(tx, delivery_id)
    if row is None or row.state != SENDING:
        return True
    if (
        receipt.ref
        and tx.scalars(
            select(Delivery.id).where(Delivery.ref == receipt.ref, Delivery.id != delivery_id)
        ).first()
    ):
        return False
    row.ref, row.parts, row.why, row.is_in_doubt = receipt.ref, receipt.parts, "", False
    row.is_owed = False
    deliveries.climb(row, receipt.state, clock.now())
    tx.flush()
    return True


def learn(tx: Tx, row: Delivery, ref: str) -> bool:
    """Somebody told us the provider's number of this message, held by us. Whether it is the message's.

    It may have come while we waited for the row, or be news: we were killed, or slower than this.
    """
    if row.ref or not ref:
        return bool(ref) and row.ref == ref
    if row.state != SENDING and not row.is_in_doubt:
        return False
    row.state = SENDING
    return took(tx, row.id, Receipt(ref))


def put_off(tx: Tx, delivery_id: int, refusal: Temporary, ways: Open, is_in_doubt: bool = False) -> None:
    """It may be taken later: when, and whether by the next channel or by a person instead."""
    row = deliveries.hold(tx, delivery_id)
    if row is None or row.state != SENDING:
        return
    row.why, row.is_in_doubt = f"{refusal.code} {refusal.args[0]}".strip(), is_in_doubt
    if _has_waited(row) and _give_up(tx, row, ways):
        return
    wait = max(BACK_OFF[min(row.tries, len(BACK_OFF)) - 1], refusal.rests) * random.uniform(0.75, 1.25)
    row.state, row.next_at, row.claimed_at = WAITING, clock.now() + timedelta(seconds=wait), None


def refused(tx: Tx, delivery_id: int, refusal: Permanent, ways: Open) -> None:
    """It will not be taken: mark the address where it is no good at all, and go on."""
    row = deliveries.hold(tx, delivery_id)
    if row is not None and row.state == SENDING:
        row.why = f"{refusal.code} {refusal.why}".strip()
        _spoil(tx, row, refusal.spoils, row.why)
        endpoints.forget_gone(tx, refusal.gone)
        _end(tx, row, ways)


def is_closed(tx: Tx, row: Delivery, ways: Open) -> bool:
    """Whether its number takes nothing more by this channel, since it was written; then it goes the next way.

    What waited for the morning is not sent to one who wished for no more in the evening; the word that
    nothing more will come still is.
    """
    point = tx.get(ContactPoint, row.contact_id, populate_existing=True) if row.contact_id else None
    mark = point.marks.get(row.channel) if point is not None else None
    if mark is None or row.is_in_doubt or row.state != WAITING or speaking.is_goodbye(tx, row):
        return False
    held = deliveries.hold(tx, row.id)
    if held is not None and held.state == WAITING:
        held.why = str(mark.get("why", ""))
        _end(tx, held, ways)
    return True


def give_way(tx: Tx, delivery_id: int, why: str, ways: Open) -> None:
    """Its channel rests and it has waited long enough: the next one takes over, if there is one."""
    row = deliveries.hold(tx, delivery_id)
    if row is not None and row.state == WAITING and _has_waited(row):
        row.why = why
        _give_up(tx, row, ways)


def told(tx: Tx, row: Delivery, state: str, code: str, ways: Open) -> bool:
    """The provider's callback. False, with nothing changed, when it comes late or again.

    What may pass (the telephone is off) is sent once more, as a message of its own: the carrier has given up.
    """
    if state != FAILED:
        return deliveries.climb(row, state, clock.now())
    if not deliveries.climb(row, FAILED, clock.now()):
        return False
    known = carrier_errors.meaning(code)
    row.why = f"{code} {known.means}".strip()
    _spoil(tx, row, known.spoils, row.why)
    if known.does in ("retry", "once") and not _is_second(tx, row):
        row.way = ">".join(part for part in (row.channel, row.way) if part)
        again = speaking.follow(tx, row, ways)
        if again is not None and again.channel == row.channel:
            again.next_at = clock.now() + timedelta(seconds=BACK_OFF[2])
            return True
    _pass_on(tx, row, ways)
    return True


def _is_second(tx: Tx, row: Delivery) -> bool:
    """Whether this channel was tried before for the same news to the same person."""
    return bool(
        tx.scalars(
            select(Delivery.id).where(
                Delivery.event_id == row.event_id,
                Delivery.person == row.person,
                Delivery.channel == row.channel,
                Delivery.step < row.step,
            )
        ).first()
    )


def _has_waited(row: Delivery) -> bool:
    """Whether its rank allows no more waiting; what may have arrived has waited since it was handed over."""
    patience = PATIENCE.get(row.rank, MOST_PATIENCE)
    if _may_have_arrived(row):
        return clock.now() - (row.handed_at or row.created_at) >= patience
    return clock.now() - row.created_at >= (patience if row.way else GIVEN_UP)


def _may_have_arrived(row: Delivery) -> bool:
    """Whether sending it once more, or by another channel, may say it twice."""
    return row.is_in_doubt and row.channel not in SAME_AGAIN


def _give_up(tx: Tx, row: Delivery, ways: Open) -> bool:
    """Leave this channel: what may have arrived goes to a person, the rest to the next channel.

    Where there is no next one the message stays, until a day has passed.
    """
    present = clock.now()
    if not _may_have_arrived(row):
        if speaking.follow(tx, row, ways) is not None:
            row.state, row.settled_at = FAILED, present
            return True
        if present - row.created_at < GIVEN_UP:
            return False
    row.state, row.settled_at = FAILED, present
    _owe(tx, row)
    return True


def _end(tx: Tx, row: Delivery, ways: Open) -> None:
    row.state, row.settled_at, row.is_in_doubt = FAILED, clock.now(), False
    _pass_on(tx, row, ways)


def _pass_on(tx: Tx, row: Delivery, ways: Open) -> None:
    tx.flush()
    if speaking.follow(tx, row, ways) is None:
        _owe(tx, row)


def _owe(tx: Tx, row: Delivery) -> None:
    """No channel reached them: a fact of the ticket, which the desk hears of and a person takes up.

    The ticket is held first: where two ways to one person fail at once, each would take the other for good.
    """
    if row.ticket_id is None or row.endpoint_id is not None or _is_on_screen(row):
        return
    tx.flush()
    ticket = tickets.lock(tx, row.ticket_id)
    if _arrived(tx, row):
        return
    row.is_owed = True
    tickets.record(
        tx,
        "undelivered",
        ticket,
        None,
        delivery=row.id,
        channel=row.channel,
        why=row.why,
        person=row.person,
        is_customer=row.staff_id is None,
    )


def _is_on_screen(row: Delivery) -> bool:
    return row.staff_id is not None and row.rank >= TO_THE_STAFF_ONLY


def _arrived(tx: Tx, row: Delivery) -> bool:
    """Whether another way has brought this person the same news."""
    rows = tx.scalars(
        select(Delivery.state).where(
            Delivery.event_id == row.event_id, Delivery.person == row.person, Delivery.channel != "screen"
        )
    )
    return any(state in (SENT, DELIVERED, "read", WAITING, SENDING) for state in rows)


def _spoil(tx: Tx, row: Delivery, channels: tuple[str, ...], why: str) -> None:
    point = tx.get(ContactPoint, row.contact_id) if row.contact_id else None
    if point is None:
        return
    for channel in channels:
        contacts.mark(tx, point, channel, why)
    tx.flush()
