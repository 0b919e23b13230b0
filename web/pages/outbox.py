"""The outbox (/outbox): what the hub sends outside, by which way, how far it came; first the morning list.

The morning list holds those whom no channel reached: a person tells them and says so here.
Source: domain.md §6; house.md (an undelivered message → a person); contract.md (on-screen outbox).
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dispatch import reaching
from hub import outgoing
from hub.outgoing import VIEWS
from notifications.channels.registry import CHANNELS
from web.deps import Db
from web.pages.shell import Reader
from web.templating import render

router = APIRouter(prefix="/outbox", include_in_schema=False)

MOST = 100


@router.get("")
def page(request: Request, reader: Reader, db: Db, view: str = "owed") -> Response:
    """One view of the outbox, with the channels that are open and what the others want."""
    reader.me.require("tell", reader.office.id)
    shown = view if view in VIEWS else "owed"
    found, counts = db.read(
        lambda tx: (
            outgoing.messages(tx, reader.me, shown, None, MOST),
            outgoing.counts(tx, reader.me),
        )
    )
    ways = request.app.state.ways
    channels = [(name, "" if name in ways.channels else ways.why(name)) for name in CHANNELS]
    return render(
        request, "outbox/page.html", view=shown, views=VIEWS, counts=counts, messages=found, channels=channels
    )


@router.post("/{delivery_id}/told")
def told(delivery_id: int, reader: Reader, db: Db, note: Annotated[str, Form()] = "") -> Response:
    """A person has told them otherwise: the message is owed no more."""
    db.write(lambda tx: reaching.told_by_hand(tx, reader.me, delivery_id, note))
    return RedirectResponse("/outbox", 303)
