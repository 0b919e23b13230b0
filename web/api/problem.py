"""The shape of every refusal (RFC 9457), and which ones an operation may answer."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

MEDIA_TYPE = "application/problem+json"
SAYS = {
    401: "Nobody is signed in, or the token has ended",
    403: "The step belongs to another role",
    404: "There is no such thing, or not for the asker",
    409: "Not now: `legal` names the steps that are possible, or the first request still runs",
    413: "The body is larger than the hub takes",
    422: "Something given cannot be taken: `errors` names every field",
}


class Problem(BaseModel):
    """A refusal: what, why, every bad field (`errors`), and what could be done instead (`legal`)."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    code: str | None = None
    errors: dict[str, str] | None = None
    legal: list[str] | None = None
    request_id: str | None = None


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation, or of a router, that may refuse so."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": SAYS[status], "content": content} for status in statuses}


def describe(app: FastAPI) -> None:
    """Have the app's OpenAPI document say the truth about refusals."""
    app.openapi = lambda: document(app)  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the app, with the shape of its refusals in it."""
    made = FastAPI.openapi(app)
    schema = Problem.model_json_schema()
    made.setdefault("components", {}).setdefault("schemas", {})["Problem"] = schema
    return made
