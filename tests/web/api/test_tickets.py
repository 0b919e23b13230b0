"""Registering, finding and reading tickets."""

from typing import Any

import pytest
from sqlmodel import func, select

from hub.estate import Room
from hub.events import Event, EventWords
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House
from tests.overhearing import overheard
from tests.web.api.caller import Api, ApiOf, enquiry, leak, peddlers


@pytest.mark.seed("K5.3")
def test_a_registered_ticket_is_answered_with_its_decision_promises_orders_and_reasons(client: Api) -> None:
    answer = client.ask("POST", "/tickets", leak())
    ticket = answer.json()
    assert answer.status_code == 201
    contract = {"number", "status", "kind", "category", "priority", "promises", "orders", "why", "resembles"}
    assert contract <= set(ticket)
    assert (ticket["status"], ticket["kind"], ticket["priority"]) == ("in_hand", "repair", "P3")
    assert {promise["kind"] for promise in ticket["promises"] if promise["order"] is None} == {
        "answer",
        "resolve",
    }
    (order,) = ticket["orders"]
    assert (order["number"], order["department"], order["chosen_by"]) == (
        f"{ticket['number']}-1",
        "ENG",
        "rule",
    )
    assert {why["what"] for why in ticket["why"]} >= {"category", "kind", "priority", "department"}
    assert ticket["received_at"] == "2026-03-03T02:00:00Z"
    assert client.get(f"/tickets/{ticket['number']}") == ticket


@pytest.mark.seed("K1.7")
@pytest.mark.parametrize(
    ("dispatch", "sent"),
    [
        ({"way": "desk"}, []),
        ({"way": "department", "department": "SEC", "instruction": "Go"}, [("SEC", None, "supervisor")]),
        ({"way": "worker", "worker": "wes"}, [("ENG", "wes", "worker")]),
    ],
)
def test_the_desk_may_choose_the_way_itself(dispatch: dict[str, Any], sent: list[Any], client: Api) -> None:
    ticket = client.post("/tickets", leak(dispatch=dispatch))
    assert [
        (order["department"], order["worker"], order["dispatched_to"]) for order in ticket["orders"]
    ] == sent


@pytest.mark.seed("K5.2")
def test_an_employee_who_was_told_is_kept_and_follows(client: Api) -> None:
    ticket = client.post(
        "/tickets", leak(channel="employee", received_by="gus", received_at="2026-03-03T01:30:00Z")
    )
    assert (ticket["received_by"], ticket["registered_by"]) == ("gus", "clara")
    assert ticket["followers"] == ["gus"]
    assert (ticket["received_at"], ticket["passed_on_at"]) == (
        "2026-03-03T01:30:00Z",
        "2026-03-03T02:00:00Z",
    )


def test_what_nobody_could_give_is_unknown_with_a_reason(client: Api) -> None:
    reasons = {"phone": "has none", "room": "in the lobby"}
    ticket = client.post("/tickets", leak(caller={"name": "A guest"}, unknown=reasons))
    assert ticket["unknown"] == reasons


def test_a_preview_says_what_would_be_decided_and_writes_nothing(hub: House, client: Api) -> None:
    seen = client.post("/tickets/preview", leak())
    assert (seen["kind"], seen["category"], seen["department"]) == ("repair", "01-03", "ENG")
    assert seen["why"]
    counted = hub.database.read(
        lambda tx: tuple(tx.scalars(select(func.count()).select_from(t)).one() for t in (Ticket, Event))
    )
    client.post("/tickets/preview", leak(item="Peddlers knock", category="06-09"))
    assert counted[0] == 0
    assert counted == hub.database.read(
        lambda tx: tuple(tx.scalars(select(func.count()).select_from(t)).one() for t in (Ticket, Event))
    )


def test_the_same_external_reference_is_the_same_ticket(client: Api) -> None:
    ref = {"source": "311", "ref": "SR-17"}
    first = client.post("/tickets", leak(external_ref=ref))
    again = client.post("/tickets", leak(external_ref=ref, item="Told again"))
    assert (again["number"], again["item"]) == (first["number"], "Kitchen tap leaks")
    assert first["external_ref"] == ref


def test_another_offices_reference_tells_nothing_of_its_ticket(api: ApiOf, client: Api) -> None:
    ref = {"source": "311", "ref": "SR-17"}
    number = client.post("/tickets", leak(external_ref=ref))["number"]
    caller = {"name": "Mo", "phone": "2345 0000", "room": "M-0101"}
    answer = api("mia").ask("POST", "/tickets", leak(caller=caller, external_ref=ref))
    assert answer.status_code == 201 and answer.json()["office"] == "MC"
    assert number not in answer.text


def test_an_offices_own_people_register_there(api: ApiOf) -> None:
    caller = {"name": "Mo", "phone": "2345 0000", "room": "M-0101"}
    assert api("mia").post("/tickets", leak(caller=caller))["office"] == "MC"


@pytest.fixture
def three(client: Api, time: Clock) -> list[str]:
    """A repair, a complaint and a question, an hour after each other."""
    numbers = []
    for said in (leak(), peddlers(), enquiry()):
        numbers.append(client.post("/tickets", said)["number"])
        time.forward(hours=1)
    return numbers


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [2, 1, 0]),
        ({"status": "new"}, [2]),
        ({"status": "in_hand"}, [1, 0]),
        ({"office": "LG"}, [2, 1, 0]),
        ({"office": "MC"}, []),
        ({"department": "SEC"}, [1]),
        ({"worker": "wes"}, []),
        ({"q": "tap leaks"}, [0]),
        ({"q": "LEAKS tap"}, [0]),
        ({"q": "tap peddlers"}, []),
        ({"q": "a-1203"}, [2, 0]),
        ({"q": "李小紅"}, [1]),
        ({"q": "9876 5432"}, [1]),
        ({"q": "+852 9876-5432"}, [1]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "\\"}, []),
    ],
)
def test_tickets_are_found_by_every_filter_newest_first(
    asked: dict[str, str], found: list[int], client: Api, three: list[str]
) -> None:
    items = client.get("/tickets", **asked)["items"]
    assert [three.index(line["number"]) for line in items] == found


def test_a_ticket_is_found_by_its_number_and_its_orders(client: Api, three: list[str]) -> None:
    for asked in (three[0], f"{three[0]}-1", three[0][:8]):
        assert three[0] in [line["number"] for line in client.get("/tickets", q=asked)["items"]]


def test_pages_follow_each_other_without_gap_or_repeat_while_the_list_grows(client: Api) -> None:
    numbers = [client.post("/tickets", leak())["number"] for _ in range(5)]
    page = client.get("/tickets", limit=2)
    seen = [line["number"] for line in page["items"]]
    client.post("/tickets", leak())
    while page["next_cursor"]:
        page = client.get("/tickets", limit=2, cursor=page["next_cursor"])
        seen += [line["number"] for line in page["items"]]
    assert seen == numbers[::-1]


def test_a_cursor_of_another_list_or_changed_by_a_letter_is_refused(client: Api, three: list[str]) -> None:
    cursor = client.get("/tickets", limit=1)["next_cursor"]
    for wrong in (cursor[:-1], cursor.swapcase(), client.get("/rooms", limit=1)["next_cursor"]):
        problem = client.refused(f"/tickets?cursor={wrong}", method="GET")
        assert problem["errors"].keys() == {"cursor"}


def test_the_record_names_people_and_rooms_and_holds_the_words(client: Api) -> None:
    number = client.post("/tickets", leak())["number"]
    first = client.get(f"/tickets/{number}/events")["items"][0]
    assert (first["kind"], first["by"], first["facts"]["room"]) == ("received", "clara", "A-1203")
    assert first["facts"]["owner"] == "clara"
    assert first["words"]["name"] == "Chan Siu Ming"
    pages, cursor = [], None
    while True:
        page = client.get(f"/tickets/{number}/events", limit=2, **({"cursor": cursor} if cursor else {}))
        pages += [event["seq"] for event in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert pages == list(range(1, len(pages) + 1))


def test_erased_words_are_shown_as_erased(hub: House, client: Api, time: Clock) -> None:
    number = client.post("/tickets", leak())["number"]
    adam = hub.staff("adam").id

    def erase(tx: Any) -> None:
        kept = tx.scalars(select(EventWords).where(EventWords.ticket_id.is_not(None))).first()
        kept.words, kept.erased_at, kept.erased_by, kept.basis = None, time.now(), adam, "asked by the person"

    hub.database.write(erase)
    first = client.get(f"/tickets/{number}/events")["items"][0]
    assert first["words"] is None
    assert first["erased"] == {"at": "2026-03-03T02:00:00Z", "by": "adam", "basis": "asked by the person"}


def test_a_list_of_many_tickets_reads_each_table_once(hub: House, client: Api) -> None:
    rooms = select(Room.code).where(Room.office_id == hub.office().id).limit(8)
    for code in hub.database.read(lambda tx: tx.scalars(rooms).all()):
        client.post("/tickets", leak(caller={"name": "X", "phone": "2345 6789", "room": code}))
    queries = _queries_of(hub, lambda: client.get("/tickets", limit=2))
    assert _queries_of(hub, lambda: client.get("/tickets", limit=8)) <= queries + 1


def _queries_of(hub: House, ask: Any) -> int:
    with overheard(hub.database._read_engine) as sent:
        ask()
    return len(sent)
