"""My work (/mine): the orders of whoever is in the field, with a button for every legal move.

Source: seed 2-3 (the worker's day), K1.7 (orders reach the worker directly), K5.2, K5.4.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import ColumnElement
from sqlmodel import col
from starlette.datastructures import FormData
from starlette.responses import Response

from dispatch import returning, work
from hub import access, attachments, clock
from hub.access import Actor
from hub.attachments import Attachment
from hub.database import Tx
from hub.errors import Forbidden, HubError, NotFound
from hub.orders import MOVES, OPEN, Order
from hub.organisation import Office
from hub.tickets import Ticket
from web.deps import Db, Files
from web.live.views import Seen, View
from web.pages import cards, posted, relaying
from web.pages.cards import Card
from web.pages.posted import Posted
from web.pages.shell import OPEN_TO, Reader, SignedIn
from web.templating import render
from web.words import N_

router = APIRouter(prefix="/mine", include_in_schema=False)


def _field_of(tx: Tx, me: Actor, code: str) -> Seen:
    office = access.office(tx, me, code)
    if not me.roles_in(office.id) & OPEN_TO["mine"]:
        raise Forbidden("this screen belongs to another role")
    return Seen(office.id, f"office:{office.id}", office.zone)


def _sheet_of(tx: Tx, me: Actor, number: str) -> Seen:
    order = access.order(tx, me, number, "look")
    return Seen(order.id, f"ticket:{order.ticket_id}", tx.get_one(Office, order.office_id).zone)


# Asked for by each page: whose work it is, is another's business.
VIEWS = {"mine": View(_field_of, beat=60.0), "order": View(_sheet_of, beat=None)}

# What the worker does next from each state: the one big button. The rest stand behind it.
NEXT = {
    "issued": "accept",
    "assigned": "accept",
    "accepted": "depart",
    "en_route": "arrive",
    "on_site": "complete",
    "on_hold": "resume",
}
# One tap, no words needed: address -> verb.
Verb = Callable[..., Order]
TAPS: dict[str, Verb] = {
    "acceptance": work.accept,
    "contact": work.contact,
    "departure": work.depart,
    "arrival": work.arrive,
    "resumption": work.resume,
}
ADDRESS = {
    "accept": "acceptance",
    "depart": "departure",
    "arrive": "arrival",
    "resume": "resumption",
}
# What the button says: to the worker, in the first person's words.
SAYS = {
    "accept": N_("Accept"),
    "depart": N_("On my way"),
    "arrive": N_("Arrived"),
    "complete": N_("Done …"),
    "resume": N_("Resume"),
}


# What a page says of a form that nobody has filled in.
NOTHING_SAID: dict[str, Any] = {"refusal": None, "errors": {}, "said": {}, "lines": [], "step": ""}


@router.get("")
def my_work(request: Request, reader: Reader, db: Db) -> Response:
    """My orders by promise, what nobody has yet, what is held, what I did today and what I reported."""
    return _list_page(request, reader, db)


@router.get("/list")
def my_list(request: Request, reader: Reader, db: Db) -> Response:
    """The same as a fragment, asked for when something changed in the office."""
    return render(request, "mine/_list.html", **db.read(lambda tx: _list(tx, reader)))


@router.get("/{number}")
def my_order(request: Request, number: str, reader: Reader, db: Db) -> Response:
    """One order with everything known about it, and the forms that need words."""
    return _order_page(request, reader, db, number)


@router.get("/{number}/sheet")
def order_sheet(request: Request, number: str, reader: Reader, db: Db) -> Response:
    """The inside of the same, asked for when something was done with its matter."""
    return render(
        request, "mine/_order.html", **db.read(lambda tx: _order(tx, reader, number)), **NOTHING_SAID
    )


@router.post("/{number}/photos")
def add_photos(request: Request, number: str, reader: Reader, db: Db, files: Files, form: Posted) -> Response:
    """Photographs, before or after the work."""

    def step(tx: Tx, order: Order) -> None:
        posted.attach(tx, reader.me, tx.get_one(Ticket, order.ticket_id), kept, order)

    try:
        kept = posted.photos(form, files, "before", "after")
        _do(reader, db, number, step)
    except HubError as refusal:
        return _order_page(request, reader, db, number, refusal, form)
    return RedirectResponse(f"/mine/{number}#photos", 303)


@router.post("/{number}/hold")
def hold(request: Request, number: str, reader: Reader, db: Db, form: Posted) -> Response:
    """On hold, for a reason of the office's list, perhaps until a known moment."""

    def step(tx: Tx, order: Order) -> None:
        until = posted.moment(form, "until", reader.office.tz)
        reason, note = posted.text(form, "reason"), posted.text(form, "note")
        work.hold(tx, reader.me, order, reason, until, note)

    return _with_words(request, reader, db, number, form, step)


@router.post("/{number}/return")
def send_back(request: Request, number: str, reader: Reader, db: Db, form: Posted) -> Response:
    """Back to the centre, with the reason; the centre rules."""
    reason = posted.text(form, "return_reason")
    return _with_words(
        request, reader, db, number, form, lambda tx, order: returning.send_back(tx, reader.me, order, reason)
    )


@router.post("/{number}/completion")
def complete(request: Request, number: str, reader: Reader, db: Db, files: Files, form: Posted) -> Response:
    """The work is done: what, with what, the fields its category demands, and photographs."""
    fields = posted.under(form, "fields.")
    try:
        kept = posted.photos(form, files, "before", "after")
    except HubError as refusal:
        return _order_page(request, reader, db, number, refusal, form)

    def step(tx: Tx, order: Order) -> None:
        posted.attach(tx, reader.me, tx.get_one(Ticket, order.ticket_id), kept, order)
        work.complete(tx, reader.me, order, posted.text(form, "done"), posted.materials(form), fields)

    return _with_words(request, reader, db, number, form, step)


@router.post("/{number}/{tap}")
def tap(request: Request, number: str, tap: str, reader: Reader, db: Db) -> Response:
    """One of the moves that need no words. A refusal is said on the list as it stands now."""
    verb = TAPS.get(tap)
    if verb is None:
        raise NotFound("there is no such page")
    try:
        _do(reader, db, number, lambda tx, order: verb(tx, reader.me, order))
    except HubError as refusal:
        return _list_page(request, reader, db, refusal)
    return RedirectResponse(_back(request, number), 303)


def steps(card: Card) -> list[str]:
    """The moves open to the worker from where the order stands, the next one first."""
    legal = [verb for verb in MOVES[card.order.status] if verb in ADDRESS or verb == "complete"]
    following = NEXT.get(card.order.status)
    return ([following] if following else []) + [verb for verb in legal if verb != following]


def _do(reader: SignedIn, db: Db, number: str, step: Callable[[Tx, Order], object]) -> None:
    def run(tx: Tx) -> None:
        step(tx, access.order(tx, reader.me, number, "work"))

    db.write(run)


def _with_words(
    request: Request,
    reader: SignedIn,
    db: Db,
    number: str,
    form: FormData,
    step: Callable[[Tx, Order], object],
) -> Response:
    try:
        _do(reader, db, number, step)
    except HubError as refusal:
        return _order_page(request, reader, db, number, refusal, form)
    return RedirectResponse("/mine", 303)


def _back(request: Request, number: str) -> str:
    """To the order's own page when the tap came from there, else to the list."""
    came_from = request.headers.get("referer", "").partition("?")[0]
    return f"/mine/{number}" if came_from.endswith(f"/mine/{number}") else f"/mine#order-{number}"


# --- the list ----------------------------------------------------------------


def _list_page(request: Request, reader: SignedIn, db: Db, refusal: HubError | None = None) -> Response:
    status = refusal.status if refusal else 200
    lists = db.read(lambda tx: _list(tx, reader))
    return render(request, "mine/page.html", status_code=status, refusal=refusal, **lists)


def _list(tx: Tx, reader: SignedIn) -> dict[str, Any]:
    me, office = reader.me, reader.office
    open_cards = cards.of(
        tx, me, office, col(Order.worker_id) == me.staff_id, col(Order.status).in_((*OPEN, "returned"))
    )
    midnight = _midnight(office)
    done = cards.of(tx, me, office, col(Order.worker_id) == me.staff_id, col(Order.done_at) >= midnight)
    return {
        "region": office.region,
        "office_code": office.code,
        "working": [card for card in open_cards if card.order.status not in ("on_hold", "returned")],
        "held": [card for card in open_cards if card.order.status == "on_hold"],
        "returned": [card for card in open_cards if card.order.status == "returned"],
        "free": cards.of(tx, me, office, *_nobodys(reader)),
        "done": sorted(done, key=lambda card: card.order.done_at or midnight, reverse=True),
        "reported": relaying.reported(tx, me),
        "steps": steps,
        "says": SAYS,
        "address": ADDRESS,
    }


def _nobodys(reader: SignedIn) -> tuple[ColumnElement[bool], ...]:
    """Orders of the departments one works in that no one has yet: the first to accept has it."""
    departments = [grant.department_id for grant in reader.me.grants if grant.department_id is not None]
    return (
        col(Order.department_id).in_(departments),
        col(Order.status) == "issued",
        col(Order.worker_id).is_(None),
    )


def _midnight(office: Office) -> datetime:
    return clock.now().astimezone(office.tz).replace(hour=0, minute=0, second=0, microsecond=0)


# --- one order ---------------------------------------------------------------


def _order_page(
    request: Request,
    reader: SignedIn,
    db: Db,
    number: str,
    refusal: HubError | None = None,
    form: FormData | None = None,
) -> Response:
    said = NOTHING_SAID
    if form is not None:
        step = request.url.path.rpartition("/")[2]
        said = {"said": posted.texts(form), "lines": posted.materials(form), "step": step}
    said = said | {"refusal": refusal, "errors": getattr(refusal, "fields", {})}
    status = refusal.status if refusal else 200
    seen = db.read(lambda tx: _order(tx, reader, number))
    return render(request, "mine/order.html", status_code=status, **said, **seen)


def _order(tx: Tx, reader: SignedIn, number: str) -> dict[str, Any]:
    order = access.order(tx, reader.me, number, "look")
    found = cards.of(tx, reader.me, reader.office, col(Order.id) == order.id)[0]
    files: list[Attachment] = attachments.of_ticket(tx, order.ticket_id)
    others = order.worker_id is not None and order.worker_id != reader.me.staff_id
    return {
        "card": found,
        "files": files,
        "is_mine": order.worker_id == reader.me.staff_id,
        "is_anothers": others and not reader.me.may("assign", order.office_id),
        "steps": steps,
        "says": SAYS,
        "address": ADDRESS,
        "region": reader.office.region,
        "reasons": list(reader.office.policy["hold_reasons"]),
    }
