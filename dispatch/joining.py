"""What a customer adds to a matter that is open: it joins the record and its owner is told.

Source: domain.md §3.2 (one matter complained through several doors is one case).
"""

from dispatch.case import take
from dispatch.triage import URGENT, Judgement
from hub import catalogue, tickets
from hub.access import HUB
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.organisation import Office
from hub.tickets import Ticket

WHY_RANG = ("missed", "message", "ring back")
WROTE, RANG = "customer_wrote", "customer_rang"


def fitting(tx: Tx, open_matters: list[Ticket], judged: Judgement) -> list[Ticket]:
    """Which of the open matters these words belong to; none of them where they speak of something new.

    Words of the same category belong to that matter, words of another one are a new topic, and so is anything
    that may be an emergency; words of no category speak of what is open.
    """
    if not open_matters:
        return []
    book = catalogue.of(tx, tx.standing(Office, open_matters[0].office_id)).by_id
    of = {row.id: book[row.category_id].code for row in open_matters if row.category_id in book}
    spoken = {judged.category} if judged.category else {code for code, _ in judged.runners_up}
    same = [row for row in open_matters if of.get(row.id) in spoken]
    if same:
        return same
    if judged.sure or judged.priority == URGENT or _is_of_two_minds(judged):
        return []
    return open_matters


def join(tx: Tx, ticket: Ticket, contact: ContactPoint, text: str, channel: str) -> Ticket | None:
    """Put the customer's words on record and tell who answers for the matter.

    None, with nothing on record, for a matter that is closed, or was this moment: the words are a new one.
    """
    case = take(tx, ticket)
    if not case.ticket.is_open:
        return None
    said = {"text": text.strip()} if text.strip() else None
    tickets.record(tx, WROTE, case.ticket, HUB.staff_id, words=said, channel=channel, contact=contact.id)
    return case.ticket


def rang(tx: Tx, open_matters: list[Ticket], contact: ContactPoint, why: str) -> Ticket | None:
    """A customer rang about what is open: spoke to nobody (`missed`), or to the tape (`message`).

    It is said on the newest of their matters; None where none of them is open any more.
    """
    for ticket in open_matters:
        case = take(tx, ticket)
        if case.ticket.is_open:
            tickets.record(tx, RANG, case.ticket, HUB.staff_id, why=why, contact=contact.id)
            return case.ticket
    return None


def _is_of_two_minds(judged: Judgement) -> bool:
    """Whether the words speak clearly for matters, only not for which of two."""
    return any(why.what == "category" and why.source == "two fit" for why in judged.why)
