"""The carrier before our doors: posts what Twilio posts, signed as Twilio signs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from hub.database import Database
from hub.settings import Settings
from web import app
from web.doors.twilio import signature

PUBLIC = "https://hub.example.org"
ACCOUNT, TOKEN = "AC" + "0" * 32, "a token for tests"
LINE = "+85230010001"
CHAN, LI, ROSA, STRANGER = "+85223456789", "+85298765432", "+85261234567", "+85251234567"


class Carrier:
    """Signs with Twilio's own validator, so that ours is judged by another hand."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._validator = RequestValidator(TOKEN)

    def posts(
        self, path: str, fields: dict[str, str], *, signed_for: str = "", forged: str | None = None
    ) -> Any:
        """One webhook; `signed_for` another address, `forged` another signature than is right."""
        sent = self.signature(signed_for or path, fields) if forged is None else forged
        return self.raw(path, urlencode(fields, errors="surrogateescape").encode(), sent)

    def signature(self, path: str, fields: dict[str, str]) -> str:
        """The right one, made by Twilio's own hand but for bytes that are no text, which it cannot sign."""
        try:
            return str(self._validator.compute_signature(PUBLIC + path, fields))
        except UnicodeEncodeError:
            return signature.sign(TOKEN, PUBLIC + path, fields.items())

    def raw(self, path: str, body: bytes, signed: str = "x") -> Any:
        """Any body at all."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if signed:
            headers["x-twilio-signature"] = signed
        return self._client.post(path, content=body, headers=headers)

    def texts(self, sender: str, body: str, sid: str, **more: str) -> Any:
        """Somebody texts our line."""
        return self.posts("/doors/twilio/sms", sms(sender, body, sid, **more))


def sms(sender: str, body: str, sid: str, **more: str) -> dict[str, str]:
    """The fields of a text message as the carrier posts them."""
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "To": LINE,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCity": "",
    }
    return fields | more


def configured(folder: Path, **more: Any) -> Settings:
    """The settings of a hub that has an account with the carrier."""
    said: dict[str, Any] = {
        "data_dir": folder,
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_from": LINE,
    }
    return Settings(**(said | more))


@contextmanager
def at_the_doors(database: Database, folder: Path, **more: Any) -> Iterator[Carrier]:
    """A carrier before a hub without clockwork: what came in waits until a test has it worked."""
    with TestClient(app.create(configured(folder, **more), database, clockwork=False)) as client:
        yield Carrier(client)
