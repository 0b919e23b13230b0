"""Who calls at these doors: the carrier, known by its signature and by our account's number."""

import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.responses import Response

from hub.errors import Forbidden
from web.deps import Config
from web.doors.twilio import signature

MOST_FIELDS = 500
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True)
class Told:
    """What the carrier said: every field of the form as it came, those nobody has heard of too."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        return next((value for field, value in self.fields if field == name), "")

    def whole(self) -> dict[str, str]:
        """The fields as they are kept: of a name that stands twice the first; what is no text is replaced."""
        return {_text(name): _text(value) for name, value in reversed(self.fields)}


async def told(request: Request, config: Config) -> Told:
    """The signed form. Raises Forbidden for a signature or an account that is missing, wrong or another's."""
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="surrogateescape"
        )
    except ValueError:
        pairs = []
    said = Told(tuple(pairs))
    token = config.twilio_auth_token.get_secret_value()
    signed = request.headers.get("x-twilio-signature", "")
    if not signature.is_signed(token, _address(request, config.public_url), pairs, signed):
        raise Forbidden("this was not signed by the carrier")
    account = config.twilio_account_sid.encode()
    if not account or not hmac.compare_digest(said.get("AccountSid").encode(errors="replace"), account):
        raise Forbidden("this is not for our account with the carrier")
    return said


Signed = Annotated[Told, Depends(told)]


def taken() -> Response:
    """The answer that says only: it is with us."""
    return spoken(EMPTY)


def spoken(twiml: str) -> Response:
    """An answer the carrier carries out."""
    return Response(twiml, media_type="text/xml")


def _text(said: str) -> str:
    """What both engines can keep: no NUL, no byte that is not UTF-8."""
    return said.encode(errors="surrogateescape").decode(errors="replace").replace("\x00", "\ufffd")


def _address(request: Request, public_url: str) -> str:
    """The address as the carrier knows it: our public one, the path and the query as they came."""
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    query = request.scope["query_string"]
    return public_url + (path + (b"?" + query if query else b"")).decode("latin-1")
