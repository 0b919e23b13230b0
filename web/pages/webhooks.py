"""Other systems that hear (/settings/webhooks): who listens, to what, how it went; add one, try it, end it.

The secret a listener checks our signature with is shown once, when it is added.
Source: notifications/channels/webhook.py (the signature), the README (how a listener checks it).
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from hub import clock, endpoints, outside
from hub.deliveries import Delivery
from hub.endpoints import WebhookEndpoint
from hub.errors import BadInput
from hub.events import KINDS
from hub.settings import Settings
from notifications.channels.contract import Letter, Permanent, Temporary
from notifications.channels.webhook import Webhook
from web.deps import Config, Db
from web.pages.posted import Posted, text
from web.pages.shell import Reader, SignedIn
from web.templating import render
from web.words import N_

router = APIRouter(prefix="/settings/webhooks", include_in_schema=False)

MOST = 8
TRIAL = {"kind": "trial"}
TOOK = N_("It answered: our message was taken.")


@dataclass(frozen=True)
class Listening:
    """One system and what it was sent last."""

    endpoint: WebhookEndpoint
    sent: list[Delivery]


@router.get("")
def page(request: Request, reader: Reader, db: Db) -> Response:
    """Who listens."""
    return _draw(request, reader, db)


@router.post("")
def add(request: Request, reader: Reader, db: Db, config: Config, form: Posted) -> Response:
    """Let another system hear; its secret is on the page that answers and never again."""
    url, kinds = text(form, "url"), [str(kind) for kind in form.getlist("kinds")]
    try:
        reader.me.require("administer", reader.office.id)
        outside.refuse_inward("url", url, config.inward)
        made = db.write(lambda tx: endpoints.listen(tx, reader.me, url, kinds))
    except BadInput as refusal:
        return _draw(request, reader, db, refusal.status, refusal=refusal, url=url, chosen=kinds)
    return _draw(request, reader, db, made=made)


@router.post("/{endpoint_id}/trial")
def trial(request: Request, endpoint_id: int, reader: Reader, db: Db, config: Config) -> Response:
    """Send it one message that means nothing, now, and say what it answered."""
    row = db.read(lambda tx: endpoints.listener(tx, reader.me, endpoint_id))
    return _draw(request, reader, db, tried=row.id, answered=_answer(row, config))


@router.post("/{endpoint_id}/end")
def end(endpoint_id: int, reader: Reader, db: Db) -> Response:
    """It hears of nothing more."""
    db.write(lambda tx: endpoints.end(tx, reader.me, endpoint_id).id)
    return RedirectResponse("/settings/webhooks", 303)


def _answer(row: WebhookEndpoint, config: Settings) -> tuple[str, str]:
    """(code of what went wrong or "", the words of it)."""
    letter = Letter(0, row.url, "", "", clock.now(), secret=row.secret, data=TRIAL)
    try:
        Webhook(config.inward).send(letter)
    except (Permanent, Temporary) as refused:
        return refused.code, str(refused)
    return "", TOOK


def _draw(request: Request, reader: SignedIn, db: Db, status: int = 200, **more: Any) -> Response:
    listening = db.read(
        lambda tx: [
            Listening(row, endpoints.last_words(tx, row.id, MOST))
            for row in endpoints.listening(tx, reader.me)
        ]
    )
    context: dict[str, Any] = {
        "made": None,
        "refusal": None,
        "url": "",
        "chosen": [],
        "tried": None,
        "answered": None,
    }
    shown = context | more
    return render(
        request, "webhooks/page.html", status_code=status, listening=listening, kinds=tuple(KINDS), **shown
    )
