"""What a telephone call that came in by itself means: each step, worked from what was kept, in any order.

An emergency is a P1 ticket whether or not anybody picks up; words on tape are a matter for the desk to listen
to; who rang and spoke to nobody is rung back. One call is one ticket at most.
Source: seed 2-5 (K5.1); domain.md §6 (IVR), §3.3 (no lost call).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dispatch import arriving, joining, own_words
from dispatch.arriving import Matter
from hub import callers, calls, clock, contacts, setaside
from hub.callers import LANGUAGE, Caller
from hub.calls import Call
from hub.contacts import ContactPoint
from hub.database import Database, Tx
from hub.tickets import Ticket

PHONE = "phone"
AT_ONCE = 100
FORGOTTEN = "forgotten_call"
SPEECH = "speech"  # what a contact point's marks say of the speech its people chose
LOCALES = {"cmn": "zh-Hans", "yue": "zh-Hant", "en": "en"}
PICKED_UP = ("completed", "answered")
PLACES = {"emergency": "duty", "matter": "message", "progress": "progress", "clerk": "clerk"}


@dataclass(frozen=True)
class Step:
    """One step of a call as it was kept. `wanted` is the choice it belongs to, `told` what was read aloud."""

    sid: str
    name: str
    sender: str
    to: str = ""
    digits: str = ""
    wanted: str = ""
    speech: str = ""
    told: str = ""
    status: str = ""
    recording: str = ""
    address: str = ""
    at: datetime | None = None


@dataclass
class _Line:
    """One call in the hand of one transaction."""

    tx: Tx
    step: Step
    call: Call
    caller: Caller
    contact: ContactPoint | None


def work(tx: Tx, step: Step) -> Ticket | None:
    """Do what this step means for the record. Answers the call's ticket, if it has one."""
    caller = callers.who(tx, step.sender, step.to)
    if caller is None:
        return None
    contact = _contact(tx, caller)
    if contact is not None:
        contacts.hold(tx, contact)
    call = calls.by_sid(tx, step.sid) or _begin(tx, step, caller, contact)
    line = _Line(tx, step, call, caller, contact)
    if not call.is_over:
        call.moved_at = clock.now()
    _STEPS[step.name](line)
    tx.flush()
    return tx.get(Ticket, call.ticket_id) if call.ticket_id else None


def tick(database: Database) -> int:
    """End the calls whose end nobody told us of, each in a transaction of its own. Answers how many.

    A lost webhook loses no caller: who spoke to nobody is rung back.
    """
    return setaside.each(database, FORGOTTEN, database.read(_forgotten), _forget)


def _forgotten(tx: Tx) -> list[int]:
    return calls.forgotten(tx, FORGOTTEN, AT_ONCE)


def _forget(call_id: int, tx: Tx) -> bool:
    call = calls.by_sid(tx, tx.get_one(Call, call_id).sid)
    if call is None or call.is_over:
        return False
    contact = tx.get(ContactPoint, call.contact_id) if call.contact_id else None
    number = contact.value if contact else ""
    caller = callers.who(tx, number, office_id=call.office_id)
    assert caller is not None
    _over(_Line(tx, Step(call.sid, "over", number), call, caller, contact))
    tx.flush()
    return True


def _ring(line: _Line) -> None:
    """The telephone rings: the desk sees it."""


def _language(line: _Line) -> None:
    """A language was chosen: it is spoken and written to this number from now on."""
    chosen = {"1": "cmn", "2": "yue", "3": "en"}.get(line.step.digits)
    _move(line, "menu")
    if chosen is None:
        return
    line.call.speech = chosen
    if line.contact is not None:
        contacts.remember(line.tx, line.contact, **{SPEECH: chosen, LANGUAGE: LOCALES[chosen]})


def _menu(line: _Line) -> None:
    """A choice was made. An emergency is registered at once: the telephone may ring in an empty room."""
    line.call.wanted = line.step.wanted or line.call.wanted
    _move(line, PLACES.get(line.step.wanted, "menu"))
    if line.step.wanted == "emergency":
        _register(line, "emergency", "emergency")


def _progress(line: _Line) -> None:
    line.call.is_told = line.call.is_told or bool(line.step.told)
    _move(line, "progress")


def _dialled(line: _Line) -> None:
    """Somebody picked up, or nobody did and the caller speaks to the tape."""
    line.call.is_answered = line.call.is_answered or line.step.status in PICKED_UP
    _move(line, "message" if line.step.status not in PICKED_UP else "talking")
    if line.step.wanted == "emergency":
        _register(line, "emergency", "emergency")


def _recorded(line: _Line) -> None:
    """Words are on tape: they belong to the call's ticket, or are one for the desk to listen to."""
    if not line.step.recording:
        return
    wanted = line.step.wanted or line.call.wanted
    ticket = _register(line, *(("emergency", "emergency") if wanted == "emergency" else ("message", None)))
    arriving.keep_file(line.tx, ticket.id, line.step.recording, line.step.address)


def _recording(line: _Line) -> None:
    """The carrier has a recording ready. Of a call that has no ticket (yet) it says nothing new."""
    if line.step.recording and line.call.ticket_id is not None:
        arriving.keep_file(line.tx, line.call.ticket_id, line.step.recording, line.step.address)


def _silent(line: _Line) -> None:
    """The caller said nothing after the tone: at the end of the call they are rung back."""


def _ended(line: _Line) -> None:
    if not line.call.is_over:
        line.call.ended_at, line.call.place = clock.now(), "ended"


def _over(line: _Line) -> None:
    """The call has been over for a while: who spoke to nobody and was told nothing is rung back."""
    _ended(line)
    call, contact = line.call, line.contact
    if call.is_answered or call.is_told or call.ticket_id is not None or contact is None:
        return
    rang = joining.rang(line.tx, callers.open_matters(line.tx, line.caller), contact, "missed")
    if rang is not None:
        call.ticket_id = rang.id
    else:
        _register(line, "missed", None)


def _register(line: _Line, item: str, kind: str | None) -> Ticket:
    """The ticket of this call, made when there is none: the same call is the same ticket."""
    if line.call.ticket_id is not None:
        return line.tx.get_one(Ticket, line.call.ticket_id)
    matter = Matter(
        "",
        line.step.sid,
        PHONE,
        line.call.began_at,
        item=own_words.of(line.caller.office, item),
        kind=kind,
        why_unknown="rang",
    )
    prepared = arriving.prepare(line.tx, line.caller, matter)
    ticket = arriving.register(line.tx, line.caller, line.contact, prepared, PHONE)
    line.call.ticket_id = ticket.id
    return ticket


def _begin(tx: Tx, step: Step, caller: Caller, contact: ContactPoint | None) -> Call:
    at = step.at or clock.now()
    call = Call(
        sid=step.sid,
        office_id=caller.office.id,
        contact_id=contact.id if contact else None,
        began_at=at,
        moved_at=at,
    )
    tx.add(call)
    tx.flush()
    return call


def _contact(tx: Tx, caller: Caller) -> ContactPoint | None:
    """The number's contact point, made when it is new; None for a number that is withheld."""
    if caller.contact is not None or not contacts.is_phone(caller.number):
        return caller.contact
    parsed = contacts.e164(caller.number, caller.office.region)
    return contacts.contact_point(tx, caller.office.company_id, caller.number, parsed)


def _move(line: _Line, place: str) -> None:
    """A step that comes late moves nobody back on the line."""
    if not line.call.is_over and calls.PLACES.index(place) >= calls.PLACES.index(line.call.place):
        line.call.place = place


_STEPS: dict[str, Callable[[_Line], None]] = {
    "ring": _ring,
    "language": _language,
    "menu": _menu,
    "progress": _progress,
    "dialled": _dialled,
    "recorded": _recorded,
    "recording": _recording,
    "silent": _silent,
    "ended": _ended,
    "over": _over,
}
