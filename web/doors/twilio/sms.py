"""A text message comes in (/doors/twilio/sms): kept as it is and answered at once; `work` reads it later.

Source: domain.md §6 (inbound SMS/MMS, failure rules); seed K5.1.
"""

from asyncio import wrap_future

from fastapi import APIRouter
from starlette.responses import Response

from hub import inbound
from hub.errors import BadInput
from web.deps import Db
from web.doors.twilio.knocking import DOORS
from web.doors.twilio.signed import Signed, taken

router = APIRouter()

SMS = "sms"


@router.post("/sms")
async def message(said: Signed, db: Db) -> Response:
    """Keep the message, with no thread that waits. Raises BadInput for one without its carrier's number."""
    sid = said.get("MessageSid") or said.get("SmsSid")
    if not sid.strip():
        raise BadInput("MessageSid", "the carrier's number of the message is missing")
    name, kept = f"{SMS}:{sid[:80]}", said.whole()
    await DOORS.until(wrap_future(db.write_soon(lambda tx: inbound.keep(tx, SMS, name, kept))))
    return taken()
