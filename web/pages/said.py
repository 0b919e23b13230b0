"""One filled form of a ticket's page, as its steps read it."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from hub import access
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.organisation import Staff
from hub.tickets import Ticket
from web.pages import posted
from web.pages.posted import Photo


@dataclass(frozen=True)
class Said:
    """One filled form of a ticket's page: its texts, its files (in the store already), the office's zone."""

    form: FormData
    zone: ZoneInfo
    files: list[Photo] = field(default_factory=list)

    def text(self, name: str) -> str:
        return posted.text(self.form, name)

    def moment(self, name: str) -> datetime | None:
        return posted.moment(self.form, name, self.zone)


def colleague(tx: Tx, me: Actor, ticket: Ticket, said: Said, name: str) -> Staff:
    """The person a form names by log-in; oneself when it names nobody."""
    try:
        return access.colleague(tx, me, said.text(name) or me.login, ticket.office_id)
    except NotFound as missing:
        raise BadInput(name, missing.message) from None
