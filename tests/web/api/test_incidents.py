"""One cause, many households, over the API."""

from typing import Any

import pytest

from tests.web.api.caller import Api, ApiOf, enquiry, leak, peddlers

LIFT = {"item": "Lift stuck", "category": "03-02"}


def caller(room: str, phone: str) -> dict[str, str]:
    return {"name": "A household", "phone": phone, "room": room}


@pytest.fixture
def lifts(client: Api) -> list[dict[str, Any]]:
    """Three households of Block A about the lift."""
    rooms = (("A-0301", "2222 3301"), ("A-0302", "2222 3302"), ("A-0303", "2222 3303"))
    return [client.post("/tickets", leak(**LIFT, caller=caller(*one))) for one in rooms]


def test_what_is_known_is_said_with_its_score_and_reasons(client: Api, leaking: dict[str, Any]) -> None:
    assert leaking["resembles"] == []
    (looked,) = client.post("/tickets/preview", leak())["resembles"]
    (said,) = client.post("/tickets", leak())["resembles"]
    assert (said["number"], said["score"]) == (looked["number"], looked["score"]) == (leaking["number"], 1.0)
    assert [why["what"] for why in said["why"]] == ["room", "phone", "category", "words", "ago"]
    assert set(said["why"][3]["words"]) == {"kitchen", "tap", "leak"}


def test_later_it_says_only_how_many_words_were_shared(client: Api, leaking: dict[str, Any]) -> None:
    again = client.post("/tickets", leak())
    (kept,) = client.get(f"/tickets/{again['number']}")["resembles"]
    assert kept["number"] == leaking["number"]
    assert {"what": "words", "words": 3} in kept["why"]


def test_whoever_may_not_see_the_other_ticket_is_not_told_of_it(api: ApiOf, leaking: dict[str, Any]) -> None:
    assert api("gus").post("/tickets", leak())["resembles"] == []
    seen = api("gus").post("/tickets/preview", leak())["resembles"]
    assert leaking["number"] not in {one["number"] for one in seen}


def test_a_caller_about_what_is_known_is_registered_behind_it(client: Api, knocking: dict[str, Any]) -> None:
    way = {"way": "behind", "lead": knocking["number"]}
    behind = client.post("/tickets", peddlers(caller=caller("A-0301", "2222 3301"), dispatch=way))
    assert (behind["lead"], behind["orders"]) == (knocking["number"], [])
    assert client.get(f"/tickets/{knocking['number']}")["behind"] == [behind["number"]]
    wrong = client.refused("/tickets", peddlers(dispatch={"way": "behind", "lead": behind["number"]}))
    assert "dispatch.lead" in str(wrong["errors"])


def test_put_behind_taken_off_and_let_lead(client: Api, knocking: dict[str, Any]) -> None:
    one = client.post("/tickets", enquiry())["number"]
    two = client.post("/tickets", enquiry())["number"]
    behind = client.post(f"/tickets/{two}/lead", {"lead": one, "told": True})
    assert (behind["lead"], behind["status"]) == (one, "in_hand")
    led = client.post(f"/tickets/{two}/promotion")
    assert (led["lead"], led["behind"]) == (None, [one])
    assert client.post(f"/tickets/{one}/separation")["lead"] is None
    refused = client.refused(f"/tickets/{one}/separation")
    assert (refused["status"], refused["legal"]) == (409, ["put_behind"])
    assert client.refused(f"/tickets/{one}/lead", {"lead": one})["status"] == 422


def test_what_looks_like_one_incident_is_settled_once(
    api: ApiOf, client: Api, lifts: list[dict[str, Any]]
) -> None:
    numbers = [one["number"] for one in lifts]
    (proposed,) = client.get("/incidents")["items"]
    assert (proposed["building"], proposed["category"], proposed["tickets"]) == ("A", "03-02", numbers)
    path = f"/incidents/{proposed['id']}/confirmation"
    said = {"lead": numbers[1], "tickets": numbers}
    assert api("mia").refused(path, said)["status"] in (404, 422)
    assert client.post(path, said, key="once")["lead"] == numbers[1]
    assert client.post(path, said, key="once")["lead"] == numbers[1]
    assert client.refused(path, said)["status"] == 409
    assert sorted(client.get(f"/tickets/{numbers[1]}")["behind"]) == sorted({numbers[0], numbers[2]})
    assert client.get("/incidents")["items"] == []


def test_separate_matters_are_said_to_be_so(client: Api, lifts: list[dict[str, Any]]) -> None:
    (proposed,) = client.get("/incidents", office="LG")["items"]
    assert client.post(f"/incidents/{proposed['id']}/dismissal")["lead"] is None
    assert client.get("/incidents")["items"] == []
    assert client.refused("/incidents/99/dismissal")["status"] == 404


def test_the_field_proposes_and_settles_nothing(api: ApiOf, lifts: list[dict[str, Any]]) -> None:
    assert api("wes").refused("/incidents", method="GET")["status"] == 403
    assert api("wes").refused("/incidents/1/dismissal")["status"] == 403
