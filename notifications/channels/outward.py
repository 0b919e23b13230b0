"""Posts to addresses that others named: each looked at first, and called at the very address looked at.

No redirect is followed and no connection kept, so that nothing leads to where nobody looked.
"""

import ssl
from collections.abc import Collection, Mapping
from functools import cache
from urllib.parse import urlsplit

import httpx2

from hub import outside
from notifications.channels.contract import InDoubt, Permanent, Temporary

SECONDS = 10.0


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes longer than a letter, so they are read once."""
    return httpx2.create_ssl_context(trust_env=False)


class Outward:
    """A way out for what is signed or closed for `whom` (the listener, the push service)."""

    def __init__(
        self, whom: str, allowed: Collection[str] = (), resolve: outside.Resolve | None = None
    ) -> None:
        self._whom, self._allowed, self._resolve = whom, allowed, resolve
        self._client = httpx2.Client(
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(),
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """The answer. Raises Permanent for an address that leads inward or nowhere, Temporary, InDoubt."""
        try:
            address = outside.dialled(url, self._allowed, self._resolve)
            parts = urlsplit(url)
            there = httpx2.URL(url).copy_with(host=address)
            return self._client.post(
                there,
                content=content,
                headers={**headers, "host": parts.netloc.rpartition("@")[2]},
                extensions={"sni_hostname": parts.hostname},
            )
        except outside.Inward as refused:
            raise Permanent("inward", "the address points inside our own network") from refused
        except (httpx2.InvalidURL, outside.NoAddress, ValueError) as failed:
            raise Permanent("url", f"the address of {self._whom} is not valid") from failed
        except (httpx2.ConnectError, httpx2.ConnectTimeout, OSError) as failed:
            raise Temporary("down", f"{self._whom} cannot be reached") from failed
        except httpx2.HTTPError as failed:
            raise InDoubt("silent", f"{self._whom} did not answer") from failed
