"""Who else listens: one's own browsers (web push) and the company's other systems (signed webhooks)."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from hub import endpoints, outside
from hub.database import Tx
from hub.errors import NotFound
from hub.events import KINDS
from web.api.bounds import Line, OneOf, Said, Storable, Strict
from web.deps import Config, Db, Me, Once

router = APIRouter(tags=["listening"])


Address = Annotated[str, StringConstraints(min_length=1, max_length=1000), Storable]


class BrowserKeys(Strict):
    """The two keys of the browser, base64url (RFC 8291)."""

    p256dh: Annotated[Line, Field(min_length=80, max_length=120)]
    auth: Annotated[Line, Field(min_length=16, max_length=40)]


class BrowserIn(Said):
    """What PushSubscription.toJSON() says."""

    endpoint: Address
    keys: BrowserKeys


class BrowserOut(BaseModel):
    id: str


class KeyOut(BaseModel):
    """The applicationServerKey for PushManager.subscribe()."""

    key: str


class WebhookIn(Said):
    """Where events go. No kinds mean all; the secret comes back once and signs every message."""

    url: Address
    kinds: Annotated[list[Annotated[str, OneOf(tuple(KINDS))]], Field(max_length=100, default_factory=list)]


class WebhookOut(BaseModel):
    id: str
    url: str
    secret: str


@router.get("/push/key")
def key(request: Request, me: Me) -> KeyOut:
    """The hub's public key for web push; empty where it is not set up."""
    return KeyOut(key=request.app.state.push_key)


@router.post("/push/subscriptions")
def subscribe(said: BrowserIn, me: Me, db: Db, config: Config, once: Once) -> BrowserOut:
    """Tell the asker in this browser too."""

    outside.refuse_inward("endpoint", said.endpoint, config.inward)

    def step(tx: Tx) -> BrowserOut:
        if me.staff_id is None:
            raise NotFound("there is no such person in this office")
        row = endpoints.subscribe(tx, me.staff_id, said.endpoint, said.keys.p256dh, said.keys.auth)
        return BrowserOut(id=str(row.id))

    return db.write(step, once)


@router.post("/webhooks")
def listen(said: WebhookIn, me: Me, db: Db, config: Config, once: Once) -> WebhookOut:
    """Let another system of the company hear of events."""

    outside.refuse_inward("url", said.url, config.inward)

    def step(tx: Tx) -> WebhookOut:
        row = endpoints.listen(tx, me, said.url, said.kinds)
        return WebhookOut(id=str(row.id), url=row.url, secret=row.secret)

    return db.write(step, once)
