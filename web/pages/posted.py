"""What a form of the field's screens brought: its texts, its times, its photographs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from dispatch import attaching
from dispatch.hands import Seen
from hub import attachments
from hub.access import Actor
from hub.attachments import Store
from hub.database import Tx
from hub.errors import BadInput
from hub.idempotency import Key
from hub.orders import Order
from hub.tickets import Ticket

MOST_FILES = 12


@dataclass(frozen=True)
class Photo:
    """A file that lies in the store already, and what it shows: `before`, `after` or `report`."""

    sha256: str
    name: str
    media_type: str
    size: int
    purpose: str


async def _form(request: Request) -> FormData:
    return await request.form(max_files=MOST_FILES)


Posted = Annotated[FormData, Depends(_form)]


def text(form: FormData, name: str) -> str:
    """The text of a field, "" when it was not sent."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def texts(form: FormData) -> dict[str, str]:
    """Every text of the form by its name, to draw the form again as it was filled."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def under(form: FormData, prefix: str) -> dict[str, str]:
    """The texts whose names begin with the prefix, without it."""
    found = texts(form).items()
    return {name.removeprefix(prefix): value for name, value in found if name.startswith(prefix)}


def moment(form: FormData, name: str, zone: ZoneInfo) -> datetime | None:
    """A local date and time of the office. Raises BadInput when it cannot be read."""
    said = text(form, name)
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=zone)
    except ValueError:
        raise BadInput(name, "this is not a date and time") from None


def materials(form: FormData) -> list[dict[str, Any]]:
    """The lines of material used: {name, qty}. Lines without a name are left out."""
    names, amounts = form.getlist("material"), form.getlist("qty")
    lines = ((str(name).strip(), str(qty).strip()) for name, qty in zip(names, amounts, strict=False))
    return [{"name": name, "qty": qty or "1"} for name, qty in lines if name]


def seen(form: FormData) -> Seen | None:
    """Who had the order when the form was drawn; None where the form does not say."""
    said = form.get("had_by")
    if not isinstance(said, str):
        return None
    return Seen(int(said) if said.isascii() and said.isdigit() else None)


def photos(form: FormData, store: Store, *purposes: str) -> list[Photo]:
    """The files sent under these names, put into the store. Raises BadInput for what is not kept.

    Happens before the transaction: nothing slow is done inside one.
    """
    sent = [(purpose, upload, content) for purpose in purposes for upload, content in _sent(form, purpose)]
    kinds = [_media_type(purpose, content) for purpose, _, content in sent]
    return [
        Photo(store.put(content), upload.filename or "", kind, len(content), purpose)
        for (purpose, upload, content), kind in zip(sent, kinds, strict=True)
    ]


def contents(form: FormData, name: str) -> list[bytes]:
    """The contents of the files sent under this name."""
    return [content for _, content in _sent(form, name)]


def attach(tx: Tx, me: Actor, ticket: Ticket, kept: list[Photo], order: Order | None = None) -> None:
    """List the stored files with their ticket and order."""
    for photo in kept:
        attaching.attach(
            tx, me, ticket, photo.sha256, photo.name, photo.media_type, photo.size, order, photo.purpose
        )


def once(me: Actor, path: str, form: FormData) -> Key | None:
    """The key of a filled form: sent twice it is one matter, changed after a look back it is another."""
    said = text(form, "key")
    if not said:
        return None
    body = repr(sorted(texts(form).items())).encode()
    return Key.of(f"staff {me.staff_id}", path, f"{said[:64]}.{sha256(body).hexdigest()[:16]}", body)


def _sent(form: FormData, name: str) -> Iterator[tuple[UploadFile, bytes]]:
    """The files under this name; a browser sends a nameless empty one for a field left alone."""
    for upload in form.getlist(name):
        if isinstance(upload, UploadFile) and (upload.filename or upload.size):
            yield upload, upload.file.read()


def _media_type(purpose: str, content: bytes) -> str:
    try:
        return attachments.media_type(content)
    except BadInput as refused:
        raise BadInput.of({purpose: refused.fields["file"]}) from None
