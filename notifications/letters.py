"""What a delivery says and where it goes, at the moment it leaves."""

from datetime import datetime
from typing import Any

from hub import clock, endpoints
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import Delivery
from hub.endpoints import WebhookEndpoint
from hub.events import Event
from hub.orders import Order
from notifications import segments, texts
from notifications.channels.contract import Letter
from notifications.texts import Say

ASKED = ("ask_satisfied",)
TO_ACCEPT = ("issued", "assigned")


def body(row: Delivery, say: Say) -> str:
    """The words in the person's language; what is no text message keeps its typographer's signs."""
    said = _said(row, say)
    if row.channel != "sms":
        return said
    plain = segments.in_gsm(said)
    return (plain if segments.parts(plain) < segments.parts(said) else said)[: segments.LONGEST]


def letter(tx: Tx, row: Delivery, say: Say) -> Letter:
    """The delivery as its channel gets it."""
    event = tx.get_one(Event, row.event_id)
    point = tx.get(ContactPoint, row.contact_id) if row.contact_id else None
    endpoint = tx.get(WebhookEndpoint, row.endpoint_id) if row.endpoint_id else None
    key = _key(tx, row, event) if row.channel == "voice" else ""
    return Letter(
        id=row.id,
        address=endpoint.url if endpoint else point.value if point else "",
        locale=row.locale,
        body=row.body,
        since=row.handed_at or clock.now(),
        subject=say(row.locale, texts.SUBJECT.says, {"number": row.params.get("number", "")}),
        is_urgent=row.rank == 0,
        key=key,
        key_says=say(row.locale, (texts.ACCEPT if key == "accept" else texts.HEARD).says, {}) if key else "",
        secret=endpoint.secret if endpoint else "",
        browsers=_browsers(tx, row),
        data=_facts(event) if endpoint else _page(row, event),
    )


def _said(row: Delivery, say: Say) -> str:
    """The text with its places filled; a place that is a text of its own is said in the same language."""
    places: dict[str, Any] = {}
    for name, value in row.params.items():
        places[name] = say(row.locale, value["says"], value) if isinstance(value, dict) else value
    return say(row.locale, row.text, places).strip() if row.text else ""


def _key(tx: Tx, row: Delivery, event: Event) -> str:
    """What pressing 1 does: takes the order where it waits for this worker, else says that it was heard."""
    if event.said.get("reply") in ASKED:
        return ""  # the text itself says what each key means
    order = tx.get(Order, event.order_id) if event.order_id else None
    is_theirs = order is not None and order.worker_id == row.staff_id and order.status in TO_ACCEPT
    return "accept" if is_theirs and row.staff_id is not None else "heard"


def _browsers(tx: Tx, row: Delivery) -> tuple[dict[str, str], ...]:
    if row.channel != "push" or row.staff_id is None:
        return ()
    return tuple(
        {"endpoint": one.endpoint, "p256dh": one.p256dh, "auth": one.auth}
        for one in endpoints.browsers(tx, row.staff_id)
    )


def _page(row: Delivery, event: Event) -> dict[str, Any]:
    return {"number": row.params.get("number", ""), "kind": event.kind, "delivery": row.id}


def _facts(event: Event) -> dict[str, Any]:
    """What another system gets to read: the fact, never a customer's words."""
    return {
        "id": event.id,
        "kind": event.kind,
        "stream": event.stream,
        "seq": event.seq,
        "happened_at": _iso(event.happened_at),
        "recorded_at": _iso(event.recorded_at),
        "facts": event.said,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()
