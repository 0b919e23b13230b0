"""The desk's queues, counted anew by hand: of every matter as it stands, by rules written here once more."""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

import pytest
from sqlmodel import col, select

from dispatch import answering, closing, leading, ownership, returning, work
from dispatch.deciding import Choice
from hub import access, catalogue, clock
from hub.access import Actor
from hub.database import Tx
from hub.errors import HubError
from hub.limits import at_share
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.overhearing import overheard
from web.pages import proposed, queues
from web.pages.shell import SignedIn

ROOMS = ("A-1203", "A-0501", "A-0301", "A-0302", "A-0402", "B-0302")


class Office:
    """An office in the middle of its day: each of `steps` does one thing to some matter where it may."""

    def __init__(self, hub: House, time: Clock, seed: int) -> None:
        self.hub, self.time, self.dice = hub, time, Random(seed)
        self.tickets: list[Ticket] = []
        self.steps: tuple[Callable[[], object], ...] = (
            self.receive,
            self.receive,
            self.wait,
            self.assign,
            self.work,
            self.hold,
            self.resume,
            self.send_back,
            self.put_behind,
            self.answer,
            self.close,
            self.reopen,
            self.hand_over,
        )
        self.tickets.append(hub.receive(self._clara, leak()))

    def run(self, steps: int) -> None:
        for _ in range(steps):
            try:
                self.dice.choice(self.steps)()
            except HubError:
                continue  # not from where this matter stands; another day it is

    def receive(self) -> None:
        who = self.hub.actor(self.dice.choice(("clara", "cody")))
        said = self.dice.choice((leak, peddlers))(room=self.dice.choice(ROOMS), item=str(len(self.tickets)))
        choice = self.dice.choice(((), (Choice("desk"),)))
        self.tickets.append(self.hub.receive(who, said, *choice))

    def wait(self) -> None:
        self.time.forward(minutes=self.dice.choice((4, 12, 25, 90, 1_200)))

    def assign(self) -> None:
        self.hub.do(work.assign, self._clara, self._order(), self.hub.staff(self.dice.choice(("wes", "gus"))))

    def work(self) -> None:
        order = self._order()
        hands = self.hub.actor(self.dice.choice(("wes", "gus")))
        self.hub.do(work.accept, hands, order)
        if self.dice.random() < 0.5:
            self.hub.do(work.complete, hands, order, "Seen to")

    def hold(self) -> None:
        hands = self.hub.actor(self.dice.choice(("wes", "gus")))
        self.hub.do(work.hold, hands, self._order(), self.dice.choice(("third_party", "material")))

    def resume(self) -> None:
        self.hub.do(work.resume, self.hub.actor(self.dice.choice(("wes", "gus"))), self._order())

    def send_back(self) -> None:
        self.hub.do(returning.send_back, self.hub.actor("sid"), self._order(), "Not ours")

    def put_behind(self) -> None:
        self.hub.do(leading.put_behind, self._clara, self._ticket(), self._ticket(), withdraw=True)

    def answer(self) -> None:
        self.hub.do(answering.answer, self._clara, self._ticket(), "It is so")

    def close(self) -> None:
        self.hub.do(closing.close, self._clara, self._ticket(), "withdrawn")

    def reopen(self) -> None:
        self.hub.do(closing.reopen, self._clara, self._ticket(), "It drips again")

    def hand_over(self) -> None:
        self.hub.do(ownership.hand_over, self._clara, self._ticket(), self.hub.staff("cody"))

    @property
    def _clara(self) -> Actor:
        return self.hub.actor("clara")

    def _ticket(self) -> Ticket:
        return self.hub.again(self.dice.choice(self.tickets))

    def _order(self) -> Order:
        return self.dice.choice([one for ticket in self.tickets for one in self.hub.orders(ticket)])


def by_hand(tx: Tx, reader: SignedIn) -> dict[str, set[int]]:
    """What stands in each queue, from the rows alone."""
    office, now = reader.office, clock.now()
    seen = select(Ticket).where(Ticket.office_id == office.id, access.tickets_seen(reader.me))
    held: dict[str, set[int]] = {queue.name: set() for queue in queues.QUEUES}
    for ticket in tx.scalars(seen):
        for name in _queues_of(tx, reader, ticket, now):
            held[name].add(ticket.id)
    return held


def _queues_of(tx: Tx, reader: SignedIn, ticket: Ticket, now: datetime) -> set[str]:
    found = {"all"}
    if not ticket.is_open:
        return found
    orders = tx.scalars(select(Order).where(Order.ticket_id == ticket.id)).all()
    running = [
        row
        for row in tx.scalars(select(Promise).where(Promise.ticket_id == ticket.id))
        if row.is_running and row.paused_at is None
    ]
    book = catalogue.of(tx, reader.office)
    near = [at_share(row.started_at, row.due_at, 80, book.calendar(row.priority)) for row in running]
    is_work = ticket.lead_id is None or ticket.status == "awaiting_callback"
    holds = tx.scalars(
        select(Hold).where(col(Hold.order_id).in_([one.id for one in orders if one.status == "on_hold"]))
    ).all()
    holds = [row for row in holds if row.ends_at is None]
    says = {
        "new": ticket.status == "new",
        "in_hand": ticket.status == "in_hand" and ticket.lead_id is None,
        "returned": any(one.status == "returned" and one.round == ticket.round for one in orders),
        "callbacks": ticket.status == "awaiting_callback" and (ticket.callback_at or now) <= now,
        "outside": any(row.reason == "third_party" for row in holds),
        "at_risk": is_work and any(at <= now <= row.due_at for at, row in zip(near, running, strict=True)),
        "overdue": is_work and any(row.due_at < now for row in running),
        "reopened": ticket.times_reopened > 0,
        "mine": ticket.owner_id == reader.me.staff_id,
    }
    return found | {name for name, it_does in says.items() if it_does}


@pytest.mark.parametrize("seed", [1, 2])
def test_each_queue_counts_and_lists_what_a_recount_finds(
    hub: House, time: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(queues, "PAGE_OF", 500)
    office, filled = Office(hub, time, seed), set()
    for _ in range(3):
        office.run(30)
        # who sees the whole office, and who sees of it what is theirs and their department's
        for login in ("clara", "cody", "sue", "wes"):
            reader = SignedIn(hub.actor(login), hub.office())
            counted = hub.look(queues.counts, reader)
            expected = hub.look(by_hand, reader)
            for queue in queues.QUEUES:
                listed = [row.ticket.id for row in hub.look(queues.page, reader, queue.name).rows]
                assert set(listed) == expected[queue.name], (login, queue.name)
                assert counted[queue.name] == len(listed) == len(set(listed)), (login, queue.name)
            filled |= {name for name, ids in expected.items() if ids}
    assert len(filled) >= 7, f"too dull a day: only {filled}"


def test_a_list_goes_by_what_falls_first_whatever_page_it_is_on(
    hub: House, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Office(hub, time, 4).run(80)
    reader = SignedIn(hub.actor("clara"), hub.office())
    for name in ("in_hand", "overdue", "all"):
        monkeypatch.setattr(queues, "PAGE_OF", 500)
        whole = [row.ticket.id for row in hub.look(queues.page, reader, name).rows]
        monkeypatch.setattr(queues, "PAGE_OF", 2)
        pages, cursor = [], ""
        while True:
            page = hub.look(queues.page, reader, name, "", cursor)
            pages += [row.ticket.id for row in page.rows]
            cursor = page.more
            if not cursor:
                break
        assert pages == whole and len(whole) > 2


def test_what_looks_like_an_incident_is_hinted_at_one_look_however_many(hub: House, clara: Actor) -> None:
    reader = SignedIn(clara, hub.office())

    def asked() -> int:
        with overheard(hub.database._read_engine) as sent:
            hub.look(proposed.waiting, reader)
        return len(sent)

    hub.look(proposed.waiting, reader)
    none = asked()
    for category in ("03-02", "03-03", "02-01"):
        for room in ROOMS[:3]:
            said = {"item": "Out of order", "category": category, "room": room}
            hub.receive(clara, leak(**said, phone=f"2345 67{room[-2:]}"))
    hub.look(proposed.waiting, reader)
    hints = hub.look(proposed.waiting, reader)
    assert [(one.building.code, one.category.code, one.households) for one in hints] == [
        ("A", category, 3) for category in ("03-02", "03-03", "02-01")
    ]
    assert asked() == none, "each more incident asked more"
    assert hub.look(proposed.waiting, SignedIn(hub.actor("wes"), hub.office())) == []


def test_an_old_proposal_that_finds_new_reports_speaks_of_these(
    hub: House, clara: Actor, time: Clock
) -> None:
    reader = SignedIn(clara, hub.office())

    def reported(rooms: Sequence[str]) -> None:
        for room in rooms:
            said = {"item": "Out of order", "category": "03-02", "room": room}
            hub.receive(clara, leak(**said, phone=f"2345 67{room[-2:]}"))

    reported(ROOMS[:3])
    time.forward(days=2)
    assert hub.look(proposed.waiting, reader) == [], "what was said two days ago is no outage of today"
    began = clock.now()
    reported(ROOMS[3:5])
    (hint,) = hub.look(proposed.waiting, reader)
    assert (hint.households, hint.since) == (2, began)
    page = hub.look(lambda tx: proposed.of(tx, reader, proposed.find(tx, reader, hint.id)))
    assert page.since == began
