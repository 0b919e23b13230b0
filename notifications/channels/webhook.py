"""Signed webhooks to the company's other systems: JSON, with an HMAC over the time and the body.

X-Hub-Signature is `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of "<seconds>.<body>" under the endpoint's secret.
The same event keeps its X-Hub-Delivery on every try, so that the listener can drop a double.
"""

import hashlib
import hmac
import json
from collections.abc import Collection

from hub import clock
from hub.outside import Resolve
from notifications.channels.contract import Letter, Permanent, Receipt, Temporary
from notifications.channels.outward import Outward


class Webhook:
    """POSTs to any number of listeners; one that is down keeps no other waiting.

    `allowed` names the hosts of one's own network that may listen too.
    """

    name = "webhook"
    hands = 4
    per_second = 50.0

    def __init__(self, allowed: Collection[str] = (), resolve: Resolve | None = None) -> None:
        self._outward = Outward("the listener", allowed, resolve)

    def send(self, letter: Letter) -> Receipt:
        body = json.dumps(dict(letter.data), ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "content-type": "application/json",
            "x-hub-delivery": str(letter.id),
            "x-hub-signature": signature(letter.secret, int(clock.now().timestamp()), body),
        }
        answer = self._outward.post(letter.address, body, headers)
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
