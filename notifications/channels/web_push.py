"""Web push: the message, closed for one browser, goes to that browser's push service.

Source: RFC 8030 (push), RFC 8188 and 8291 (aes128gcm), RFC 8292 (VAPID).
"""

import base64
import json
import os
import struct
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub import clock
from hub.outside import Resolve
from notifications.channels.contract import Letter, Permanent, Receipt, Temporary
from notifications.channels.outward import Outward

RECORD = 4096
LIFE_SECONDS = 12 * 3600  # of a token (at most 24 h), and of a message that waits for its browser
CURVE = ec.SECP256R1()
GONE = (404, 410)


class WebPush:
    """To every browser of a person; it has arrived when one push service has taken it."""

    name = "push"
    hands = 4
    per_second = 50.0

    def __init__(
        self,
        secret: str,
        contact: str,
        allowed: Collection[str] = (),
        resolve: Resolve | None = None,
    ) -> None:
        self._key = key_of(secret)
        self._contact = contact
        self._outward = Outward("the push service", allowed, resolve)

    @property
    def public_key(self) -> str:
        """What a browser is given when it subscribes (applicationServerKey)."""
        return b64(_point(self._key.public_key()))

    def send(self, letter: Letter) -> Receipt:
        refusals: list[Permanent | Temporary] = []
        for browser in letter.browsers:
            try:
                self._to(browser, letter)
            except (Permanent, Temporary) as refused:
                refusals.append(refused)
        gone = tuple(name for one in refusals if isinstance(one, Permanent) for name in one.gone)
        if len(refusals) < len(letter.browsers):
            return Receipt("", "delivered", gone=gone)
        later = next((one for one in refusals if isinstance(one, Temporary)), None)
        if later is not None:
            raise later
        first = refusals[0] if refusals else Permanent("none", "no browser listens any more")
        raise Permanent(first.code, str(first), gone=gone)

    def find(self, letter: Letter) -> list[Receipt]:
        return []

    def _to(self, browser: Mapping[str, str], letter: Letter) -> None:
        said = json.dumps({"title": letter.subject, "body": letter.body, **letter.data}, ensure_ascii=False)
        try:
            body = closed(said.encode(), unb64(browser["p256dh"]), unb64(browser["auth"]))
        except (ValueError, InvalidKey) as failed:
            raise Permanent("key", "the browser's key is not valid") from failed
        headers = {
            "content-encoding": "aes128gcm",
            "ttl": str(LIFE_SECONDS),
            "urgency": "high" if letter.is_urgent else "normal",
            "topic": f"d{letter.id}",  # a second try replaces the first where the browser was away
            "authorization": f"vapid t={self._token(browser['endpoint'])}, k={self.public_key}",
        }
        answer = self._outward.post(browser["endpoint"], body, headers)
        if answer.is_success:
            return
        if answer.status_code in GONE:
            gone = (browser["endpoint"],)
            raise Permanent(str(answer.status_code), "the browser listens no more", gone=gone)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Temporary(str(answer.status_code), "the push service asks us to come later")
        raise Permanent(str(answer.status_code), "the push service refused it")

    def _token(self, endpoint: str) -> str:
        """Who we are, for this push service only (RFC 8292 §2)."""
        parts = urlsplit(endpoint)
        expires = int(clock.now().timestamp()) + LIFE_SECONDS
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": self._contact}
        said = ".".join(b64(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self._key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{said}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    """The hub's own key, made from HUB_SECRET_KEY: the same for the same secret, so it needs no keeping."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    made = HKDF(hashes.SHA256(), 48, salt=None, info=b"hub web push key").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(made, "big") % (order - 1) + 1, CURVE)


def closed(
    said: bytes,
    browser_key: bytes,
    auth: bytes,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The message that only this browser can open (RFC 8291 §3.4). `ours` and `salt` are made anew each time.

    Raises ValueError for a key that is no point of the curve, and for a message that fills no one record.
    """
    if len(said) > RECORD - 17 - 86:
        raise ValueError("too long for one push message")
    ours, salt = ours or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser_key)
    public = _point(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    mixed = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\0" + browser_key + public).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(mixed)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(mixed)
    sealed = AESGCM(key).encrypt(nonce, said + b"\x02", None)
    return salt + struct.pack("!IB", RECORD, len(public)) + public + sealed


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
