"""The director's wall: figures that agree with the tickets behind them, for those who may count."""

import re
from datetime import timedelta

import pytest

from dispatch import callback, returning, work
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.web.pages.visiting import Visit, Visitor


def behind(wall: Visitor, figure: str, **filters: str) -> list[str]:
    """The numbers of the tickets listed behind a figure."""
    page = wall.get("/office/matters", params={"figure": figure, **filters})
    assert page.status_code == 200
    return re.findall(r'href="/t/(\d+)"', page.text)


def tile(page: str, title: str) -> int:
    found = re.search(r"(\d+) " + re.escape(title), page)
    assert found, f"{title} is not on the wall"
    return int(found[1])


def test_every_live_figure_counts_the_tickets_behind_it(
    visit: Visit, hub: House, clara: Actor, sue: Actor, order: Order, peddlers_knock: Ticket, time: Clock
) -> None:
    hub.receive(clara, leak(item="Something odd", name="A", room="B-0302"))
    hub.do(returning.send_back, sue, order, "Not ours")
    time.forward(minutes=40)
    wall = visit("dora")
    page = wall.see("/office")
    for figure, title in (
        ("new", "Waiting at the desk"),
        ("in_hand", "In hand"),
        ("returned", "Returned, awaiting a ruling"),
        ("at_risk", "At risk"),
        ("overdue", "Overdue"),
        ("reopened", "Reopened"),
        ("callbacks_due", "Callbacks due"),
    ):
        assert tile(page, title) == len(behind(wall, figure)), title
    assert tile(page, "Overdue") == 3 and tile(page, "Returned, awaiting a ruling") == 1
    assert "Not ours" in page


def test_departments_and_workers_lead_to_what_they_have_in_hand(
    visit: Visit, hub: House, wes: Actor, order: Order, peddlers_knock: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    wall = visit("cody")
    page = wall.see("/office")
    assert re.search(r"Engineering 1 0 0 0 Security 1 0 0 0", page)
    assert "Wes Worker 1 0 0 0" in page and "nobody yet 1 0 0 0" in page
    ticket = hub.again(order).number.rpartition("-")[0]
    assert behind(wall, "orders_open", department="ENG") == [ticket]
    assert behind(wall, "orders_open", worker="wes") == [ticket]
    assert behind(wall, "orders_open", worker="-") == [peddlers_knock.number]
    assert behind(wall, "orders_overdue", department="ENG") == []


@pytest.mark.seed("K2.3")
def test_the_rates_show_counts_while_little_was_counted(
    visit: Visit, hub: House, clara: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    order = hub.orders(peddlers_knock)[0]
    hub.do(work.accept, gus, order)
    hub.do(work.contact, gus, order)
    hub.do(work.complete, gus, order, "Sent away")
    hub.do(callback.call_back, clara, peddlers_knock, True, False, "no", "They came again")
    with clock.at(clock.now() + timedelta(minutes=1)):
        wall = visit("dora")
        page = wall.see("/office")
        assert "Solved rate 0 of 1" in page and "Satisfaction 0 of 1" in page
        assert "0.0%" not in page, "a share of one says nothing"
        assert "customer says solved ÷ reached" in page
        assert behind(wall, "unsolved") == behind(wall, "dissatisfied") == [peddlers_knock.number]


def test_the_heat_table_tells_buildings_and_groups_apart(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    for room in ("A-1203", "A-0501", "B-0302"):
        hub.receive(clara, leak(room=room, category="01-03"))
    time.forward(minutes=1)
    wall = visit("dora")
    page = wall.get("/office").text
    heat = page[page.index('class="heat"') :]
    assert "building=A&amp;group=01" in heat and ">2</a>" in heat
    assert len(behind(wall, "received", building="A", group="01")) == 2
    assert len(behind(wall, "received", building="B", group="01")) == 1
    assert behind(wall, "received", building="B", group="06") == []


def test_a_room_that_complains_twice_of_the_same_is_named(visit: Visit, hub: House, clara: Actor) -> None:
    wall = visit("dora")
    hub.receive(clara, peddlers())
    assert "No room has complained twice" in wall.see("/office")
    hub.receive(clara, peddlers())
    page = wall.see("/office")
    assert re.search(r"A-0501 .{3,60} 2 now", page)
    assert len(behind(wall, "repeated", room="A-0501", category="06-09")) == 2


def test_today_is_set_against_the_usual_once_there_is_one(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, leak())
    assert "What is usual shows after three weeks" in visit("dora").see("/office")
    for _ in range(3):
        time.forward(weeks=1)
        for _ in range(2):
            hub.receive(clara, leak())
    time.forward(weeks=1, minutes=5)
    page = visit("dora").see("/office")
    assert "Received 0 usually 2" in page


def test_what_is_drawn_anew_is_the_fragment_alone(visit: Visit, tap_leaks: Ticket) -> None:
    answer = visit("dora").get("/live/fragment?view=hands/LG")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "By department" in answer.text


@pytest.mark.parametrize("login", ["dora", "cody", "clara", "adam", "cash", "sue", "quinn"])
def test_who_counts_sees_the_wall(visit: Visit, login: str) -> None:
    assert "Today against the usual" in visit(login).see("/office")


@pytest.mark.parametrize("login", ["wes", "gus"])
@pytest.mark.parametrize("path", ["/office", "/office/wall", "/office/matters?figure=overdue"])
def test_the_field_does_not(visit: Visit, login: str, path: str) -> None:
    assert visit(login).get(path).status_code == 403


def test_another_office_is_not_found_and_nothing_of_it_shows(visit: Visit, tap_leaks: Ticket) -> None:
    stranger = visit("max")
    assert stranger.get("/office?office=LG").status_code == 404
    assert stranger.get("/office/matters?office=LG&figure=received").status_code == 404
    assert behind(stranger, "received") == []
    assert tile(stranger.see("/office"), "In hand") == 0


def test_the_quality_department_chooses_among_the_offices(visit: Visit, tap_leaks: Ticket) -> None:
    quinn = visit("quinn")
    assert "Maple Court" in quinn.see("/office") and tile(quinn.see("/office"), "In hand") == 1
    assert tile(quinn.see("/office?office=MC"), "In hand") == 0


def test_a_supervisor_finds_behind_a_figure_only_what_is_the_departments(
    visit: Visit, tap_leaks: Ticket, peddlers_knock: Ticket
) -> None:
    assert behind(visit("sue"), "in_hand") == [tap_leaks.number]
    assert set(behind(visit("dora"), "in_hand")) == {tap_leaks.number, peddlers_knock.number}


def test_what_a_customer_wrote_stays_text(
    visit: Visit, hub: House, clara: Actor, sue: Actor, time: Clock
) -> None:
    ticket = hub.receive(clara, leak(item="<svg onload=alert(1)>", category="01-03"))
    hub.do(returning.send_back, sue, hub.orders(ticket)[0], "<b onclick=x>no</b>")
    time.forward(minutes=1)
    wall = visit("dora")
    for path in ("/office", "/office/matters?figure=received"):
        text = wall.get(path).text
        assert "<svg onload" not in text and "&lt;svg onload" in text
        assert "<b onclick" not in text
