"""The carrier of the demo office: without a real one, messages go to pretend telephones on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from hub.settings import Settings
from web.standin import server
from web.standin.carrier import Carrier


@contextmanager
def standing_in(config: Settings, address: str, is_demo: bool) -> Iterator[tuple[Settings, Carrier | None]]:
    """The settings that point the hub at a carrier of its own, while it runs.

    Unchanged, and no carrier, for an office that is no demo or that names a real account. `address` is where
    the hub listens, whatever its public address is.
    """
    if not is_demo or config.twilio_account_sid:
        yield config, None
        return
    carrier = Carrier(config.public_url, reach=address)
    with server.serving(carrier) as api:
        yield (
            config.model_copy(
                update={
                    "twilio_account_sid": carrier.account_sid,
                    "twilio_auth_token": SecretStr(carrier.auth_token),
                    "twilio_from": carrier.numbers[0],
                    "twilio_api_url": api,
                }
            ),
            carrier,
        )
    carrier.close()
