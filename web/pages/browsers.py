"""Told in this browser (/push): its worker, and the two steps of the person's menu, to begin and to end.

The worker has a scope of its own, so that no other page passes through it.
Source: RFC 8030 (web push).
"""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.responses import Response

from hub import endpoints, outside
from web.api.listening import Address, BrowserIn
from web.deps import Config, Db
from web.pages.shell import Reader

router = APIRouter(prefix="/push", include_in_schema=False)

WORKER = Path(__file__).parents[1] / "static" / "push-worker.js"


class Ended(BaseModel):
    """Which browser is told no more, by the address of its push service."""

    endpoint: Address


@router.get("/worker.js")
def worker() -> Response:
    """What wakes in the browser when a message comes."""
    return FileResponse(WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.post("/browsers", status_code=204)
def begin(said: BrowserIn, reader: Reader, db: Db, config: Config) -> None:
    """Tell the reader in this browser too."""
    outside.refuse_inward("endpoint", said.endpoint, config.inward)
    staff_id = reader.me.staff_id or 0
    keys = said.keys
    db.write(lambda tx: endpoints.subscribe(tx, staff_id, said.endpoint, keys.p256dh, keys.auth).id)


@router.post("/browsers/end", status_code=204)
def end(said: Ended, reader: Reader, db: Db) -> None:
    """Tell the reader in this browser no more; another person's is left as it is."""
    db.write(lambda tx: endpoints.forget_browser(tx, reader.me.staff_id or 0, said.endpoint))
