"""Try a way out: one real message to the person who asks, and what the provider made of it.

It is a delivery like any other, with its event, so it stands in the outbox and a carrier's callback finds
it. What is not taken at once is given up, not tried again: who asked is looking at the answer.
Source: screens.md (/settings: providers with a test button), issue "Live" item 6.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import col, select

from hub import access, clock, contacts, deliveries, events
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Database, Tx
from hub.deliveries import FAILED, SENDING, Delivery
from hub.errors import BadInput, NotNow
from hub.organisation import Staff
from notifications import addresses, letters
from notifications.audience import Hearer
from notifications.channels.contract import Channel, Letter, Permanent, Receipt, Temporary
from notifications.texts import Say, Text

log = structlog.get_logger("notifications.trying")

TRY = Text(says="This is a test of the service centre's messages. %(office)s")
HOLDER = "settings"
PAUSE = timedelta(seconds=10)  # between two tries of one person: a button is easily pressed twice
MACHINES = ("webhook",)  # heard by programs, not by the person who asks


@dataclass(frozen=True)
class Answer:
    """What became of it: `state` sent | delivered | failed, the provider's number or code, and its words."""

    channel: str
    to: str
    state: str
    code: str = ""
    why: str = ""


def send(database: Database, actor: Actor, office_code: str, channel: Channel, say: Say) -> Answer:
    """Send the person who asks one message by this channel, and answer what became of it.

    Raises BadInput where their own record has no address for it, Forbidden, NotFound; never what the
    provider refuses: that is the answer.
    """
    letter = database.write(lambda tx: _begin(tx, actor, office_code, channel.name, say))
    try:
        receipt = channel.send(letter)
        answer = Answer(channel.name, letter.address, receipt.state, receipt.ref)
    except (Permanent, Temporary) as refusal:
        receipt = None
        answer = Answer(channel.name, letter.address, FAILED, refusal.code, str(refusal))
    except Exception as fault:
        log.exception("try", channel=channel.name, delivery=letter.id)
        receipt = None
        answer = Answer(channel.name, letter.address, FAILED, "fault", type(fault).__name__)
    database.write(lambda tx: _settle(tx, letter.id, receipt, answer))
    return answer


def _begin(tx: Tx, actor: Actor, office_code: str, channel: str, say: Say) -> Letter:
    """Put the try on record, and its delivery where the outbox shows it, claimed by us."""
    office = access.office(tx, actor, office_code, "set up")
    person = tx.get_one(Staff, actor.staff_id, with_for_update={"key_share": True})  # of two one waits
    point = addresses.reach(tx, Hearer(f"staff:{person.id}", staff=person), channel, office, None)
    if point is False or channel in MACHINES:
        raise BadInput("channel", "your own record has no address for this channel")
    _require_pause(tx, person)
    known = set(tx.done.changed.events)
    events.record(
        tx,
        "channel_tried",
        stream=f"office:{office.id}",
        office_id=office.id,
        by_id=actor.staff_id,
        facts={"channel": channel, "staff": person.id},
    )
    tx.flush()
    (event_id,) = tx.done.changed.events - known
    present = clock.now()
    row = Delivery(
        event_id=event_id,
        person=f"staff:{person.id}",
        staff_id=person.id,
        contact_id=contacts.keep(tx, point).id if isinstance(point, ContactPoint) else None,
        office_id=office.id,
        channel=channel,
        text=TRY.says,
        params={"office": office.name, "number": office.code},
        locale=person.locale or office.locale,
        rank=1,
        state=SENDING,
        tries=1,
        claimed_at=present,
        claimed_by=HOLDER,
        handed_at=present,
        created_at=present,
    )
    row.body = letters.body(row, say)
    tx.add(row)
    tx.flush()
    return letters.letter(tx, row, say)


def _require_pause(tx: Tx, person: Staff) -> None:
    latest = select(Delivery.created_at).where(Delivery.staff_id == person.id, Delivery.claimed_by == HOLDER)
    at = tx.scalars(latest.order_by(col(Delivery.id).desc())).first()
    if at is not None and clock.now() - at < PAUSE:
        raise NotNow("a test has just been sent; wait a moment before the next")


def _settle(tx: Tx, delivery_id: int, receipt: Receipt | None, answer: Answer) -> None:
    row = deliveries.hold(tx, delivery_id)
    if row is None or row.state != SENDING:
        return  # the provider's callback was faster
    deliveries.climb(row, answer.state, clock.now())
    if receipt is None:
        row.why = f"{answer.code} {answer.why}".strip()
    else:
        row.ref, row.parts = receipt.ref, receipt.parts
