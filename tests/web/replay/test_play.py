"""A file through the loop: every row a ticket or a reason, its times kept, nothing doubled."""

import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlmodel import SQLModel, func, select

from dispatch import closing, work
from hub import promises
from hub.access import HUB
from hub.catalogue import Category
from hub.database import Tx
from hub.errors import BadInput, NotFound, NotNow
from hub.events import Event, Pending
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House
from web.replay.case import Case, Rejected, read
from web.replay.listing import listing, write
from web.replay.ontime import agreement, ontime
from web.replay.pace import Pace
from web.replay.play import Outcome, play
from web.replay.profile import Profile, parse
from web.replay.steps import Step, last_time

TOWN = parse(
    """
name = "Smalltown"
source = "town"
zone = "America/New_York"
dates = ["%Y-%m-%d %H:%M"]
[columns]
id = "id"
opened = "opened"
target = "target"
closed = "closed"
reopened = "reopened"
status = "status"
item = "item"
category = "type"
department = "department"
channel = "source"
place = "address"
resolution = "resolution"
flag = "ontime"
[status]
closed = ["Closed"]
duplicate = ["Duplicate"]
[flag]
on_time = ["YES"]
late = ["NO"]
[channels]
default = "portal"
"Call" = "phone"
[calendar]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:30"
closes = "17:00"
region = "US-MA"
"""
)
HEADER = (
    *("id", "opened", "target", "closed", "reopened", "status", "item", "type", "department"),
    *("source", "address", "resolution", "ontime"),
)
ROWS = [
    # id, opened, target, closed, reopened, status, item, type, department, source, address, resolution, flag
    "1|2015-03-02 09:00|2015-03-04 09:00|2015-03-03 10:00||Closed|Hole|Pothole|PW|Call|1 Elm|Filled|YES",
    "2|2015-03-02 09:30|2015-03-03 09:00|2015-03-05 10:00||Closed|Graffiti|Graffiti|PW|Call|2 Elm St||NO",
    "3|2015-03-02 10:00|2015-03-20 10:00|||Open|Lamp out|Street Light|LIGHT|App|3 Elm St||YES",
    "4|2015-03-03 08:00|2015-03-03 12:00|||Open|Rats|Rodents|ISD|Call|||NO",
    "5|2015-03-04 12:00|2015-03-05 12:00|2015-03-04 11:00||Closed|Sign|Sign|PW|Call|5 Elm||YES",
    "6|2015-03-05 12:00|||||Leaves||||6 Elm St||",  # next to nothing known
    "7|2015-03-05 13:00|2015-03-09 13:00|2015-03-06 09:00||Duplicate|Pothole|Pothole|PW|Call|1 Elm St||YES",
    "8|2015-03-06 09:00|2015-03-10 09:00|2015-03-06 12:00|2015-03-09 10:00|Open|Tree|Tree|PARK|Call|||NO",
    "9|2015-03-06 10:00|2015-03-20 09:00|2015-03-13 12:00|2015-03-09 10:00|Closed|Bin|Bin|PW|Call|||YES",
    "10|2015-03-06 11:00||2015-03-13 12:00||Closed|Bench|Bench|PARK|Call|||",  # flag blank
    "11|||||Open|No date|Bench|PARK|Call|||",
    "1|2015-03-02 09:00|2015-03-04 09:00|2015-03-03 10:00||Closed|Hole|Pothole|PW|Call|1 Elm|Filled|YES",
    "2|2015-03-12 09:30|2015-03-13 09:00|||Open|Another with the number 2|Graffiti|PW|Call|2 Elm St||NO",
    f"12|2015-03-14 09:00|||||{'long ' * 60}|Bench|PARK|Call|||",
]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return save(tmp_path / "town.csv", ROWS)


def save(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join([",".join(HEADER), *(row.replace("|", ",") for row in rows)]), encoding="utf-8")
    return path


def told(file: Path, profile: Profile = TOWN) -> list[Case | Rejected]:
    return list(read(file, profile, datetime(2026, 1, 1, tzinfo=UTC)))


def run(hub: House, rows: list[Case | Rejected], **said: Any) -> Outcome:
    return play(hub.database, HUB, rows, TOWN, "TOWN", **said)


def ticket(hub: House, ref: str) -> Ticket:
    found = hub.look(lambda tx: tx.scalars(select(Ticket).where(Ticket.external_ref == ref)).one())
    return found


def everything(hub: House) -> tuple[int, ...]:
    """How much stands in the tables a replay writes."""
    counted = (Ticket, Order, promises.Promise, Event)
    return tuple(hub.look(_count, table) for table in counted)


def _count(tx: Tx, table: type[SQLModel]) -> int:
    return tx.scalars(select(func.count()).select_from(table)).one()


def test_every_row_is_a_ticket_or_rejected_with_its_reason(hub: House, town: Path) -> None:
    outcome = run(hub, told(town))
    assert (outcome.rows, outcome.tickets, outcome.known) == (14, 12, 0)
    assert sorted(row.reason for row in outcome.rejected) == ["no opened date", "the same as row 2"]
    assert (outcome.closed, outcome.open) == (6, 6)
    assert outcome.marks["closed before opened"] == 1
    assert outcome.marks["duplicate id, other content"] == 2
    assert hub.verify().broken is None


def test_a_ticket_keeps_what_the_file_says(hub: House, town: Path) -> None:
    run(hub, told(town))
    backwards = ticket(hub, "5")
    assert backwards.received_at == datetime(2015, 3, 4, 17, 0, tzinfo=UTC)
    assert backwards.closed_at == datetime(2015, 3, 4, 16, 0, tzinfo=UTC)
    assert backwards.marks == ["closed before opened"] and backwards.is_imported
    assert (backwards.channel, backwards.place, backwards.outcome) == ("phone", "5 Elm", "solved")
    assert backwards.unknown == dict.fromkeys(("name", "room", "phone"), "not in the file")
    (order,) = hub.orders(backwards)
    assert (order.dispatched_to, order.chosen_by, order.status) == ("supervisor", "file", "done")
    assert order.accepted_at == order.done_at == backwards.closed_at
    (resolve,) = hub.promises(backwards, "resolve")
    assert resolve.due_at == datetime(2015, 3, 5, 17, 0, tzinfo=UTC)
    assert resolve.kept_at == backwards.closed_at
    assert all(p.is_inferred for p in hub.promises(backwards) if p.kind in ("accept", "done"))
    long = ticket(hub, "12")
    assert (
        len(long.item) == 200
        and long.marks == ["flag blank", "item shortened"]
        and len(long.description) > 200
    )


def test_what_the_server_recorded_it_recorded_now(hub: House, time: Clock, town: Path) -> None:
    run(hub, told(town))
    for event in hub.events(ticket(hub, "1")):
        assert event.recorded_at == time.now() and event.happened_at.year == 2015
        if event.kind in ("accepted", "done"):
            assert event.said["inferred"] is True


def test_an_open_matter_has_an_owner_an_order_and_a_running_promise(hub: House, town: Path) -> None:
    run(hub, told(town))
    still = ticket(hub, "3")
    assert still.status == "in_hand" and still.owner_id is not None
    (order,) = hub.orders(still)
    assert order.is_open and order.worker_id is not None
    (resolve,) = hub.running(still, "resolve")
    assert resolve.due_at == datetime(2015, 3, 20, 14, 0, tzinfo=UTC) and resolve.next_at is None


def test_imported_matters_wake_nobody_and_owe_no_callback(hub: House, town: Path) -> None:
    before = hub.look(_count, Pending)
    run(hub, told(town))
    assert hub.look(_count, Pending) == before
    assert hub.look(lambda tx: tx.scalars(select(Ticket).where(Ticket.callback == "owed")).all()) == []


def test_a_reopened_case_has_its_whole_history(hub: House, town: Path) -> None:
    run(hub, told(town))
    again, twice = ticket(hub, "8"), ticket(hub, "9")
    turns = {"closed", "reopened"}
    assert [kind for kind in hub.kinds(again) if kind in turns] == ["closed", "reopened"]
    assert (again.status, again.round) == ("in_hand", 2)
    assert hub.running(again, "resolve") and hub.orders(again)[-1].is_open
    assert [kind for kind in hub.kinds(twice) if kind in turns] == ["closed", "reopened", "closed"]
    times = [event.happened_at for event in hub.events(twice) if event.kind in turns]
    assert times[1:] == [datetime(2015, 3, 9, 14, tzinfo=UTC), datetime(2015, 3, 13, 16, tzinfo=UTC)]


def test_a_duplicate_in_the_file_is_closed_as_one_without_work(hub: House, town: Path) -> None:
    run(hub, told(town))
    duplicate = ticket(hub, "7")
    assert (duplicate.status, duplicate.outcome) == ("closed", "duplicate")
    assert [order.status for order in hub.orders(duplicate)] == ["withdrawn"]


def test_the_office_is_made_from_the_file(hub: House, town: Path) -> None:
    run(hub, told(town))
    office = hub.office("TOWN")
    assert office.is_replay and office.zone == "America/New_York"
    assert "2015-07-04" in office.calendar["holidays"]
    own = hub.look(lambda tx: tx.scalars(select(Category).where(Category.office_id == office.id)).all())
    assert {row.en: (row.department, row.callback) for row in own}["Street Light"] == ("LIGHT", "never")


def test_a_real_office_is_refused(hub: House, clara: Any, town: Path) -> None:
    with pytest.raises(BadInput, match="LG is a real office"):
        play(hub.database, HUB, told(town), TOWN, "LG")
    with pytest.raises(NotFound):
        play(hub.database, clara, told(town), TOWN, "TOWN")


def test_our_events_give_the_citys_flags_back(hub: House, town: Path) -> None:
    rows = told(town)
    run(hub, rows)
    cases = [row for row in rows if isinstance(row, Case)]
    as_of = last_time(cases)
    assert as_of is not None
    judged = ontime(hub.database, hub.office("TOWN"), as_of)
    found = agreement(cases, judged)
    assert (found.flags, found.blank) == (9, 3)
    assert [ref for _, ref in found.differ] == []
    late = replace(cases[0], flag="late")
    assert agreement([late], judged).differ == (("town", "1"),)


def test_again_shuffled_cut_or_as_a_workbook_nothing_is_doubled(
    hub: House, town: Path, tmp_path: Path
) -> None:
    run(hub, told(town))
    before = everything(hub)
    shuffled = ROWS[:]
    random.Random(7).shuffle(shuffled)
    book = Workbook()
    for row in ("|".join(HEADER), *ROWS):
        book.active.append(row.split("|"))
    book.save(tmp_path / "town.xlsx")
    for copy in (town, save(tmp_path / "s.csv", shuffled), tmp_path / "town.xlsx"):
        outcome = run(hub, told(copy))
        assert (outcome.tickets, outcome.known, outcome.steps) == (0, 12, 0)
        assert (outcome.closed, outcome.open) == (6, 6)
    run(hub, told(save(tmp_path / "cut.csv", ROWS[:5])))
    assert everything(hub) == before


def test_a_later_export_goes_on_where_the_first_one_ended(hub: House, town: Path, tmp_path: Path) -> None:
    run(hub, told(town))
    closed = (
        ROWS[2].replace("2015-03-20 10:00||", "2015-03-20 10:00|2015-03-19 10:00|").replace("Open", "Closed")
    )
    outcome = run(hub, told(save(tmp_path / "later.csv", [closed])))
    assert (outcome.tickets, outcome.known, outcome.steps, outcome.closed) == (0, 1, 1, 1)
    assert ticket(hub, "3").closed_at == datetime(2015, 3, 19, 14, 0, tzinfo=UTC)


class Pulled(Exception):
    """The plug."""


def test_stopped_in_the_middle_it_goes_on(hub: House, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.replay.play.BATCH", 3)

    def pull(done: int, of: int) -> None:
        if done >= 9:
            raise Pulled

    with pytest.raises(Pulled):
        run(hub, told(town), progress=pull)
    seen: list[tuple[int, int]] = []
    outcome = run(hub, told(town), progress=lambda done, of: seen.append((done, of)))
    assert 0 < outcome.known < 12 and outcome.known + outcome.tickets == 12
    assert seen[0][0] == 12 and seen[-1][0] == seen[-1][1]
    assert (outcome.closed, outcome.open) == (6, 6) and hub.verify().broken is None


def test_one_refused_step_rejects_its_case_and_harms_no_other(hub: House, town: Path) -> None:
    rows = told(town)
    bad = next(row for row in rows if isinstance(row, Case) and row.ref == "4")
    rows[rows.index(bad)] = replace(bad, item="half a pair \ud800")
    outcome = run(hub, rows)
    assert outcome.tickets == 11
    assert [row.reason for row in outcome.rejected if row.row == bad.row] == [
        "opened: item: holds a character that cannot be kept"
    ]
    (listed,) = [row for row in listing(rows, outcome.rejected) if row.ref == "4"]
    assert listed.became == "rejected"


def test_the_listing_names_every_odd_row_and_hides_no_formula(hub: House, town: Path, tmp_path: Path) -> None:
    rows = told(save(town, [*ROWS, "=1+1|2015-03-05 12:00|2015-03-01 12:00||||x||||||"]))
    assert write(tmp_path / "odd.csv", listing(rows)) == 10
    text = (tmp_path / "odd.csv").read_text("utf-8-sig")
    assert "the same as row 2" in text and "closed before opened" in text
    assert "'=1+1,ticket" in text


def test_a_person_who_works_an_imported_matter_is_bound_by_the_clock(
    hub: House, time: Clock, town: Path
) -> None:
    run(hub, told(town))
    supervisor = hub.actor("town.light")
    (order,) = hub.orders(ticket(hub, "3"))
    with pytest.raises(BadInput, match="days back"):
        hub.do(work.accept, supervisor, order, datetime(2015, 3, 3, tzinfo=UTC))
    director = hub.actor("town.director")
    with pytest.raises(NotNow, match="time to reopen has passed"):
        hub.do(closing.reopen, director, ticket(hub, "1"), "still there")


def test_speed_keeps_the_distance_between_steps(town: Path) -> None:
    case = next(row for row in told(town) if isinstance(row, Case))
    steps = [Step(case.opened + timedelta(hours=hours), "opened", case) for hours in (0, 0, 1, 5)]
    slept: list[float] = []
    pace = Pace(3600, watch=lambda: sum(slept), sleep=slept.append)
    ready = []
    while steps:
        ready.append(pace.ready(steps))
        steps = steps[ready[-1] :]
    assert ready == [2, 1, 1] and slept == [0, 1, 4]


CHILD = """
import sys, pathlib
from tests.web.replay import test_play as here
from hub.access import HUB
from hub.database import Database
from web.replay import play
play.BATCH = 2
play.play(Database(sys.argv[1]), HUB, here.told(pathlib.Path(sys.argv[2])), here.TOWN, "TOWN",
          progress=lambda done, of: print(done, flush=True))
"""


def test_killed_in_the_middle_and_run_again_it_is_whole(hub: House, url: str, town: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, str(town)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(3):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    outcome = run(hub, told(town))
    assert outcome.known >= 3 and outcome.known + outcome.tickets == 12
    assert (outcome.closed, outcome.open) == (6, 6) and hub.verify().broken is None
