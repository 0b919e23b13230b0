"""The JSON API: parse, one verb, answer. One file per noun; all of them are named here.

Everything is under /api/v1 and asks for a bearer token (a signed-in browser may use its session). A refusal
is problem+json. Every verb takes `happened_at` in its body and an Idempotency-Key header. A preview, which
writes nothing, has no use for the key.
"""

from fastapi import APIRouter, Security
from fastapi.security import HTTPBearer

from web.api import (
    answers,
    attachments,
    callbacks,
    closures,
    deliveries,
    docs,
    events,
    hands,
    incidents,
    intakes,
    links,
    listening,
    lookups,
    messages,
    orders,
    statistics,
    tickets,
    triage,
    urgings,
)
from web.api.problem import describe, refusals

__all__ = ["QUICK", "VERSION", "describe", "router"]

VERSION = "1"
QUICK = (intakes.QUICK,)

# Only says in the OpenAPI document how one proves who one is; web.deps.me looks at it.
_bearer = HTTPBearer(auto_error=False, description="An access token, made with `hub token create`")

v1 = APIRouter(
    prefix="/api/v1", dependencies=[Security(_bearer)], responses=refusals(401, 403, 404, 409, 413, 422)
)
for noun in (
    intakes,
    tickets,
    events,
    orders,
    hands,
    answers,
    triage,
    callbacks,
    closures,
    urgings,
    links,
    incidents,
    attachments,
    lookups,
    statistics,
    deliveries,
    messages,
    listening,
):
    v1.include_router(noun.router)

router = APIRouter()
router.include_router(v1)
router.include_router(docs.router)
