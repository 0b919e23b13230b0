"""Hands over HTTP: who could do it and why, of two who assign one wins, refusals that say what is missing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from hub.organisation import Staff
from tests.dispatch.test_qualifying import asks, certify
from tests.house import House
from tests.web.api.caller import Api, ApiOf, leak, peddlers


@pytest.fixture
def order(leaking: dict[str, Any]) -> str:
    number: str = leaking["orders"][0]["number"]
    return number


def test_the_candidates_come_best_first_with_their_reasons(api: ApiOf, order: str) -> None:
    found = api("sue").get(f"/orders/{order}/candidates")["items"]
    assert [one["worker"] for one in found] == ["wes", "wen", "sue"]
    assert found[0]["why"]["skill"] is True
    assert (found[0]["is_on_duty"], found[0]["minutes"], found[0]["is_barred"]) == (True, 0, False)


def test_a_preview_says_who_and_why(client: Api) -> None:
    decided = client.post("/tickets/preview", leak(item="Flooding", category="01-01"))
    assert next(one for one in decided["why"] if one["what"] == "worker")["worker"] == "wes"


def test_of_two_who_saw_it_waiting_the_second_is_told_who_has_it(api: ApiOf, order: str) -> None:
    api("sue").post(f"/orders/{order}/assignment", {"worker": "wes", "instead_of": ""})
    told = api("cody").refused(f"/orders/{order}/assignment", {"worker": "wen", "instead_of": ""})
    assert (told["status"], told["code"]) == (409, "already_taken")
    assert told["detail"] == "Wes Worker has this order"
    handed = api("cody").post(f"/orders/{order}/assignment", {"worker": "wen", "instead_of": "wes"})
    assert handed["worker"] == "wen"


def test_two_assignments_at_once_without_a_word_of_what_was_seen(api: ApiOf, client: Api) -> None:
    """At the very same moment one may come after the other and hand over; never are both told they won a
    waiting order: whoever read it as waiting and came second is refused."""
    sue, cody = api("sue"), api("cody")
    for _ in range(5):
        number = client.post("/tickets", leak())["orders"][0]["number"]
        path = f"/orders/{number}/assignment"
        with ThreadPoolExecutor(2) as threads:
            answers = [
                threads.submit(one.ask, "POST", path, {"worker": login})
                for one, login in ((sue, "wes"), (cody, "wen"))
            ]
            statuses = sorted(answer.result().status_code for answer in answers)
        given = [one["kind"] for one in client.get(f"/tickets/{number[:9]}/events")["items"]].count(
            "assigned"
        )
        assert statuses in ([200, 409], [200, 200])
        assert given == statuses.count(200)


@pytest.mark.seed("P4.2.2b")
def test_an_assignment_and_an_order_are_refused_with_what_is_missing(
    hub: House, api: ApiOf, client: Api
) -> None:
    asks(hub, "required")
    number = client.post("/tickets", leak(item="Socket is dead", category="02-05"))["number"]
    told = client.refused(f"/tickets/{number}/orders", {"to": {"worker": "wen"}})
    missing = "Wen Worker has no certificate for this work, which requires one"
    assert (told["status"], told["errors"]) == (422, {"to.worker": missing})
    certify(hub, "wen", tested=False)
    order = client.get(f"/tickets/{number}")["orders"][0]["number"]
    told = api("sue").refused(f"/orders/{order}/assignment", {"worker": "wen"})
    assert told["errors"] == {"worker": "Wen Worker has not passed the test that this work requires"}
    found = api("sue").get(f"/orders/{order}/candidates")["items"]
    assert {one["worker"]: one["certificate"] for one in found if one["is_barred"]} == {
        "wen": "untested",
        "wes": "missing",
        "sue": "missing",
    }


def test_somebody_leaves_and_everything_is_listed(hub: House, api: ApiOf, order: str) -> None:
    api("wes").post(f"/orders/{order}/acceptance")
    assert api("dora").refused("/staff/wes/departure", {})["status"] == 403
    assert api("adam").post("/staff/wes/departure", {}) == {"orders": {order: "Wen Worker"}, "tickets": {}}
    assert hub.look(lambda tx: tx.scalars(select(Staff).where(Staff.login == "wes")).one()).ended_at
    assert api("adam").refused("/staff/wes/departure", {})["status"] == 404
    assert api("adam").refused("/staff/wen/departure", {"heir": "nobody"})["errors"].keys() == {"heir"}


def test_the_last_role_is_not_ended_over_work_in_hand_unless_it_is_handed_over(
    api: ApiOf, order: str
) -> None:
    api("wes").post(f"/orders/{order}/acceptance")
    told = api("adam").refused("/staff/wes/roles/worker/ending", {})
    assert told["status"] == 409 and order in told["detail"]
    done = api("adam").post("/staff/wes/roles/worker/ending", {"hand_over": True})
    assert done["orders"] == {order: "Wen Worker"}
    assert api("adam").refused("/staff/wen/roles/guard/ending", {})["status"] == 404


def test_a_reply_a_declaration_and_a_plan(api: ApiOf, client: Api, knocking: dict[str, Any]) -> None:
    number = knocking["number"]
    api("cody").post(
        f"/tickets/{number}/supervisions", {"text": "Report", "reply_by": "2026-03-05T02:00:00Z"}
    )
    kept = api("sid").post(f"/tickets/{number}/replies", {"text": "Two guards more"})
    assert {one["kind"]: one["state"] for one in kept["promises"]}["reply"] == "kept"
    declared = client.post(f"/tickets/{number}/declarations", {"grounds": "injury"})
    assert (declared["owner"], declared["priority"]) == ("dora", "P2")
    planned = api("dora").post(f"/tickets/{number}/plans", {"text": "A lock by Friday"})
    assert {one["kind"]: one["state"] for one in planned["promises"]}["plan"] == "kept"
    other = client.post("/tickets", peddlers())["number"]
    assert client.refused(f"/tickets/{other}/plans", {"text": "A plan"})["status"] == 403
