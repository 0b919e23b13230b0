"""A telephone call comes in (/doors/twilio/voice): each step is kept, and answered with what is heard next.

The answer is made of the address and the keys alone (`menu`); what a step means for the record is worked
afterwards from the row that was kept, like everything that comes in.
Source: domain.md §6 (inbound voice, IVR verbs); K5.1.
"""

from asyncio import Future, wrap_future
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from dispatch import progress as standing
from hub import callers, inbound, lines
from hub.callers import Caller
from hub.database import Database, Tx
from hub.errors import BadInput
from web.deps import Config, Db
from web.doors.twilio import menu
from web.doors.twilio.knocking import DOORS
from web.doors.twilio.menu import Lines
from web.doors.twilio.signed import Signed, Told, spoken, taken
from web.doors.twilio.twiml import OF_LOCALE, SPEECHES, Script

router = APIRouter()

CALL = "call"
WAIT_FOR_THE_REST = 10.0  # seconds after a call's end until what nobody answered counts as missed
Attempt = Annotated[int, Query(ge=1, le=menu.TWICE)]
Speech = Annotated[str, Query(max_length=8)]
Wanted = Annotated[str, Query(max_length=12)]


@router.post("/voice")
async def ring(said: Signed, db: Db, config: Config) -> Response:
    """Somebody rings."""
    kept = _keep(db, said, "ring")
    caller = await wrap_future(db.read_soon(lambda tx: callers.who(tx, said.get("From"), said.get("To"))))
    speech = _speech_of(caller)
    await kept
    return spoken(str(menu.greet(Script(config.public_url, speech or _default(caller)), bool(speech))))


@router.post("/voice/language")
async def language(
    said: Signed, db: Db, config: Config, speech: Speech = "", attempt: Attempt = 1
) -> Response:
    """A language was chosen."""
    await _keep(db, said, f"language:{attempt}")
    return spoken(str(menu.language(Script(config.public_url, speech), said.get("Digits"), attempt)))


@router.post("/voice/menu")
async def choose(said: Signed, db: Db, config: Config, speech: Speech = "", attempt: Attempt = 1) -> Response:
    """A choice was made."""
    wanted = menu.WANTS.get(said.get("Digits"), "")
    kept = _keep(db, said, f"menu:{attempt}", speech=speech, wanted=wanted)
    lines = await _lines(db, said)
    await kept
    return spoken(str(menu.choose(Script(config.public_url, speech), said.get("Digits"), attempt, lines)))


@router.post("/voice/progress")
async def progress(
    said: Signed, db: Db, config: Config, speech: Speech = "", attempt: Attempt = 1
) -> Response:
    """A number was keyed in."""
    number = said.get("Digits").strip()[:20]
    reply = await wrap_future(db.read_soon(lambda tx: _standing(tx, said, number)))
    kept = _keep(db, said, f"progress:{attempt}", told=reply or "")
    lines = await _lines(db, said)
    await kept
    return spoken(str(menu.progress(Script(config.public_url, speech), number, attempt, reply, lines)))


@router.post("/voice/dialled")
async def dialled(said: Signed, db: Db, config: Config, speech: Speech = "", wanted: Wanted = "") -> Response:
    """The telephone that was dialled was answered, or not."""
    await _keep(db, said, f"dialled:{wanted}", wanted=wanted)
    answer = menu.dialled(Script(config.public_url, speech), wanted, said.get("DialCallStatus"))
    return spoken(str(answer))


@router.post("/voice/recorded")
async def recorded(
    said: Signed, db: Db, config: Config, speech: Speech = "", wanted: Wanted = ""
) -> Response:
    """Something was said after the tone."""
    await _keep(db, said, f"recorded:{said.get('RecordingSid')[:40]}", wanted=wanted)
    return spoken(str(menu.recorded(Script(config.public_url, speech))))


@router.post("/voice/silent")
async def silent(said: Signed, db: Db, config: Config, speech: Speech = "", wanted: Wanted = "") -> Response:
    """Nothing was said after the tone."""
    await _keep(db, said, "silent", wanted=wanted)
    return spoken(str(menu.silent(Script(config.public_url, speech))))


@router.post("/voice/status")
async def status(said: Signed, db: Db) -> Response:
    """A call has ended (or moved on): the address for the number's own status callback."""
    await ended(db, said)
    return taken()


@router.post("/recording")
async def recording(said: Signed, db: Db) -> Response:
    """A recording is ready, or there is none."""
    if said.get("RecordingStatus") in ("", "completed"):
        await _keep(db, said, f"recording:{said.get('RecordingSid')[:40]}")
    return taken()


async def ended(db: Database, said: Told) -> None:
    """Keep the end of a call; whether somebody still has to ring back is decided a little later."""
    if said.get("CallStatus") not in ENDS:
        return
    name, over, kept = _step(said, "ended"), _step(said, "over"), said.whole()

    def keep(tx: Tx) -> None:
        inbound.keep(tx, CALL, name, kept | {"hub_step": "ended"})
        inbound.keep(tx, CALL, over, kept | {"hub_step": "over"}, WAIT_FOR_THE_REST)

    await wrap_future(db.write_soon(keep))


ENDS = ("completed", "busy", "failed", "no-answer", "canceled")


def _keep(db: Database, said: Told, step: str, **more: str) -> Future[bool]:
    """Keep one step of a call: done once it is on the disk. What is heard next is looked up meanwhile."""
    name = _step(said, step)
    kept = said.whole() | {f"hub_{name}": value for name, value in more.items()}
    kept["hub_step"] = step.partition(":")[0]
    return DOORS.until(wrap_future(db.write_soon(lambda tx: inbound.keep(tx, CALL, name, kept))))


def _step(said: Told, step: str) -> str:
    """What a kept step is called. Raises BadInput for one without the carrier's number of the call."""
    sid = said.get("CallSid").strip()[:80]
    if not sid:
        raise BadInput("CallSid", "the carrier's number of the call is missing")
    return f"{CALL}:{sid}:{step}"


def _speech_of(caller: Caller | None) -> str:
    """The speech the caller chose before, else that of the language the register has of them, or ""."""
    if caller is None:
        return ""
    chosen = caller.contact.marks.get("speech", "") if caller.contact else ""
    registered = next((one.party.locale for one in caller.people if one.party.locale), "")
    return chosen if chosen in SPEECHES else OF_LOCALE.get(registered, "")


def _default(caller: Caller | None) -> str:
    return OF_LOCALE.get(caller.office.locale, "en") if caller else "en"


def _lines(db: Database, said: Told) -> Future[Lines]:
    """Whom this caller can be put through to."""

    def find(tx: Tx) -> Lines:
        caller = callers.who(tx, said.get("From"), said.get("To"))
        if caller is None:
            return Lines()
        return Lines(lines.duty_phone(tx, caller.office), lines.desk_phone(tx, caller.office), said.get("To"))

    return wrap_future(db.read_soon(find))


def _standing(tx: Tx, said: Told, number: str) -> str | None:
    """How the matter with this number stands, if it may be told to this telephone."""
    caller = callers.who(tx, said.get("From"), said.get("To"))
    ticket = callers.theirs(tx, number, caller) if caller else None
    return standing.reply(tx, ticket) if ticket else None
