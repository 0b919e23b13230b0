"""The team (/team): what waits for a worker, who could take it, who has what, and what is late and why.

Source: seed 2-1 remark 3 (K1.7: the supervisor assigns), K1.1 (returned with a reason, the centre rules).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlmodel import col, select
from starlette.datastructures import FormData
from starlette.responses import Response

from dispatch import assignment, returning, work
from dispatch.assignment import Bench, Candidate, Job
from hub import access, catalogue, clock
from hub.access import Actor
from hub.catalogue import Catalogue
from hub.database import Tx
from hub.errors import HubError
from hub.orders import MOVES, OPEN, Order
from hub.organisation import Department, Office
from hub.papers import Paper
from hub.roster import Member
from web.deps import Db
from web.live.views import Seen, View
from web.pages import cards, posted
from web.pages.cards import Card
from web.pages.posted import Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render, words_of
from web.words import Words

router = APIRouter(prefix="/team", include_in_schema=False)

MOST_CANDIDATES = 3


def _team_of(tx: Tx, me: Actor, code: str) -> Seen:
    office = access.office(tx, me, code, "assign")
    return Seen(office.id, f"office:{office.id}", office.zone)


# Asked for by each page: every supervisor has another department, and forms to assign with.
VIEWS = {"team": View(_team_of)}


@dataclass(frozen=True)
class Waiting:
    """An order without a worker, and everybody who could take it, best first."""

    card: Card
    candidates: list[Candidate]


@dataclass(frozen=True)
class Hand:
    """One of the team: on duty now or not, skills as category codes, certificates, the orders in hand."""

    candidate: Candidate
    skills: tuple[str, ...]
    papers: tuple[Paper, ...]
    cards: list[Card]

    @property
    def staff(self) -> Member:
        return self.candidate.staff

    @property
    def is_on_duty(self) -> bool:
        return self.candidate.is_on_duty


@dataclass(frozen=True)
class Team:
    """One department as its supervisor sees it."""

    department: Department
    waiting: list[Waiting]
    hands: list[Hand]
    late: list[Card]
    held: list[Card]
    returned: list[Card]
    today: list[Card]


@router.get("")
def teams(request: Request, reader: Reader, db: Db) -> Response:
    """Every department this person leads; for the centre, every department of the office."""
    return _page(request, reader, db)


@router.get("/list")
def team_list(request: Request, reader: Reader, db: Db) -> Response:
    """The same as a fragment, asked for anew every half minute."""
    reader.require("team")
    return render(request, "team/_teams.html", **db.read(lambda tx: _seen(tx, reader, words_of(request))))


@router.post("/{number}/assignment")
def assign(request: Request, number: str, reader: Reader, db: Db, form: Posted) -> Response:
    """Give the order to a worker, or hand it over from one to another."""

    def step(tx: Tx, order: Order) -> None:
        worker = access.colleague(tx, reader.me, posted.text(form, "worker"), order.office_id)
        work.assign(tx, reader.me, order, worker, seen=posted.seen(form))

    return _do(request, reader, db, number, "assign", step)


@router.post("/{number}/return")
def send_back(request: Request, number: str, reader: Reader, db: Db, form: Posted) -> Response:
    """Back to the centre, with the reason; the centre rules."""
    reason = posted.text(form, "reason")
    return _do(
        request,
        reader,
        db,
        number,
        "work",
        lambda tx, order: returning.send_back(tx, reader.me, order, reason),
        form,
    )


@router.post("/{number}/resumption")
def resume(request: Request, number: str, reader: Reader, db: Db) -> Response:
    """A held order goes on."""
    return _do(request, reader, db, number, "work", lambda tx, order: work.resume(tx, reader.me, order))


def _do(
    request: Request,
    reader: SignedIn,
    db: Db,
    number: str,
    step: str,
    verb: Callable[[Tx, Order], object],
    form: FormData | None = None,
) -> Response:
    reader.require("team")

    def run(tx: Tx) -> None:
        verb(tx, access.order(tx, reader.me, number, step))

    try:
        db.write(run)
    except HubError as refusal:
        return _page(request, reader, db, refusal, number, form)
    return RedirectResponse("/team", 303)


def _page(
    request: Request,
    reader: SignedIn,
    db: Db,
    refusal: HubError | None = None,
    number: str = "",
    form: FormData | None = None,
) -> Response:
    reader.require("team")
    return render(
        request,
        "team/page.html",
        status_code=refusal.status if refusal else 200,
        refusal=refusal,
        refused=number,
        said=posted.texts(form) if form is not None else {},
        **db.read(lambda tx: _seen(tx, reader, words_of(request))),
    )


# --- what is seen ------------------------------------------------------------


def _seen(tx: Tx, reader: SignedIn, words: Words) -> dict[str, Any]:
    return {
        "teams": [_team(tx, reader, department) for department in _departments(tx, reader)],
        "can_assign": lambda card: "assign" in MOVES[card.order.status],
        "can_return": lambda card: "return" in MOVES[card.order.status],
        "most": MOST_CANDIDATES,
        "skill": partial(_skill, catalogue.of(tx, reader.office), words),
        "today": clock.now().astimezone(reader.office.tz).date(),
        "office_code": reader.office.code,
    }


def _skill(book: Catalogue, words: Words, code: str) -> str:
    """What the code of a skill is called: a leaf, or a whole group of the tree."""
    leaf = book.categories.get(code)
    if leaf is not None:
        return leaf.name(words.locale)
    group = next((row for row in book.categories.values() if row.group_code == code), None)
    return group.group_name(words.locale) if group else code


def _departments(tx: Tx, reader: SignedIn) -> list[Department]:
    """The departments led, or all but the centre itself for those who see the whole office."""
    query = select(Department).where(
        Department.office_id == reader.office.id, col(Department.ended_at).is_(None)
    )
    if reader.me.roles_in(reader.office.id) & access.DESK:
        query = query.where(~col(Department.is_centre))
    else:
        led = [grant.department_id for grant in reader.me.grants if grant.role == "supervisor"]
        query = query.where(col(Department.id).in_([one for one in led if one is not None]))
    return list(tx.scalars(query.order_by(col(Department.id))))


def _team(tx: Tx, reader: SignedIn, department: Department) -> Team:
    office = reader.office
    open_cards = cards.of(
        tx,
        reader.me,
        office,
        col(Order.department_id) == department.id,
        col(Order.status).in_((*OPEN, "returned")),
    )
    standing = [card for card in open_cards if card.order.status != "returned"]
    bench = assignment.bench(tx, office, department)
    return Team(
        department=department,
        waiting=[Waiting(card, bench.ranked(_job(card))) for card in standing if card.worker is None],
        hands=_hands(bench, standing),
        late=[card for card in standing if card.late],
        held=[card for card in standing if card.order.status == "on_hold"],
        returned=[card for card in open_cards if card.order.status == "returned"],
        today=_today(office, standing),
    )


def _job(card: Card) -> Job:
    arrives = next((due.promise.due_at for due in card.dues if due.promise.kind == "arrive"), None)
    return Job(card.category, card.ticket.priority, card.ticket.kind, card.room, arrives)


def _hands(bench: Bench, standing: list[Card]) -> list[Hand]:
    """Everybody of the department, those on duty first, the busiest of them at the top."""
    hands = [
        Hand(
            one,
            bench.roster.skills.get(one.staff.id, ()),
            bench.roster.ending(one.staff.id, bench.at),
            [card for card in standing if card.order.worker_id == one.staff.id],
        )
        for one in bench.ranked(Job())
    ]
    return sorted(hands, key=lambda hand: (not hand.is_on_duty, -len(hand.cards), hand.staff.id))


def _today(office: Office, standing: list[Card]) -> list[Card]:
    """The appointments of the office's calendar day, in their order; those missed before it too."""
    midnight = clock.now().astimezone(office.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    dated = [(card.order.appointment_at, card) for card in standing if card.order.appointment_at]
    return [card for at, card in sorted(dated, key=lambda pair: pair[0]) if at < tomorrow]
