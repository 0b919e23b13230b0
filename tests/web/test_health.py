"""What the watchman of the machine is told: whether the hub can serve, and how long messages have waited."""

from pathlib import Path

from starlette.testclient import TestClient

from hub.access import Actor
from hub.settings import Settings
from notifications import outbox
from notifications.speaking import Open
from tests.conftest import Clock
from tests.house import House, leak
from web import app


def test_the_age_of_the_outbox_is_that_of_the_oldest_message_due(
    hub: House, clara: Actor, time: Clock, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    with TestClient(app.create(settings, hub.database, clockwork=False)) as client:
        assert client.get("/readyz").json() == {"status": "ready", "outbox_age": 0.0}
        hub.receive(clara, leak(name="Rosa Diaz", room="B-0302", phone="6123 4567"))
        time.forward(minutes=2)
        assert _age(client) == 120, "nobody has spoken of it yet"
        outbox.drain(hub.database, Open(frozenset({"sms"})))
        time.forward(minutes=3)
        assert _age(client) == 180, "no carrier has taken it yet"
        assert 'hub_deliveries{channel="sms",state="waiting"} 1.0' in client.get("/metrics").text


def _age(client: TestClient) -> float:
    age: float = client.get("/readyz").json()["outbox_age"]
    return age
