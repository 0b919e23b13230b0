"""Orders over HTTP: both ways of dispatch, every step of a working day, and every illegal one."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.web.api.caller import Api, ApiOf, leak

STEPS = {"acceptance": "accepted", "contact": "accepted", "departure": "en_route", "arrival": "on_site"}


@pytest.fixture
def order(leaking: dict[str, Any]) -> str:
    number: str = leaking["orders"][0]["number"]
    return number


@pytest.mark.parametrize(
    ("to", "sent"),
    [
        ({"department": "SEC"}, ("SEC", None, "supervisor", "issued")),
        ({"worker": "gus"}, ("SEC", "gus", "worker", "assigned")),
        ({"department": "ENG", "worker": "wen"}, ("ENG", "wen", "worker", "assigned")),
    ],
)
def test_an_order_goes_to_a_department_or_straight_to_a_worker(
    to: dict[str, str], sent: tuple[str, ...], client: Api, leaking: dict[str, Any]
) -> None:
    said = {"to": to, "instruction": "Before noon", "appointment": "2026-03-03T04:00:00Z"}
    answer = client.ask("POST", f"/tickets/{leaking['number']}/orders", said)
    made = answer.json()
    assert (answer.status_code, made["number"]) == (201, f"{leaking['number']}-2")
    assert (made["department"], made["worker"], made["dispatched_to"], made["status"]) == sent
    assert (made["instruction"], made["appointment_at"]) == ("Before noon", "2026-03-03T04:00:00Z")
    assert {promise["kind"] for promise in made["promises"]} == {"accept", "contact", "arrive", "done"}


def test_a_working_day_by_its_steps_with_the_times_the_device_claims(
    time: Clock, api: ApiOf, order: str
) -> None:
    api("sue").post(f"/orders/{order}/assignment", {"worker": "wes"})
    time.forward(hours=2)
    for minutes, (step, status) in enumerate(STEPS.items(), 1):
        said = {"happened_at": f"2026-03-03T02:0{minutes}:00+00:00"}
        assert api("wes").post(f"/orders/{order}/{step}", said)["status"] == status
    materials = [{"name": "washer", "quantity": "2"}]
    report = {"done": "New washer", "materials": materials, "fields": {"meter": 71}}
    done = api("wes").post(f"/orders/{order}/completion", report)
    assert (done["status"], done["accepted_at"]) == ("done", "2026-03-03T02:01:00Z")
    assert done["arrived_at"] == "2026-03-03T02:04:00Z"
    assert done["materials"] == [{"name": "washer", "quantity": "2", "unit": ""}]
    assert (done["fields"], done["moves"]) == ({"meter": 71}, [])


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("departure", None),
        ("arrival", None),
        ("resumption", None),
        ("completion", {"done": "New washer"}),
        ("ruling", {"ruling": "withdraw"}),
    ],
)
def test_an_illegal_step_says_which_are_legal(step: str, body: Any, client: Api, order: str) -> None:
    problem = client.refused(f"/orders/{order}/{step}", body)
    assert (problem["status"], problem["code"]) == (409, "not_now")
    assert set(problem["legal"]) == {"assign", "hold", "return", "withdraw"}
    assert set(client.get(f"/orders/{order}")["moves"]) == set(problem["legal"])


def test_nothing_can_be_done_with_an_order_that_is_done(client: Api, api: ApiOf, order: str) -> None:
    api("wes").post(f"/orders/{order}/acceptance")
    api("wes").post(f"/orders/{order}/completion", {"done": "New washer"})
    for step in ("acceptance", "contact", "departure", "arrival", "resumption", "withdrawal"):
        assert client.refused(f"/orders/{order}/{step}")["status"] == 409


def test_a_held_order_stands_still_and_goes_on(time: Clock, api: ApiOf, order: str) -> None:
    wes = api("wes")
    wes.post(f"/orders/{order}/acceptance")
    held = wes.post(f"/orders/{order}/hold", {"reason": "material", "until": "2026-03-04T02:00:00Z"})
    assert (held["status"], held["hold"]["reason"], held["moves"]) == (
        "on_hold",
        "material",
        ["resume", "return", "withdraw"],
    )
    assert {promise["state"] for promise in held["promises"] if promise["kind"] == "done"} == {"held"}
    time.forward(hours=5)
    goes_on = wes.post(f"/orders/{order}/resumption")
    (done,) = [promise for promise in goes_on["promises"] if promise["kind"] == "done"]
    assert (goes_on["status"], goes_on["hold"], done["held_seconds"]) == ("accepted", None, 5 * 3600)
    assert done["due_at"] > done["base_due_at"]


@pytest.mark.parametrize(
    ("ruling", "status"),
    [
        ({"ruling": "reissue"}, "issued"),
        ({"reissue": True}, "issued"),
        ({"ruling": "reissue", "to": {"worker": "wen"}}, "assigned"),
        ({"reissue": {"worker": "wen"}}, "assigned"),
        ({"ruling": "withdraw", "reason": "Done by the neighbour"}, "withdrawn"),
        ({"withdraw": True}, "withdrawn"),
    ],
)
def test_the_centre_rules_on_a_returned_order_in_either_form(
    ruling: dict[str, Any], status: str, client: Api, api: ApiOf, order: str
) -> None:
    back = api("sue").post(f"/orders/{order}/return", {"reason": "No part in stock"})
    assert (back["status"], back["return_reason"]) == ("returned", "No part in stock")
    assert client.post(f"/orders/{order}/ruling", ruling)["status"] == status


def test_a_ruling_for_another_department_answers_the_new_order(client: Api, api: ApiOf, order: str) -> None:
    api("sue").post(f"/orders/{order}/return", {"reason": "Not ours"})
    new = client.post(f"/orders/{order}/ruling", {"reissue": {"department": "SEC"}})
    assert (new["department"], new["number"] != order) == ("SEC", True)
    assert client.get(f"/orders/{order}")["status"] == "withdrawn"


def test_the_second_return_of_one_department_is_ruled_by_the_customer_director(
    client: Api, api: ApiOf, order: str
) -> None:
    for _ in range(2):
        api("sue").post(f"/orders/{order}/return", {"reason": "Not ours"})
        last = client.ask("POST", f"/orders/{order}/ruling", {"ruling": "reissue"})
    assert last.status_code == 403
    assert api("cody").post(f"/orders/{order}/ruling", {"ruling": "reissue"})["status"] == "issued"


def test_an_order_is_taken_back(client: Api, order: str) -> None:
    gone = client.post(f"/orders/{order}/withdrawal", {"reason": "The customer mended it"})
    assert (gone["status"], {promise["state"] for promise in gone["promises"]}) == ("withdrawn", {"ended"})


def test_a_closed_ticket_takes_no_order(client: Api) -> None:
    number = client.post("/tickets", leak(dispatch={"way": "desk"}))["number"]
    client.post(f"/tickets/{number}/closure", {"outcome": "withdrawn"})
    problem = client.refused(f"/tickets/{number}/orders", {"to": {"department": "ENG"}})
    assert (problem["status"], problem["legal"]) == (409, ["reopen"])
