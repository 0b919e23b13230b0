"""The satisfaction question: a callback's first try by text or by voice, where the office wants it so.

Only an answer counts. While the question waits, the callback does; when nobody answers, it stands in the
desk's queue again and a person rings, with no try used up.
Source: seed 2-(2) (K2.2, K5.4); domain.md §3.3 (callback timing).
"""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from itertools import islice

from sqlmodel import col, select

from dispatch import callback, telling
from dispatch.case import take
from hub import callers, clock, contacts, questions, setaside
from hub.access import HUB
from hub.callbacks import BY_ITSELF, FIRST_TRY, SURVEY_HOURS, WAITS
from hub.callers import Caller
from hub.contacts import ContactPoint
from hub.database import Database, Tx
from hub.deliveries import Delivery
from hub.events import Event
from hub.organisation import Office
from hub.questions import SATISFIED, Question
from hub.tickets import Ticket

ANSWERS = {"1": "yes", "2": "fairly", "3": "no"}
AT_ONCE = 100
ASKED = "ask_satisfied"


def tick(database: Database, channels: Collection[str] = BY_ITSELF) -> int:
    """Ask about everything that is due to be asked, each in a transaction of its own. Answers how many.

    `channels` are those the hub can send on: where the office's is not among them, a person rings at once.
    """
    return setaside.each(database, ASKED, database.read(partial(_due, channels=channels)), _ask)


def ask(tx: Tx, ticket: Ticket) -> bool:
    """Put the question, when the office's policy and the customer's phone allow it. True when it was put."""
    case = take(tx, ticket)
    ticket = case.ticket
    channel = str(case.office.policy.get(FIRST_TRY, ""))
    contact = tx.get(ContactPoint, ticket.contact_id) if ticket.contact_id else None
    if channel not in BY_ITSELF or contact is None or not _may(ticket, contact, channel):
        return False
    if questions.waiting(tx, contact.id, channel) is not None or questions.of_ticket(
        tx, ticket.id, SATISFIED
    ):
        return False  # one question at a time: the other's answer would be taken for this one's
    hours = float(case.office.policy.get(WAITS, SURVEY_HOURS))
    questions.ask(
        tx,
        ticket.office_id,
        contact.id,
        channel,
        SATISFIED,
        ticket_id=ticket.id,
        options=ANSWERS,
        held={"round": ticket.round},
        hours=hours,
    )
    ticket.callback_at = clock.now() + timedelta(hours=hours)
    caller = callers.who(tx, contact.value, office_id=ticket.office_id)
    assert caller is not None
    telling.tell(tx, caller, contact, channel, ASKED, ticket)
    return True


def answer(tx: Tx, caller: Caller, contact: ContactPoint, question: Question, digit: str) -> Ticket:
    """The customer's answer: a callback like any other; one that comes too late changes nothing."""
    ticket = tx.get_one(Ticket, question.ticket_id)
    ticket = take(tx, ticket).ticket
    satisfied = question.options[digit]
    questions.end(question, digit)
    if ticket.status == "awaiting_callback" and ticket.round == question.held["round"]:
        callback.call_back(tx, HUB, ticket, True, satisfied=satisfied, means=question.channel)
    if question.channel == "sms":  # on the telephone the answer is heard at once
        reply = "dissatisfied" if satisfied == "no" else "satisfied"
        telling.tell(tx, caller, contact, question.channel, reply, ticket)
    return ticket


def keyed(tx: Tx, contact_id: int | None, key: str) -> bool:
    """A key pressed on the call that asks. False for one that is no answer, or when none is waited for."""
    contact = tx.get(ContactPoint, contact_id) if contact_id else None
    question = questions.waiting(tx, contact.id, "voice") if contact else None
    if contact is None or question is None or key not in question.options:
        return False
    caller = callers.who(tx, contact.value, office_id=question.office_id)
    assert caller is not None
    answer(tx, caller, contact, question, key)
    return True


def is_question(event: Event) -> bool:
    """Whether this event put the question."""
    return event.kind == telling.TOLD and event.said.get("reply") == ASKED


def unasked(tx: Tx, undelivered: Event) -> bool:
    """A message reached nobody: when it was the question, a person rings instead. True when it was."""
    delivery = tx.get(Delivery, undelivered.said.get("delivery") or 0)
    event = tx.get(Event, delivery.event_id) if delivery else None
    if event is None or not is_question(event):
        return False
    give_to_a_person(tx, tx.get_one(Ticket, undelivered.ticket_id))
    return True


def give_to_a_person(tx: Tx, ticket: Ticket) -> None:
    """The question could not be put (no channel reached the customer): a person rings, at once."""
    ticket = take(tx, ticket).ticket
    for question in questions.of_ticket(tx, ticket.id, SATISFIED):
        if question.ended_at is None:
            questions.end(question)
    if ticket.status == "awaiting_callback":
        ticket.callback_at = clock.now()


def _may(ticket: Ticket, contact: ContactPoint, channel: str) -> bool:
    """Whether this matter waits for its first try, and the phone takes such messages."""
    waits = ticket.status == "awaiting_callback" and ticket.callback_tries == 0
    due = ticket.callback_at is not None and ticket.callback_at <= clock.now()
    return waits and due and _takes(contact, channel)


def _takes(contact: ContactPoint, channel: str) -> bool:
    """Whether the question can go to this phone: a landline takes no text, a mark closes a channel."""
    if contact.kind != "phone" or not contact.parsed or channel in contact.marks:
        return False
    return channel != "sms" or contacts.takes_texts(contact.value)


def _ask(ticket_id: int, tx: Tx) -> bool:
    return ask(tx, tx.get_one(Ticket, ticket_id))


def _due(tx: Tx, channels: Collection[str]) -> list[int]:
    """The tickets whose callback is due and was not tried, in the offices that ask by themselves."""
    ways = {office.id: office.policy.get(FIRST_TRY) for office in tx.scalars(select(Office))}
    asking = [office_id for office_id, way in ways.items() if way in BY_ITSELF and way in channels]
    asked = select(Question.id).where(Question.ticket_id == Ticket.id, Question.kind == SATISFIED)
    rows = tx.execute(
        select(Ticket.id, Ticket.office_id, ContactPoint)
        .join(ContactPoint, col(ContactPoint.id) == col(Ticket.contact_id))
        .where(
            col(Ticket.office_id).in_(asking),
            Ticket.status == "awaiting_callback",
            Ticket.callback_tries == 0,
            col(Ticket.callback_at) <= clock.now(),
            ~asked.exists(),
            ~setaside.waits(ASKED, col(Ticket.id)),
        )
        .order_by(col(Ticket.callback_at))
    )
    able = (ident for ident, office_id, contact in rows if _takes(contact, str(ways[office_id])))
    return list(islice(able, AT_ONCE))
