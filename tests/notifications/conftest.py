"""A hub whose messages really leave it: to the stand-in carrier and a mail server, both on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlmodel import col, select

from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import Delivery
from hub.organisation import Staff
from hub.settings import Settings
from hub.tickets import Ticket
from notifications import outbox
from notifications.channels import registry
from notifications.sending import Pace, Sender
from notifications.speaking import Open
from tests.conftest import Clock
from tests.house import House, leak
from web.standin import server
from web.standin.carrier import NUMBER, Carrier
from web.standin.webhooks import Reply
from web.timetable import say

Received = Callable[..., Ticket]
ROSA = "+85261234567"
WES, SUE, CODY = "+85291110001", "+85291110002", "+85291110003"


@dataclass
class Post:
    """The outbox of one hub in the hand of a test."""

    hub: House
    time: Clock
    settings: Settings
    carrier: Carrier
    pace: Pace = field(default_factory=Pace)
    senders: list[Sender] = field(default_factory=list)

    @property
    def ways(self) -> Open:
        return registry.ways(self.settings)

    def tick(self) -> None:
        """What the timetable does: speak, then every channel sends what is due."""
        outbox.drain(self.hub.database, self.ways)
        if not self.senders:
            self.senders = self.crew("here")
        for sender in self.senders:
            sender.work()

    def crew(self, holder: str) -> list[Sender]:
        """The hands of one process."""
        return [
            Sender(self.hub.database, channel, self.ways, holder=holder, say=say, pace=self.pace)
            for channel in registry.made(self.settings)
        ]

    def rows(self, *channels: str) -> list[Delivery]:
        query = select(Delivery).order_by(col(Delivery.id))
        if channels:
            query = query.where(col(Delivery.channel).in_(channels))
        return list(self.hub.database.read(lambda tx: tx.scalars(query).all()))

    def row(self, *channels: str) -> Delivery:
        (row,) = self.rows(*channels)
        return row

    def later(self, **time: float) -> None:
        """Some time passes and the clockwork ticks."""
        self.time.forward(**time)
        self.tick()

    def contact(self, number: str) -> ContactPoint:
        return self.hub.database.read(
            lambda tx: tx.scalars(select(ContactPoint).where(ContactPoint.value == number)).one()
        )


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """The stand-in carrier on loopback; its callbacks are dropped until a test says where they go."""
    made = Carrier("http://127.0.0.1:9", post=lambda *_: Reply(200, "<Response/>", "text/xml"))
    with server.serving(made):
        yield made
    made.close()


@pytest.fixture
def settings(carrier: Carrier) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        public_url="http://127.0.0.1:9",
        twilio_account_sid=carrier.account_sid,
        twilio_auth_token=carrier.auth_token,  # type: ignore[arg-type]
        twilio_from=NUMBER,
        twilio_api_url=carrier.address,
        twilio_per_second=1000,
        inward_hosts="127.0.0.1",
    )


@pytest.fixture
def post(hub: House, time: Clock, settings: Settings, carrier: Carrier) -> Iterator[Post]:
    hub.do(_give_telephones)
    made = Post(hub, time, settings, carrier)
    yield made
    for sender in made.senders:
        sender.close()


@pytest.fixture
def received(hub: House, clara: Actor) -> Callable[..., Ticket]:
    """A matter of Rosa's, who has a mobile telephone."""

    def receive(**said: str) -> Ticket:
        told = {"name": "Rosa Diaz", "room": "B-0302", "phone": "6123 4567", **said}
        return hub.receive(clara, leak(**told))

    return receive


def _give_telephones(tx: Tx) -> None:
    for login, number in (("wes", WES), ("sue", SUE), ("cody", CODY)):
        tx.scalars(select(Staff).where(Staff.login == login)).one().phone = number
