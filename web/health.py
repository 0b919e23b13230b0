"""Whether the hub is alive, and whether it can serve: for whoever watches the machine."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func
from sqlmodel import col, select

from hub import clock, outgoing, setaside
from hub.database import Tx
from hub.events import Event, Pending
from hub.tickets import Ticket
from web.deps import Db

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(db: Db) -> dict[str, object]:
    """The database answers; `outbox_age`: seconds that the oldest message which is due has waited."""
    return {"status": "ready", "outbox_age": db.read(_outbox_age)}


@router.get("/metrics")
def metrics(db: Db) -> Response:
    """Figures for Prometheus: tickets by state, the outbox's age. No personal data."""
    registry = CollectorRegistry()
    tickets = Gauge("hub_tickets", "Tickets by state", ["status"], registry=registry)
    age = Gauge("hub_outbox_age_seconds", "How long the oldest message has waited", registry=registry)
    sent = Gauge(
        "hub_deliveries", "Messages of the last day by state", ["channel", "state"], registry=registry
    )
    aside = Gauge("hub_set_aside", "Work that failed and is tried again", ["work"], registry=registry)
    for work, count in db.read(setaside.counts):
        aside.labels(work).set(count)
    for channel, state, count in db.read(outgoing.by_state):
        sent.labels(channel, state).set(count)
    for status, count in db.read(_by_state):
        tickets.labels(status).set(count)
    age.set(db.read(_outbox_age))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _outbox_age(tx: Tx) -> float:
    """Of what is still to be spoken of, and of what a provider has still to take."""
    unspoken = tx.scalars(
        select(Event.recorded_at)
        .join(Pending, col(Pending.event_id) == col(Event.id))
        .order_by(col(Pending.id))
        .limit(1)
    ).first()
    since = [moment for moment in (unspoken, outgoing.oldest_due(tx)) if moment is not None]
    return max([0.0, *((clock.now() - moment).total_seconds() for moment in since)])


def _by_state(tx: Tx) -> list[tuple[str, int]]:
    rows = tx.execute(select(Ticket.status, func.count()).group_by(col(Ticket.status)))
    return [(str(status), int(count)) for status, count in rows]
