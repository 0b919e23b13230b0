"""A key pressed on a call of ours (/doors/twilio/keyed): 1 takes the order, or says that it was
heard; after the satisfaction question the key is the answer.

Pressed twice, or told twice, the order is taken once: a second time finds it taken by the same worker.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response
from twilio.twiml.voice_response import VoiceResponse

from dispatch import survey, work
from hub import access, clock, deliveries
from hub.database import Tx
from hub.deliveries import READ, Delivery
from hub.errors import HubError
from hub.events import Event
from hub.orders import Order
from hub.organisation import Staff
from notifications import settling, texts
from notifications.channels.voice import LANGUAGES
from notifications.letters import TO_ACCEPT
from notifications.texts import Text
from web.deps import Db
from web.doors.twilio.signed import Signed, spoken
from web.words import say

router = APIRouter()

HEARD = "1"


@router.post("/keyed")
def keyed(said: Signed, request: Request, db: Db) -> Response:
    """One key of the person we rang."""
    delivery, key = request.query_params.get("delivery", ""), said.get("Digits")
    if not (delivery.isascii() and delivery.isdigit() and len(delivery) < 18):
        return spoken(str(VoiceResponse()))
    call = said.get("CallSid")[:80]
    pressed = db.write(lambda tx: _pressed(tx, int(delivery), key, call))
    if pressed is None:
        return spoken(str(VoiceResponse()))
    locale, text = pressed
    answer = VoiceResponse()
    answer.say(say(locale, text.says, {}), language=LANGUAGES.get(locale, "en-GB"))
    return spoken(str(answer))


def _pressed(tx: Tx, delivery_id: int, key: str, call: str) -> tuple[str, Text] | None:
    """What the key did, in whose language; None for one that means nothing.

    A key may be faster than the carrier's own answer, or come after a crash: it tells the call's number too.
    """
    row = deliveries.hold(tx, delivery_id)
    if row is None:
        return "en", texts.NOTED
    settling.learn(tx, row, call)
    if survey.is_question(tx.get_one(Event, row.event_id)):
        return (row.locale, texts.NOTED) if survey.keyed(tx, row.contact_id, key) else None
    if key != HEARD:
        return None
    deliveries.climb(row, READ, clock.now())
    return row.locale, _accept(tx, row)


def _accept(tx: Tx, row: Delivery) -> Text:
    """Take the order for the worker who was rung, where it waits for them."""
    event = tx.get_one(Event, row.event_id)
    order = tx.get(Order, event.order_id) if event.order_id else None
    if order is None or row.staff_id is None or order.worker_id != row.staff_id:
        return texts.NOTED
    if order.status not in TO_ACCEPT:
        return texts.TAKEN if order.is_open else texts.NOT_TAKEN
    try:
        work.accept(tx, access.actor_of(tx, tx.get_one(Staff, row.staff_id)), order)
    except HubError:
        return texts.NOT_TAKEN
    return texts.TAKEN
