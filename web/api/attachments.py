"""Files of a ticket: sent as multipart, kept whole before the ticket hears of them."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from dispatch import attaching
from hub import access, attachments
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.orders import Order
from hub.tickets import Ticket
from web.api import paging
from web.api.bounds import Line
from web.api.paging import ByPage, Page
from web.api.shapes import AttachmentOut
from web.api.steps import RowId, TicketNumber, naming
from web.deps import Db, Files, Me, Once

router = APIRouter(prefix="/tickets/{number}/attachments", tags=["attachments"])
LIST = "attachments"


@router.post("", status_code=201)
def attach(
    number: TicketNumber,
    file: Annotated[UploadFile, File()],
    me: Me,
    db: Db,
    files: Files,
    once: Once,
    order: Annotated[Line, Form()] = "",
    purpose: Annotated[Line, Form()] = "",
) -> AttachmentOut:
    """Attach a picture, PDF, sound or short video. What it is is told from its content, not from its name."""
    db.read(lambda tx: access.ticket(tx, me, number, "attach"))
    content = file.file.read(attachments.LARGEST + 1)
    kind, sha256 = attachments.media_type(content), files.put(content)

    def step(tx: Tx) -> AttachmentOut:
        ticket = access.ticket(tx, me, number, "attach")
        of_order = _order(tx, me, ticket, order) if order else None
        row = attaching.attach(
            tx, me, ticket, sha256, file.filename or "", kind, len(content), of_order, purpose
        )
        return AttachmentOut.of(row)

    return db.write(step, once)


@router.get("")
def find(number: TicketNumber, paged: ByPage, me: Me, db: Db) -> Page[AttachmentOut]:
    """The files of a ticket, first to last."""

    def look(tx: Tx) -> Page[AttachmentOut]:
        after = paged.after(LIST, int) or 0
        rows = [row for row in attachments.of_ticket(tx, access.ticket(tx, me, number).id) if row.id > after]
        shown, next_cursor = paging.cut(LIST, rows[: paged.limit + 1], paged.limit, lambda row: row.id)
        return Page(items=[AttachmentOut.of(row) for row in shown], next_cursor=next_cursor)

    return db.read(look)


@router.get("/{id}", response_class=Response, responses={200: {"content": {"*/*": {}}}})
def read(number: TicketNumber, id: RowId, me: Me, db: Db, files: Files) -> Response:
    """The content of a file, to be saved; nothing of it is run or drawn by a browser."""

    def look(tx: Tx) -> attachments.Attachment:
        rows = attachments.of_ticket(tx, access.ticket(tx, me, number).id)
        found = next((row for row in rows if row.id == int(id)), None)
        if found is None:
            raise NotFound("there is no such file")
        return found

    row = db.read(look)
    headers = {"content-disposition": "attachment", "etag": f'"{row.sha256}"'}
    return Response(files.get(row.sha256), media_type=row.media_type, headers=headers)


def _order(tx: Tx, me: Actor, ticket: Ticket, number: str) -> Order:
    with naming("order"):
        found = access.order(tx, me, number)
    if found.ticket_id != ticket.id:
        raise BadInput("order", "there is no such order")
    return found
