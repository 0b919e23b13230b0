"""One matter (/t/{number}): its page, the steps taken from it, and its files.

Beside the list at the desk, alone for everybody else who may see it. Each step is one verb (web.pages.steps).
"""

import json
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dispatch import intake
from hub import access, attachments, meanwhile, presence
from hub.access import Actor
from hub.database import Tx
from hub.errors import Forbidden, HubError, NotFound, Unknown
from hub.organisation import Office
from hub.tickets import Ticket
from web.deps import Db, Files
from web.live.views import Seen, View
from web.pages import dossier, frame, posted, steps, undoing
from web.pages.forms import Filled
from web.pages.posted import Posted
from web.pages.said import Said
from web.pages.shell import Reader, SignedIn
from web.templating import render, words_of
from web.words import N_, Words

router = APIRouter(prefix="/t", include_in_schema=False)

# Only these are shown in the browser; anything else is saved, so that no file runs as a page of ours.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf")

REGISTERED = {
    "registered": N_("Registered as %(number)s"),
    "incident": N_("One incident, led by %(number)s"),
    "continuation": N_("Registered anew as %(number)s, linked to the old ticket"),
}


def _matter(tx: Tx, me: Actor, number: str) -> Seen:
    ticket = access.ticket(tx, me, number)
    return Seen(ticket.id, f"ticket:{ticket.id}", tx.get_one(Office, ticket.office_id).zone)


def _company(tx: Tx, me: Actor, number: str) -> Seen:
    ticket = access.ticket(tx, me, number)
    return Seen(ticket.id, presence.topic(ticket.id), tx.get_one(Office, ticket.office_id).zone)


# Asked for by each page: what may be done now is another's business, and so is who is called "also".
VIEWS = {"ticket": View(_matter, beat=None), "here": View(_company, beat=60.0, is_presence=True)}


@router.get("/{number}")
def ticket_page(
    request: Request, reader: Reader, db: Db, number: str, done: str = "", seen: str = ""
) -> Response:
    """The matter with everything that may be done with it now; 204 when `seen` is all there is."""
    if seen and seen == str(db.read(lambda tx: meanwhile.mark(tx, access.ticket(tx, reader.me, number).id))):
        return Response(status_code=204)
    return _draw(request, reader, db, number, done=done)


@router.get("/{number}/here")
def who_else(request: Request, reader: Reader, db: Db, number: str) -> Response:
    """Who else has this matter open, as a fragment."""

    def find(tx: Tx) -> list[str]:
        ticket = access.ticket(tx, reader.me, number)
        return [person.name for person in presence.others(tx, ticket.id, reader.me.staff_id)]

    return render(request, "ticket/_here.html", others=db.read(find))


@router.post("/{number}/continuation")
def register_anew(request: Request, reader: Reader, db: Db, number: str, form: Posted) -> Response:
    """Register a matter anew that was closed too long ago to reopen, linked to the old one."""

    def prepare(tx: Tx) -> intake.Prepared:
        old = access.ticket(tx, reader.me, number, "reopen")
        office = tx.get_one(Office, old.office_id)
        return intake.prepare(tx, office, intake.as_complaint(tx, old, posted.text(form, "item")))

    def register(tx: Tx) -> str:
        old = access.ticket(tx, reader.me, number, "reopen")
        return intake.continue_matter(tx, reader.me, old, prepared).number

    try:
        prepared = db.read(prepare)
        new = db.write(register, key=posted.once(reader.me, request.url.path, form))
    except HubError as refusal:
        return _refused(request, reader, db, number, "continuation", form, refusal)
    return RedirectResponse(f"/t/{new}?done=continuation", 303)


@router.post("/{number}/{name}")
def take_step(
    request: Request, reader: Reader, db: Db, files: Files, number: str, name: str, form: Posted
) -> Response:
    """Take one step on the matter; a refusal comes back with the form as it was filled."""
    step = steps.named(name)

    def act(tx: Tx) -> dict[str, Any] | None:
        ticket = access.ticket(tx, reader.me, number)
        if name not in steps.BESIDE:
            meanwhile.refuse_unseen(tx, reader.me, ticket, said.text("seen"))
        undo = undoing.before(tx, reader.me, ticket, name, said)
        step.act(tx, reader.me, ticket, said)
        undo = undo or undoing.after(tx, ticket, name, words_of(request))
        return asdict(undo) if undo else None

    try:
        said = Said(form, reader.office.tz, posted.photos(form, files, "file"))
        undo = db.write(act, key=posted.once(reader.me, request.url.path, form))
    except HubError as refusal:
        return _refused(request, reader, db, number, name, form, refusal)
    if frame.is_part(request):
        return _draw(request, reader, db, number, toast=name, undo=undo)
    return RedirectResponse(f"/t/{number}?done={name}", 303)


@router.get("/{number}/files/{ident}")
def file(reader: Reader, db: Db, files: Files, number: str, ident: int) -> Response:
    """One file of the matter, for those who may see the matter."""

    def find(tx: Tx) -> attachments.Attachment:
        ticket = access.ticket(tx, reader.me, number)
        mine = (row for row in attachments.of_ticket(tx, ticket.id) if row.id == ident)
        found = next(mine, None)
        if found is None:
            raise NotFound("there is no such file")
        return found

    row = db.read(find)
    way = "inline" if row.media_type in SHOWN else "attachment"
    headers = {"content-disposition": way, "content-security-policy": "sandbox; default-src 'none'"}
    return Response(files.get(row.sha256), media_type=row.media_type, headers=headers)


def _draw(
    request: Request,
    reader: SignedIn,
    db: Db,
    number: str,
    *,
    done: str = "",
    toast: str = "",
    undo: dict[str, Any] | None = None,
    failed: str = "",
    filled: Filled | None = None,
    status: int = 200,
) -> Response:
    """The page, or only the matter when the list stands already."""
    words = words_of(request)
    found = db.read(lambda tx: dossier.of(tx, reader, words, number))
    context: dict[str, Any] = {
        "dossier": found,
        "ticket": found.ticket,
        "filled": replace(filled or Filled(), seen=found.seen),
        "failed": failed,
        "done": _done(words, done, found.ticket),
    }
    headers = None
    if toast:
        said: dict[str, Any] = {"text": steps.named(toast).done(words, found.ticket), "tone": "good"}
        if undo:
            values = undo["values"] | {"seen": str(found.seen), "key": Filled().key}
            said["undo"] = {"path": f"/t/{number}/{undo['step']}", "values": values}
        headers = {"hx-trigger": json.dumps({"toast": said, "changed": {}})}
    if frame.is_part(request):
        return render(request, "ticket/_ticket.html", status_code=status, headers=headers, **context)
    if "desk" not in reader.screens:
        return render(request, "ticket/page.html", status_code=status, **context)
    beside = frame.beside(db, reader, request)
    return render(request, "ticket/beside.html", status_code=status, **context, **beside)


def _done(words: Words, name: str, ticket: Ticket) -> str:
    """What has just been done, where the page was drawn anew."""
    if name in REGISTERED:
        return words.gettext(REGISTERED[name], number=ticket.number)
    return steps.STEPS[name].done(words, ticket) if name in steps.STEPS else ""


def _refused(
    request: Request, reader: SignedIn, db: Db, number: str, name: str, form: Posted, refusal: HubError
) -> Response:
    """The matter again, with the refusal and the form as it was filled; what is not theirs stays unseen."""
    if isinstance(refusal, NotFound | Unknown):
        raise refusal
    filled = Filled(posted.texts(form), refusal)
    status = 403 if isinstance(refusal, Forbidden) else refusal.status
    return _draw(request, reader, db, number, failed=name, filled=filled, status=status)
