"""The pretend telephone of the demo (/simulator): write and ring as a resident, read and hear the answers.

It sits on the stand-in carrier, so what it does goes through the same doors as a real telephone's. Without
the demo's carrier there is no such page.
Source: screens.md (/simulator); issue: read and hear what the hub sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlmodel import col, select
from starlette.responses import Response

from hub import attachments, contacts
from hub.contacts import ContactPoint, PartyContact
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.estate import Occupancy, Party, Room
from hub.organisation import Office, Role, Staff
from web.deps import Db
from web.pages import posted
from web.pages.posted import Posted
from web.standin.carrier import Carrier
from web.standin.records import Media
from web.standin.talk import Talk
from web.templating import render
from web.words import N_

router = APIRouter(prefix="/simulator", include_in_schema=False)

STRANGER = "+85250099999"  # possible and given to nobody, like every number of the demo
RESIDENTS = 9
STAFF = ("customer_director", "supervisor", "worker", "guard")
SHOWN = 40
HANDS = ("press", "speak", "wait", "hang_up", "pick_up")
NO_DEMO = N_("the pretend telephone belongs to the demo office")


@dataclass(frozen=True)
class Owner:
    """Whose telephone one may take up: a name and where they live or what they are."""

    number: str
    name: str
    place: str = ""


@router.get("")
def page(request: Request, db: Db, phone: str = "") -> Response:
    """The telephone, and whose it may be."""
    carrier = _carrier(request)
    owners = db.read(_owners)
    number = phone.strip() or (owners[0].number if owners else STRANGER)
    carrier.manner(number).answers = "by hand"  # who holds the telephone picks it up
    return render(
        request,
        "simulator/page.html",
        residents=owners,
        staff=db.read(_staff),
        stranger=STRANGER,
        number=number,
        line=carrier.numbers[0],
        **_screen(carrier, number),
    )


@router.get("/screen")
def screen(request: Request, phone: str) -> Response:
    """What the telephone shows now, asked for again and again."""
    return _draw(request, _carrier(request), phone)


@router.post("/texts")
def write(request: Request, form: Posted) -> Response:
    """Send a text message, with a picture or without."""
    carrier, number, body = _carrier(request), posted.text(form, "phone"), posted.text(form, "body")
    pictures = _pictures(form)
    if not body and not pictures:
        raise BadInput("body", "write something")
    carrier.text_hub(number, body[:1600], media=pictures)
    return _after(request, carrier, number)


@router.post("/calls")
def ring(request: Request, form: Posted) -> Response:
    """Ring the service centre."""
    carrier, number = _carrier(request), posted.text(form, "phone")
    if _talk(carrier, number) is None:
        carrier.ring_hub(number)
    return _after(request, carrier, number)


@router.post("/hand/{hand}")
def use(request: Request, hand: str, form: Posted) -> Response:
    """Press a key, speak after the tone, keep silent, hang up, or pick up."""
    carrier, number, said = _carrier(request), posted.text(form, "phone"), posted.text(form, "said")
    talk = _talk(carrier, number)
    if hand not in HANDS:
        raise NotFound("there is no such page")
    if talk is not None:
        getattr(talk, hand)(*([said] if hand in ("press", "speak") else []))
    return _after(request, carrier, number)


def _carrier(request: Request) -> Carrier:
    carrier: Carrier | None = request.app.state.carrier
    if carrier is None:
        raise NotFound(NO_DEMO)
    return carrier


def _after(request: Request, carrier: Carrier, number: str) -> Response:
    if "hx-request" in request.headers:
        return _draw(request, carrier, number)
    return RedirectResponse(f"/simulator?phone={number.replace('+', '%2B')}", 303)


def _draw(request: Request, carrier: Carrier, number: str) -> Response:
    return render(request, "simulator/_screen.html", number=number, **_screen(carrier, number))


def _screen(carrier: Carrier, number: str) -> dict[str, Any]:
    """The last texts of this telephone, and the call it is in, or was in last."""
    texts = [m for m in list(carrier.messages.values()) if number in (m.from_, m.to)]
    talks = [talk for talk in list(carrier.talks.values()) if talk.call.person == number]
    return {
        "texts": texts[-SHOWN:],
        "talk": talks[-1] if talks else None,
        "media_of": lambda text: [one.content_type for one in text.media],
    }


def _talk(carrier: Carrier, number: str) -> Talk | None:
    """The call this telephone is in."""
    mine = (talk for talk in list(carrier.talks.values()) if talk.call.person == number)
    return next((talk for talk in mine if not talk.call.is_over), None)


def _pictures(form: Posted) -> list[Media]:
    return [Media(content, attachments.media_type(content)) for content in posted.contents(form, "picture")]


def _owners(tx: Tx) -> Sequence[Owner]:
    """Some residents whose number is known, in each language, and one whose number is shared."""
    rows = tx.execute(
        select(ContactPoint.value, Party.name, Party.locale, Room.code)
        .join(PartyContact, col(PartyContact.contact_id) == col(ContactPoint.id))
        .join(Party, col(Party.id) == col(PartyContact.party_id))
        .join(Occupancy, col(Occupancy.party_id) == col(Party.id))
        .join(Room, col(Room.id) == col(Occupancy.room_id))
        .join(Office, col(Office.id) == col(Room.office_id))
        .where(col(Office.is_demo), PartyContact.certainty == contacts.KNOWN)
        .order_by(col(Room.code), col(PartyContact.id))
    ).all()
    each = max(1, RESIDENTS // 3)
    kept: dict[str, list[Owner]] = {}
    for value, name, locale, room in rows:
        if len(kept.setdefault(locale, [])) < each:
            kept[locale].append(Owner(value, name, room))
    return [owner for group in kept.values() for owner in group]


def _staff(tx: Tx) -> Sequence[Owner]:
    """The telephones on which our own people are told."""
    rows = tx.execute(
        select(Staff, Role.role)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .join(Office, col(Office.id) == col(Role.office_id))
        .where(col(Office.is_demo), col(Role.role).in_(STAFF), col(Role.ended_at).is_(None))
        .order_by(col(Role.id))
    ).all()
    first = {role: person for person, role in reversed(list(rows))}
    numbers = ((role, person, contacts.e164(person.phone, "HK")) for role, person in first.items())
    return [Owner(number, person.name, role) for role, person, number in numbers if number]
