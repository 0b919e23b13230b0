"""What weighs between two who could both do it: minutes, the week's share, memory, the shift's end."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from dispatch import assignment, callback, intake, work
from dispatch.assignment import Candidate, Job
from hub import catalogue, estate
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.organisation import StaffSkill
from hub.papers import MISSING, VALID
from hub.roster import Member, StaffArea
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import finish
from tests.house import House, leak
from tests.overhearing import overheard

FLOOD = leak(item="Flooding", category="01-01")


@pytest.fixture
def alike(hub: House) -> None:
    """Wen knows water too, so that skill decides nothing between her and Wes."""
    hub.do(lambda tx: tx.add(StaffSkill(staff_id=hub.staff("wen").id, category="01")))


def job(hub: House, code: str = "01-03", room: str = "A-1203") -> Job:
    def read(tx: Tx) -> Job:
        office = hub.office()
        category = catalogue.of(tx, office).categories[code]
        return Job(category, category.priority, category.kind, estate.room_by_code(tx, office.id, room))

    return hub.look(read)


def ranked(hub: House, wanted: Job) -> list[Candidate]:
    return hub.look(assignment.candidates, hub.office(), hub.department("ENG"), None, wanted)


def logins(hub: House, wanted: Job) -> list[str]:
    return [one.staff.login for one in ranked(hub, wanted)]


def of(hub: House, login: str, wanted: Job) -> Candidate:
    return next(one for one in ranked(hub, wanted) if one.staff.login == login)


def shift(hub: House, login: str, starts: int, ends: int) -> None:
    """The person works every day between these minutes, and no other shift."""

    def write(tx: Tx) -> None:
        staff = hub.staff(login)
        for row in tx.scalars(select(Duty).where(Duty.staff_id == staff.id)):
            row.ended_at = MORNING
        for weekday in range(7):
            tx.add(
                Duty(staff_id=staff.id, office_id=hub.office().id, weekday=weekday, starts=starts, ends=ends)
            )

    hub.do(write)


def give(hub: House, login: str, said: object = None) -> object:
    """An order of an ordinary leak, accepted by this worker."""
    ticket = hub.receive(hub.actor("clara"), said or leak(room="B-0302", name="Rosa Diaz"))  # type: ignore[arg-type]
    (order,) = hub.orders(ticket)
    hub.do(work.assign, hub.actor("sue"), order, hub.staff(login))
    hub.do(work.accept, hub.actor(login), order)
    return order


@pytest.mark.usefixtures("alike")
def test_load_counts_in_minutes_and_what_is_on_hold_counts_less(hub: House, wes: Actor) -> None:
    order = give(hub, "wes")
    loaded = of(hub, "wes", job(hub))
    assert (loaded.load, loaded.minutes) == (1, 60)
    assert logins(hub, job(hub))[0] == "wen"
    hub.do(work.hold, wes, order, "material")
    assert of(hub, "wes", job(hub)).minutes == 15


@pytest.mark.usefixtures("alike")
def test_what_the_office_says_a_category_takes_is_what_counts(hub: House) -> None:
    def set_minutes(tx: Tx) -> None:
        row = tx.scalars(select(Category).where(Category.code == "01-03")).one()
        row.minutes = 200
        catalogue.changed(tx, row.company_id)

    hub.do(set_minutes)
    give(hub, "wes")
    assert of(hub, "wes", job(hub)).minutes == 200


@pytest.mark.usefixtures("alike")
def test_over_the_week_the_work_goes_around(hub: House, clara: Actor) -> None:
    """Ten emergencies, each done before the next comes: present load alone would give all to the first."""
    had: list[str] = []
    for _ in range(10):
        (order,) = hub.orders(hub.receive(clara, FLOOD))
        login = next(one for one in ("wes", "wen", "sue") if hub.staff(one).id == order.worker_id)
        had.append(login)
        finish(hub, hub.actor(login), order)
    assert (had.count("wes"), had.count("wen")) == (5, 5)


@pytest.mark.usefixtures("alike")
def test_whoever_was_in_this_room_for_the_like_comes_first_and_says_so(hub: House, wen: Actor) -> None:
    order = give(hub, "wen", leak())
    hub.do(work.complete, wen, order, "New washer")
    known = of(hub, "wen", job(hub))
    assert logins(hub, job(hub))[0] == "wen"
    assert known.why()["before"] == known.before is not None
    assert of(hub, "wen", job(hub, room="B-0302")).before is None, "another room"
    assert of(hub, "wen", job(hub, code="01-06")).before is None, "another kind of work"


@pytest.mark.usefixtures("alike")
def test_but_not_after_a_customer_was_dissatisfied_unless_chosen(
    hub: House, clara: Actor, sue: Actor, wen: Actor
) -> None:
    ticket = hub.receive(clara, leak(kind="complaint"))
    (order,) = hub.orders(ticket)
    hub.do(work.assign, sue, order, hub.staff("wen"))
    finish(hub, wen, order)
    hub.do(callback.call_back, clara, ticket, True, False, "no", "It still drips")
    unwelcome = of(hub, "wen", job(hub))
    assert unwelcome.is_unwelcome and not unwelcome.is_for_the_hub
    assert logins(hub, job(hub))[0] == "wes"
    chosen = hub.orders(hub.receive(clara, leak()))[0]
    assert hub.do(work.assign, sue, chosen, hub.staff("wen")).worker_id == wen.staff_id


@pytest.mark.usefixtures("alike")
def test_a_memory_fades(hub: House, time: Clock, wen: Actor) -> None:
    hub.do(work.complete, wen, give(hub, "wen", leak()), "New washer")
    time.forward(days=91)
    assert of(hub, "wen", job(hub)).before is None


@pytest.mark.usefixtures("alike")
def test_a_building_of_one_s_own_speaks_for_a_person(hub: House) -> None:
    def look_after(tx: Tx) -> None:
        room = estate.room_by_code(tx, hub.office().id, "A-1203")
        assert room is not None and room.building_id is not None
        tx.add(StaffArea(staff_id=hub.staff("wen").id, building_id=room.building_id))

    hub.do(look_after)
    assert logins(hub, job(hub))[0] == "wen"
    assert logins(hub, job(hub, room="B-0302"))[0] == "wes"


@pytest.mark.usefixtures("alike")
def test_nobody_who_leaves_in_five_minutes_is_sent_to_an_hour_of_work(hub: House, clara: Actor) -> None:
    shift(hub, "wes", 8 * 60, 10 * 60 + 5)  # it is ten
    leaving = of(hub, "wes", job(hub))
    assert leaving.standing == "leaving" and not leaving.is_for_the_hub
    assert leaving.why()["leaves_at"] == MORNING + timedelta(minutes=5)
    assert logins(hub, job(hub))[0] == "wen"


def test_but_somebody_about_to_leave_goes_to_an_emergency_when_nobody_else_is_there(
    hub: House, clara: Actor
) -> None:
    for login in ("wen", "sue"):
        shift(hub, login, 20 * 60, 23 * 60)
    shift(hub, "wes", 8 * 60, 10 * 60 + 5)
    (order,) = hub.orders(hub.receive(clara, FLOOD))
    assert order.worker_id == hub.staff("wes").id


@pytest.mark.parametrize(("starts", "comes"), [(10 * 60 + 20, True), (15 * 60, False)])
def test_with_nobody_free_it_goes_to_who_comes_in_time_else_to_the_supervisor_who_is_told_when(
    hub: House, time: Clock, clara: Actor, starts: int, comes: bool
) -> None:
    time.set(MORNING.replace(hour=14))  # ten at night in Hong Kong: priority 2 goes straight to a worker
    starts += 12 * 60
    for login in ("wes", "wen", "sue"):
        shift(hub, login, starts, starts + 480)
    ticket = hub.receive(clara, leak(item="Drain blocked", category="01-04"))
    (order,) = hub.orders(ticket)
    why = next(event.said["why"] for event in hub.events(ticket) if event.kind == "ordered")
    if comes:
        assert order.worker_id == hub.staff("wes").id
        assert next(one for one in why if one["what"] == "worker")["comes_at"].startswith("2026-03-03T14:20")
    else:
        assert order.worker_id is None and order.dispatched_to == "supervisor"
        assert {"what": "supervisor", "because": "nobody can be there in time"} in why
        assert next(one for one in why if one["what"] == "candidate")["comes_at"].startswith(
            "2026-03-03T19:00"
        )


@pytest.mark.parametrize(("setting", "proposes"), [("propose", True), ("off", False)])
def test_a_category_may_have_the_hub_propose_or_keep_out_of_it(
    hub: House, clara: Actor, setting: str, proposes: bool
) -> None:
    def keep_out(tx: Tx) -> None:
        row = tx.scalars(select(Category).where(Category.code == "01-01")).one()
        row.assign = setting
        catalogue.changed(tx, row.company_id)

    hub.do(keep_out)
    ticket = hub.receive(clara, FLOOD)
    (order,) = hub.orders(ticket)
    assert (order.status, order.worker_id) == ("issued", None)
    why = next(event.said["why"] for event in hub.events(ticket) if event.kind == "ordered")
    names = [one["worker"] for one in why if one["what"] == "candidate"]
    assert names == (["wes", "wen", "sue"] if proposes else [])


def test_intake_preview_desk_team_and_api_ask_the_same(hub: House, clara: Actor) -> None:
    prepared = hub.look(intake.prepare, hub.office(), FLOOD)
    decision = hub.look(intake.preview, clara, prepared)
    (order,) = hub.orders(hub.receive(clara, FLOOD))
    assert decision.worker is not None and decision.worker.staff.id == order.worker_id


def test_leave_counts_as_not_being_there_and_ends(hub: House, time: Clock) -> None:
    hub.do(
        lambda tx: tx.add(
            Absence(
                staff_id=hub.staff("wes").id,
                starts_at=MORNING + timedelta(minutes=30),
                ends_at=MORNING + timedelta(days=1),
            )
        )
    )
    away = of(hub, "wes", job(hub))
    assert (away.standing, away.leaves_at) == ("leaving", MORNING + timedelta(minutes=30))
    time.forward(hours=1)
    assert of(hub, "wes", job(hub)).comes_at == MORNING + timedelta(days=1)
    time.forward(days=1)
    assert of(hub, "wes", job(hub)).standing == "free"


def test_few_look_ups_and_none_for_what_is_set(hub: House) -> None:
    wanted, office, department = job(hub), hub.office(), hub.department("ENG")
    ranked(hub, wanted)

    def count(tx: Tx) -> int:
        with overheard() as sent:
            assignment.bench(tx, office, department).ranked(wanted)
        return len(sent)

    asked = hub.look(count)
    assert asked == 4, "whether what is set has changed; in hand, lately, who was there"


people = st.builds(
    Candidate,
    staff=st.builds(Member, id=st.integers(1, 9), login=st.just("x"), name=st.just("X"), leads=st.booleans()),
    is_on_duty=st.booleans(),
    has_skill=st.booleans(),
    load=st.integers(0, 3),
    minutes=st.integers(0, 200),
    recent=st.integers(0, 900),
    standing=st.sampled_from(("free", "coming", "leaving", "off")),
    paper=st.sampled_from((VALID, MISSING)),
    is_barred=st.booleans(),
    has_building=st.booleans(),
    before=st.sampled_from((None, "100000012")),
    is_unwelcome=st.booleans(),
    is_urgent=st.just(False),
)


@given(st.lists(people, unique_by=lambda one: one.staff.id, max_size=9), st.randoms())
def test_the_ranking_is_a_total_order_whatever_order_they_come_in(
    found: list[Candidate], rng: object
) -> None:
    shuffled = list(found)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    best_first = sorted(found, key=lambda one: one.rank)
    assert best_first == sorted(shuffled, key=lambda one: one.rank)
    assert len({one.rank for one in found}) == len(found)
    barred = [one.is_barred for one in best_first]
    assert barred == sorted(barred), "nobody who may not do it stands before one who may"


def test_everybody_seen_by_the_desk_has_a_reason(hub: House) -> None:
    assert all(one.why()["what"] == "worker" for one in ranked(hub, job(hub)))
