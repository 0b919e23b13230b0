"""Voice calls by Twilio: the text is spoken twice, and one key says that it was heard, or takes the order."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from twilio.twiml.voice_response import VoiceResponse

from notifications import texts
from notifications.channels.contract import Letter, Receipt
from notifications.channels.twilio_api import Account, asked

# what Twilio's speaker calls our languages (domain.md §6: to be verified with a live account)
LANGUAGES = {"en": "en-GB", "zh-Hans": "zh-CN", "zh-Hant": "zh-HK"}
RING_SECONDS = 30
PAGE = 100
SKEW = timedelta(minutes=5)  # the carrier's clock may lie behind ours by so much
EVENTS = ["answered", "completed"]


class Voice:
    """Calls from our number."""

    name = "voice"
    hands = 4

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client = account.client()
        self.per_second = min(
            account.per_second, 1.0
        )  # Twilio begins one call a second unless asked for more

    def send(self, letter: Letter) -> Receipt:
        callback = f"{self._account.public_url}/doors/twilio/status?{urlencode({'delivery': letter.id})}"
        row = asked(
            lambda: self._client.calls.create(
                to=letter.address,
                from_=self._account.number,
                twiml=self.spoken(letter),
                timeout=RING_SECONDS,
                status_callback=callback,
                status_callback_event=EVENTS,
            )
        )
        return Receipt(row.sid, made_at=row.date_created)

    def find(self, letter: Letter) -> list[Receipt]:
        """A call in the list does not say what was spoken; that it was to this number at that time does.

        The list is read page by page, from the newest back to before this letter was first handed over; the
        call nearest to that moment stands first.
        """
        rows = asked(lambda: self._since(letter.address, letter.since - SKEW))
        rows.sort(key=lambda row: abs((row.date_created or letter.since) - letter.since))
        return [Receipt(row.sid, made_at=row.date_created) for row in rows]

    def _since(self, number: str, earliest: datetime) -> list[Any]:
        rows = self._client.calls.stream(to=number, from_=self._account.number, page_size=PAGE)
        return list(takewhile(lambda row: row.date_created is None or row.date_created >= earliest, rows))

    def spoken(self, letter: Letter) -> str:
        """The page that the call follows."""
        language = LANGUAGES.get(letter.locale, "en-GB")
        response = VoiceResponse()
        heard = f"{self._account.public_url}/doors/twilio/keyed?{urlencode({'delivery': letter.id})}"
        for _ in range(2):
            gather = response.gather(num_digits=1, timeout=5, action=heard, method="POST")
            gather.say(f"{texts.aloud(letter.body)} {letter.key_says}".strip(), language=language)
        return str(response)
