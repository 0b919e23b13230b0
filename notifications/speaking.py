"""Turns an event into deliveries: one per person and step, each with the words and the way it goes.

What cannot be sent for want of settings is kept where it is seen, with the reason; nothing is pretended.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from hub import clock, contacts, events, replies, standing
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import DELIVERED, KEPT, WAITING, Delivery
from hub.estate import Room
from hub.events import Event
from hub.organisation import Office, Staff
from hub.rows import new as new_row
from hub.tickets import Ticket
from notifications import addresses, audience, quiet, rewording, texts
from notifications.addresses import SCREEN
from notifications.audience import Around, Hearer, Line
from notifications.texts import TEXTS, short

RANKS = {"P1": 0, "P2": 1, "P3": 2, "P4": 3}
TRACK = 10  # steps of one way: 10, 11 … of the first beside the screen, 20, 21 … of the second
GOODBYE = "opted_out"  # the one text that may still go to somebody who wants none
CAN_WAIT = ("ask_satisfied",)  # what we say by ourselves, and nobody waits for
STALE = timedelta(hours=24)  # what is no emergency and older than this is no news to anybody


@dataclass(frozen=True)
class Open:
    """Which channels this hub can send on, and why it cannot on the others (name -> reason)."""

    channels: frozenset[str] = frozenset()
    closed: Mapping[str, str] = field(default_factory=dict)

    def why(self, channel: str) -> str:
        return self.closed.get(channel, "not set up")


NOTHING_OPEN = Open()


@dataclass(frozen=True)
class Spoken:
    """A delivery to be written, and the contact point it goes to, which may be new too."""

    delivery: Delivery
    point: ContactPoint | None


def speak(tx: Tx, event: Event, ways: Open) -> list[Spoken]:
    """The deliveries of this event, to be written. Reads only; nothing leaves here."""
    here = audience.around(tx, event)
    office = _office(tx, event)
    if office is None:
        return []
    said: list[Spoken] = []
    for hearer, line in audience.hearers(here):
        way = str(event.said.get("channel", "")) if line.way == "said" else line.way
        for track, channels in enumerate(way.split("+")):
            step = _first_step(track, channels)
            made = _made(here, office, hearer, line, ways, step, channels.split(">"))
            said += [made] if made else []
    return said


def _office(tx: Tx, event: Event) -> Office | None:
    """The office whose hours and language hold: its own, and for what concerns the company its first."""
    if event.office_id is not None:
        return standing.of(tx).offices[event.office_id]
    kind, _, company = event.stream.partition(":")
    if kind != "company":
        return None
    running = select(Office).where(Office.company_id == int(company), col(Office.ended_at).is_(None))
    return tx.scalars(running.order_by(col(Office.id))).first()


def follow(tx: Tx, row: Delivery, ways: Open) -> Delivery | None:
    """The next step of a message that did not arrive: the next channel of its way that may reach them."""
    event = tx.get_one(Event, row.event_id)
    here = audience.around(tx, event)
    office = tx.standing(Office, row.office_id) if row.office_id else None
    if office is None or not row.way:
        return None
    hearer = Hearer(
        row.person,
        staff=tx.get(Staff, row.staff_id) if row.staff_id else None,
        contact=here.tx.get(ContactPoint, int(row.person.partition(":")[2])) if not row.staff_id else None,
    )
    for n, channel in enumerate(left := row.way.split(">")):
        point = addresses.reach(tx, hearer, channel, office, here.ticket)
        if point is False or channel not in ways.channels:
            continue
        made = _delivery(here, office, hearer, channel, row.step + n + 1, left[n + 1 :])
        made.text, made.params, made.locale = row.text, dict(row.params), row.locale
        made.contact_id = contacts.keep(tx, point).id if isinstance(point, ContactPoint) else None
        made.next_at = clock.now()
        tx.add(made)
        tx.flush()
        return made
    return None


def is_goodbye(tx: Tx, row: Delivery) -> bool:
    """Whether this is the one text that may still go to somebody who wants none."""
    return tx.get_one(Event, row.event_id).said.get("reply") == GOODBYE


def _first_step(track: int, channels: str) -> int:
    return 0 if channels == SCREEN else TRACK * max(track, 1)


def _made(
    here: Around, office: Office, hearer: Hearer, line: Line, ways: Open, step: int, channels: list[str]
) -> Spoken | None:
    """One way to one person: its first channel that may reach them; kept when none of them is set up."""
    steps = list(enumerate(channels))
    usable = [step for step in steps if step[1] == SCREEN or step[1] in ways.channels]
    others = [step for step in steps if step not in usable]
    found = _first(here, office, hearer, usable)
    is_kept = found is None
    found = found or _first(here, office, hearer, others)
    if found is None:
        return None
    n, channel, point = found
    made = _delivery(here, office, hearer, channel, step + n, channels[n + 1 :])
    made.locale = addresses.locale_of(here.tx, hearer, office, here.ticket)
    if channel == SCREEN:
        made.state, made.text, made.params = DELIVERED, _says(here), _on_screen(here)
    else:
        made.text, made.params = _text(here, office, line, made.locale), _places(here, office, line)
        made.next_at = quiet.until(here.tx, office, made.rank, hearer.staff)
        if is_kept:
            made.state, made.why, made.settled_at = KEPT, ways.why(channel), clock.now()
        elif made.rank > 0 and here.event.recorded_at < clock.now() - STALE:
            made.state, made.why, made.settled_at = KEPT, "stale", clock.now()
    return Spoken(made, point if isinstance(point, ContactPoint) else None)


def _first(
    here: Around, office: Office, hearer: Hearer, steps: list[tuple[int, str]]
) -> tuple[int, str, ContactPoint | bool] | None:
    """The first of these steps whose channel may reach them."""
    for n, channel in steps:
        point = _reach(here, office, hearer, channel)
        if point is not False:
            return n, channel, point
    return None


def _reach(here: Around, office: Office, hearer: Hearer, channel: str) -> ContactPoint | bool:
    if hearer.contact is not None and here.event.said.get("reply") == GOODBYE:
        return hearer.contact
    return addresses.reach(here.tx, hearer, channel, office, here.ticket)


def _delivery(
    here: Around, office: Office, hearer: Hearer, channel: str, step: int, left: list[str]
) -> Delivery:
    return new_row(
        Delivery,
        event_id=here.event.id,
        person=hearer.person,
        staff_id=hearer.staff.id if hearer.staff else None,
        endpoint_id=hearer.endpoint.id if hearer.endpoint else None,
        office_id=office.id,
        ticket_id=here.event.ticket_id,
        step=step,
        channel=channel,
        way=">".join(left),
        rank=_rank(here),
        urgency="urgent" if here.is_urgent else "normal",
        text="",
        state=WAITING,
        created_at=clock.now(),
    )


def _rank(here: Around) -> int:
    """An emergency first, then what a person waits for at the other end, then the rest."""
    if here.event.said.get("reply") in CAN_WAIT:
        return 2
    if here.ticket is None or here.event.kind in ("wrote", "customer_told") or _just_wrote(here):
        return 1 if not here.is_urgent else 0
    return RANKS.get(here.ticket.priority, 2)


def _just_wrote(here: Around) -> bool:
    """Whether the customer has this moment written to us, and so is awake and waits."""
    return here.event.kind == "received" and here.ticket is not None and here.ticket.channel == "sms"


def _says(here: Around) -> str:
    return events.KINDS[here.event.kind].says


def _on_screen(here: Around) -> dict[str, Any]:
    about = {"number": here.ticket.number} if here.ticket else {"number": "", **_told(here.event)}
    return {"by": _name(here), "kind": here.event.kind, **about}


def _told(event: Event) -> dict[str, str | int]:
    """What an event beside any matter says in its own words: its facts that are texts and numbers."""
    return {name: value for name, value in event.said.items() if isinstance(value, str | int)}


def _name(here: Around) -> str:
    person = audience.person(here, here.event.by_id) if here.event.by_id else None
    return person.name if person else "hub"


def _text(here: Around, office: Office, line: Line, locale: str) -> str:
    if line.who == "endpoints":
        return ""
    reply = here.event.said.get("reply")
    if reply is not None:
        return replies.REPLIES[str(reply)].says
    return rewording.own(office, line.text, locale) or TEXTS[line.text or "said"].says


def _places(here: Around, office: Office, line: Line) -> dict[str, Any]:
    """What fills the places of the text; only what its reader may know."""
    said = _words(here)
    if line.who == "endpoints":
        return {}
    if "reply" in here.event.said:
        return said
    if line.who == "contact":
        return {"text": said.get("text", "")}
    ticket = here.ticket
    assert ticket is not None
    places = {"number": ticket.number, "office": short(office.name, 20)}
    if line.who == "customer":
        return places | ({"answer": short(ticket.answer, 300)} if line.text == "answered" else {})
    return places | {
        "priority": ticket.priority,
        "place": short(_place(here.tx, ticket), texts.PLACE),
        "item": short(ticket.item, texts.ITEM),
        "what": {"says": _says(here), "by": _name(here)},
    }


def _place(tx: Tx, ticket: Ticket) -> str:
    room = tx.get(Room, ticket.room_id) if ticket.room_id else None
    return room.code if room else ticket.place


def _words(here: Around) -> dict[str, Any]:
    return events.words_of(here.tx, here.event.id)
