"""The hub in random hands: verbs, time passing and ticks, by people who may and people who may not."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text
from sqlmodel import col, select

from dispatch import (
    answering,
    callback,
    closing,
    escalation,
    followup,
    major,
    ordering,
    ownership,
    retriage,
    returning,
    work,
)
from dispatch.deciding import BY_RULES, Choice
from dispatch.ordering import Instruction
from hub import clock, orders, promises, tickets
from hub.database import Database, Tx
from hub.errors import HubError
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket
from tests.conftest import MORNING
from tests.dispatch.laws import must_hold, reach
from tests.house import House, leak, peddlers

CAST = ("clara", "cody", "dora", "sue", "wes", "wen", "gus", "sid", "cash", "mia")
SAID = (
    leak(),
    peddlers(),
    leak(item="Please come"),
    leak(item="Flooding", category="01-01"),
    leak(item="How much is parking?", kind="enquiry"),
)
NOT_REACHED = (False, None, None)
SPOKE = ((True, None, "yes"), (True, False, "fairly"), (True, True, "no"), (True, None, None))
ANSWERS = (NOT_REACHED, NOT_REACHED, *SPOKE)
CHOICES = (BY_RULES, Choice("desk"), Choice("worker", worker="wen"))
TABLES = ("ticket", "work_order", "promise", "callback", "hold", "event", "stream_head", "pending", "link")

anybody = st.sampled_from(CAST)
RIGHT = ""  # whoever the step belongs to; strangers try it now and then
desk = st.sampled_from((RIGHT,) * 30 + CAST)
field = st.sampled_from((RIGHT,) * 30 + CAST)
which = st.integers(0, 7)
moments = st.sampled_from((None, None, None, timedelta(minutes=-3), timedelta(hours=-5), timedelta(days=2)))

STEPS = (work.accept, work.contact, work.depart, work.arrive, work.resume)
NEXT: dict[str, Callable[..., Any]] = {
    "issued": work.assign,
    "assigned": work.accept,
    "accepted": work.arrive,
    "en_route": work.arrive,
    "on_site": work.complete,
    "on_hold": work.resume,
}


class Loop(RuleBasedStateMachine):
    """The hub in random hands."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self._now(MORNING)
        self.url = self.stack.enter_context(self.fresh())
        self.database = Database(self.url)
        self.stack.callback(self.database.close)
        self.hub = House(self.database)
        self.cast = {login: self.hub.actor(login) for login in CAST}
        self.staff = {login: self.hub.staff(login) for login in CAST}
        self.departments = [self.hub.department(code) for code in ("ENG", "SEC", "ENV", "CSC")]
        self.seen: dict[int, str] = {}
        self.known: dict[str, Any] | None = None  # the tables as they stand, while nothing was written

    @staticmethod
    def fresh() -> Any:
        raise NotImplementedError

    def teardown(self) -> None:
        try:
            assert self.hub.verify().broken is None
        finally:
            self.stack.close()

    def _now(self, moment: Any) -> None:
        self.stack.enter_context(clock.at(moment))

    def _try(self, verb: Callable[..., Any], who: str, *args: Any, **said: Any) -> None:
        """Run the verb; when it is refused, nothing at all may have changed."""
        before = self.known or self._counted()
        try:
            self.hub.do(verb, self.cast[who or "cody"], *args, **said)
            self.known = None
        except HubError as refusal:
            assert str(refusal) and "%(" not in str(refusal)
            self.known = self._counted()
            assert self.known == before

    def _counted(self) -> dict[str, Any]:
        return self.hub.look(
            lambda tx: {
                table: sorted(map(repr, tx.execute(text(f"SELECT * FROM {table}")))) for table in TABLES
            }
        )

    def _ticket(self, at: int, status: str = "") -> Ticket:
        """One of the tickets; of those in this state where there is one, but for a seventh of the times."""
        rows = self.hub.look(lambda tx: tx.scalars(select(Ticket).order_by(col(Ticket.id))).all())
        rows = [row for row in rows if row.status == status and at != 7] or rows
        return rows[at % len(rows)]

    def _order(self, at: int) -> Order | None:
        rows = self.hub.look(lambda tx: tx.scalars(select(Order).order_by(col(Order.id))).all())
        rows = [row for row in rows if row.is_open or at == 7] or rows
        return rows[-1 - at % len(rows)] if rows else None

    def _happened(self, ago: timedelta | None) -> Any:
        return clock.now() + ago if ago else None

    @initialize(said=st.sampled_from(SAID))
    def first(self, said: Any) -> None:
        self.hub.receive(self.cast["clara"], said)

    @rule(who=anybody, said=st.sampled_from(SAID), choice=st.sampled_from(CHOICES))
    def receive(self, who: str, said: Any, choice: Choice) -> None:
        if len(self.seen) > 3:
            return
        self.known = None
        try:
            self.hub.receive(self.cast[who], said, choice)
        except HubError as refusal:
            assert str(refusal)

    @rule(
        who=desk,
        at=which,
        department=st.sampled_from((0, 0, 1)),
        worker=st.sampled_from((None, None, "wes")),
    )
    def order(self, who: str, at: int, department: int, worker: str | None) -> None:
        given = Instruction(
            self.departments[department], self.staff[worker] if worker else None, "Look at it"
        )
        self._try(ordering.order, who, self._ticket(at), given)

    @rule(who=field, at=which, worker=st.sampled_from(("wes", "wen", "gus", "sid")))
    def assign(self, who: str, at: int, worker: str) -> None:
        self._on_order(work.assign, who, at, self.staff[worker])

    @rule(who=field, at=which, verb=st.sampled_from(STEPS), ago=moments)
    def step(self, who: str, at: int, verb: Callable[..., Any], ago: timedelta | None) -> None:
        self._on_order(verb, who, at, happened_at=self._happened(ago))

    @rule(at=which, times=st.integers(1, 4))
    def goes_on(self, at: int, times: int) -> None:
        """The order's own people take the next steps of a working day."""
        for _ in range(times):
            order = self._order(at)
            verb = NEXT.get(order.status) if order else None
            if order is None or verb is None:
                return
            security = order.department_id == self.departments[1].id
            worker = self.staff["gus" if security else "wen"]
            said = {work.assign: (worker,), work.complete: ("New washer",)}.get(verb, ())
            self._try(verb, self._hands(order), order, *said)

    @rule(who=field, at=which, ago=moments)
    def complete(self, who: str, at: int, ago: timedelta | None) -> None:
        self._on_order(work.complete, who, at, "New washer", happened_at=self._happened(ago))

    @rule(
        who=field,
        at=which,
        reason=st.sampled_from(("material", "customer", "staffing", "because")),
        hours=st.sampled_from((None, 5, 50)),
    )
    def hold(self, who: str, at: int, reason: str, hours: int | None) -> None:
        until = clock.now() + timedelta(hours=hours) if hours else None
        self._on_order(work.hold, who, at, reason, until)

    @rule(who=field, at=which, reason=st.sampled_from(("Not ours", "")))
    def send_back(self, who: str, at: int, reason: str) -> None:
        self._on_order(returning.send_back, who, at, reason)

    @rule(
        who=desk,
        at=which,
        ruling=st.sampled_from(("reissue", "withdraw", "eh")),
        department=st.integers(0, 4),
    )
    def rule_on(self, who: str, at: int, ruling: str, department: int) -> None:
        to = (*self.departments, None)[department]
        self._on_order(returning.rule, who, at, ruling, to)

    @rule(who=desk, at=which)
    def withdraw(self, who: str, at: int) -> None:
        self._on_order(returning.withdraw, who, at)

    @rule(who=desk, at=which, outcome=st.sampled_from(("answered", "not_ours", "closed")))
    def answer(self, who: str, at: int, outcome: str) -> None:
        self._try(answering.answer, who, self._ticket(at), "It will be fixed", outcome)

    @rule(who=desk, at=which, days=st.sampled_from((-1, 2, 300)), owner=desk)
    def answer_later(self, who: str, at: int, days: int, owner: str) -> None:
        when = clock.now() + timedelta(days=days)
        self._try(answering.answer_later, who, self._ticket(at), when, self.staff[owner or "clara"])

    @rule(
        who=desk,
        at=which,
        category=st.sampled_from(("01-01", "06-09", "nope", None)),
        priority=st.sampled_from(("P1", "P4", None)),
        then=st.sampled_from((None, BY_RULES)),
    )
    def judge(
        self, who: str, at: int, category: str | None, priority: str | None, then: Choice | None
    ) -> None:
        said = {"category": category, "priority": priority, "then": then}
        self._try(retriage.judge_by_hand, who, self._ticket(at), **said)

    @rule(
        who=desk,
        at=which,
        said=st.sampled_from(ANSWERS),
        means=st.sampled_from(("phone", "phone", "letter")),
    )
    def call_back(self, who: str, at: int, said: tuple[Any, ...], means: str) -> None:
        said = (*said, "", means)
        self._try(callback.call_back, who, self._ticket(at, "awaiting_callback"), *said)

    @rule(who=desk, at=which, outcome=st.sampled_from((*tickets.OUTCOMES, "gone")), other=which)
    def close(self, who: str, at: int, outcome: str, other: int) -> None:
        another = self._ticket(other) if outcome == "duplicate" else None
        self._try(closing.close, who, self._ticket(at, "new"), outcome, duplicate_of=another)

    @rule(outcome=st.sampled_from(("solved", "withdrawn")))
    def close_all(self, outcome: str) -> None:
        self.known = None
        numbers = [self._ticket(at).number for at in range(4)]
        self.hub.do(closing.close_many, self.cast["clara"], numbers, outcome)

    @rule(who=desk, at=which)
    def reopen(self, who: str, at: int) -> None:
        self._try(closing.reopen, who, self._ticket(at, "closed"), "It leaks again")

    @rule(who=anybody, at=which, owner=anybody)
    def hand_over(self, who: str, at: int, owner: str) -> None:
        self._try(ownership.hand_over, who, self._ticket(at), self.staff[owner])

    @rule(who=anybody, at=which, whom=st.sampled_from(("director", "customer_director", "mayor")))
    def escalate(self, who: str, at: int, whom: str) -> None:
        self._try(escalation.escalate, who, self._ticket(at), whom)
        self._try(escalation.urge, who, self._ticket(at))

    @rule(at=which, hours=st.sampled_from((None, 5, 200)), is_answered=st.booleans())
    def supervise(self, at: int, hours: int | None, is_answered: bool) -> None:
        by = clock.now() + timedelta(hours=hours) if hours else None
        self._try(escalation.supervise, "cody", self._ticket(at), "Report", by)
        if is_answered:
            self._try(escalation.reply, "sue", self._ticket(at), "The part came in")

    @rule(who=desk, at=which, grounds=st.sampled_from(("injury", "mood", "mood", "mood")))
    def declare(self, who: str, at: int, grounds: str) -> None:
        self._try(major.declare, who, self._ticket(at), grounds)
        self._try(major.plan, "dora", self._ticket(at), "A rail by Friday")

    @rule(hours=st.sampled_from((1, 6, 30, 24 * 8)))
    def time_passes(self, hours: int) -> None:
        self._now(clock.now() + timedelta(hours=hours))

    @rule()
    def tick(self) -> None:
        self.known = None
        followup.tick(self.database)
        assert followup.tick(self.database) == 0, "a second tick at the same moment found something to do"

    def _on_order(self, verb: Callable[..., Any], who: str, at: int, *args: Any, **said: Any) -> None:
        order = self._order(at)
        if order is not None:
            self._try(verb, who or self._hands(order), order, *args, **said)

    def _hands(self, order: Order) -> str:
        """The worker who has the order, else somebody who may give it to one."""
        return next((login for login in CAST if self.cast[login].staff_id == order.worker_id), "cody")

    # ------------------------------------------------------------ what must hold

    @invariant()
    def the_laws(self) -> None:
        matters, holds = self.hub.look(_gather)
        for ticket, issued, made in matters:
            must_hold(ticket, issued, made, holds)
            was = self.seen.get(ticket.id, "new")
            assert ticket.status in {was} | reach(was), f"from {was} to {ticket.status}"
            self.seen[ticket.id] = ticket.status


def _gather(tx: Tx) -> tuple[list[tuple[Ticket, list[Order], list[Promise]]], list[Hold]]:
    every = tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()
    holds = list(tx.scalars(select(Hold)))
    return [(t, orders.of_ticket(tx, t.id), promises.of_ticket(tx, t.id)) for t in every], holds
