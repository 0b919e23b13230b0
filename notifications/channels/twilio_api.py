"""Twilio's own client, pointed at the address the settings name; what its refusals mean to the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from requests.exceptions import ConnectionError as NotReached
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from notifications.channels import carrier_errors
from notifications.channels.contract import InDoubt, Permanent, Temporary

PUBLIC_API = "https://api.twilio.com"
SECONDS = 10.0  # a request that takes longer is in doubt
DOWN_SECONDS = 5.0
T = TypeVar("T")


@dataclass(frozen=True)
class Account:
    """Our account with the carrier, the number we send from, and where its webhooks find us."""

    sid: str
    token: str
    number: str
    public_url: str
    api_url: str = PUBLIC_API
    per_second: float = 10.0

    def client(self, seconds: float = SECONDS) -> Client:
        return client(self.sid, self.token, self.api_url, seconds)


class _Rerouted(TwilioHttpClient):  # type: ignore[misc]
    """The client's HTTP, dialling another address than Twilio's public one; no second try of its own."""

    def __init__(self, api_url: str, seconds: float) -> None:
        super().__init__(timeout=seconds, max_retries=None)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, url.replace(PUBLIC_API, self._api_url, 1), *args, **more)


def client(account_sid: str, auth_token: str, api_url: str = "", seconds: float = SECONDS) -> Client:
    """A client of this account. `api_url` names a stand-in; empty means Twilio itself."""
    return Client(account_sid, auth_token, http_client=_Rerouted(api_url or PUBLIC_API, seconds))


def asked(ask: Callable[[], T]) -> T:
    """The answer of the carrier; its refusals as Permanent, Temporary or InDoubt."""
    try:
        return ask()
    except TwilioRestException as refused:
        raise _refusal(refused) from refused
    except ConnectTimeout as failed:
        raise Temporary("down", "the carrier cannot be reached", DOWN_SECONDS) from failed
    except NotReached as failed:
        if _never_left(failed):
            raise Temporary("down", "the carrier cannot be reached", DOWN_SECONDS) from failed
        raise InDoubt("broken", "the line to the carrier broke", DOWN_SECONDS) from failed
    except (RequestException, TwilioException) as failed:
        raise InDoubt("silent", "the carrier did not answer", DOWN_SECONDS) from failed


def _refusal(refused: TwilioRestException) -> Permanent | Temporary:
    if refused.status >= 500:
        return InDoubt(str(refused.code), "the carrier has a fault", DOWN_SECONDS)
    code = refused.code or refused.status
    if refused.status == 429:
        return carrier_errors.refusal(20429)
    if refused.status in (401, 403) and str(code) not in carrier_errors.table():
        return carrier_errors.refusal(20003)
    return carrier_errors.refusal(code)


def _never_left(failed: NotReached) -> bool:
    """Whether no connection came about at all, so that nothing can have been taken."""
    cause = failed.args[0] if failed.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
