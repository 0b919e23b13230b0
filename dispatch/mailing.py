"""What a mail means: more about an open matter, or a new one; what a machine wrote is kept and nothing more.

A mail joins a matter when it answers one of our own mails to that very address, or names the number of a
matter of its sender's. Who writes from an address nobody knows is asked for the room and, where the mail
gives none, the name, as by text. Who may be told what is decided by the address we know, never by what a
mail says of its sender: joining adds words and tells nothing.
Source: seed 2-5 (K5.1); domain.md §3.2; house.md (Complaint; the same message is the same ticket).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch import answering, asking, attaching, intake, joining, meaning, own_words, telling
from dispatch.complaint import LONGEST, Complaint
from dispatch.intake import Prepared
from hub import callers, contacts, numbers, questions
from hub.access import HUB
from hub.callers import Caller
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import Delivery
from hub.errors import BadInput
from hub.organisation import Office
from hub.questions import NAME, ROOM
from hub.tickets import Ticket

SOURCE, CHANNEL = "mail", "email"
_OURS = re.compile(r"<delivery-(\d{1,17})@")
_NUMBER = re.compile(r"(?<!\d)\d{9}(?!\d)")
GREETING = (",", "\uff0c", ":", "\uff1a")  # what a line ends with that only greets
_ANSWER = re.compile(r"^\s*((re|fw|fwd|aw|回复|回覆|答复|转发|轉寄)\s*[:\uff1a]\s*)+", re.IGNORECASE)


@dataclass(frozen=True)
class Written:
    """One mail, without what it quotes. `files` are in the store; `refused`: what was not kept, and why.

    `too_large`: the MB of a mail of which only the words were fetched, else 0.
    """

    id: str
    sender: str
    subject: str = ""
    text: str = ""
    name: str = ""
    to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    is_automatic: bool = False
    files: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[str, ...] = ()
    too_large: int = 0
    received_at: datetime | None = None


def think(tx: Tx, mail: Written) -> Prepared | None:
    """The mail as the new matter it may be, judged; None for a machine's. Reads only.

    Raises BadInput while the hub has no office that could take it.
    """
    if mail.is_automatic:
        return None
    caller = _writer(tx, mail)
    return intake.prepare(tx, caller.office, _complaint(caller, mail))


def hear(tx: Tx, mail: Written, prepared: Prepared | None) -> tuple[str, Ticket | None]:
    """Take the mail for what it means: (what it was taken for, its ticket)."""
    if prepared is None:
        return "automatic", None
    caller = _writer(tx, mail)
    company_id = caller.office.company_id
    contact = contacts.hold(tx, contacts.keep(tx, contacts.mail_point(tx, company_id, mail.sender)))
    ticket = _answered(tx, mail, contact) or _named(tx, mail, caller)
    what, is_all = _answer(tx, mail, caller, contact, ticket, prepared) if ticket is not None else ("", False)
    if ticket is not None and not is_all:
        ticket = joining.join(tx, ticket, contact, mail.text or mail.subject, CHANNEL)
        what = what or "joined"
    if ticket is None:
        ticket, what = intake.receive(tx, HUB, prepared), "received"
        ticket.contact_id = ticket.contact_id or contact.id
        if ticket.room_id is None:
            asking.ask_room(tx, caller, contact, CHANNEL, ticket)
    _keep_files(tx, ticket, mail)
    if mail.too_large:
        telling.tell(tx, caller, contact, CHANNEL, "mail_too_large", ticket, mb=mail.too_large)
    tx.flush()
    return what, ticket


def _answer(
    tx: Tx, mail: Written, caller: Caller, contact: ContactPoint, ticket: Ticket, prepared: Prepared
) -> tuple[str, bool]:
    """What we asked of this matter and the mail answers ("": nothing), and whether it says nothing else."""
    question = questions.waiting(tx, contact.id, CHANNEL)
    if question is None or question.ticket_id != ticket.id:
        return "", False
    lines = [line for line in _lines(mail) if not line.endswith(GREETING)]
    first = next(iter(lines), "")
    text = first if question.kind == NAME or meaning.digit(first) else mail.text
    if question.kind == ROOM and not any(sign.isdigit() for sign in text):
        return "", False
    found = asking.take(tx, caller, contact, question, text, prepared.judgement)
    is_all = found is not None and question.answer is not None and len(lines) == 1
    return (f"answer_{question.kind}" if found is not None else ""), is_all


def _lines(mail: Written) -> list[str]:
    return [line.strip() for line in mail.text.splitlines() if line.strip()]


def _writer(tx: Tx, mail: Written) -> Caller:
    caller = callers.who_writes(tx, mail.sender, mail.to)
    if caller is None:
        raise BadInput("office", "there is no office yet")
    return caller


def _answered(tx: Tx, mail: Written, contact: ContactPoint) -> Ticket | None:
    """The matter of our own mail that this one answers, when that mail went to this address."""
    for name in mail.references:
        found = _OURS.match(name)
        row = tx.get(Delivery, int(found[1])) if found else None
        if row is not None and row.ticket_id is not None and row.contact_id == contact.id:
            return tx.get_one(Ticket, row.ticket_id)
    return None


def _named(tx: Tx, mail: Written, caller: Caller) -> Ticket | None:
    """The matter whose number the subject names, when it is one of the sender's."""
    named = [number for number in _NUMBER.findall(mail.subject) if numbers.is_number(number)]
    return next((one for number in named if (one := callers.theirs(tx, number, caller))), None)


def _complaint(caller: Caller, mail: Written) -> Complaint:
    sure, office = caller.sure, caller.office
    subject = _ANSWER.sub("", mail.subject).strip()
    first = next(iter(_lines(mail)), "")
    item = subject or first or own_words.of(office, "picture")
    name = (sure.party.name if sure else mail.name)[: LONGEST["name"]]
    why = own_words.of(office, "wrote")
    unknown = {"phone": why} | ({} if name else {"name": why}) | ({} if sure else {"room": why})
    return Complaint(
        item=item if len(item) <= LONGEST["item"] else f"{item[: LONGEST['item'] - 1]}…",
        description=mail.text[: LONGEST["description"]],
        name=name,
        room=sure.room.code if sure else "",
        unknown=unknown,
        channel=CHANNEL,
        external=(SOURCE, mail.id),
        received_at=mail.received_at,
    )


def _keep_files(tx: Tx, ticket: Ticket, mail: Written) -> None:
    """List what came with it; what was not kept is said on the matter, by its reason."""
    for file in mail.files:
        attaching.attach(
            tx,
            HUB,
            ticket,
            file["sha256"],
            file["name"],
            file["media_type"],
            file["size"],
            purpose="received",
        )
    office = tx.standing(Office, ticket.office_id)
    for reason in mail.refused:
        answering.note(tx, HUB, ticket, f"{own_words.of(office, 'not kept')}: {reason}")
    if mail.too_large:
        answering.note(tx, HUB, ticket, own_words.of(office, "too large").format(mb=mail.too_large))
