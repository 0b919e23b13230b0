"""One call as the person lives it: it rings, they speak and press keys, they hang up.

Time does not pass by itself: `wait` is the silence after which the hub's next verb runs.
"""

from __future__ import annotations

from hub import clock
from web.standin.following import MOST_REDIRECTS, Following


class Talk(Following):
    """A call in the hand of a person, or of the manner of their telephone."""

    def ring(self) -> None:
        """The person's telephone rings: answered at once, by hand later, or not at all."""
        self._move("ringing")
        answers = self.carrier.manner(self.call.person).answers
        if answers == "at once":
            self.pick_up()
        elif answers != "by hand":
            self._end(answers)

    def pick_up(self) -> None:
        """Somebody answers: the hub's words begin."""
        with self._lock:
            self.waits_for = ""
            self.call.answered_at = clock.now()
            self._move("in-progress")
            if self._twiml:
                self._begin(self._twiml)
                self._run()
            else:
                self._follow(self._url, self._more)
            self._press_what_is_meant()

    # ---- what the person does

    def press(self, keys: str) -> Talk:
        """Press keys, one after another; those the hub does not wait for are lost, as on a real line."""
        with self._lock:
            for key in keys:
                self._press(key)
        return self

    def speak(self, words: str, seconds: int = 5, audio: bytes | None = None) -> Talk:
        """Say something: a recording after the tone, or speech where the hub listens for it."""
        with self._lock:
            if self.waits_for == "Record":
                self._recorded(words, seconds, audio, {"Digits": ""})
            elif self.waits_for == "Gather" and "speech" in self.attributes.get("input", "dtmf"):
                self._act({"SpeechResult": words, "Confidence": "0.9"})
        return self

    def wait(self) -> Talk:
        """Say nothing until the hub loses patience."""
        with self._lock:
            if self.waits_for == "Gather":
                asks = self.keys or self.attributes.get("actionOnEmptyResult") == "true"
                self._act({"Digits": self.keys}) if asks else self._go_on()
            elif self.waits_for == "Record":
                self._go_on()
            elif self.waits_for == "Dial":
                self.dialled("no-answer")
        return self

    def leave_queue(self, result: str = "bridged") -> Talk:
        """Somebody takes the waiting call, or the queue lets it go (QueueResult)."""
        with self._lock:
            if self.waits_for == "Enqueue":
                fields = {"QueueResult": result, "QueueTime": "9"}
                self._act(fields) if self.attributes.get("action") else self._go_on()
        return self

    def hang_up(self, words: str = "", seconds: int = 3) -> Talk:
        """The person hangs up; words spoken after the tone until then are kept, as Twilio does."""
        with self._lock:
            if self.call.is_over:
                return self
            waited, at = self.waits_for, self._at
            if self.call.answered_at is None:
                self._end("canceled" if self.call.direction == "inbound" else "no-answer")
                return self
            self._end("completed")
            self._at = at
            if waited == "Record" and words:
                self._recorded(words, seconds, None, {"Digits": "hangup"}, goes_on=False)
            elif waited == "Enqueue" and self.attributes.get("action"):
                self._act({"QueueResult": "hangup", "QueueTime": "9"}, goes_on=False)
        return self

    def _press_what_is_meant(self) -> None:
        """An automatic person: presses what its manner says, then keeps silent to the end."""
        if self.call.direction == "inbound":
            return
        manner = self.carrier.manner(self.call.person)
        if manner.answers != "at once":
            return
        for _ in range(MOST_REDIRECTS):
            if self.call.is_over or not self.waits_for:
                return
            if self.waits_for == "Gather" and manner.keys:
                self.press(manner.keys.pop(0))
            else:
                self.wait() if self.waits_for != "Enqueue" else self.hang_up()

    def _press(self, key: str) -> None:
        if self.waits_for == "Record" and key in self.attributes.get("finishOnKey", "1234567890*#"):
            self._recorded("", 1, None, {"Digits": key})
            return
        if self.waits_for != "Gather" or "dtmf" not in self.attributes.get("input", "dtmf"):
            return
        if key == self.attributes.get("finishOnKey", "#"):
            self._act({"Digits": self.keys, "FinishedOnKey": key})
            return
        self.keys += key
        if len(self.keys) == int(self.attributes.get("numDigits", 0)):
            self._act({"Digits": self.keys})
