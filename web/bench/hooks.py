"""The carrier's webhooks, 32 at a time: texts, first steps of calls, words about our messages.

Each is signed, kept on the disk and answered, while the clockwork works what was kept before. Texts come
last: they leave work behind.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from web.bench import asking, matters
from web.bench.load import Errand
from web.bench.measures import Measure, percentile
from web.bench.places import Place, serving
from web.doors.twilio import signature

AT_ONCE = 32
LONGEST = 0.100  # seconds, p99
MOST_PER_SECOND = 2_000  # so many requests are written beforehand for each second
ACCOUNT, TOKEN, LINE = "AC" + "0" * 32, "a token for benches", "+85230010001"
PUBLIC = "https://hub.example.org"
# nothing listens there: what the hub wants to say stays in its outbox
NOBODY = "http://127.0.0.1:9"
HOOKS = {
    "status": "a word about a message of ours",
    "voice": "the first step of a call",
    "sms": "a text message",
    "sms again": "a text message, while those before are worked",
}


def measure(place: Place, seconds: float) -> Iterator[Measure]:
    """One hub, each kind of webhook beside a no-op answer of the same hub."""
    with serving(
        place,
        HUB_TWILIO_ACCOUNT_SID=ACCOUNT,
        HUB_TWILIO_AUTH_TOKEN=TOKEN,
        HUB_TWILIO_FROM=LINE,
        HUB_TWILIO_API_URL=NOBODY,
        HUB_PUBLIC_URL=PUBLIC,
    ) as served:
        for turn, (hook, what) in enumerate(HOOKS.items()):
            first = turn * 1_000_000
            _ask(served.ports, hook, first + 500_000, seconds / 4)
            idle = asking.no_op(served, AT_ONCE, seconds / 4)
            times = _ask(served.ports, hook, first, seconds)
            yield Measure(
                "hooks",
                place.engine,
                what,
                percentile(times, 0.5) * 1_000,
                "ms",
                percentile(idle.times, 0.5) * 1_000,
                "a no-op answer",
                times,
                "p99 100 ms",
                percentile(times, 0.99) <= LONGEST,
                f"{AT_ONCE} at a time, {len(times) / seconds:,.0f}/s; "
                f"p99 of the no-op answer {percentile(idle.times, 0.99) * 1_000:.0f} ms",
            )


def _ask(ports: list[int], hook: str, first: int, seconds: float) -> list[float]:
    most = int(MOST_PER_SECOND * seconds) + AT_ONCE
    raw = [_request(hook.split()[0], first + n) for n in range(most)]
    return asking.ask(Errand(ports, AT_ONCE, seconds, raw=raw)).times


def _request(hook: str, turn: int) -> str:
    """The whole request of webhook number `turn`, as the carrier signs it."""
    path = f"/doors/twilio/{hook}"
    fields = _FIELDS[hook](turn) | {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}
    body = urlencode(fields)
    signed = signature.sign(TOKEN, PUBLIC + path, fields.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Twilio-Signature: {signed}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _text(turn: int) -> dict[str, str]:
    sid, (_, item, description, _) = f"SM{turn:032x}", matters.kind_of(turn)
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
        "From": _phone(turn),
        "To": LINE,
        "Body": f"{item}. {description}",
        "NumMedia": "0",
        "NumSegments": "1",
        "FromCity": "",
        "FromCountry": "HK",
        "ToCountry": "HK",
    }


def _call(turn: int) -> dict[str, str]:
    return {
        "CallSid": f"CA{turn:032x}",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": _phone(turn),
        "To": LINE,
        "Caller": _phone(turn),
        "Called": LINE,
        "CallerCountry": "HK",
    }


def _word(turn: int) -> dict[str, str]:
    sid = f"SM{turn:032x}"
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "From": LINE,
        "To": _phone(turn),
    }


def _phone(turn: int) -> str:
    return matters.resident(0, turn * 7_919 % matters.ROOMS)[1]


_FIELDS = {"sms": _text, "voice": _call, "status": _word}
