"""Which ways out are open, what the others want, and a button that sends one real message by one of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from hub import access
from hub.errors import BadInput, Forbidden, HubError, NotFound
from notifications import trying
from notifications.channels import registry
from notifications.trying import MACHINES, Answer
from web.api.bounds import Code
from web.deps import Config, Db
from web.pages.shell import Reader, SignedIn
from web.templating import render
from web.words import say

router = APIRouter(prefix="/settings/{office}/channels", include_in_schema=False)


@router.get("")
def page(request: Request, office: Code, reader: Reader, db: Db) -> Response:
    """The ways out, without their secrets."""
    return _page(request, reader, db, office)


@router.post("")
def try_out(
    request: Request,
    office: Code,
    reader: Reader,
    db: Db,
    config: Config,
    channel: Annotated[str, Form()] = "",
) -> Response:
    """Send one message to the person who asks, and show what the provider made of it."""
    reader.require("settings")
    made = next((one for one in registry.made(config) if one.name == channel), None)
    try:
        if made is None:
            raise BadInput("channel", "this channel is not set up")
        answer = trying.send(db, reader.me, office, made, say)
    except HubError as refusal:
        if isinstance(refusal, NotFound | Forbidden):
            raise
        return _page(request, reader, db, office, refusal=refusal)
    return _page(request, reader, db, office, answer=answer)


def _page(
    request: Request,
    reader: SignedIn,
    db: Db,
    office: str,
    answer: Answer | None = None,
    refusal: HubError | None = None,
) -> Response:
    seen = db.read(lambda tx: access.office(tx, reader.me, office, "set up"))
    ways = request.app.state.ways
    channels: list[dict[str, Any]] = [
        {
            "name": name,
            "wants": "" if name in ways.channels else ways.why(name),
            "can_test": name in ways.channels and name not in MACHINES,
        }
        for name in registry.CHANNELS
    ]
    return render(
        request,
        "settings/channels.html",
        status_code=refusal.status if refusal else 200,
        office=seen,
        channels=channels,
        answer=answer,
        refusal=refusal,
    )
