"""What the hub decides about a matter, and why: which department, which way, who; and doing so.

One decision for intake, for preview and for the desk's own triage.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from dispatch import assignment, leading, ordering, routing
from dispatch.case import Case
from dispatch.ordering import Instruction
from dispatch.routing import Route
from dispatch.triage import Judgement, Leaf, Wordbook
from hub import access, organisation
from hub.access import Actor
from hub.catalogue import OFF, PROPOSE, Catalogue, Category
from hub.database import Tx
from hub.errors import BadInput
from hub.estate import Room
from hub.limits import Limit
from hub.organisation import Department, Office, Staff

_one_at_a_time = threading.Lock()  # several threads that all miss a wordbook need not all make one
WAYS = ("rules", "desk", "department", "worker", "behind")
LIVE = ("phone", "walk_in")  # who tells it so hears at once that it is known
# Why an order that could go straight to a worker goes to the supervisor.
SUPERVISORS, NOBODY = "the supervisor chooses in this category", "nobody can be there in time"


@dataclass(frozen=True)
class Choice:
    """How the person at the desk wants it handled: by the rules, by the desk itself, or by these hands.

    Or not at all by itself: `behind` the ticket that leads an incident, `lead` by its number.
    `order` is the instruction itself, where it is known beforehand: a file states it.
    """

    way: str = "rules"
    department: str | None = None
    worker: str | None = None
    instruction: str = ""
    appointment_at: datetime | None = None
    order: Instruction | None = None
    lead: str | None = None


BY_RULES = Choice()


@dataclass(frozen=True)
class Decision:
    """The judgement, the route, and the worker of a direct order (None: the supervisor assigns).

    `because` says why it is the supervisor's after all, and `proposed` whom the hub would have in mind.
    """

    judgement: Judgement
    route: Route
    worker: assignment.Candidate | None
    because: str = ""
    proposed: tuple[assignment.Candidate, ...] = ()

    def why(self) -> list[dict[str, Any]]:
        """Every reason as data, in the order of the steps."""
        reasons = [why.as_fact() for why in self.judgement.why]
        reasons.append(self.route.why())
        if self.worker:
            reasons.append(self.worker.why())
        if self.because:
            reasons.append({"what": "supervisor", "because": self.because})
        return reasons + [one.why() | {"what": "candidate"} for one in self.proposed]


def wordbook(tx: Tx, book: Catalogue) -> Wordbook:
    """The office's wordbook, made once for all offices that have the same tree.

    Making one takes a tenth of a second and some megabytes: a company of fifty offices has one, not fifty.
    """
    mine = ("wordbook", book.office_id)
    known: tuple[int, Wordbook] | None = tx.database.cache.get(mine)
    if known is not None and known[0] == book.version:
        return known[1]
    leaves = tuple(
        Leaf(
            row.code,
            row.kind,
            row.priority,
            row.department,
            (*_names(row), *book.words.get(row.code, ())),
        )
        for row in book.categories.values()
    )
    with _one_at_a_time:
        made = _of_leaves(leaves)
    tx.database.cache[mine] = (book.version, made)
    return made


@lru_cache(maxsize=4)
def _of_leaves(leaves: tuple[Leaf, ...]) -> Wordbook:
    return Wordbook(leaves)


def decide(
    tx: Tx, office: Office, book: Catalogue, judgement: Judgement, room: Room | None, at: datetime
) -> Decision:
    """Department, way and worker for a judged matter. Reads only."""
    category = book.categories.get(judgement.category) if judgement.category else None
    seen = routing.matter(tx, office, book, judgement.kind, judgement.priority, category, room, at)
    route = routing.route(tx, office, book, seen)
    if route.mode != "worker" or route.department is None or category is None:
        return Decision(judgement, route, None)
    if category.assign == OFF:
        return Decision(judgement, route, None, SUPERVISORS)
    limit = category.limit("on_site") or category.limit("resolve")
    by = Limit.parse(limit).due(at, book.calendar(judgement.priority))
    job = assignment.Job(category, judgement.priority, judgement.kind, room, by)
    ranked = assignment.bench(tx, office, route.department, at).ranked(job)
    chosen = next((one for one in ranked if one.is_for_the_hub), None)
    proposed = tuple(one for one in ranked if not one.is_barred)[: assignment.PROPOSED]
    if category.assign == PROPOSE:
        return Decision(judgement, route, None, SUPERVISORS, proposed)
    return (
        Decision(judgement, route, chosen) if chosen else Decision(judgement, route, None, NOBODY, proposed)
    )


def carry_out(case: Case, actor: Actor, choice: Choice, decision: Decision, at: datetime) -> None:
    """Send the matter on its way: as the person chose, else by the rules. The desk's way sends nothing."""
    if choice.way not in WAYS:
        raise BadInput("dispatch.way", "must be one of: %(ways)s", ways=", ".join(WAYS))
    if choice.way == "desk":
        return
    if choice.way == "behind":
        lead = leading.lead(case.tx, actor, choice.lead or "")
        leading.put_behind(case.tx, actor, case.ticket, lead, told=case.ticket.channel in LIVE)
        return
    if choice.way == "rules":
        instruction = _by_rules(decision, choice)
    else:
        actor.require("order", case.office.id)
        instruction = chosen(case.tx, case.office, actor, choice)
    if instruction is not None:
        ordering.issue(case, actor, instruction, at)


def chosen(tx: Tx, office: Office, actor: Actor, choice: Choice) -> Instruction:
    """The instruction a person chose. Raises BadInput for an unknown department, NotFound for a person."""
    if choice.order is not None:
        return choice.order
    if choice.worker:
        worker = access.colleague(tx, actor, choice.worker, office.id)
        department = _department_of(tx, office, worker, choice.department)
        return Instruction(department, worker, choice.instruction, choice.appointment_at)
    department_row = organisation.department(tx, office.id, choice.department or "")
    if department_row is None:
        raise BadInput("to.department", "there is no such department in this office")
    return Instruction(department_row, None, choice.instruction, choice.appointment_at)


def _by_rules(decision: Decision, choice: Choice) -> Instruction | None:
    if decision.route.department is None:
        return None
    worker = decision.worker.staff if decision.worker else None
    return Instruction(
        decision.route.department,
        worker,
        choice.instruction,
        choice.appointment_at,
        chosen_by="rule",
        why=decision.why(),
    )


def _department_of(tx: Tx, office: Office, worker: Staff, code: str | None) -> Department:
    """The department the worker is sent for: the one named, else the one they work in."""
    if code is not None:
        named = organisation.department(tx, office.id, code)
        if named is None:
            raise BadInput("to.department", "there is no such department in this office")
        return named
    own = organisation.departments_of(tx, office.id, worker.id)
    if not own:
        raise BadInput("to.worker", "%(name)s does not take orders in this office", name=worker.name)
    return own[0]


def _names(row: Category) -> list[str]:
    """A leaf's own names speak for it only where words.csv knows nothing of it: an office's own addition."""
    return [name for name in (row.en, row.zh_hans) if name] if row.office_id is not None else []
