"""Signed webhooks to the company's other systems: JSON, with an HMAC over the time and the body.

X-Hub-Signature is `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of "<seconds>.<body>" under the endpoint's secret.
The same event keeps its X-Hub-Delivery on every try, so that the listener can drop a double.
"""

import hashlib
import hmac
import json

import httpx2

from hub import clock
from notifications.channels.contract import InDoubt, Letter, Permanent, Receipt, Temporary

SECONDS = 10.0
DOWN_SECONDS = 0.0  # one listener that is down keeps no other waiting


class Webhook:
    """POSTs to any number of listeners; follows no redirect."""

    name = "webhook"
    hands = 4
    per_second = 50.0

    def __init__(self) -> None:
        self._client = httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)

    def send(self, letter: Letter) -> Receipt:
        body = json.dumps(dict(letter.data), ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "content-type": "application/json",
            "x-hub-delivery": str(letter.id),
            "x-hub-signature": signature(letter.secret, int(clock.now().timestamp()), body),
        }
        try:
            answer = self._client.post(letter.address, content=body, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as failed:
            raise Temporary("down", "the listener cannot be reached") from failed
        except httpx2.HTTPError as failed:
            raise InDoubt("silent", "the listener did not answer") from failed
        except (httpx2.InvalidURL, ValueError) as failed:
            raise Permanent("url", "the listener's address is not valid") from failed
        if answer.is_success:
            return Receipt("", "delivered")
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            raise Temporary(str(answer.status_code), "the listener asks us to come later")
        raise Permanent(str(answer.status_code), "the listener refused it")

    def find(self, letter: Letter) -> list[Receipt]:
        return []


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The value of X-Hub-Signature."""
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"
