"""Mail to a real SMTP server, push that a browser can open, webhooks whose signature holds."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.deliveries import CHANNELS
from hub.settings import Settings
from notifications.channels import carrier_errors, registry, web_push
from notifications.channels.contract import InDoubt, Letter, Permanent, Temporary
from notifications.channels.email import Email
from notifications.channels.web_push import WebPush, b64, closed, unb64
from notifications.channels.webhook import Webhook

HERE = ("127.0.0.1",)
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def letter(**said: object) -> Letter:
    return Letter(
        **{
            "id": 7,
            "address": "rosa@example.org",
            "locale": "en",
            "body": "水管已修好",
            "since": NOON,
            "subject": "100000011:通知",
            **said,
        }
    )  # type: ignore[arg-type]


class Mailbox:
    """A mail server of a few lines: keeps what it takes, refuses whom it is told to."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.refusal = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.kept.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Email]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, Email(f"smtp://127.0.0.1:{port}", "Lotus Garden <centre@example.org>")
    controller.stop()


def test_a_mail_arrives_whole_and_says_that_a_machine_wrote_it(mailbox: tuple[Mailbox, Email]) -> None:
    box, email = mailbox
    receipt = email.send(letter(is_urgent=True))
    (kept,) = box.kept
    mail = message_from_bytes(kept.content or b"", policy=policy.default)  # type: ignore[arg-type]
    assert kept.rcpt_tos == ["rosa@example.org"] and mail["Subject"] == "100000011:通知"
    assert mail.get_body().get_content().strip() == "水管已修好"  # type: ignore[union-attr]
    assert mail["Message-ID"] == receipt.ref and mail["Auto-Submitted"] == "auto-generated"


def test_a_second_try_of_the_same_mail_has_the_same_id(mailbox: tuple[Mailbox, Email]) -> None:
    _, email = mailbox
    assert email.send(letter()).ref == email.send(letter()).ref != email.send(letter(id=8)).ref


@pytest.mark.parametrize(
    ("said", "refusal", "spoils"),
    [
        ("550 no such user", Permanent, ("email",)),
        ("552 too big", Permanent, ()),
        ("451 later please", Temporary, None),
    ],
)
def test_what_the_mail_server_says_is_understood(
    mailbox: tuple[Mailbox, Email], said: str, refusal: type[Exception], spoils: tuple[str, ...] | None
) -> None:
    box, email = mailbox
    box.refusal = said
    with pytest.raises(refusal) as refused:
        email.send(letter())
    assert not isinstance(refused.value, InDoubt) and getattr(refused.value, "spoils", None) == spoils


def test_a_mail_server_that_is_down_is_asked_again_later() -> None:
    with pytest.raises(Temporary) as refused:
        Email("smtp://127.0.0.1:9", "centre@example.org").send(letter())
    assert not isinstance(refused.value, InDoubt) and refused.value.rests > 0


class Listener:
    """An HTTP server that keeps what it is posted and answers as told."""

    def __init__(self) -> None:
        self.kept: list[tuple[dict[str, str], bytes]] = []
        self.answer = 201
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.kept.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(listener.answer)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_webhook_is_signed_over_its_time_and_body(listener: Listener) -> None:
    receipt = Webhook(HERE).send(
        letter(address=f"{listener.address}/hub", secret="s3cret", data={"kind": "closed"})
    )
    headers, body = listener.kept[0]
    seconds, mac = (part.split("=")[1] for part in headers["x-hub-signature"].split(","))
    expected = hmac.new(b"s3cret", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert mac == expected and json.loads(body) == {"kind": "closed"}
    assert headers["x-hub-delivery"] == "7" and receipt.state == "delivered"


@pytest.mark.parametrize(
    ("status", "refusal"), [(503, Temporary), (429, Temporary), (410, Permanent), (302, Permanent)]
)
def test_what_a_listener_answers_is_understood(
    listener: Listener, status: int, refusal: type[Exception]
) -> None:
    listener.answer = status
    with pytest.raises(refusal):
        Webhook(HERE).send(letter(address=listener.address, secret="s", data={}))


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    """RFC 8291 appendix A."""
    ours = ec.derive_private_key(
        int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = closed(
        b"When I grow up, I want to be a watermelon",
        unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        unb64("BTBZMqHH6r4Tts7J_aSIgg"),
        ours,
        unb64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_opens_what_was_pushed_and_the_service_knows_us(listener: Listener) -> None:
    browser = ec.generate_private_key(ec.SECP256R1())
    public = browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    auth = b"sixteen byte key"
    push = WebPush("a secret of this hub, long enough", "https://hub.example", HERE)
    keys = {"endpoint": f"{listener.address}/push", "p256dh": b64(public), "auth": b64(auth)}
    push.send(letter(browsers=(keys,), data={"number": "100000011"}))
    headers, body = listener.kept[0]
    assert json.loads(_opened(body, browser, public, auth))["body"] == "水管已修好"
    assert headers["content-encoding"] == "aes128gcm" and headers["ttl"]
    _is_ours(headers["authorization"], listener.address)


def _opened(body: bytes, browser: ec.EllipticCurvePrivateKey, public: bytes, auth: bytes) -> bytes:
    """What the browser does (RFC 8188 §2.2, RFC 8291 §3.4), from its own side."""
    salt, theirs, sealed = body[:16], body[21:86], body[86:]
    shared = browser.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    mixed = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\0" + public + theirs).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(mixed)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(mixed)
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x02")


def _is_ours(authorization: str, audience: str) -> None:
    token, key = (part.partition("=")[2] for part in authorization.removeprefix("vapid ").split(", "))
    head, claims, signature = token.split(".")
    raw = unb64(signature)
    ours = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    ours.verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        f"{head}.{claims}".encode(),
        ec.ECDSA(hashes.SHA256()),
    )
    assert json.loads(unb64(claims))["aud"] == audience


def test_a_browser_that_listens_no_more_is_left_alone(listener: Listener) -> None:
    listener.answer = 410
    push = WebPush("a secret of this hub, long enough", "https://hub.example", HERE)
    browser = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = browser.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"endpoint": listener.address, "p256dh": b64(public), "auth": b64(b"0" * 16)}
    with pytest.raises(Permanent) as refused:
        push.send(letter(browsers=(keys, keys | {"endpoint": f"{listener.address}/ü"})))
    assert refused.value.gone == (listener.address, f"{listener.address}/ü")
    listener.answer = 403
    with pytest.raises(Permanent) as refused:
        push.send(letter(browsers=(keys,)))
    assert refused.value.gone == (), "one that is refused may listen still"


def test_the_same_secret_makes_the_same_push_key() -> None:
    one, same, other = (web_push.key_of(said) for said in ("a" * 32, "a" * 32, "b" * 32))
    assert one.private_numbers() == same.private_numbers() != other.private_numbers()


def test_the_registry_knows_every_channel_and_what_it_wants() -> None:
    assert {*registry.CHANNELS, "screen"} == set(CHANNELS)
    ways = registry.ways(Settings(_env_file=None))  # type: ignore[call-arg]
    assert ways.channels == {"webhook"} and "HUB_SMTP_URL" in ways.why("email")


@pytest.mark.parametrize(
    ("code", "refusal", "spoils"),
    [
        (21610, Permanent, ("sms",)),
        (21614, Permanent, ("sms",)),
        (30006, Permanent, ("sms",)),
        (21408, Permanent, ()),
        (99999, Permanent, ()),
        (20429, Temporary, None),
        (20003, Temporary, None),
        (30008, Temporary, None),
    ],
)
def test_every_code_of_the_carrier_means_something(
    code: int, refusal: type[Exception], spoils: object
) -> None:
    made = carrier_errors.refusal(code)
    assert isinstance(made, refusal) and getattr(made, "spoils", None) == spoils


def test_the_table_of_codes_uses_known_words_only() -> None:
    assert {one.does for one in carrier_errors.table().values()} == {
        "mark",
        "next",
        "retry",
        "once",
        "slow",
        "rest",
    }
    assert all(set(one.spoils) <= {"sms", "voice"} for one in carrier_errors.table().values())
    assert all(bool(one.spoils) == (one.does == "mark") for one in carrier_errors.table().values())


def test_base64url_needs_no_padding() -> None:
    assert unb64(b64(b"\xfb\xff")) == b"\xfb\xff" == base64.urlsafe_b64decode("-_8=")
