"""Where messages go that no telephone takes: people's browsers, and other systems of the company.

Source: RFC 8030 (web push subscriptions).
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Index, bindparam, update
from sqlalchemy import select as rows_of
from sqlmodel import Field, SQLModel, col, select

from hub import access, clock, events
from hub.access import Actor
from hub.columns import Data, Moment
from hub.database import Tx
from hub.deliveries import FAILED, SENDING, WAITING, Delivery
from hub.errors import BadInput, NotFound
from hub.organisation import Office
from hub.rows import table_of
from hub.statements import Statement


class PushSubscription(SQLModel, table=True):
    """One browser of one person: where its push service is, and the keys only that browser can open with."""

    __tablename__ = "push_subscription"
    __table_args__ = (Index("uq_push_subscription_endpoint", "endpoint", unique=True),)
    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class WebhookEndpoint(SQLModel, table=True):
    """Another system that wants to hear: its address, the secret its messages are signed with, which kinds.

    An empty list of kinds means all.
    """

    __tablename__ = "webhook_endpoint"
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    url: str
    secret: str
    kinds: list[Any] = Field(default_factory=list, sa_type=Data)
    created_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    def hears(self, kind: str) -> bool:
        """Whether it wants to hear of this kind of event."""
        return not self.kinds or kind in self.kinds


def subscribe(tx: Tx, staff_id: int, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Keep this browser as one of this person's; the same browser again is the same row."""
    parts = urlsplit(endpoint)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise BadInput("endpoint", "must begin with https://")
    row = tx.exec_one(select(PushSubscription).where(PushSubscription.endpoint == endpoint))
    if row is None:
        row = PushSubscription(
            staff_id=staff_id, endpoint=endpoint, p256dh=p256dh, auth=auth, created_at=clock.now()
        )
        tx.add(row)
    row.staff_id, row.p256dh, row.auth, row.ended_at = staff_id, p256dh, auth, None
    tx.flush()
    return row


def browsers(tx: Tx, staff_id: int) -> list[PushSubscription]:
    """The browsers in which this person is told."""
    return list(tx.scalars(_BROWSERS, {"staff": staff_id}))


def has_browser(tx: Tx, staff_id: int) -> bool:
    """Whether there is a browser in which this person is told."""
    return _A_BROWSER.first(tx, {"staff": staff_id}) is not None


# Made once: building a query costs as much as running it, and these run with every message.
_RUNNING = table_of(PushSubscription).c
_A_BROWSER = Statement(
    rows_of(_RUNNING.id).where(_RUNNING.staff_id == bindparam("staff"), _RUNNING.ended_at.is_(None)).limit(1)
)
_BROWSERS = (
    select(PushSubscription)
    .where(PushSubscription.staff_id == bindparam("staff"), col(PushSubscription.ended_at).is_(None))
    .order_by(col(PushSubscription.id))
)
_STILL_THERE = select(PushSubscription).where(
    col(PushSubscription.endpoint).in_(bindparam("gone", expanding=True)),
    col(PushSubscription.ended_at).is_(None),
)


def listen(tx: Tx, me: Actor, url: str, kinds: list[str]) -> WebhookEndpoint:
    """Let another system of the asker's company hear of these kinds of events.

    Raises Forbidden for another than an administrator, BadInput for an address that is none.
    """
    office = _administered(tx, me)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput("url", "must begin with http:// or https:// and name a host")
    if wrong := sorted(set(kinds) - set(events.KINDS)):
        raise BadInput("kinds", "there is no such kind: %(kind)s", kind=wrong[0])
    row = WebhookEndpoint(
        company_id=office.company_id,
        url=url,
        secret=secrets.token_urlsafe(32),
        kinds=kinds,
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    _changed(tx, me, row, "listens")
    return row


def listening(tx: Tx, me: Actor) -> list[WebhookEndpoint]:
    """The systems that hear of the asker's company, for its administrators. Raises Forbidden."""
    office = _administered(tx, me)
    return running(tx, office.company_id)


def listener(tx: Tx, me: Actor, endpoint_id: int) -> WebhookEndpoint:
    """One of them. Raises Forbidden, and NotFound for another company's or one that has ended."""
    found = next((row for row in listening(tx, me) if row.id == endpoint_id), None)
    if found is None:
        raise NotFound("there is no such listener")
    return found


def end(tx: Tx, me: Actor, endpoint_id: int) -> WebhookEndpoint:
    """It hears of nothing more; what is on its way to it is given up. Raises Forbidden and NotFound."""
    row = listener(tx, me, endpoint_id)
    row.ended_at = clock.now()
    on_its_way = (col(Delivery.endpoint_id) == row.id, col(Delivery.state).in_((WAITING, SENDING)))
    gone = {"state": FAILED, "why": "none", "settled_at": row.ended_at}
    tx.execute(update(Delivery).where(*on_its_way).values(**gone))
    _changed(tx, me, row, "listens no more")
    return row


def last_words(tx: Tx, endpoint_id: int, most: int) -> list[Delivery]:
    """What this system was sent last, newest first."""
    query = select(Delivery).where(Delivery.endpoint_id == endpoint_id).order_by(col(Delivery.id).desc())
    return list(tx.scalars(query.limit(most)))


def _administered(tx: Tx, me: Actor) -> Office:
    office = access.home(tx, me)
    me.require("administer", office.id)
    return office


def _changed(tx: Tx, me: Actor, row: WebhookEndpoint, what: str) -> None:
    """On record, by host alone: an address may hold a secret."""
    facts = {"what": "webhook", "listener": row.id, "host": urlsplit(row.url).hostname or "", "now": what}
    stream = f"company:{row.company_id}"
    events.record(tx, "settings_changed", stream=stream, by_id=me.staff_id, facts=facts)


def running(tx: Tx, company_id: int) -> list[WebhookEndpoint]:
    """The systems that hear of this company's events, each of the kinds it wants."""
    return list(
        tx.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.company_id == company_id, col(WebhookEndpoint.ended_at).is_(None))
            .order_by(col(WebhookEndpoint.id))
        )
    )


def forget_browser(tx: Tx, staff_id: int, endpoint: str) -> None:
    """This browser of this person listens no more."""
    for row in browsers(tx, staff_id):
        if row.endpoint == endpoint:
            row.ended_at = clock.now()


def forget_gone(tx: Tx, gone: Collection[str]) -> None:
    """These browsers, by their endpoints, listen no more."""
    for row in tx.scalars(_STILL_THERE, {"gone": list(gone)}) if gone else ():
        row.ended_at = clock.now()
