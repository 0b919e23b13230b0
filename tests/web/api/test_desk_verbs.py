"""What the desk does with a ticket beside ordering work."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.house import House
from tests.web.api.caller import Api, ApiOf, enquiry, leak


def _finished(api: ApiOf, ticket: dict[str, Any], worker: str) -> None:
    order = ticket["orders"][0]["number"]
    api(worker).post(f"/orders/{order}/acceptance")
    api(worker).post(f"/orders/{order}/completion", {"done": "Seen to"})


def test_an_enquiry_is_answered_at_once_and_closes(client: Api) -> None:
    number = client.post("/tickets", enquiry())["number"]
    closed = client.post(f"/tickets/{number}/answers", {"text": "At seven"})
    assert (closed["status"], closed["outcome"], closed["answer"]) == ("closed", "answered", "At seven")
    assert client.refused(f"/tickets/{number}/answers", {"text": "Again"})["legal"] == ["reopen"]


@pytest.mark.parametrize(("said", "owner"), [({}, "clara"), ({"owner": "cody"}, "cody")])
def test_an_answer_is_promised_by_a_date_with_an_owner(said: dict[str, str], owner: str, client: Api) -> None:
    number = client.post("/tickets", enquiry())["number"]
    said = {"promised_for": "2026-03-05T10:00:00+08:00", **said}
    promised = client.post(f"/tickets/{number}/answers", said)
    assert (promised["status"], promised["owner"]) == ("in_hand", owner)
    assert promised["promised_for"] == "2026-03-05T02:00:00Z"
    running = [p for p in promised["promises"] if p["kind"] == "answer" and p["state"] == "running"]
    assert [promise["due_at"] for promise in running] == ["2026-03-05T02:00:00Z"]


def test_a_note_changes_nothing_but_the_record(client: Api, leaking: dict[str, Any]) -> None:
    number = leaking["number"]
    assert client.post(f"/tickets/{number}/notes", {"text": "She rings after six"}) == leaking
    last = client.get(f"/tickets/{number}/events", limit=200)["items"][-1]
    assert (last["kind"], last["words"]) == ("noted", {"text": "She rings after six"})


def test_the_desk_says_what_kind_of_matter_it_is_and_sends_it_on(client: Api) -> None:
    number = client.post("/tickets", leak(item="Something is wrong", dispatch={"way": "desk"}))["number"]
    said = {"category": "06-09", "priority": "P2", "dispatch": {"way": "worker", "worker": "gus"}}
    judged = client.post(f"/tickets/{number}/triage", said)
    assert (judged["category"], judged["kind"], judged["priority"]) == ("06-09", "complaint", "P2")
    assert [order["worker"] for order in judged["orders"]] == ["gus"]


@pytest.mark.seed("K2.2")
def test_a_customer_who_was_not_reached_is_tried_again_and_stays_owed(
    client: Api, api: ApiOf, knocking: dict[str, Any], time: Clock
) -> None:
    _finished(api, knocking, "gus")
    path = f"/tickets/{knocking['number']}"
    tried = client.post(f"{path}/callbacks", {"reached": False})
    assert (tried["status"], tried["callback_tries"]) == ("awaiting_callback", 1)
    assert tried["callback_at"] > "2026-03-03T02:00:00Z"
    assert client.refused(f"{path}/callbacks", {"reached": False, "satisfied": "yes"})["status"] == 422
    assert client.post(f"{path}/callbacks", {"reached": True, "satisfied": "yes"})["status"] == "closed"


def test_no_ticket_that_owes_a_callback_is_closed_in_bulk(
    hub: House, client: Api, api: ApiOf, knocking: dict[str, Any], leaking: dict[str, Any]
) -> None:
    _finished(api, knocking, "gus")
    question = client.post("/tickets", enquiry())["number"]
    numbers = [knocking["number"], leaking["number"], question, "999000008", question]
    answer = client.post("/closures", {"numbers": numbers, "outcome": "withdrawn"})
    assert answer["closed"] == [question]
    told = [(one["number"], one["problem"]["code"], one["problem"]["status"]) for one in answer["refused"]]
    assert told == [
        (knocking["number"], "callback_owed", 409),
        (leaking["number"], "not_now", 409),
        ("999000008", "not_found", 404),
        (question, "not_now", 409),
    ]
    assert answer["refused"][0]["problem"]["legal"] == ["callback"]
    assert hub.verify().broken is None


def test_a_duplicate_is_closed_as_one_of_another(client: Api, leaking: dict[str, Any]) -> None:
    number = client.post("/tickets", enquiry())["number"]
    said = {"outcome": "duplicate", "duplicate_of": leaking["number"]}
    closed = client.post(f"/tickets/{number}/closure", said)
    assert (closed["outcome"], closed["links"]) == (
        "duplicate",
        [{"number": leaking["number"], "kind": "duplicate_of"}],
    )


def test_within_the_window_the_same_ticket_is_opened_again(client: Api, time: Clock) -> None:
    number = client.post("/tickets", enquiry())["number"]
    client.post(f"/tickets/{number}/answers", {"text": "At seven"})
    time.forward(days=6)
    answer = client.ask("POST", f"/tickets/{number}/reopening", {"reason": "It was closed at seven"})
    again = answer.json()
    assert (answer.status_code, again["number"]) == (200, number)
    assert (again["status"], again["round"]) == ("in_hand", 2)


def test_after_the_window_a_new_linked_ticket_is_answered_once_per_key(client: Api, time: Clock) -> None:
    number = client.post("/tickets", enquiry())["number"]
    client.post(f"/tickets/{number}/answers", {"text": "At seven"})
    time.forward(days=8)
    said = {"reason": "It was closed at seven"}
    answers = [client.ask("POST", f"/tickets/{number}/reopening", said, "again-1") for _ in range(2)]
    new = answers[0].json()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].json() == new
    assert new["number"] != number and new["description"] == "It was closed at seven"
    assert new["links"] == [{"number": number, "kind": "continues"}]
    assert client.get(f"/tickets/{number}")["status"] == "closed"
    assert len(client.get("/tickets")["items"]) == 2


def test_an_open_ticket_is_not_opened_again(client: Api, leaking: dict[str, Any]) -> None:
    assert client.refused(f"/tickets/{leaking['number']}/reopening", {"reason": "x"})["code"] == "not_now"


@pytest.mark.seed("K2.5")
def test_a_matter_is_urged_supervised_and_taken_up(client: Api, api: ApiOf, leaking: dict[str, Any]) -> None:
    path = f"/tickets/{leaking['number']}"
    assert client.post(f"{path}/urgings", {"text": "Still drips"})["times_urged"] == 1
    api("quinn").post(f"{path}/supervisions", {"text": "Report", "reply_by": "2026-03-04T02:00:00Z"})
    assert client.post(f"{path}/escalations", {"whom": "director"})["owner"] == "dora"
    kinds = [event["kind"] for event in client.get(f"{path}/events", limit=200)["items"]]
    assert kinds[-4:] == ["urged", "supervised", "escalated", "owned"]


def test_tickets_are_linked_and_followed(client: Api, api: ApiOf, leaking: dict[str, Any]) -> None:
    other = client.post("/tickets", enquiry())["number"]
    linked = client.post(f"/tickets/{other}/links", {"number": leaking["number"], "kind": "related"})
    assert linked["links"] == [{"number": leaking["number"], "kind": "related"}]
    assert client.post(f"/tickets/{other}/followers", {"staff": "gus"})["followers"] == ["gus"]
    assert api("gus").get(f"/tickets/{other}")["number"] == other
    assert client.post(f"/tickets/{other}/followers")["followers"] == ["clara", "gus"]
