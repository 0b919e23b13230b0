"""The outbox (/outbox): what the hub sends outside, by which way, how far it came; first the morning list.

The morning list holds those whom no channel reached: a person tells them and says so here.
Source: domain.md §6; house.md (an undelivered message → a person); contract.md (on-screen outbox).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dispatch import reaching
from hub import inbound, outgoing, setaside
from hub.database import Tx
from hub.outgoing import VIEWS
from notifications.channels.registry import CHANNELS
from web.deps import Db
from web.pages.shell import Reader
from web.templating import render

router = APIRouter(prefix="/outbox", include_in_schema=False)

MOST = 100
MOST_STUCK = 20


@dataclass(frozen=True)
class Stuck:
    """Work that failed and is tried again by itself: which, why, how often, since when."""

    work: str
    why: str
    tries: int
    since: datetime


@router.get("")
def page(request: Request, reader: Reader, db: Db, view: str = "owed") -> Response:
    """One view of the outbox, with the channels that are open and what the others want."""
    reader.me.require("tell", reader.office.id)
    shown = view if view in VIEWS else "owed"
    found, counts, stuck = db.read(
        lambda tx: (
            outgoing.messages(tx, reader.me, shown, None, MOST),
            outgoing.counts(tx, reader.me),
            _stuck(tx),
        )
    )
    ways = request.app.state.ways
    channels = [(name, "" if name in ways.channels else ways.why(name)) for name in CHANNELS]
    return render(
        request,
        "outbox/page.html",
        view=shown,
        views=VIEWS,
        counts=counts,
        messages=found,
        channels=channels,
        stuck=stuck,
    )


def _stuck(tx: Tx) -> list[Stuck]:
    kept = [Stuck(row.work, row.why, row.tries, row.since) for row in setaside.everything(tx, MOST_STUCK)]
    came = inbound.failing(tx, MOST_STUCK)
    return kept + [Stuck(row.kind, row.fault, row.tries, row.received_at) for row in came]


@router.post("/{delivery_id}/told")
def told(delivery_id: int, reader: Reader, db: Db, note: Annotated[str, Form()] = "") -> Response:
    """A person has told them otherwise: the message is owed no more."""
    db.write(lambda tx: reaching.told_by_hand(tx, reader.me, delivery_id, note))
    return RedirectResponse("/outbox", 303)
