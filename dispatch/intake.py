"""Receive a matter from any hand: the first verb, and the one every channel calls.

`prepare` does the slow thinking outside the transaction (phone, words, kind); `receive` writes the ticket,
its promises, its route and its order in one. The same external reference is the same ticket.
Source: seed 2-5 (K5.1-K5.4), 2-1 remark 3, K2.1 (registered and handed over in one step).
"""

from dataclasses import dataclass

from dispatch import deciding, duplicates, judging, outbreak, recognising
from dispatch.case import Case, settle, start_promises
from dispatch.complaint import Complaint, faults, no_such_room, received_at
from dispatch.deciding import BY_RULES, Choice, Decision
from dispatch.duplicates import Likely
from dispatch.recognising import Caller
from dispatch.triage import Judgement
from hub import access, catalogue, clock, contacts, numbers, places, search, standing, tickets, ties, words
from hub.access import Actor
from hub.catalogue import Catalogue
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.errors import BadInput, HubError
from hub.estate import Room, room_by_code
from hub.organisation import Office
from hub.rows import new as new_row
from hub.search import Entry
from hub.tickets import Ticket


@dataclass(frozen=True)
class Prepared:
    """A complaint thought over: its phone read, its words judged, its like found. Nothing is written yet."""

    office_code: str
    said: Complaint
    phone: str | None
    caller: Caller
    judgement: Judgement
    words: str
    choice: Choice = BY_RULES
    resembles: tuple[Likely, ...] = ()


def prepare(tx: Tx, office: Office, said: Complaint, choice: Choice = BY_RULES) -> Prepared:
    """Check the complaint and think it over. Reads only. Raises BadInput naming every bad field.

    A room that is not known, and nothing else amiss, is refused only when the matter is received.
    """
    book = catalogue.of(tx, office)
    _check(tx, office, book, said)
    judged = judging.judge(tx, office, book, said)
    spoken = (said.name, said.room, said.phone, said.item, said.description, said.place)
    phone = contacts.e164(said.phone, office.region) if said.phone.strip() else None
    caller = recognising.recognise(tx, office, said, phone)
    return Prepared(
        office_code=office.code,
        said=said,
        phone=phone,
        caller=caller,
        judgement=judged,
        words=words.fold(" ".join(part for part in spoken if part)),
        choice=choice,
        resembles=duplicates.of_complaint(tx, office, book, said, caller, judged),
    )


def receive(tx: Tx, actor: Actor, prepared: Prepared) -> Ticket:
    """Register the matter: ticket, promises, triage, route and order, in one transaction.

    The ticket that came before under the same external reference is answered unchanged.
    Raises BadInput for an unknown room or employee, NotFound for an office that is not theirs.
    """
    office = tx.once(
        ("receiving", actor, prepared.office_code),
        lambda: access.standing_office(tx, actor, prepared.office_code, "receive"),
    )
    if prepared.said.external is not None:
        known = tickets.by_external(tx, office.id, *prepared.said.external)
        if known is not None:
            return known
    book = catalogue.of(tx, office)
    room = _room(prepared)
    ticket = _write(tx, actor, office, book, prepared, room)
    case = Case(tx, office, book, ticket)
    # The look-ups from here on are of what is set, so half a ticket need not be sent ahead of each.
    with tx.no_autoflush:
        _record_received(case, actor, prepared.said)
        start_promises(case, ticket.received_at, prepared.said.resolve_by)
        decision = deciding.decide(tx, office, book, prepared.judgement, room, ticket.registered_at)
        _record_decision(case, decision)
        duplicates.record(case, prepared.resembles)
        issued_at = ticket.received_at if ticket.is_imported else ticket.registered_at
        deciding.carry_out(case, actor, prepared.choice, decision, issued_at)
        settle(case, actor, issued_at)
    outbreak.notice(case)
    return ticket


def preview(tx: Tx, actor: Actor, prepared: Prepared) -> Decision:
    """What `receive` would decide. Writes nothing."""
    office = access.standing_office(tx, actor, prepared.office_code, "receive")
    book = catalogue.of(tx, office)
    return deciding.decide(tx, office, book, prepared.judgement, _room(prepared), clock.now())


def continue_matter(tx: Tx, actor: Actor, old: Ticket, prepared: Prepared) -> Ticket:
    """Register a matter anew that was closed too long ago to reopen; the two tickets are linked."""
    new = receive(tx, actor, prepared)
    ties.link(tx, new, old, "continues", actor.staff_id)
    tickets.record(tx, "linked", new, actor.staff_id, other=old.number, link="continues")
    return new


def as_complaint(tx: Tx, ticket: Ticket, item: str) -> Complaint:
    """What a continued matter starts from: the old ticket's customer, with what is asked for now."""
    room = tx.get(Room, ticket.room_id) if ticket.room_id else None
    return Complaint(
        item=item or ticket.item,
        name=ticket.caller_name,
        room=room.code if room else "",
        phone=ticket.caller_phone,
        unknown=dict(ticket.unknown),
        place=ticket.place,
        kind=ticket.kind,
    )


def _check(tx: Tx, office: Office, book: Catalogue, said: Complaint) -> None:
    """Raises BadInput naming every bad field at once, what only the registers know with the rest."""
    wrong = faults(said)
    if said.category is not None and said.category not in book.categories:
        wrong["category"] = HubError("there is no such category")
    asks_for_room = wrong and said.room.strip() and "caller.room" not in wrong
    if asks_for_room and room_by_code(tx, office.id, said.room) is None:
        wrong |= no_such_room().fields
    if wrong:
        raise BadInput.of(wrong)


def _room(prepared: Prepared) -> Room | None:
    if prepared.said.room.strip() and prepared.caller.room is None:
        raise no_such_room()
    return prepared.caller.room


def _write(
    tx: Tx, actor: Actor, office: Office, book: Catalogue, prepared: Prepared, room: Room | None
) -> Ticket:
    said, judged = prepared.said, prepared.judgement
    contact = _contact(tx, office, prepared)
    present, told_at = clock.now(), received_at(said)
    category = book.categories.get(judged.category) if judged.category else None
    ticket = new_row(
        Ticket,
        number=numbers.upcoming(tx, office),
        office_id=office.id,
        kind=judged.kind,
        category_id=category.id if category else None,
        priority=judged.priority,
        item=said.item.strip(),
        description=said.description.strip(),
        caller_name=said.name.strip(),
        caller_phone=said.phone.strip(),
        contact_id=contact.id if contact else None,
        party_id=prepared.caller.party_id,
        room_id=room.id if room else None,
        building_id=room.building_id if room else None,
        place=said.place.strip(),
        spot=places.spot(said.place),
        unknown=dict(said.unknown),
        marks=list(said.marks),
        channel=said.channel,
        external_source=said.external[0] if said.external else None,
        external_ref=said.external[1] if said.external else None,
        is_imported=said.is_imported,
        owner_id=_owner(tx, actor, office),
        registered_by=actor.staff_id,
        received_by=_receiver(tx, actor, office, said),
        received_at=told_at,
        passed_on_at=told_at if said.is_imported else present,
        registered_at=present,
        words=prepared.words,
    )
    tickets.add(tx, ticket)
    if prepared.caller.is_news and contact is not None and ticket.party_id is not None:
        recognising.learn(tx, ticket.party_id, contact)
    _index(tx, ticket, room, contact)
    if ticket.received_by is not None and ticket.received_by != ticket.owner_id:
        ties.follow(tx, ticket, ticket.received_by)
    return ticket


def _contact(tx: Tx, office: Office, prepared: Prepared) -> ContactPoint | None:
    """The caller's contact point; a phone heard for the first time is written down."""
    said = prepared.said.phone
    if not said.strip():
        return None
    return prepared.caller.contact or contacts.contact_point(tx, office.company_id, said, prepared.phone)


def _index(tx: Tx, ticket: Ticket, room: Room | None, contact: ContactPoint | None) -> None:
    search.add(
        tx,
        Entry(
            ticket.id,
            ticket.office_id,
            ticket.number,
            ticket.words,
            room.code if room else None,
            contact.value if contact else None,
            ticket.caller_name,
        ),
    )


def _owner(tx: Tx, actor: Actor, office: Office) -> int:
    """First receiver keeps the lead (首接負責): the clerk who registers it, else the customer director.

    Raises BadInput when the office has nobody who could answer for a ticket.
    """
    if actor.staff_id is not None and actor.roles_in(office.id) & access.DESK:
        return actor.staff_id
    owner = standing.of(tx).owners.get(office.id)
    if owner is None:
        raise BadInput("office", "this office has no customer director and no clerk to answer for a matter")
    return owner


def _receiver(tx: Tx, actor: Actor, office: Office, said: Complaint) -> int | None:
    """Which member of the staff the customer told (K5.2); whoever registers it, when no other is named."""
    if said.received_by is None:
        return actor.staff_id
    try:
        return access.colleague(tx, actor, said.received_by, office.id).id
    except HubError:
        raise BadInput("received_by", "there is no such person in this office") from None


def _record_received(case: Case, actor: Actor, said: Complaint) -> None:
    ticket = case.ticket
    tickets.record(
        case.tx,
        "received",
        ticket,
        actor.staff_id,
        ticket.received_at,
        words={
            "name": ticket.caller_name,
            "phone": ticket.caller_phone,
            "item": ticket.item,
            "description": ticket.description,
            "place": ticket.place,
            "unknown": ticket.unknown,
        },
        number=ticket.number,
        room=ticket.room_id,
        channel=ticket.channel,
        received_by=ticket.received_by,
        passed_on_at=ticket.passed_on_at,
        unknown=sorted(ticket.unknown),
        marks=ticket.marks,
        external=said.external,
        imported=ticket.is_imported,
        resolve_by=said.resolve_by,
        owner=ticket.owner_id,
    )


def _record_decision(case: Case, decision: Decision) -> None:
    ticket, judged = case.ticket, decision.judgement
    at = ticket.received_at if ticket.is_imported else ticket.registered_at
    tickets.record(
        case.tx,
        "triaged",
        ticket,
        None,
        at,
        kind=judged.kind,
        category=judged.category,
        priority=judged.priority,
        sure=judged.sure,
        why=[why.as_fact() for why in judged.why],
        runners_up=judged.runners_up[:3],
    )
    tickets.record(case.tx, "routed", ticket, None, at, **decision.route.why())
