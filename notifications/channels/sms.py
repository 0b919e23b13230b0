"""Text messages by Twilio. Its API has no idempotency key: what is in doubt is looked for in its list."""

from urllib.parse import urlencode

from notifications import segments
from notifications.channels.contract import Letter, Receipt
from notifications.channels.twilio_api import Account, asked

LISTED = 100  # of the newest to one number; more cannot have been sent within the doubt


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
        rows = asked(
            lambda: self._client.messages.list(
                to=letter.address, from_=self._account.number, limit=LISTED, page_size=LISTED
            )
        )
        parts = segments.parts(letter.body)
        return [
            Receipt(row.sid, parts=parts, made_at=row.date_created)
            for row in rows
            if row.body == letter.body and row.direction != "inbound"
        ]
