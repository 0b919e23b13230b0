"""A program that speaks to the hub's JSON API with one person's token."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from hub import credentials
from hub.database import Database, Tx
from hub.organisation import Staff
from hub.settings import Settings
from web import app

V1 = "/api/v1"


class Api:
    """`get` and `post` under /api/v1; every answer that is not asked about must be a success."""

    def __init__(self, client: TestClient, token: str = "") -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **params: Any) -> Any:
        return _success(self.ask("GET", path, params=params))

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        return _success(self.ask("POST", path, body, key))

    def refused(self, path: str, body: Any = None, key: str = "", method: str = "POST") -> Mapping[str, Any]:
        """The problem that this request meets."""
        answer = self.ask(method, path, body, key)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem: dict[str, Any] = answer.json()
        assert problem["status"] == answer.status_code >= 400
        return problem

    def ask(
        self, method: str, path: str, body: Any = None, key: str = "", params: Mapping[str, Any] | None = None
    ) -> Response:
        headers = self.headers | ({"idempotency-key": key} if key else {})
        return self.client.request(method, V1 + path, json=body, params=params, headers=headers)


ApiOf = Callable[[str], Api]


def hub_app(database: Database, folder: Path) -> ASGIApp:
    """The whole hub on this database, without its clockwork."""
    return app.create(Settings(data_dir=folder), database, clockwork=False)


def token_of(database: Database, login: str) -> str:
    """An access token of this person."""

    def make(tx: Tx) -> str:
        return credentials.make_token(tx, tx.scalars(select(Staff).where(Staff.login == login)).one(), None)

    return database.write(make)


def leak(**said: Any) -> dict[str, Any]:
    """A tap that drips in Mr Chan's flat, as the API takes it."""
    caller = {"name": "Chan Siu Ming", "phone": "2345 6789", "room": "A-1203"}
    return {"caller": caller, "item": "Kitchen tap leaks", "channel": "phone", **said}


def peddlers(**said: Any) -> dict[str, Any]:
    """A complaint for security; it always owes a callback."""
    caller = {"name": "李小红", "phone": "9876 5432", "room": "A-0501"}
    said = {"category": "06-09", **said}
    return {"caller": caller, "item": "Peddlers knock at every door", "channel": "phone", **said}


def enquiry(**said: Any) -> dict[str, Any]:
    """A question that the desk answers itself."""
    return leak(item="When is the pool open", kind="enquiry", dispatch={"way": "desk"}, **said)


def _success(answer: Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()
