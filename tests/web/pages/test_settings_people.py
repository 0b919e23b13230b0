"""People in the settings: taken on, given roles, signed in anew, and their leaving."""

import re

import pytest

from dispatch import work
from hub.access import Actor
from hub.orders import Order
from tests.house import House
from tests.web.pages.visiting import Visit, plain

ZOE = {"login": "zoe", "name": "Zoe", "role": "worker", "department": "ENG", "skills": ["01", "02"]}


def test_a_person_is_added_signs_in_with_the_password_shown_once(visit: Visit, hub: House) -> None:
    adam = visit("adam")
    adam.does("/settings/LG/staff/+", **ZOE)
    assert "Zoe zoe · Technician (Engineering)" in adam.see("/settings/LG/staff")
    answer = adam.post("/settings/LG/staff/zoe/sign-in")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    password = re.findall(r"<code>([^<]+)</code>", answer.text)[0]
    stranger = visit()
    assert stranger.post("/session", login="zoe", password="not it").status_code == 401
    assert stranger.post("/session", login="zoe", password=password).status_code == 303
    assert stranger.get("/mine").status_code == 200


def test_what_is_wrong_with_somebody_new_is_said_at_each_field(visit: Visit) -> None:
    answer = visit("adam").post("/settings/LG/staff/+", **{**ZOE, "login": "wes", "phone": "none"})
    assert answer.status_code == 422
    page = plain(answer.text)
    assert "this log-in is taken" in page and "this has no digits of a phone number" in page
    assert 'value="Zoe"' in answer.text


def test_a_role_is_added_and_ended(visit: Visit, hub: House) -> None:
    adam = visit("adam")
    adam.does("/settings/LG/staff/wes/roles", role="clerk")
    page = adam.get("/settings/LG/staff/wes").text
    assert "Centre clerk" in page
    ends = re.findall(r'action="(/settings/LG/staff/wes/roles/\d+/end)"', page)
    adam.does(ends[-1])
    assert "clerk" not in hub.actor("wes").roles_in(hub.office().id)
    twice = adam.post("/settings/LG/staff/wes/roles", role="guard")
    assert twice.status_code == 422 and "say in which department" in plain(twice.text)


def test_a_role_with_work_in_hand_is_not_ended_until_somebody_has_it(
    visit: Visit, hub: House, sue: Actor, order: Order
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    adam = visit("adam")
    (end,) = re.findall(r'action="([^"]+/roles/[^"]+/end)"', adam.get("/settings/LG/staff/wes").text)
    refused = adam.post(end)
    assert refused.status_code == 409 and order.number in plain(refused.text)
    adam.does(end, heir="wen")
    assert hub.again(order).worker_id == hub.staff("wen").id


def test_who_leaves_is_gone_at_once_and_hands_over(
    visit: Visit, hub: House, sue: Actor, order: Order
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    wes, adam = visit("wes"), visit("adam")
    assert wes.get("/mine").status_code == 200
    adam.does("/settings/LG/staff/wes/departure", heir="wen")
    assert "Wes Worker" not in adam.see("/settings/LG/staff")
    assert wes.get("/mine").status_code == 303, "to the sign-in page"
    assert hub.again(order).worker_id == hub.staff("wen").id


def test_nobody_ends_their_own_time(visit: Visit, hub: House) -> None:
    adam = visit("adam")
    assert "Has left" not in adam.see("/settings/LG/staff/adam")
    assert adam.post("/settings/LG/staff/adam/departure").status_code == 403
    assert hub.staff("adam").ended_at is None


@pytest.mark.parametrize("path", ["roles", "departure", "sign-in", "roles/1/end"])
@pytest.mark.parametrize("login", ["dora", "clara", "max"])
def test_people_are_the_administrators_of_their_office(visit: Visit, login: str, path: str) -> None:
    answer = visit(login).post(f"/settings/LG/staff/wes/{path}", role="clerk")
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("path", ["roles", "departure", "sign-in"])
def test_a_person_of_another_office_is_not_found(visit: Visit, path: str) -> None:
    assert visit("adam").post(f"/settings/LG/staff/mia/{path}", role="clerk").status_code == 404


def test_a_certificate_and_leave_are_added_from_the_person(visit: Visit) -> None:
    dora = visit("dora")
    assert re.search(r'<option value="wes" selected>', dora.get("/settings/LG/leave/+?person=wes").text)
    dora.does(
        "/settings/LG/certificates/+",
        staff="wes",
        trade="electric",
        certificate="Grade A",
        valid_from="2026-01-01",
        valid_until="2026-03-20",
    )
    assert "Wes Worker · Grade A electric · valid until 20 Mar 2026 · runs out soon" in dora.see(
        "/settings/LG/certificates"
    )


def test_the_rota_is_written_as_people_write_it(visit: Visit) -> None:
    dora = visit("dora")
    dora.does("/settings/LG/duty/wes", mon="22:00-6:00")
    assert "Wes Worker Monday 22:00-06:00" in dora.see("/settings/LG/duty")
    answer = dora.post("/settings/LG/duty/wes", mon="late")
    assert answer.status_code == 422 and 'value="late"' in answer.text


def test_the_history_says_what_was_done_about_people(visit: Visit) -> None:
    adam = visit("adam")
    adam.does("/settings/LG/staff/+", **ZOE)
    adam.post("/settings/LG/staff/zoe/sign-in")
    page = adam.see("/settings/LG/history")
    assert "Sign-in reset: Zoe Adam Admin" in page
    assert "Role granted: Zoe · Technician Adam Admin" in page
    assert "Zoe" not in visit("dora").see("/settings/LG/history"), (
        "people are not the director's business here"
    )


def test_somebody_new_sent_twice_is_one_person(visit: Visit, hub: House) -> None:
    adam = visit("adam")
    for _ in range(2):
        adam.does("/settings/LG/staff/+", **ZOE, key="pressed-twice")
    assert adam.post("/settings/LG/staff/+", **ZOE, key="another").status_code == 422
