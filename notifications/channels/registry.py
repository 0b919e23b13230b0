"""Every channel, one line each: what it is made of, and what is missing where it cannot be made.

A provider for another country is one more file beside these, and one line here in place of Twilio's.
"""

from collections.abc import Callable

from hub.settings import Settings
from notifications.channels.contract import Channel
from notifications.channels.email import Email
from notifications.channels.sms import Sms
from notifications.channels.twilio_api import Account
from notifications.channels.voice import Voice
from notifications.channels.web_push import WebPush
from notifications.channels.webhook import Webhook
from notifications.speaking import Open

NO_CARRIER = "HUB_TWILIO_ACCOUNT_SID, HUB_TWILIO_AUTH_TOKEN, HUB_TWILIO_FROM"
NO_MAIL = "HUB_SMTP_URL, HUB_MAIL_FROM"
NO_KEY = "HUB_SECRET_KEY"


def _account(settings: Settings) -> Account | None:
    token = settings.twilio_auth_token.get_secret_value()
    if not (settings.twilio_account_sid and token and settings.twilio_from):
        return None
    return Account(
        settings.twilio_account_sid,
        token,
        settings.twilio_from,
        settings.public_url,
        settings.twilio_api_url,
        settings.twilio_per_second,
    )


def _sms(settings: Settings) -> Channel | None:
    account = _account(settings)
    return Sms(account) if account else None


def _voice(settings: Settings) -> Channel | None:
    account = _account(settings)
    return Voice(account) if account else None


def _email(settings: Settings) -> Channel | None:
    return Email(settings.smtp_url, settings.mail_from) if settings.smtp_url and settings.mail_from else None


def _push(settings: Settings) -> Channel | None:
    secret = settings.secret_key.get_secret_value()
    return WebPush(secret, settings.public_url, settings.inward) if secret else None


def _webhook(settings: Settings) -> Channel | None:
    return Webhook(settings.inward)


# name -> how it is made, and the settings it wants
CHANNELS: dict[str, tuple[Callable[[Settings], Channel | None], str]] = {
    "sms": (_sms, NO_CARRIER),
    "voice": (_voice, NO_CARRIER),
    "email": (_email, NO_MAIL),
    "push": (_push, NO_KEY),
    "webhook": (_webhook, ""),
}


def made(settings: Settings) -> list[Channel]:
    """The channels these settings open."""
    found = (make(settings) for make, _ in CHANNELS.values())
    return [channel for channel in found if channel is not None]


def ways(settings: Settings) -> Open:
    """Which channels are open; of the others, the settings they want."""
    names = frozenset(channel.name for channel in made(settings))
    return Open(names, {name: wants for name, (_, wants) in CHANNELS.items() if name not in names})


def push_key(settings: Settings) -> str:
    """What a browser is given when it subscribes; "" where web push is not set up."""
    secret = settings.secret_key.get_secret_value()
    return WebPush(secret, settings.public_url).public_key if secret else ""
