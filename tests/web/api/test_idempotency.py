"""What is told twice is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.idempotency import LONGEST
from tests.house import House
from tests.web.api.caller import Api, ApiOf, leak


def test_the_same_key_gets_the_same_answer_and_one_ticket(client: Api) -> None:
    first, second = (client.ask("POST", "/tickets", leak(), "a-key") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(client.get("/tickets")["items"]) == 1


def test_the_same_key_with_another_body_is_refused(client: Api) -> None:
    client.post("/tickets", leak(), "a-key")
    problem = client.refused("/tickets", leak(item="Another tap"), "a-key")
    assert (problem["status"], problem["code"]) == (422, "key_reused")
    assert len(client.get("/tickets")["items"]) == 1


def test_one_persons_key_is_not_anothers(api: ApiOf) -> None:
    one, other = (api(login).post("/tickets", leak(), "a-key")["number"] for login in ("clara", "cody"))
    assert one != other


def test_a_refused_step_does_not_use_up_its_key(client: Api, leaking: dict[str, object]) -> None:
    body = leak(office="NOWHERE")
    client.refused("/tickets", body, "a-key")
    assert client.refused("/tickets", body, "a-key")["errors"].keys() == {"office"}
    assert client.post("/tickets", leak(), "a-key")["number"] != leaking["number"]


def test_a_verb_under_a_key_is_taken_once(client: Api, leaking: dict[str, object]) -> None:
    path = f"/tickets/{leaking['number']}/urgings"
    answers = [client.post(path, {"text": "Still drips"}, "urge-1") for _ in range(3)]
    assert [answer["times_urged"] for answer in answers] == [1, 1, 1]
    assert client.post(path, {"text": "Still drips"}, "urge-2")["times_urged"] == 2


def test_the_key_is_one_of_its_address(client: Api) -> None:
    numbers = [client.post("/tickets", leak())["number"] for _ in range(2)]
    for number in numbers:
        assert client.post(f"/tickets/{number}/urgings", {}, "one-key")["number"] == number


def test_many_at_once_with_one_key_make_one_ticket(hub: House, client: Api) -> None:
    start = threading.Barrier(8)

    def send(_: int) -> tuple[int, str]:
        start.wait()
        answer = client.ask("POST", "/tickets", leak(), "a-key")
        return answer.status_code, answer.json().get("number") or answer.json()["code"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    made = {told for status, told in answers if status == 201}
    assert len(made) == 1
    assert answers <= {(201, *made), (409, "still_running")}
    assert len(client.get("/tickets")["items"]) == 1
    assert hub.verify().broken is None


@pytest.mark.parametrize("key", ["\x07bell", "   ", "x" * (LONGEST + 1)])
def test_a_key_that_is_none_is_refused(key: str, client: Api) -> None:
    problem = client.refused("/tickets", leak(), key)
    assert (problem["status"], {name.lower() for name in problem["errors"]}) == (422, {"idempotency-key"})


def test_two_long_keys_that_end_differently_are_two(client: Api) -> None:
    numbers = {client.post("/tickets", leak(), "x" * (LONGEST - 1) + end)["number"] for end in "ab"}
    assert len(numbers) == 2
