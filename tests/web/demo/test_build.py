"""The demo office as its visitors find it: five days of history, the last three of them written together."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, func, select

from dispatch import intake
from dispatch.complaint import Complaint
from hub import access, checkpoints, clock, organisation, schema
from hub.callbacks import Callback
from hub.catalogue import Category
from hub.database import Database
from hub.duty import Absence
from hub.errors import BadInput, NotFound
from hub.events import Event, Pending
from hub.orders import Order
from hub.organisation import Staff
from hub.papers import Qualification
from hub.promises import Promise
from hub.roster import StaffArea
from hub.tickets import STATES, Ticket
from tests.engines import PostgresTemplate
from web.demo import build
from web.demo.people import PEOPLE

NOW = datetime(2026, 7, 15, 6, 40, tzinfo=UTC)  # a Wednesday afternoon in Hong Kong
DAYS, AT_ONCE = 5, 3


def _empty(folder: Path) -> Database:
    made = Database(f"sqlite:///{folder / 'demo.db'}")
    schema.upgrade(made)
    return made


def _founded(folder: Path, seed: int = 1) -> Database:
    made = _empty(folder)
    build.found(made, password_hash="kept", now=NOW, seed=seed, days=DAYS, at_once=AT_ONCE)
    return made


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = _founded(tmp_path_factory.mktemp("demo"))
    build.fill(made, rest=0)
    yield made
    made.close()


def _all(database: Database, table: type[SQLModel]) -> list:
    return database.read(lambda tx: list(tx.scalars(select(table))))


def _story(database: Database) -> list[tuple]:
    rows = _all(database, Ticket)
    fields = ("external_ref", "item", "status", "outcome", "callback", "round", "received_at", "closed_at")
    return sorted(tuple(getattr(row, name) for name in fields) for row in rows)


def test_all_ten_log_ins_can_be_looked_up_with_their_roles(demo: Database) -> None:
    roles = {one.login: one.role for one in PEOPLE}

    def look(login: str) -> frozenset[str]:
        def find(tx):
            company = tx.scalars(select(organisation.Company)).one()
            staff = organisation.staff_by_login(tx, company.id, login)
            assert staff is not None and staff.password_hash == "kept"
            actor = access.actor_of(tx, staff)
            return actor.roles_in(access.home(tx, actor).id)

        return demo.read(find)

    assert len(build.LOGINS) == 10
    assert {login: look(login) for login in build.LOGINS} == {login: {roles[login]} for login in build.LOGINS}


def test_twenty_five_people_work_here_and_some_papers_run_out_soon(demo: Database) -> None:
    assert len(_all(demo, Staff)) == 25
    soon = NOW.date() + timedelta(days=30)
    expiring = [row for row in _all(demo, Qualification) if row.valid_until and row.valid_until < soon]
    assert 2 <= len(expiring) <= 6
    assert all(row.valid_until > NOW.date() for row in expiring)


def test_the_counts_are_believable(demo: Database) -> None:
    tickets, orders = _all(demo, Ticket), _all(demo, Order)
    assert 12 * DAYS <= len(tickets) <= 25 * DAYS
    assert len({row.channel for row in tickets}) >= 6
    assert {row.kind for row in tickets} >= {"repair", "complaint", "enquiry", "service"}
    assert 0.5 * len(tickets) < len(orders) < 1.1 * len(tickets)
    assert len({row.worker_id for row in orders if row.worker_id}) >= 8
    called = Counter(row.satisfied for row in _all(demo, Callback) if row.reached)
    assert called["yes"] > called["fairly"] > 0
    kept = [row for row in _all(demo, Promise) if row.kept_at and row.kind in ("answer", "resolve")]
    assert 0.8 < sum(not row.is_late(NOW) for row in kept) / len(kept) < 0.99


def test_every_state_stands_at_the_desk_now(demo: Database) -> None:
    assert {row.status for row in _all(demo, Ticket)} == set(STATES)
    orders = Counter(row.status for row in _all(demo, Order))
    assert orders >= Counter(
        {"issued": 1, "accepted": 1, "on_site": 1, "on_hold": 1, "returned": 1, "done": 30}
    )
    running = [row for row in _all(demo, Promise) if row.is_running and row.paused_at is None]
    late = {row.kind for row in running if row.due_at < NOW}
    at_risk = [row for row in running if NOW < row.due_at < NOW + (NOW - row.started_at) / 4]
    assert {"resolve", "callback"} <= late
    assert at_risk
    assert any(row.callback == "owed" for row in _all(demo, Ticket))


def test_an_open_ticket_has_an_owner_and_a_running_promise(demo: Database) -> None:
    running = {row.ticket_id for row in _all(demo, Promise) if row.is_running}
    opened = [row for row in _all(demo, Ticket) if row.is_open]
    assert opened
    assert all(row.owner_id is not None and row.id in running for row in opened)


def test_the_record_is_whole_and_time_never_runs_backwards(demo: Database) -> None:
    verdict = demo.read(checkpoints.verify)
    assert verdict.broken is None and verdict.events > 800
    by_stream: dict[str, list[Event]] = {}
    for event in _all(demo, Event):
        by_stream.setdefault(event.stream, []).append(event)
    for events in by_stream.values():
        events.sort(key=lambda event: event.seq)
        recorded = [event.recorded_at for event in events]
        assert recorded == sorted(recorded) and recorded[-1] <= NOW


def test_the_ladder_was_climbed_up_to_now_and_not_beyond(demo: Database) -> None:
    assert {"urged", "pressed", "escalated"} <= {event.kind for event in _all(demo, Event)}
    assert not [row for row in _all(demo, Promise) if row.next_at is not None and row.next_at <= NOW]


def test_the_past_wakes_nobody(demo: Database) -> None:
    waiting = {row.event_id for row in _all(demo, Pending)}
    told = [event for event in _all(demo, Event) if event.id in waiting]
    assert told
    assert all(event.recorded_at >= NOW - build.UNREAD for event in told)


def test_matters_were_returned_held_reopened_withdrawn_and_noted(demo: Database) -> None:
    kinds = {event.kind for event in _all(demo, Event)}
    assert kinds >= {"returned", "ruled", "held", "resumed", "noted", "called_back", "retriaged", "answered"}
    assert kinds >= {"answer_promised", "owned", "closed", "contacted", "departed"}


def test_the_same_seed_tells_the_same_story_also_when_it_was_interrupted(
    demo: Database, tmp_path: Path
) -> None:
    again = _founded(tmp_path)
    assert build.progress(again) == (0, DAYS)
    stop = threading.Event()
    build.fill(again, 0, AT_ONCE)
    assert build.progress(again) == (AT_ONCE, DAYS)
    seen = []

    def interrupt(done: int, _: int) -> None:
        seen.append(done)
        stop.set()

    build.fill(again, AT_ONCE, None, progress=interrupt, stop=stop, rest=0)
    assert seen == [AT_ONCE + 1] and build.progress(again) == (AT_ONCE + 1, DAYS)
    build.fill(again, rest=0)
    assert build.progress(again) == (DAYS, DAYS)
    assert _story(again) == _story(demo)
    again.close()


def test_a_second_fill_adds_nothing(demo: Database) -> None:
    def count() -> int:
        return demo.read(lambda tx: tx.scalars(select(func.count(col(Event.id)))).one())

    before = count()
    build.fill(demo, rest=0)
    assert count() == before


def test_older_matters_were_written_whole_each_by_itself(demo: Database) -> None:
    oldest = sorted(row.external_ref for row in _all(demo, Ticket))[0]
    assert oldest.startswith(str((NOW + timedelta(hours=8)).date() - timedelta(days=DAYS - 1)))


def test_a_database_with_a_company_is_left_alone(demo: Database) -> None:
    with pytest.raises(BadInput):
        build.found(demo, password_hash="other")


def test_nothing_is_filled_where_there_is_no_demo_office(tmp_path: Path) -> None:
    empty = _empty(tmp_path)
    assert build.progress(empty) == (0, 0)
    with pytest.raises(NotFound):
        build.fill(empty)
    empty.close()


def test_a_demo_may_lie_years_back(tmp_path: Path) -> None:
    made = _empty(tmp_path)
    build.build(made, password_hash="kept", now=datetime(2024, 2, 29, 3, 0, tzinfo=UTC), days=1)
    received = [row.received_at for row in _all(made, Ticket)]
    made.close()
    assert received and max(received) < datetime(2024, 3, 1, tzinfo=UTC)


def test_at_night_the_desk_is_just_as_alive(tmp_path: Path) -> None:
    night = datetime(2026, 7, 18, 19, 5, tzinfo=UTC)  # three in the morning on a Sunday
    made = _empty(tmp_path)
    with clock.at(night):
        build.build(made, password_hash="kept", days=1)
    statuses = {row.status for row in _all(made, Ticket)}
    orders = {row.status for row in _all(made, Order)}
    made.close()
    assert statuses >= set(STATES) - {"closed"}
    assert {"issued", "accepted", "on_site", "on_hold", "returned", "done"} <= orders


@pytest.mark.postgres
def test_the_demo_stands_on_postgresql_too(postgres_template: PostgresTemplate) -> None:
    for url in postgres_template.empty():
        made = Database(url)
        schema.upgrade(made)
        build.found(made, password_hash="kept", now=NOW, days=2, at_once=1)
        build.fill(made, rest=0)
        statuses = {row.status for row in _all(made, Ticket)}
        verdict, done = made.read(checkpoints.verify), build.progress(made)
        made.close()
        assert statuses == set(STATES)
        assert verdict.broken is None
        assert done == (2, 2)


def test_a_newcomer_is_served_while_the_past_is_filled_in(tmp_path: Path) -> None:
    made = _empty(tmp_path)
    build.found(made, password_hash="kept", now=NOW, days=2, at_once=1)
    build.fill(made, 0, 1)
    span, cast = made.read(build._gather)
    behind = threading.Thread(target=build.fill, args=(made, 1), kwargs={"rest": 0})
    said = Complaint(item="Kitchen tap leaks", name="New Comer", room="A-0101", phone="2345 6789")
    behind.start()
    own = []
    for _ in range(3):
        prepared = made.read(lambda tx: intake.prepare(tx, cast.office, said))
        own.append(made.write(partial(intake.receive, actor=cast.actors["desk"], prepared=prepared)))
    behind.join()
    rows = {row.number: row for row in _all(made, Ticket)}
    assert build.progress(made) == (2, 2)
    assert all(rows[one.number].status == "in_hand" and rows[one.number].external_ref is None for one in own)
    assert all(row.received_at <= span.until for row in rows.values() if row.external_ref)
    assert made.read(checkpoints.verify).broken is None
    made.close()


def test_nobody_without_lift_certificate_is_in_a_lift_and_leave_has_its_stand_ins(demo: Database) -> None:
    def look(tx):
        held = {
            row.staff_id for row in tx.scalars(select(Qualification).where(Qualification.trade == "lift"))
        }
        hands = tx.execute(
            select(Order.worker_id, Category.paper)
            .join(Ticket, col(Ticket.id) == col(Order.ticket_id))
            .join(Category, col(Category.id) == col(Ticket.category_id))
            .where(Category.group_code == "03", col(Order.worker_id).is_not(None))
        ).all()
        return held, hands

    held, hands = demo.read(look)
    assert {paper for _, paper in hands} <= {"required"} and {worker for worker, _ in hands} <= held
    stand_ins = [row.stand_in_id for row in _all(demo, Absence)]
    assert any(stand_ins) and not all(stand_ins)
    assert len(_all(demo, StaffArea)) == 4
