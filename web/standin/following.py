"""Following the hub's TwiML verb by verb, to where it waits for a key, a word or another telephone.

Source: Twilio's TwiML reference; domain.md §6 (IVR verbs).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self
from xml.etree import ElementTree

from hub import clock
from web.standin.records import Call, Heard, Recording, tone
from web.standin.webhooks import joined

if TYPE_CHECKING:
    from web.standin.carrier import Carrier

MOST_REDIRECTS = 50
APOLOGY = "An application error has occurred. Goodbye."
WAITING = ("Gather", "Record", "Dial", "Enqueue")


class Following:
    """The hub's side of a call.

    `waits_for` is "", Gather, Record, Dial or Enqueue; or Answer while it rings.
    """

    def __init__(self, carrier: Carrier, call: Call) -> None:
        self.carrier, self.call = carrier, call
        self.waits_for = "Answer"
        self.keys = ""
        self._url, self._more = "", dict[str, str]()
        self._twiml, self._method = "", "POST"
        self._verbs: list[ElementTree.Element] = []
        self._at: ElementTree.Element | None = None
        self._redirects = 0
        self._lock = threading.RLock()

    @property
    def heard(self) -> list[str]:
        """What was said or played so far, in words."""
        return [one.what for one in self.call.heard]

    @property
    def attributes(self) -> dict[str, str]:
        """Of the verb that waits, as the hub wrote them."""
        return dict(self._at.attrib) if self._at is not None else {}

    def prepare(
        self, url: str, twiml: str = "", method: str = "POST", more: dict[str, str] | None = None
    ) -> None:
        """Say what the call will follow once it is answered."""
        self._url, self._twiml, self._method, self._more = url, twiml, method, more or {}

    def dialled(self, status: str = "completed") -> Self:
        """The other telephone, whom the hub dials, answers and ends; or is busy, no-answer, failed."""
        with self._lock:
            if self.waits_for == "Dial":
                fields = {
                    "DialCallStatus": status,
                    "DialCallDuration": "20" if status == "completed" else "0",
                }
                self._act(fields) if self.attributes.get("action") else self._go_on()
        return self

    # ---- following the hub's words

    def _follow(self, url: str, more: dict[str, str]) -> None:
        self._redirects += 1
        reply = self.carrier.line.call(url, self._fields() | more)
        self._url = url
        if not reply.is_well or self._redirects > MOST_REDIRECTS:
            self._broken(11200)
            return
        self._begin(reply.text)
        self._run()

    def _begin(self, twiml: str) -> None:
        try:
            document = ElementTree.fromstring(twiml)
        except ElementTree.ParseError:
            self._broken(12100)
            return
        if document.tag != "Response":
            self._broken(12200)
            return
        self._verbs = list(document)

    def _run(self) -> None:
        self.waits_for, self._at = "", None
        while not self.call.is_over:
            if not self._verbs:
                self._end("completed")
                return
            verb = self._verbs.pop(0)
            if verb.tag in WAITING:
                self._stand(verb)
                return
            if not self._play(verb):
                return

    def _play(self, verb: ElementTree.Element) -> bool:
        """Run a verb that does not wait. False when the rest of the document is not for now."""
        text = "".join(verb.itertext()).strip()
        if verb.tag == "Say":
            self.call.heard.append(Heard("say", text, verb.get("language", "")))
        elif verb.tag == "Play":
            self.call.heard.append(Heard("play", text or verb.get("digits", "")))
        elif verb.tag == "Redirect":
            self._follow(joined(self._url, text), {})
            return False
        elif verb.tag in ("Hangup", "Reject"):
            self._end("completed" if verb.tag == "Hangup" else "busy")
        elif verb.tag != "Pause":
            self._broken(12200)
        return True

    def _stand(self, verb: ElementTree.Element) -> None:
        """A verb that waits: its own words first, then a key, a word or a hand."""
        self._at, self.keys, self.waits_for = verb, "", verb.tag
        if verb.tag == "Gather":
            for child in verb:
                self._play(child)
        elif verb.tag == "Record" and verb.get("playBeep", "true") == "true":
            self.call.heard.append(Heard("tone", ""))
        elif verb.tag == "Enqueue":
            self.call.heard.append(Heard("queue", "".join(verb.itertext()).strip()))
        elif verb.tag == "Dial":
            self._dial("".join(verb.itertext()).strip())

    def _dial(self, number: str) -> None:
        self.call.heard.append(Heard("ringing", number))
        answers = self.carrier.manner(number).answers
        if answers != "by hand":
            self.dialled("completed" if answers == "at once" else answers)

    def _recorded(
        self, words: str, seconds: int, audio: bytes | None, more: dict[str, str], goes_on: bool = True
    ) -> None:
        kept = Recording(self.call.sid, words, seconds, audio or tone())
        self.carrier.recordings[kept.sid] = kept
        url = f"{self.carrier.address}/2010-04-01/Accounts/{self.carrier.account_sid}/Recordings/{kept.sid}"
        fields = {"RecordingSid": kept.sid, "RecordingUrl": url, "RecordingDuration": str(seconds)}
        told = self.attributes.get("recordingStatusCallback", "")
        if told:
            status = fields | {"RecordingStatus": "completed", "RecordingSource": "RecordVerb"}
            address = joined(self._url, told)
            self.carrier.line.later(0, lambda: self.carrier.line.call(address, self._fields() | status))
        self._act(fields | more, goes_on)

    def _act(self, more: dict[str, str], goes_on: bool = True) -> None:
        """Request the verb's action: where none is named, the same address again."""
        url = joined(self._url, self.attributes.get("action", ""))
        if goes_on:
            self._follow(url, more)
        else:
            self.carrier.line.call(url, self._fields() | more)

    def _go_on(self) -> None:
        self._run()

    # ---- the ends

    def _broken(self, code: int) -> None:
        self.call.error = code
        self.call.heard.append(Heard("say", APOLOGY))
        self._end("completed")

    def _end(self, status: str) -> None:
        if self.call.is_over:
            return
        self.call.ended_at = clock.now()
        self._verbs, self.waits_for, self._at = [], "", None
        self._move(status)

    def _move(self, status: str) -> None:
        self.call.stage = status
        event = {"in-progress": "answered", "ringing": "ringing"}.get(status, "completed")
        if not self.call.callback or event not in self.call.callback_events:
            return
        fields = self._fields() | {
            "CallDuration": str(self.call.seconds),
            "CallbackSource": "call-progress-events",
        }
        carrier = self.carrier
        if carrier.weather.callbacks_lost:
            return
        for _ in range(carrier.weather.copies):
            carrier.line.later(0, lambda: carrier.line.call(self.call.callback, fields))

    def _fields(self) -> dict[str, str]:
        call = self.call
        return {
            "CallSid": call.sid,
            "AccountSid": self.carrier.account_sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": call.stage,
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }
