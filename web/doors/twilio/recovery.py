"""Messages whose webhook failed: found in the carrier's own list and taken in like any other.

The carrier tells of a text message once; what we did not take then (we were down, the line broke) it never
tells again. So its list is read when the hub starts, and now and then.
Source: domain.md §6 (SMS webhook failure: nothing more; poll the log at start-up).
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import col, select

from hub import clock, inbound
from hub.database import Database, Tx
from hub.inbound import Inbound
from hub.settings import Settings
from notifications.channels.twilio_api import asked, client
from web.doors.twilio.sms import SMS

FARTHEST = timedelta(days=2)  # after a longer silence a person looks into it
OVERLAP = timedelta(minutes=10)
MOST = 1000


class Recovery:
    """Reads the list from the last reading that went through on; at the start, from FARTHEST back.

    Not from the last message we have: after an outage of the line a new one may come before the list is read.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._read_at: datetime | None = None

    def __call__(self) -> int:
        began = clock.now()
        since = self._read_at - OVERLAP if self._read_at else began - FARTHEST
        found = recover(self._database, self._settings, since)
        self._read_at = began
        return found


def recover(database: Database, settings: Settings, since: datetime) -> int:
    """Take in what the carrier has since then and we have not. Answers how many messages that were.

    Nothing without an account. Raises Temporary, InDoubt or Permanent when the carrier does not answer.
    """
    token = settings.twilio_auth_token.get_secret_value()
    if not (settings.twilio_account_sid and token and settings.twilio_from):
        return 0
    api = client(settings.twilio_account_sid, token, settings.twilio_api_url)
    rows = asked(
        lambda: api.messages.list(to=settings.twilio_from, date_sent_after=since, limit=MOST, page_size=100)
    )
    arrived = [row for row in reversed(rows) if row.direction == "inbound"]
    known = database.read(lambda tx: _known(tx, [_name(row) for row in arrived]))
    missed = [_said(row, settings) for row in arrived if _name(row) not in known]
    return sum(database.write(partial(_keep, said)) for said in missed)


def _known(tx: Tx, names: list[str]) -> set[str]:
    return set(tx.scalars(select(Inbound.name).where(col(Inbound.name).in_(names))))


def _keep(said: dict[str, str], tx: Tx) -> bool:
    return inbound.keep(tx, SMS, f"{SMS}:{said['MessageSid']}", said)


def _name(row: Any) -> str:
    return f"{SMS}:{row.sid}"


def _said(row: Any, settings: Settings) -> dict[str, str]:
    """The listed message as its webhook would have told it."""
    said = {
        "MessageSid": row.sid,
        "AccountSid": settings.twilio_account_sid,
        "From": row.from_ or "",
        "To": row.to or "",
        "Body": (row.body or "").replace("\x00", "\ufffd"),
        "NumMedia": row.num_media or "0",
        "hub_recovered": "1",
    }
    if said["NumMedia"] != "0":
        for place, one in enumerate(asked(row.media.list)):
            said[f"MediaUrl{place}"] = settings.twilio_api_url.rstrip("/") + one.uri.removesuffix(".json")
    return said
