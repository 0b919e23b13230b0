"""Twilio's own client, pointed at the address the settings name; what its refusals mean to the outbox."""

from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

PUBLIC_API = "https://api.twilio.com"
SECONDS = 10.0  # a request that takes longer is in doubt

__all__ = ["Client", "RequestException", "TwilioRestException", "client"]


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
