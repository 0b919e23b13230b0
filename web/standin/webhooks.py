"""How the carrier calls the hub: form posts, signed as Twilio signs them, from threads of its own."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

import httpx2
import structlog
from twilio.request_validator import RequestValidator

SECONDS = 15.0  # Twilio waits no longer for an answer (error 11205)
THREADS = 8

log = structlog.get_logger("web.standin")


@dataclass(frozen=True)
class Reply:
    """What the hub answered: status 0 when nothing came."""

    status: int
    text: str = ""
    content_type: str = ""

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300


# (address, fields, headers) -> reply; the seam where a test puts the hub itself instead of a socket
Post = Callable[[str, Mapping[str, str], Mapping[str, str]], Reply]


class Line:
    """The carrier's line to the hub. `reach` is dialled in place of a public address behind a proxy."""

    def __init__(self, auth_token: str, post: Post | None = None, reach: str = "") -> None:
        self._validator = RequestValidator(auth_token)
        self._client = httpx2.Client(timeout=SECONDS, trust_env=False)
        self._post = post or self._over_http
        self._reach = reach
        self._hands = ThreadPoolExecutor(THREADS, thread_name_prefix="carrier")
        self._idle = threading.Condition()
        self._waiting = 0
        self.log: list[tuple[str, dict[str, str], int]] = []

    def call(self, address: str, fields: Mapping[str, str]) -> Reply:
        """Post the fields, signed over the address as Twilio sees it; never raises."""
        address = urldefrag(address)[0]
        signature = self._validator.compute_signature(address, dict(fields))
        try:
            reply = self._post(address, fields, {"X-Twilio-Signature": signature})
        except httpx2.HTTPError as failed:
            log.info("webhook", failed=type(failed).__name__)
            reply = Reply(0)
        self.log.append((address, dict(fields), reply.status))
        return reply

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have the work done on a thread of the carrier's own, after so many seconds."""
        with self._idle:
            self._waiting += 1
        if seconds <= 0:
            self._hands.submit(self._done, work)
            return
        timer = threading.Timer(seconds, self._hands.submit, (self._done, work))
        timer.daemon = True
        timer.start()

    def settle(self, seconds: float = 30) -> bool:
        """Wait until nothing is on its way any more. Whether that came in time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._waiting == 0, seconds)

    def close(self) -> None:
        self._hands.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _done(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:
            log.exception("carrier")
        finally:
            with self._idle:
                self._waiting -= 1
                self._idle.notify_all()

    def _over_http(self, address: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        answer = self._client.post(self._dialled(address), data=dict(fields), headers=dict(headers))
        return Reply(answer.status_code, answer.text, answer.headers.get("content-type", ""))

    def _dialled(self, address: str) -> str:
        if not self._reach:
            return address
        parts, reach = urlsplit(address), urlsplit(self._reach)
        return urlunsplit((reach.scheme, reach.netloc, parts.path, parts.query, ""))


def joined(base: str, address: str) -> str:
    """An address in TwiML, which may be relative to the document it stands in."""
    return urljoin(base, address.strip()) if address.strip() else base
