"""Whether a request was signed by the carrier: X-Twilio-Signature. Pure; a bad one is False, never an error.

The signature covers the address as the carrier called it, so it is taken from HUB_PUBLIC_URL: behind a proxy
the address a request arrives under is another one.
Source: domain.md §6 (signature); the vectors of Twilio's own libraries.
"""

import hmac
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha1, sha256
from urllib.parse import parse_qs, urlsplit, urlunsplit

PORTS = {"https": 443, "http": 80}

Fields = Iterable[tuple[str, str]]


def is_signed(token: str, url: str, fields: Fields, signature: str) -> bool:
    """Whether this form was sent to this address by who knows the token. `fields` in any order."""
    said = "".join(_told(fields))
    return bool(token and signature) and any(
        _same(_sign(token, address + said), signature) for address in _spellings(url)
    )


def is_signed_body(token: str, url: str, body: bytes, signature: str) -> bool:
    """The same for a body that is no form: its hash stands in the address."""
    try:
        claimed = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    except ValueError:
        return False
    return _same(sha256(body).hexdigest(), claimed.lower()) and is_signed(token, url, (), signature)


def sign(token: str, url: str, fields: Fields = ()) -> str:
    """The signature of this form at this address."""
    return _sign(token, url + "".join(_told(fields)))


def _told(fields: Fields) -> Iterator[str]:
    """Names and values joined, by name; a value that stands twice under a name counts once."""
    values = defaultdict(set)
    for name, value in fields:
        values[name].add(value)
    for name in sorted(values):
        for value in sorted(values[name]):
            yield name + value


def _sign(token: str, text: str) -> str:
    mac = hmac.new(token.encode(errors="replace"), text.encode(errors="surrogateescape"), sha1)
    return b64encode(mac.digest()).decode()


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))


def _spellings(url: str) -> Iterator[str]:
    """The address as it is, and with its usual port said or left out: carriers have signed all three."""
    yield url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return
    host = parts.netloc.rpartition("@")[2]
    before = parts.netloc[: -len(host)] if host else ""
    if port is not None:
        yield urlunsplit(parts._replace(netloc=before + host.rpartition(":")[0]))
    elif parts.scheme in PORTS and host:
        yield urlunsplit(parts._replace(netloc=f"{before}{host}:{PORTS[parts.scheme]}"))
