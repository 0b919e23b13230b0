"""What became of a message or a call (/doors/twilio/status): ranked, so late or repeated words are harmless.

The address we gave the carrier names the delivery, so a callback that is faster than the carrier's own
answer, or comes after a crash, tells us its number too.
Source: domain.md §6 (status callbacks).
"""

from asyncio import wrap_future

from fastapi import APIRouter, Request
from starlette.responses import Response

from hub import deliveries
from hub.database import Tx
from hub.deliveries import DELIVERED, FAILED, READ, SENT, Delivery
from notifications import settling
from notifications.speaking import Open
from web.deps import Db
from web.doors.twilio import voice
from web.doors.twilio.signed import Signed, Told, taken

router = APIRouter()

# the carrier's word -> ours; what is not here is said before anything has happened
MESSAGE = {
    "sent": SENT,
    "delivered": DELIVERED,
    "partially_delivered": DELIVERED,
    "read": READ,
    "undelivered": FAILED,
    "failed": FAILED,
    "canceled": FAILED,
}
CALL = {
    "in-progress": SENT,
    "completed": DELIVERED,
    "busy": FAILED,
    "no-answer": FAILED,
    "failed": FAILED,
    "canceled": FAILED,
}


@router.post("/status")
async def status(said: Signed, request: Request, db: Db) -> Response:
    """Take one word of the carrier's about one message or call."""
    if said.get("CallSid") and said.get("Direction") == "inbound":
        await voice.ended(db, said)
        return taken()
    ways: Open = request.app.state.ways
    delivery = request.query_params.get("delivery", "")
    await wrap_future(db.write_soon(lambda tx: _told(tx, said, delivery, ways)))
    return taken()


def _told(tx: Tx, said: Told, delivery: str, ways: Open) -> None:
    ref, state, code = _words(said)
    if not ref or state is None:
        return
    row = deliveries.by_ref(tx, ref) or _learn(tx, delivery, ref)
    if row is not None:
        settling.told(tx, row, state, code, ways)


def _words(said: Told) -> tuple[str, str | None, str]:
    """The carrier's number, our state for its word, and the error's code."""
    code = said.get("ErrorCode")
    message = said.get("MessageSid") or said.get("SmsSid")
    if message:
        return message, MESSAGE.get(said.get("MessageStatus") or said.get("SmsStatus")), code
    word = said.get("CallStatus")
    return said.get("CallSid"), CALL.get(word), code or (word if CALL.get(word) == FAILED else "")


def _learn(tx: Tx, delivery: str, ref: str) -> Delivery | None:
    """The delivery named in the address, when we do not know its number yet: killed, or slower than this.

    The number may have come while we waited for the row. One in doubt that was given to a person arrived
    after all: they owe it no more.
    """
    if not (delivery.isascii() and delivery.isdigit() and len(delivery) < 18):
        return None
    row = deliveries.hold(tx, int(delivery))
    return row if row is not None and settling.learn(tx, row, ref) else None
