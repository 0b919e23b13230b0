"""What a caller hears, as the carrier's XML: sentences in the caller's own speech, and what comes next."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from web.words import Locale, words_in

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
VOICE = "/doors/twilio/voice"
RECORDING = "/doors/twilio/recording"
LONGEST_MESSAGE = 180  # seconds
SILENCE = 5
SECONDS = 6  # to press a key


@dataclass(frozen=True)
class Speech:
    """A language as it is spoken: the carrier's name of it, and the locale its sentences are written in."""

    language: str
    locale: Locale


# the key that chooses a speech stands beside its name
SPEECHES = {"cmn": Speech("zh-CN", "zh-Hans"), "yue": Speech("zh-HK", "zh-Hant"), "en": Speech("en-GB", "en")}
KEYS = {"1": "cmn", "2": "yue", "3": "en"}
OF_LOCALE = {"zh-Hans": "cmn", "zh-Hant": "yue", "en": "en"}


class Script:
    """One answer to the carrier, written verb by verb from top to bottom."""

    def __init__(self, base: str, speech: str) -> None:
        self._base = base
        self.speech = speech if speech in SPEECHES else "en"
        self._root = Element("Response")

    def say(self, message: str, within: Element | None = None, **places: Any) -> "Script":
        """Say one message of the locale files in the caller's speech."""
        speech = SPEECHES[self.speech]
        said = SubElement(self._root if within is None else within, "Say", language=speech.language)
        said.text = words_in(speech.locale).gettext(message, **places)
        return self

    def ask(
        self, step: str, digits: int, *messages: str, attempt: int = 1, seconds: int = SECONDS
    ) -> "Script":
        """Say these and wait for keys; they go to `step`, and silence goes there too, once more.

        `digits` 0 takes any number of keys up to #.
        """
        extent = {"numDigits": str(digits)} if digits else {"finishOnKey": "#"}
        gather = self._gather(self.to(step, attempt=attempt), seconds, extent)
        for message in messages:
            self.say(message, gather)
        self.on_to(step, attempt=attempt, silent=1)
        return self

    def ask_language(self, messages: dict[str, str], attempt: int) -> "Script":
        """Ask in each speech for its own key."""
        gather = self._gather(self.to("language", attempt=attempt), SECONDS, {"numDigits": "1"})
        for speech, message in messages.items():
            said = SubElement(gather, "Say", language=SPEECHES[speech].language)
            said.text = words_in(SPEECHES[speech].locale).gettext(message)
        self.on_to("language", attempt=attempt, silent=1)
        return self

    def record(self, wanted: str) -> "Script":
        """Keep what is said after the tone; silence leads to the end."""
        SubElement(
            self._root,
            "Record",
            action=self.to("recorded", wanted=wanted),
            method="POST",
            maxLength=str(LONGEST_MESSAGE),
            timeout=str(SILENCE),
            finishOnKey="#",
            playBeep="true",
            recordingStatusCallback=self._base + RECORDING,
        )
        return self.on_to("silent", wanted=wanted)

    def dial(self, number: str, wanted: str, caller: str, is_recorded: bool) -> "Script":
        """Put the caller through; what became of it goes to the step `dialled`."""
        said = {"action": self.to("dialled", wanted=wanted), "method": "POST", "timeout": "25"}
        if caller:
            said["callerId"] = caller
        if is_recorded:
            said |= {"record": "record-from-answer", "recordingStatusCallback": self._base + RECORDING}
        dial = SubElement(self._root, "Dial", said)
        SubElement(dial, "Number").text = number
        return self

    def on_to(self, step: str, **more: Any) -> "Script":
        SubElement(self._root, "Redirect", method="POST").text = self.to(step, **more)
        return self

    def hang_up(self) -> "Script":
        SubElement(self._root, "Hangup")
        return self

    def to(self, step: str, **more: Any) -> str:
        """The address of a step, with what it has to know: the address is the only memory of a call."""
        return f"{self._base}{VOICE}/{step}?{urlencode({'speech': self.speech} | more)}"

    def _gather(self, action: str, seconds: int, extent: dict[str, str]) -> Element:
        said = {"input": "dtmf", "action": action, "method": "POST", "timeout": str(seconds)}
        return SubElement(self._root, "Gather", said | extent)

    def __str__(self) -> str:
        return HEAD + tostring(self._root, encoding="unicode")
