"""A new matter at the desk (/desk/new): who is calling, what is asked, and what becomes of it, in one form.

Source: seed 2-5 (K5.1-K5.3), 2-1 remark 3 (K1.7: both ways of dispatch, answered at once or later).
"""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from dispatch import answering, duplicates, intake
from dispatch.assignment import Job
from dispatch.complaint import MANDATORY, Complaint
from dispatch.deciding import Choice, Decision
from hub import access, catalogue, contacts, estate
from hub.database import Tx
from hub.errors import BadInput, Forbidden, HubError, KeyReused, NotFound
from hub.organisation import Staff
from web.deps import Db, Files
from web.pages import callers, choices, frame, posted, reasons, resembling
from web.pages.choices import Choices
from web.pages.forms import Filled
from web.pages.order_steps import hands
from web.pages.posted import Photo, Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render, words_of
from web.words import N_

router = APIRouter(prefix="/desk/new", include_in_schema=False)

# What becomes of the matter: (value of the form, what it is called, its key).
WAYS = (
    ("rules", N_("Dispatch by the rules")),
    ("department", N_("To a department’s supervisor")),
    ("worker", N_("Straight to a worker")),
    ("answer", N_("Answer now")),
    ("later", N_("Answer later")),
    ("desk", N_("Leave at the desk")),
    ("behind", N_("Behind another ticket")),
)
SENT_BEFORE = N_("This form was sent before. Open a new one for another matter.")


@router.get("")
def new_ticket(request: Request, reader: Reader, db: Db) -> Response:
    """The empty form; what the address already knows (a phone that rings) is filled in."""
    reader.require("desk")
    known = {name: value for name, value in request.query_params.items() if name in (*MANDATORY, "channel")}
    return _draw(request, reader, db, Filled(known))


@router.get("/caller")
def caller(
    request: Request, reader: Reader, db: Db, phone: str = "", room: str = "", name: str = ""
) -> Response:
    """Who that is: people, their matters, what is open in their building."""
    reader.require("desk")
    typed = [text.strip()[:100] for text in (phone, room, name)]
    found = db.read(lambda tx: callers.find(tx, reader, *typed))
    return render(request, "desk/_caller.html", found=found, office=reader.office)


@router.post("/preview")
def preview(request: Request, reader: Reader, db: Db, form: Posted) -> Response:
    """What the hub would decide, and why; and who could do it, ranked for that."""
    reader.require("desk")
    try:
        context = db.read(lambda tx: _thought(tx, request, reader, form))
    except (BadInput, Forbidden):
        context = _unthought(db, reader)
    return render(request, "desk/_suggestion.html", filled=Filled(posted.texts(form)), **context)


@router.post("")
def register(request: Request, reader: Reader, db: Db, files: Files, form: Posted) -> Response:
    """Register the matter and send it on its way, in one transaction; sent twice it is one matter."""
    reader.require("desk")
    try:
        number = _register(request, reader, db, files, form)
    except KeyReused:
        return _draw(request, reader, db, Filled(posted.texts(form), KeyReused(SENT_BEFORE)), 422)
    except HubError as refusal:
        return _draw(request, reader, db, Filled(posted.texts(form), refusal), refusal.status)
    return RedirectResponse(f"/t/{number}?done=registered", 303)


def _register(request: Request, reader: SignedIn, db: Db, files: Files, form: FormData) -> str:
    said, choice = complaint(form, reader), _choice(form, reader)
    _check_answer(form, reader)
    prepared = db.read(lambda tx: intake.prepare(tx, reader.office, said, choice))
    scans = posted.photos(form, files, "file")
    once = posted.once(reader.me, request.url.path, form)
    return db.write(lambda tx: _take(tx, reader, form, prepared, scans), key=once)


def _take(tx: Tx, reader: SignedIn, form: FormData, prepared: intake.Prepared, scans: list[Photo]) -> str:
    ticket = intake.receive(tx, reader.me, prepared)
    posted.attach(tx, reader.me, ticket, scans)
    way = posted.text(form, "way")
    if way == "answer":
        answering.answer(tx, reader.me, ticket, posted.text(form, "text"))
    if way == "later":
        promised_for = posted.moment(form, "promised_for", reader.office.tz)
        if promised_for is None:
            raise BadInput("promised_for", "say by when the customer will be answered")
        answering.answer_later(tx, reader.me, ticket, promised_for, _owner(tx, reader, form))
    return ticket.number


def complaint(form: FormData, reader: SignedIn) -> Complaint:
    """What the form says, as a complaint. Raises BadInput for a time that cannot be read."""

    def text(name: str) -> str:
        return posted.text(form, name)

    unknown = {name: text(f"unknown_{name}") for name in MANDATORY if text(f"unknown_{name}")}
    return Complaint(
        item=text("item"),
        name=text("name"),
        room=text("room"),
        phone=text("phone"),
        unknown=unknown,
        description=text("description"),
        channel=text("channel") or "phone",
        kind=text("kind") or None,
        category=text("category") or None,
        place=text("place"),
        received_by=text("received_by") or None,
        received_at=posted.moment(form, "received_at", reader.office.tz),
    )


def _choice(form: FormData, reader: SignedIn) -> Choice:
    way = posted.text(form, "way")
    if way in ("department", "worker"):
        appointment = posted.moment(form, "appointment_at", reader.office.tz)
        return hands(posted.text(form, f"to_{way}"), posted.text(form, "instruction"), appointment)
    if way == "behind":
        return Choice("behind", lead=posted.text(form, "lead"))
    return Choice("rules" if way == "rules" else "desk", instruction=posted.text(form, "instruction"))


def _check_answer(form: FormData, reader: SignedIn) -> None:
    """Raises BadInput for an answer without words or date, before anything is written."""
    way = posted.text(form, "way")
    if way == "answer" and not posted.text(form, "text"):
        raise BadInput("text", "write what the customer was told")
    if way not in {value for value, _ in WAYS}:
        raise BadInput("way", "say what becomes of it")


def _owner(tx: Tx, reader: SignedIn, form: FormData) -> Staff:
    try:
        login = posted.text(form, "owner") or reader.me.login
        return access.colleague(tx, reader.me, login, reader.office.id)
    except NotFound as missing:
        raise BadInput("owner", missing.message) from None


def _thought(tx: Tx, request: Request, reader: SignedIn, form: FormData) -> dict[str, Any]:
    """The decision on what is typed so far; the fields still empty do not matter to it."""
    said = complaint(form, reader)
    room = said.room if estate.room_by_code(tx, reader.office.id, said.room) else ""
    phone = said.phone if contacts.is_phone(said.phone) else ""
    missing = {name: "–" for name, given in (("name", ""), ("room", room), ("phone", phone)) if not given}
    typed = replace(said, name="", phone=phone, room=room, unknown=missing, received_at=None, channel="phone")
    prepared = intake.prepare(tx, reader.office, typed)
    decision = intake.preview(tx, reader.me, prepared)
    book = catalogue.of(tx, reader.office)
    code = decision.judgement.category
    return {
        "decision": decision,
        "category": book.categories.get(code) if code else None,
        "others": [book.categories[other] for other, _ in decision.judgement.runners_up],
        "why": reasons.told(words_of(request), book, decision.why()),
        "resembling": resembling.shown(
            words_of(request), book, duplicates.seen_by(tx, reader.me, prepared.resembles)
        ),
        "choices": choices.of(tx, reader.office, book, job=_job(tx, reader, decision, typed.room)),
    }


def _job(tx: Tx, reader: SignedIn, decision: Decision, code: str) -> Job:
    category = catalogue.of(tx, reader.office).categories.get(decision.judgement.category or "")
    room = estate.room_by_code(tx, reader.office.id, code) if code else None
    return Job(category, decision.judgement.priority, decision.judgement.kind, room)


def _unthought(db: Db, reader: SignedIn) -> dict[str, Any]:
    nothing: Decision | None = None
    empty: dict[str, Any] = {"others": [], "why": [], "resembling": [], "choices": _choices(db, reader)}
    return {"decision": nothing, "category": None, **empty}


def _choices(db: Db, reader: SignedIn) -> Choices:
    return db.read(lambda tx: choices.of(tx, reader.office, catalogue.of(tx, reader.office)))


def _draw(request: Request, reader: SignedIn, db: Db, filled: Filled, status: int = 200) -> Response:
    context = _unthought(db, reader) | {"filled": filled, "ways": WAYS, "me": reader.me}
    if frame.is_part(request):
        return render(request, "desk/_new.html", status_code=status, **context)
    beside = frame.beside(db, reader, request)
    return render(request, "desk/new.html", status_code=status, **context, **beside)
