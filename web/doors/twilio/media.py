"""Fetching what came with a message or a call: with bounds, and never from inside our own network.

An address is resolved first and only then connected to, at the very address that was looked at, so a name
cannot point inward on its second look-up. Redirects are followed by hand, each looked at anew.
Source: domain.md §6 (media must be fetched, checked, stored); OWASP, server-side request forgery.
"""

import http.client
import socket
import ssl
import time
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from hub import attachments
from hub.errors import BadInput, HubError
from hub.outside import Resolve, addresses, is_outside
from hub.settings import Settings
from web.words import N_

MOST_REDIRECTS = 5
SECONDS = 20  # of silence
IN_ALL = 120
PIECE = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
TEMPORARY = (408, 425, 429, 500, 502, 503, 504)
# a picture is there some moments after its message, and gone some time after we deleted it
NOT_YET = (404,)


class NoFile(HubError):
    """This file is not kept, and never will be; the message says why."""


class NotYet(Exception):
    """It did not work this time; another time it may."""


@dataclass(frozen=True)
class File:
    """A file as it was fetched; what it is was told from its content."""

    content: bytes
    media_type: str
    name: str


def fetch(url: str, settings: Settings, resolve: Resolve | None = None) -> File:
    """The file at this address. Raises NoFile for what is refused, NotYet for what may work later."""
    here = url
    for _ in range(MOST_REDIRECTS + 1):
        status, content, onward = _ask(here, settings, resolve or addresses)
        if status in REDIRECTS and onward:
            here = urljoin(here, onward)
            continue
        if status in TEMPORARY or status in NOT_YET:
            raise NotYet(f"answered {status}")
        if status != 200:
            raise NoFile(N_("the sender's carrier answered %(status)s"), status=status)
        return File(content, _media_type(content), _name(here))
    raise NoFile(N_("the address leads in circles"))


def _ask(url: str, settings: Settings, resolve: Resolve) -> tuple[int, bytes, str]:
    """One request to one address that was looked at: status, content, where it leads on."""
    parts = _parsed(url)
    host = parts.hostname or ""
    is_carrier = _same_host(parts, urlsplit(settings.twilio_api_url))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _outward(host, port, resolve, is_carrier)
    headers = {"host": parts.netloc.rpartition("@")[2], "accept": "*/*", "user-agent": "service-centre-hub"}
    if is_carrier:
        headers["authorization"] = _credentials(settings)
    connection = _connection(parts.scheme, host, address, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return (
            answer.status,
            _read(answer) if answer.status == 200 else b"",
            answer.headers.get("location", ""),
        )
    except (http.client.InvalidURL, ValueError):
        raise NoFile(N_("the address cannot be read")) from None
    except (OSError, http.client.HTTPException) as failed:
        raise NotYet(type(failed).__name__) from failed
    finally:
        connection.close()


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        readable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        readable = readable and url.isascii()  # the carrier's are; another may mean what it does not show
    except ValueError:
        readable = False
    if not readable:
        raise NoFile(N_("the address cannot be read"))
    return parts


def _same_host(one: SplitResult, other: SplitResult) -> bool:
    return (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)


def _outward(host: str, port: int, resolve: Resolve, is_carrier: bool) -> str:
    """The address behind a name, if every address behind it lies outside; the carrier's is as configured."""
    try:
        found = resolve(host, port)
    except OSError as failed:
        raise NotYet(type(failed).__name__) from failed
    if not found:
        raise NotYet("no address")
    if not is_carrier and not all(is_outside(one) for one in found):
        raise NoFile(N_("the address points inside our own network"))
    return found[0]


def _connection(scheme: str, host: str, address: str, port: int) -> http.client.HTTPConnection:
    """A connection to that very address; the certificate is still asked for the name."""
    if scheme == "http":
        return http.client.HTTPConnection(address, port, timeout=SECONDS)
    return _NamedHTTPS(host, address, port)


class _NamedHTTPS(http.client.HTTPSConnection):
    def __init__(self, name: str, address: str, port: int) -> None:
        self._name, self._trust = name, ssl.create_default_context()
        super().__init__(address, port, timeout=SECONDS)

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self._name)


def _credentials(settings: Settings) -> str:
    """Our account's name and token, for the carrier's own host alone."""
    pair = f"{settings.twilio_account_sid}:{settings.twilio_auth_token.get_secret_value()}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The content, as long as it is not larger than what is kept. What is announced too large is not read."""
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > attachments.LARGEST:
        raise _too_large()
    content, until = bytearray(), time.monotonic() + IN_ALL
    while piece := answer.read1(PIECE):
        content += piece
        if time.monotonic() > until:
            raise NoFile(N_("the file comes too slowly"))
        if len(content) > attachments.LARGEST:
            raise _too_large()
    return bytes(content)


def _too_large() -> NoFile:
    return NoFile("the file is larger than %(mb)s MB", mb=attachments.LARGEST // 2**20)


def _media_type(content: bytes) -> str:
    try:
        return attachments.media_type(content)
    except BadInput as refused:
        reason = refused.fields["file"]
        raise NoFile(reason.message, **reason.params) from None


def _name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2][:100]
