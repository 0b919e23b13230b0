"""What the carrier keeps: messages, media, calls and recordings, each with its sid."""

import io
import math
import secrets
import struct
import wave
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hub import clock

# What a call ends as.
CALL_ENDS = ("completed", "busy", "no-answer", "failed", "canceled")


def sid(kind: str) -> str:
    """A new identifier as Twilio makes them: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


@dataclass
class Media:
    """A picture or sound that belongs to a message."""

    content: bytes
    content_type: str
    sid: str = field(default_factory=lambda: sid("ME"))
    created_at: datetime = field(default_factory=clock.now)


@dataclass
class Message:
    """One SMS or MMS, in either direction."""

    from_: str
    to: str
    body: str
    direction: Literal["inbound", "outbound-api"]
    stage: str
    media: list[Media] = field(default_factory=list)
    callback: str = ""
    error: int | None = None
    sid: str = field(default_factory=lambda: sid("SM"))
    created_at: datetime = field(default_factory=clock.now)
    history: list[str] = field(default_factory=list)

    @property
    def parts(self) -> int:
        """How many parts it takes on the air: 160/153 in plain letters, 70/67 with any other."""
        plain = all(ord(c) < 128 for c in self.body)
        one, more = (160, 153) if plain else (70, 67)
        return 1 if len(self.body) <= one else math.ceil(len(self.body) / more)


@dataclass
class Recording:
    """What was said after the tone."""

    call_sid: str
    words: str
    seconds: int
    audio: bytes
    sid: str = field(default_factory=lambda: sid("RE"))
    created_at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class Heard:
    """One thing the person on the telephone heard: `how` is say, play, tone, ringing or queue."""

    how: str
    what: str
    language: str = ""


@dataclass
class Call:
    """One call, in either direction, from the person's side of the line."""

    from_: str
    to: str
    direction: Literal["inbound", "outbound-api"]
    stage: str = "queued"
    callback: str = ""
    callback_events: tuple[str, ...] = ("completed",)
    heard: list[Heard] = field(default_factory=list)
    sid: str = field(default_factory=lambda: sid("CA"))
    created_at: datetime = field(default_factory=clock.now)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    error: int | None = None

    @property
    def person(self) -> str:
        """The number of the person, whichever way the call goes."""
        return self.from_ if self.direction == "inbound" else self.to

    @property
    def is_over(self) -> bool:
        return self.stage in CALL_ENDS

    @property
    def seconds(self) -> int:
        """How long they have spoken, or spoke."""
        if self.answered_at is None:
            return 0
        return max(0, int(((self.ended_at or clock.now()) - self.answered_at).total_seconds()))


def tone(seconds: float = 0.3) -> bytes:
    """A real WAV of a hum, for recordings whose words are only pretended."""
    rate = 8000
    samples = (int(8000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds)))
    kept = io.BytesIO()
    with wave.open(kept, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return kept.getvalue()
