"""A small random history made through the real verbs: something of everything, the same for the same seed."""

import random
from datetime import timedelta

from sqlmodel import select

from dispatch import answering, callback, closing, escalation, ordering, returning, work
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import clock, tickets
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Company
from hub.tickets import CHANNELS, Ticket
from tests.conftest import Clock
from tests.house import House, leak

CATEGORIES = ("01-03", "06-09", "01-01", "06-01", "02-01")
ROOMS = ("A-1203", "A-0501", "B-0302")


class History:
    """Random matters, each step taken by whoever is at hand; a step the house refuses is simply not taken."""

    def __init__(self, hub: House, time: Clock, seed: int) -> None:
        self.hub, self.time, self.dice = hub, time, random.Random(seed)
        self.clara, self.cody = hub.actor("clara"), hub.actor("cody")
        self.matters: list[Ticket] = []
        hub.do(_sample_alike)

    def make(self, matters: int) -> "History":
        for turn in range(matters * 8):
            self.time.forward(seconds=self.dice.expovariate(1 / 5_400))
            if len(self.matters) < matters and (turn % 8 == 0 or not self.matters):
                self._receive()
            else:
                self._step(self.dice.choice(self.matters[-12:]))
        return self

    def _receive(self) -> None:
        dice = self.dice
        said = leak(
            room=dice.choice(ROOMS),
            category=dice.choice(CATEGORIES),
            channel=dice.choice(CHANNELS),
            is_imported=dice.random() < 0.15,
            received_at=clock.now() - timedelta(seconds=dice.randrange(20_000)),
        )
        way = Choice(way=dice.choice(("rules", "rules", "desk")))
        self.matters.append(self.hub.receive(self.clara, said, way))

    def _step(self, ticket: Ticket) -> None:
        try:
            self._take(self.hub.again(ticket))
        except HubError:
            return

    def _take(self, ticket: Ticket) -> None:
        status, hub, dice = ticket.status, self.hub, self.dice
        if dice.random() < 0.08:
            hub.do(escalation.urge, self.clara, ticket)
        elif status == "new":
            self._begin(ticket)
        elif status == "in_hand":
            self._work(ticket)
        elif status == "awaiting_callback":
            self._call(ticket)
        elif dice.random() < 0.3:
            hub.do(closing.reopen, self.clara, ticket, "it came back")

    def _begin(self, ticket: Ticket) -> None:
        hub, dice = self.hub, self.dice
        what = dice.randrange(5)
        if what == 0:
            hub.do(answering.answer, self.clara, ticket, "It is so")
        elif what == 1:
            hub.do(closing.close, self.cody, ticket, "withdrawn")
        elif what == 2 and len(self.matters) > 1:
            hub.do(closing.close, self.cody, ticket, "duplicate", duplicate_of=self.matters[0])
        elif what == 3:
            hub.do(self._follow, ticket)
        else:
            self._send(ticket)

    def _follow(self, tx, ticket: Ticket) -> None:  # type: ignore[no-untyped-def]
        """Another household's word on a known incident; no verb joins them yet."""
        row = tickets.lock(tx, ticket.id)
        row.lead_id = self.matters[0].id if row.id != self.matters[0].id else None

    def _send(self, ticket: Ticket) -> None:
        worker = self.dice.choice(("wes", "wen", None))
        to = Instruction(self.hub.department("ENG"), self.hub.staff(worker) if worker else None)
        self.hub.do(ordering.order, self.cody, ticket, to)

    def _work(self, ticket: Ticket) -> None:
        hub, dice, cody = self.hub, self.dice, self.cody
        order = next((order for order in reversed(hub.orders(ticket)) if order.is_open), None)
        if order is None:
            self._send(ticket)
        elif order.status in ("issued", "assigned") and dice.random() < 0.2:
            hub.do(returning.send_back, cody, order, "not ours")
        elif order.status == "issued":
            people = ("wes", "wen") if order.department_id == hub.department("ENG").id else ("gus", "sid")
            hub.do(work.assign, cody, order, hub.staff(dice.choice(people)))
        elif order.status == "returned":
            hub.do(returning.rule, cody, order, dice.choice(("reissue", "withdraw")))
        elif order.status == "on_hold":
            hub.do(work.resume, cody, order)
        elif order.status in ("accepted", "on_site") and dice.random() < 0.25:
            hub.do(work.hold, cody, order, dice.choice(("material", "staffing")))
        else:
            self._hands_on(ticket, order)

    def _hands_on(self, ticket, order) -> None:  # type: ignore[no-untyped-def]
        hub, dice, cody = self.hub, self.dice, self.cody
        if order.status == "assigned":
            hub.do(work.accept, cody, order)
        elif order.status == "accepted" and dice.random() < 0.6:
            hub.do(work.arrive, cody, order)
        else:
            stated = (
                {"happened_at": clock.now(), "inferred": dice.random() < 0.5} if ticket.is_imported else {}
            )
            hub.do(work.complete, cody, order, "Mended", fields=_Everything(), **stated)

    def _call(self, ticket: Ticket) -> None:
        dice = self.dice
        if dice.random() < 0.3:
            means = dice.choice(("phone", "letter"))
            self.hub.do(callback.call_back, self.clara, ticket, reached=False, means=means)
            return
        satisfied = dice.choice(("yes", "yes", "fairly", "no"))
        actor = dice.choice((self.clara, self.cody))
        self.hub.do(callback.call_back, actor, ticket, reached=True, satisfied=satisfied)


def _sample_alike(tx: Tx) -> None:
    """The salt of the callback sample is random for each database; one history asks the same people."""
    tx.scalars(select(Company)).one().salt = "salt"


class _Everything(dict[str, str]):
    """Every field a category may demand, filled."""

    def get(self, key: str, default: object = None) -> str:  # type: ignore[override]
        return "said"
