"""Text messages by Twilio. Its API has no idempotency key: what is in doubt is looked for in its list."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from notifications import segments
from notifications.channels.contract import Letter, Receipt
from notifications.channels.twilio_api import Account, asked

PAGE = 100
SKEW = timedelta(minutes=5)  # the carrier's clock may lie behind ours by so much


class Sms:
    """Texts from our number, with a callback that names the delivery."""

    name = "sms"
    hands = 8

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client = account.client()
        self.per_second = account.per_second

    def send(self, letter: Letter) -> Receipt:
        callback = f"{self._account.public_url}/doors/twilio/status?{urlencode({'delivery': letter.id})}"
        row = asked(
            lambda: self._client.messages.create(
                to=letter.address, from_=self._account.number, body=letter.body, status_callback=callback
            )
        )
        return Receipt(row.sid, parts=segments.parts(letter.body), made_at=row.date_created)

    def find(self, letter: Letter) -> list[Receipt]:
        """The list is read page by page, from the newest back to before this letter was first handed over."""
        parts = segments.parts(letter.body)
        return [
            Receipt(row.sid, parts=parts, made_at=row.date_created)
            for row in asked(lambda: self._since(letter.address, letter.since - SKEW))
            if row.body == letter.body and row.direction != "inbound"
        ]

    def _since(self, number: str, earliest: datetime) -> list[Any]:
        rows = self._client.messages.stream(to=number, from_=self._account.number, page_size=PAGE)
        return list(takewhile(lambda row: row.date_created is None or row.date_created >= earliest, rows))
