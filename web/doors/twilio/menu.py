"""The telephone menu: language, then one choice; two levels at most, and every way ends.

Pure: what the caller did goes in, what they hear comes out. A call remembers nothing but in the addresses it
is sent to, so the same step asked twice is answered the same.
Source: domain.md §6 (IVR), GB/T 33358 (menus discouraged), t4 (recording is announced).
"""

from dataclasses import dataclass

from hub import numbers
from hub.replies import REPLIES
from web.doors.twilio.twiml import KEYS, SPEECHES, Script
from web.words import N_

TWICE = 2  # a question is asked twice, then a person helps
WANTS = {"1": "emergency", "2": "matter", "3": "progress", "0": "clerk"}

LANGUAGES = {
    "cmn": N_("For Mandarin press 1."),
    "yue": N_("For Cantonese press 2."),
    "en": N_("For English press 3."),
}
WELCOME = N_("Customer service centre. This call may be recorded.")
CHOICES = N_(
    "Emergency, press 1. Repair or complaint, press 2. How a matter stands, press 3. A clerk, press 0."
)
NOT_HEARD = N_("We did not get that.")
HELP_COMES = N_("Your emergency is registered. We are connecting you to the person on duty.")
SPEAK_EMERGENCY = N_(
    "Nobody could pick up, but the people on duty have been told. After the tone say where you are and what "
    "has happened, then press hash."
)
SPEAK = N_("After the tone say your name, your room and what is the matter, then press hash.")
CLERK = N_("We are connecting you to a clerk.")
NO_CLERK = N_(
    "All clerks are busy. After the tone say your name, your room and your matter; we ring you back."
)
KEY_NUMBER = N_("Key in the number of your matter, then hash.")
WRONG_NUMBER = N_("This is not the number of a matter of yours.")
NOT_THIS_PHONE = N_("We tell this only to the telephone with which it was registered.")
THANKS = N_("Thank you. We have it and will be in touch.")
NO_WORDS = N_("We heard nothing. We will ring you back.")
GOODBYE = N_("Goodbye.")


@dataclass(frozen=True)
class Lines:
    """Whom the menu can put a caller through to; "" where there is nobody. `shown` is our own number."""

    duty: str = ""
    desk: str = ""
    shown: str = ""


def greet(script: Script, is_known: bool) -> Script:
    """The call begins: the menu at once where the caller's language is known, else the language first."""
    return _menu(script, WELCOME, attempt=1) if is_known else script.ask_language(LANGUAGES, 1)


def language(script: Script, digits: str, attempt: int) -> Script:
    """A language was chosen, or not: then it is asked once more, then the office's own is taken."""
    if digits in KEYS:
        script.speech = KEYS[digits]
        return _menu(script, WELCOME, attempt=1)
    if attempt < TWICE:
        return script.ask_language(LANGUAGES, attempt + 1)
    return _menu(script, WELCOME, attempt=1)


def choose(script: Script, digits: str, attempt: int, lines: Lines) -> Script:
    """The one choice of the menu; what cannot be understood is asked once more, then a clerk helps."""
    match WANTS.get(digits):
        case "emergency":
            script.say(HELP_COMES)
            if lines.duty:
                return script.dial(lines.duty, "emergency", lines.shown, is_recorded=True)
            return script.say(SPEAK_EMERGENCY).record("emergency")
        case "matter":
            return script.say(SPEAK).record("matter")
        case "progress":
            return script.ask("progress", 0, KEY_NUMBER)
        case "clerk":
            return _clerk(script, lines)
    return _menu(script, NOT_HEARD, attempt + 1) if attempt < TWICE else _clerk(script, lines)


def progress(script: Script, digits: str, attempt: int, reply: str | None, lines: Lines) -> Script:
    """How the matter stands, its number digit by digit; `reply` is None where it is not the caller's."""
    if reply is not None:
        return script.say(REPLIES[reply].says, number=" ".join(digits)).say(GOODBYE).hang_up()
    if attempt < TWICE:
        script.say(NOT_THIS_PHONE if numbers.is_number(digits) else WRONG_NUMBER)
        return script.ask("progress", 0, KEY_NUMBER, attempt=attempt + 1)
    return _clerk(script, lines)


def dialled(script: Script, wanted: str, status: str) -> Script:
    """The other telephone was answered, and the call is over; or nobody was there, and the tape is."""
    if status in ("completed", "answered"):
        return script.hang_up()
    return script.say(SPEAK_EMERGENCY if wanted == "emergency" else NO_CLERK).record(wanted)


def recorded(script: Script) -> Script:
    return script.say(THANKS).say(GOODBYE).hang_up()


def silent(script: Script) -> Script:
    return script.say(NO_WORDS).say(GOODBYE).hang_up()


def _menu(script: Script, first: str, attempt: int) -> Script:
    return script.ask("menu", 1, first, CHOICES, attempt=attempt)


def _clerk(script: Script, lines: Lines) -> Script:
    if lines.desk:
        return script.say(CLERK).dial(lines.desk, "clerk", lines.shown, is_recorded=False)
    return script.say(NO_CLERK).record("clerk")


assert set(KEYS.values()) == set(LANGUAGES) == set(SPEECHES)
