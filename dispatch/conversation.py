"""What a message means: by the question open to its sender, the matters they have open, and the words.

`think` reads and judges outside the transaction; `hear` decides and acts in one. The ways a message can be
taken stand in `WAYS`, tried from top to bottom; the last one always takes it, so no message is ever lost.
Source: seed 2-5 (K5.1-K5.3); house.md (Questions); domain.md §6.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch import arriving, asking, joining, meaning, progress, telling, urging
from dispatch.intake import Prepared
from hub import callers, contacts, questions
from hub.access import HUB
from hub.callers import Caller
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.errors import BadInput
from hub.questions import WHICH, Question
from hub.tickets import Ticket

SMS = "sms"
PROGRESS = "13-03"  # the category of "any news?", "进度怎么样"
AT_A_TIME = 3


@dataclass(frozen=True)
class Heard:
    """One message as it came. `sid` is its carrier's number, `pictures` the addresses of what came with it.

    `opting` is what the carrier itself took it for (STOP, START, HELP), if anything.
    """

    sid: str
    sender: str
    text: str
    to: str = ""
    channel: str = SMS
    pictures: tuple[str, ...] = ()
    opting: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True)
class Meant:
    """What a message was taken for, and the ticket it belongs to, if to one."""

    what: str
    ticket: Ticket | None = None


@dataclass
class Talk:
    """One message in the hand of one transaction."""

    tx: Tx
    heard: Heard
    caller: Caller
    contact: ContactPoint
    prepared: Prepared
    open: list[Ticket] = field(default_factory=list)

    def tell(self, reply: str, ticket: Ticket | None = None, **places: Any) -> None:
        telling.tell(self.tx, self.caller, self.contact, self.heard.channel, reply, ticket, **places)


def think(tx: Tx, heard: Heard) -> Prepared:
    """The message as the new matter it may be: its sender looked up, its words judged. Reads only.

    Raises BadInput while the hub has no office that could take it.
    """
    caller = callers.who(tx, heard.sender, heard.to)
    if caller is None:
        raise BadInput("office", "there is no office yet")
    matter = arriving.Matter(heard.text, heard.sid, heard.channel, heard.received_at)
    return arriving.prepare(tx, caller, matter)


def hear(tx: Tx, heard: Heard, prepared: Prepared) -> Meant:
    """Take the message for what it means, and answer where an answer is due."""
    caller = callers.who(tx, heard.sender, heard.to)
    assert caller is not None
    number = caller.number or heard.sender.strip() or "withheld"
    parsed = contacts.e164(number, caller.office.region)
    contact = contacts.hold(tx, contacts.contact_point(tx, caller.office.company_id, number, parsed))
    talk = Talk(tx, heard, caller, contact, prepared, callers.open_matters(tx, caller))
    return next(meant for way in WAYS if (meant := way(talk)) is not None)


def _opting(talk: Talk) -> Meant | None:
    """Stopping and starting our messages. The mark stands on the contact point, whatever else it says."""
    said = meaning.opting(talk.heard.text, talk.heard.opting)
    if said is None:
        return None
    if said == "out":
        _opt_out(talk)
    elif said == "in":
        contacts.unmark(talk.tx, talk.contact, SMS)
    return Meant(f"opted_{said}" if said != "help" else "carrier_help")


def _opt_out(talk: Talk) -> None:
    by_carrier = talk.heard.opting or meaning.plain(talk.heard.text) in meaning.STOPS
    if not by_carrier and SMS not in talk.contact.marks:
        talk.tell("opted_out")  # the carrier answers its own words itself
    contacts.mark(talk.tx, talk.contact, SMS, "opted out")


def _number(talk: Talk) -> Meant | None:
    """A ticket's number: how it stands; or, with more words, something to add to it."""
    found = meaning.ticket_number(talk.heard.text)
    if found is None:
        return None
    number, rest = found
    ticket = callers.theirs(talk.tx, number, talk.caller)
    if meaning.is_asking(rest) and not talk.heard.pictures:
        if ticket is None:
            talk.tell("no_such_number")
            return Meant("unknown_number")
        talk.tell(progress.reply(talk.tx, ticket), ticket)
        return Meant("progress", ticket)
    return _join(talk, ticket) if ticket is not None and ticket.is_open else None


def _answer(talk: Talk) -> Meant | None:
    """The answer to what we asked last on this channel."""
    question = questions.waiting(talk.tx, talk.contact.id, talk.heard.channel)
    if question is None:
        return None
    found = asking.take(
        talk.tx, talk.caller, talk.contact, question, talk.heard.text, talk.prepared.judgement
    )
    if found is None:
        return None
    ticket = found.ticket
    if question.kind == WHICH:
        ticket = arriving.release(talk.tx, talk.caller, talk.contact, question, ticket)
    return Meant(f"answer_{question.kind}", ticket)


def tidy(tx: Tx, question_id: int) -> bool:
    """Nobody said which matter some words belong to, and the time for it is over: they join the newest one.

    True when there were such words.
    """
    question = tx.get_one(Question, question_id, with_for_update=True)
    if question.ended_at is not None or question.kind != WHICH:
        return False
    contact = tx.get_one(ContactPoint, question.contact_id)
    caller = callers.who(tx, contact.value, office_id=question.office_id)
    assert caller is not None
    open_matters = callers.open_matters(tx, caller)
    questions.end(question)
    arriving.release(tx, caller, contact, question, open_matters[0] if open_matters else None)
    return True


def _command(talk: Talk) -> Meant | None:
    """One digit: how my matters stand, please ring me; any other shows what there is."""
    digit = meaning.digit(talk.heard.text)
    if digit is None:
        return None
    if digit == "1":
        for ticket in talk.open[:AT_A_TIME]:
            talk.tell(progress.reply(talk.tx, ticket), ticket)
        if not talk.open:
            talk.tell("nothing_open")
        return Meant("progress")
    if digit == "2":
        ticket = arriving.ring_back(talk.tx, talk.caller, talk.contact, talk.heard.sid)
        talk.tell("ring_back", ticket)
        return Meant("ring_back", ticket)
    talk.tell("menu")
    return Meant("menu")


def _thanks(talk: Talk) -> Meant | None:
    """Thanks, "ok", "收到", a smile: read, and neither a matter nor an addition to one."""
    is_only_that = meaning.is_thanks(talk.heard.text) and not talk.heard.pictures
    return Meant("thanks") if is_only_that else None


def _asking(talk: Talk) -> Meant | None:
    """Asking how it stands (催辦): told at once; of one matter it is an urging, which its holder hears."""
    if talk.prepared.judgement.category != PROGRESS or not talk.open or talk.heard.pictures:
        return None
    if len(talk.open) == 1:
        urging.urge(talk.tx, HUB, talk.open[0], talk.heard.text, talk.heard.channel)
    for ticket in talk.open[:AT_A_TIME]:
        talk.tell(progress.reply(talk.tx, ticket), ticket)
    return Meant("urged" if len(talk.open) == 1 else "progress", talk.open[0])


def _reply(talk: Talk) -> Meant | None:
    """Something more about a matter that is open. Which one is asked, where two fit equally."""
    fitting = joining.fitting(talk.tx, talk.open, talk.prepared.judgement)
    if not fitting:
        return None
    if len(fitting) == 1:
        return _join(talk, fitting[0])
    held = {"text": talk.heard.text, "sid": talk.heard.sid, "pictures": list(talk.heard.pictures)}
    arriving.hold(talk.tx, talk.caller, talk.contact, talk.heard.channel, held, fitting)
    return Meant("held")


def _join(talk: Talk, ticket: Ticket) -> Meant | None:
    """More about this matter; None where it has just been closed."""
    if joining.join(talk.tx, ticket, talk.contact, talk.heard.text, talk.heard.channel) is None:
        return None
    arriving.keep_pictures(talk.tx, ticket, talk.heard.sid, talk.heard.pictures)
    return Meant("joined", ticket)


def _matter(talk: Talk) -> Meant:
    """A new matter: registered at once, whatever is still unknown of who sends it."""
    ticket = arriving.register(talk.tx, talk.caller, talk.contact, talk.prepared, talk.heard.channel)
    arriving.keep_pictures(talk.tx, ticket, talk.heard.sid, talk.heard.pictures)
    return Meant("received", ticket)


Way = Callable[[Talk], Meant | None]
WAYS: tuple[Way, ...] = (_opting, _number, _answer, _command, _thanks, _asking, _reply, _matter)
