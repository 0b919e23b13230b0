"""What handlers ask for: the database, who is asking, and the idempotency key of what was said."""

import hashlib
from typing import Annotated, cast

from fastapi import Depends, Header, Query, Request
from starlette.datastructures import UploadFile
from starlette.requests import HTTPConnection

from hub import credentials
from hub.access import Actor
from hub.attachments import Store
from hub.database import Database, Tx
from hub.errors import BadInput, Unknown
from hub.idempotency import LONGEST, Key
from hub.settings import Settings
from web.safety import SESSION_COOKIES

PAGE_OF = 50
LONGEST_PAGE = 200


# These only look something up: as coroutines they are not sent to a thread of their own each time.
async def database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


async def settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def store(request: Request) -> Store:
    return cast(Store, request.app.state.store)


def session_secret(request: HTTPConnection) -> str | None:
    """The secret in the session cookie, under whichever of its two names it was set."""
    return next((request.cookies[name] for name in SESSION_COOKIES if name in request.cookies), None)


def address_of(request: Request) -> str:
    """The network address of who asks; of a proxy on this machine, the one it names."""
    return request.client.host if request.client else ""


def bearer(request: HTTPConnection) -> str | None:
    """The access token of the request, if it carries one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def asker(tx: Tx, token: str | None, secret: str | None) -> Actor:
    """Whose access token this is, else whose session. Raises Unknown."""
    found = None
    if token:
        found = credentials.actor_of_token(tx, token)
    elif secret:
        found = credentials.actor_of_session(tx, secret)
    if found is None:
        raise Unknown("sign in first")
    return found


def me(request: Request) -> Actor:
    """Who is asking: by access token, else by session. Raises Unknown."""
    token, secret = bearer(request), session_secret(request)
    if token is None and secret is None:
        raise Unknown("sign in first")
    return cast(Database, request.app.state.database).read(lambda tx: asker(tx, token, secret))


Db = Annotated[Database, Depends(database)]
Files = Annotated[Store, Depends(store)]
Config = Annotated[Settings, Depends(settings)]
Me = Annotated[Actor, Depends(me)]


async def idempotency_key(
    request: Request,
    actor: Me,
    idempotency_key: Annotated[str | None, Header(max_length=LONGEST)] = None,
) -> Key | None:
    """The sender's key with a digest of the raw body; None when no key was sent."""
    if idempotency_key is None:
        return None
    said = idempotency_key.strip().strip('"')
    if not said or not said.isprintable():
        raise BadInput("Idempotency-Key", "a key is made of printable characters")
    return Key.of(f"staff {actor.staff_id}", request.url.path, said, await _told(request))


async def _told(request: Request) -> bytes:
    """What the request says. Of a form, its fields: the marks between them are drawn anew with every try."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    parts = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            parts.append(f"{name}\0{value.filename}\0{hashlib.sha256(await value.read()).hexdigest()}")
            await value.seek(0)
        else:
            parts.append(f"{name}\0{value}")
    return "\1".join(parts).encode(errors="surrogatepass")


Once = Annotated[Key | None, Depends(idempotency_key)]


Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
