"""Asking who it is, and taking the answers: which room, what name, which matter, satisfied or not.

What cannot be an answer (the words of another matter, a room nobody knows) leaves the question open, and the
message is taken for what else it may be.
Source: seed 2-5 (K5.3); house.md (Questions).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dispatch import completing, meaning, survey, telling
from dispatch.complaint import LONGEST
from dispatch.triage import Judgement
from hub import estate, questions
from hub.access import HUB
from hub.callers import Caller
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Room
from hub.questions import NAME, ROOM, SATISFIED, WHICH, Question
from hub.tickets import Ticket

HOURS = 24.0
OTHER = "other"
MOST_CHOICES = 8
SATISFIED_WORDS = {"满意": "1", "很满意": "1", "非常满意": "1", "基本满意": "2", "不满意": "3"}


@dataclass(frozen=True)
class Answered:
    """An answer that counted, and the ticket it is about: None where something new was chosen."""

    ticket: Ticket | None


@dataclass(frozen=True)
class _Said:
    """One possible answer in the hand of one transaction."""

    tx: Tx
    caller: Caller
    contact: ContactPoint
    question: Question
    text: str
    judged: Judgement

    @property
    def digit(self) -> str | None:
        """The digit that was chosen, if it is one of the options."""
        digit = meaning.digit(self.text)
        return digit if digit in self.question.options else None

    def ticket(self) -> Ticket:
        return self.tx.get_one(Ticket, self.question.ticket_id)

    def tell(self, reply: str, ticket: Ticket, **places: Any) -> None:
        telling.tell(self.tx, self.caller, self.contact, self.question.channel, reply, ticket, **places)


def ask_room(tx: Tx, caller: Caller, contact: ContactPoint, channel: str, ticket: Ticket) -> None:
    """Ask where the matter is: among the rooms the number may belong to, else in words."""
    rooms = list(dict.fromkeys(person.room.code for person in caller.people))[:MOST_CHOICES]
    if not rooms:
        _ask(tx, contact, channel, ROOM, ticket)
        telling.tell(tx, caller, contact, channel, "ask_room", ticket)
        return
    options = {str(n): code for n, code in enumerate(rooms, start=1)} | {"0": OTHER}
    _ask(tx, contact, channel, ROOM, ticket, options)
    said = "; ".join(f"{digit} {code}" for digit, code in options.items() if code != OTHER)
    telling.tell(tx, caller, contact, channel, "ask_which_room", ticket, choices=said)


def take(
    tx: Tx, caller: Caller, contact: ContactPoint, question: Question, text: str, judged: Judgement
) -> Answered | None:
    """Take the words for the answer to this question; None when they cannot be one."""
    return _TAKES[question.kind](_Said(tx, caller, contact, question, text, judged))


def _satisfied(said: _Said) -> Answered | None:
    digit = said.digit or SATISFIED_WORDS.get(meaning.plain(said.text))
    if digit is None:
        return None
    return Answered(survey.answer(said.tx, said.caller, said.contact, said.question, digit))


def _which(said: _Said) -> Answered | None:
    if said.digit is None:
        return None
    chosen = said.question.options[said.digit]
    questions.end(said.question, said.digit)
    return Answered(said.tx.get(Ticket, chosen) if isinstance(chosen, int) else None)


def _room(said: _Said) -> Answered | None:
    ticket = said.ticket()
    if said.digit is not None and said.question.options[said.digit] == OTHER:
        _ask(said.tx, said.contact, said.question.channel, ROOM, ticket)
        said.tell("ask_room", ticket)
        return Answered(ticket)
    code = said.question.options[said.digit] if said.digit is not None else said.text
    room = _found(said.tx, ticket.office_id, code)
    if room is None:
        return _no_such_room(said, ticket)
    questions.end(said.question, room.code)
    person = next((one for one in said.caller.people if one.room.id == room.id), None)
    completing.complete(said.tx, HUB, ticket, room, person.party.name if person else "")
    answered = _completed(said, ticket)
    # "the lift in B-0302 stands still" answers, and speaks of a matter besides
    return None if said.judged.sure and said.digit is None else answered


def _no_such_room(said: _Said, ticket: Ticket) -> Answered | None:
    """Asked once more where it may have been a room; what speaks of a matter is another message."""
    if said.judged.sure or len(said.text) > LONGEST["room"]:
        return None
    if said.question.held.get("tries"):
        questions.end(said.question)
        return _completed(said, ticket)
    _ask(said.tx, said.contact, said.question.channel, ROOM, ticket, held={"tries": 1})
    said.tell("ask_room_again", ticket)
    return Answered(ticket)


def _name(said: _Said) -> Answered | None:
    name = meaning.name(said.text)
    if name is None or said.judged.sure or meaning.is_thanks(said.text):
        return None
    questions.end(said.question, "given")
    ticket = completing.complete(said.tx, HUB, said.ticket(), name=name)
    said.tell("completed", ticket)
    return Answered(ticket)


def _completed(said: _Said, ticket: Ticket) -> Answered:
    """The next thing that is unknown is asked; when nothing is, the customer is told so."""
    if not ticket.caller_name:
        _ask(said.tx, said.contact, said.question.channel, NAME, ticket)
        said.tell("ask_name", ticket)
    else:
        said.tell("completed", ticket)
    return Answered(ticket)


def _ask(
    tx: Tx,
    contact: ContactPoint,
    channel: str,
    kind: str,
    ticket: Ticket,
    options: dict[str, str] | None = None,
    held: dict[str, Any] | None = None,
) -> None:
    questions.ask(
        tx,
        ticket.office_id,
        contact.id,
        channel,
        kind,
        ticket_id=ticket.id,
        options=options,
        held=held,
        hours=HOURS,
    )


def _found(tx: Tx, office_id: int, said: str) -> Room | None:
    found = (estate.room_by_code(tx, office_id, code) for code in meaning.rooms(said))
    return next((room for room in found if room is not None), None)


_TAKES: dict[str, Callable[[_Said], Answered | None]] = {
    SATISFIED: _satisfied,
    WHICH: _which,
    ROOM: _room,
    NAME: _name,
}
