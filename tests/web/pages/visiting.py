"""People before their screens: a client signed in as one of the cast, on the hub under test."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from hub import credentials
from hub.settings import Settings
from tests.house import House
from web import app
from web.safety import SESSION_COOKIES

ADDRESS = "http://127.0.0.1:8000"
Visit = Callable[..., "Visitor"]


class Visitor:
    """One browser: without scripts, following no redirect unless asked."""

    def __init__(self, hub: House, folder: Path, login: str = "", locale: str = "en") -> None:
        settings = Settings(data_dir=folder, public_url=ADDRESS)
        self._client = TestClient(
            app.create(settings, hub.database, clockwork=False),
            base_url=ADDRESS,
            follow_redirects=False,
            headers={"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": locale},
        )
        if login:
            person = hub.staff(login)
            secret = hub.database.write(lambda tx: credentials.begin_session(tx, person, hours=12))
            self._client.cookies.set(SESSION_COOKIES[0], secret)

    def __enter__(self) -> "Visitor":
        self._client.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._client.__exit__(*failure)

    def get(self, path: str, **said: Any) -> Any:
        return self._client.get(path, **said)

    def see(self, path: str) -> str:
        """The page, which must be there; tags and runs of space taken out."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return plain(answer.text)

    def post(self, path: str, **form: Any) -> Any:
        """Fill a form in; `files` as the client takes them, `on` the address of the page it stands on."""
        files, page = form.pop("files", None), form.pop("on", "")
        said = {name.replace("__", "."): value for name, value in form.items()}
        headers = {"referer": ADDRESS + page} if page else None
        return self._client.post(path, data=said, files=files, headers=headers)

    def does(self, path: str, **form: Any) -> None:
        """Fill a form in and be sent on, which is how a step that went well ends."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {plain(answer.text)[:400]}"


def plain(html: str) -> str:
    """The text of a page as it is read."""
    body = re.sub(r"(?s)<head>.*?</head>|<template.*?</template>|<dialog.*?</dialog>", " ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()
