"""A matter arrives with nobody at the desk: what is known of its sender fills it in, the rest is asked.

The ticket stands from the first word on; name and room are unknown with a reason until the answers come.
Source: seed 2-5 (K5.1, K5.3); house.md (Phones: known | maybe).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch import asking, intake, joining, meaning, own_words, telling
from dispatch.complaint import LONGEST, Complaint
from dispatch.intake import Prepared
from hub import callers, contacts, inbound, questions
from hub.access import HUB
from hub.callers import LANGUAGE, Caller
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.questions import WHICH, Question
from hub.tickets import Ticket

SOURCE = "twilio"  # of the outside reference: the same message or call is the same ticket
MEDIA = "media"
NEW = "new"
MOST_CHOICES = 8
SHORTEN = 24


@dataclass(frozen=True)
class Matter:
    """What arrived: its words, its carrier's number, its channel; `item` where the hub names it itself."""

    text: str
    sid: str
    channel: str = "sms"
    received_at: datetime | None = None
    item: str = ""
    kind: str | None = None
    why_unknown: str = "asked"


def prepare(tx: Tx, caller: Caller, matter: Matter) -> Prepared:
    """The matter as a complaint, with everything that is known of the caller; thought over. Reads only."""
    item = matter.item or " ".join(matter.text.split()) or own_words.of(caller.office, "picture")
    longest = LONGEST["item"]
    sure, why = caller.sure, own_words.of(caller.office, matter.why_unknown)
    phone = caller.number if contacts.is_phone(caller.number) else ""
    unknown = {} if sure else {"name": why, "room": why}
    if not phone:
        unknown["phone"] = own_words.of(caller.office, "withheld")
    said = Complaint(
        item=item if len(item) <= longest else f"{item[: longest - 1]}…",
        description=matter.text if len(item) > longest or matter.item else "",
        name=sure.party.name[: LONGEST["name"]] if sure else "",
        room=sure.room.code if sure else "",
        phone=phone,
        unknown=unknown,
        channel=matter.channel,
        kind=matter.kind,
        external=(SOURCE, matter.sid),
        received_at=matter.received_at,
    )
    return intake.prepare(tx, caller.office, said)


def register(
    tx: Tx, caller: Caller, contact: ContactPoint | None, prepared: Prepared, channel: str
) -> Ticket:
    """Register what arrived, and ask its sender for what is unknown. The same message is the same ticket."""
    ticket = intake.receive(tx, HUB, prepared)
    if contact is None or channel != "sms":
        return ticket
    _learn_language(tx, contact, caller, prepared.said.item)
    if ticket.room_id is None:
        asking.ask_room(tx, caller, contact, channel, ticket)
    return ticket


def ring_back(tx: Tx, caller: Caller, contact: ContactPoint, sid: str) -> Ticket:
    """The customer wants to be rung: on what is open with them, or as a matter of its own for the desk."""
    rang = joining.rang(tx, callers.open_matters(tx, caller), contact, "ring back")
    if rang is not None:
        return rang
    item = own_words.of(caller.office, "ring back")
    return intake.receive(tx, HUB, prepare(tx, caller, Matter("", sid, item=item)))


def hold(
    tx: Tx,
    caller: Caller,
    contact: ContactPoint,
    channel: str,
    held: Mapping[str, Any],
    fitting: list[Ticket],
) -> None:
    """Ask which of the matters is meant; the words wait for the answer, and are not lost without one."""
    fitting = fitting[:MOST_CHOICES]
    numbered = list(enumerate(fitting, start=1))
    last = len(numbered) + 1
    options: dict[str, Any] = {str(n): ticket.id for n, ticket in numbered} | {str(last): NEW}
    questions.ask(
        tx, caller.office.id, contact.id, channel, WHICH, options=options, held=held, hours=asking.HOURS
    )
    choices = "; ".join(f"{n} {_short(ticket.item)}" for n, ticket in numbered)
    telling.tell(tx, caller, contact, channel, "ask_which", choices=choices, last=last)


def release(
    tx: Tx, caller: Caller, contact: ContactPoint, question: Question, ticket: Ticket | None
) -> Ticket:
    """The words that waited go to the matter that was meant, or become a new one."""
    held = question.held
    meant = joining.join(tx, ticket, contact, held["text"], question.channel) if ticket is not None else None
    if meant is not None:
        telling.tell(tx, caller, contact, question.channel, "joined", ticket := meant)
    else:
        matter = Matter(held["text"], held["sid"], question.channel, question.asked_at)
        ticket = register(tx, caller, contact, prepare(tx, caller, matter), question.channel)
    keep_pictures(tx, ticket, held["sid"], held["pictures"])
    question.ticket_id = ticket.id
    inbound.belongs(tx, f"{question.channel}:{held['sid']}", ticket.id)
    return ticket


def keep_pictures(tx: Tx, ticket: Ticket, sid: str, addresses: Iterable[str]) -> None:
    """Remember to fetch what came with a message: after this transaction, from outside, one by one."""
    for place, address in enumerate(addresses):
        keep_file(tx, ticket.id, f"{sid}:{place}", address)


def keep_file(tx: Tx, ticket_id: int, name: str, address: str) -> None:
    """Remember to fetch one file for a ticket. A second time is the same file."""
    inbound.keep(tx, MEDIA, f"{MEDIA}:{name}", {"url": address, "ticket": ticket_id})


def _learn_language(tx: Tx, contact: ContactPoint, caller: Caller, text: str) -> None:
    """Who is in nobody's register is answered in the script they write in."""
    if LANGUAGE in contact.marks or any(person.party.locale for person in caller.people):
        return
    found = meaning.language(text, caller.office.locale)
    if found is not None:
        contacts.remember(tx, contact, **{LANGUAGE: found})


def _short(item: str) -> str:
    return item if len(item) <= SHORTEN else f"{item[: SHORTEN - 1]}…"
