"""Whatever is sent, the answer says what was wrong with it, and nothing is half-written."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from hub.database import Tx
from hub.events import Event
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House
from tests.web.api.caller import Api, ApiOf, leak

LONG = "x" * 20_000


def _written(hub: House) -> tuple[int, int]:
    def count(tx: Tx) -> tuple[int, int]:
        tickets = tx.scalars(select(func.count()).select_from(Ticket)).one()
        facts = tx.scalars(select(func.count()).select_from(Event).where(Event.kind == "received")).one()
        return tickets, facts

    return hub.database.read(count)


def _caller(**said: Any) -> dict[str, Any]:
    return {"name": "Chan", "phone": "2345 6789", "room": "A-1203", **said}


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"item": " "}, {"item"}),
        ({"item": "x" * 201}, {"item"}),
        ({"item": "nul \x00 here"}, {"item"}),
        ({"description": LONG}, {"description"}),
        ({"caller": {}}, {"caller.name", "caller.phone", "caller.room"}),
        ({"caller": _caller(phone="no digits")}, {"caller.phone"}),
        ({"caller": _caller(room="Z-9999")}, {"caller.room"}),
        ({"caller": _caller(nmae="Chan")}, {"caller.nmae"}),
        ({"unknown": {"item": "did not say"}}, {"unknown.item"}),
        ({"unknown": {"name": "would not say"}}, {"unknown.name"}),
        ({"channel": "pigeon"}, {"channel"}),
        ({"kind": "miracle", "category": "99-99"}, {"kind"}),
        ({"category": "99-99"}, {"category"}),
        ({"received_by": "nobody"}, {"received_by"}),
        ({"received_at": "2026-03-03T02:00:00"}, {"received_at"}),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, {"received_at"}),
        ({"received_at": "9999-12-31T23:59:59-14:00"}, {"received_at"}),
        ({"received_at": 1e300}, {"received_at"}),
        ({"happened_at": "yesterday"}, {"happened_at"}),
        ({"external_ref": {"source": "311"}}, {"external_ref.ref"}),
        ({"office": "NOWHERE"}, {"office"}),
        ({"dispatch": {"way": "teleport"}}, {"dispatch.way"}),
        ({"dispatch": {"way": "department", "department": "NONE"}}, {"dispatch.department"}),
        ({"dispatch": {"way": "worker", "worker": "nobody"}}, {"dispatch.worker"}),
        ({"dispatch": {"way": "worker", "worker": "mia"}}, {"dispatch.worker"}),
        ({"itme": "Tap", "chanel": "phone"}, {"itme", "chanel"}),
    ],
)
def test_every_bad_field_is_named_and_nothing_is_written(
    said: dict[str, Any], fields: set[str], hub: House, client: Api
) -> None:
    problem = client.refused("/tickets", leak(**said))
    assert problem["status"] == 422
    assert set(problem["errors"]) == fields
    assert all(problem["errors"].values())
    assert _written(hub) == (0, 0)


def test_a_time_in_the_future_is_refused_and_a_fast_clock_is_not(client: Api, time: Clock) -> None:
    soon, later = time.now() + timedelta(minutes=4), time.now() + timedelta(minutes=6)
    assert client.refused("/tickets", leak(received_at=later.isoformat()))["errors"].keys() == {"received_at"}
    ticket = client.post("/tickets", leak(received_at=soon.isoformat()))
    assert ticket["received_at"] == "2026-03-03T02:00:00Z"


@pytest.mark.parametrize(
    "phone", ["2345 6789", "+852 2345 6789", "00852-2345-6789", "(852) 23456789", "２３４５６７８９"]
)
def test_a_phone_is_found_again_in_any_national_form(phone: str, client: Api) -> None:
    number = client.post("/tickets", leak(caller=_caller(phone=phone)))["number"]
    for asked in ("23456789", "+85223456789", "2345-6789"):
        assert [line["number"] for line in client.get("/tickets", q=asked)["items"]] == [number]


@pytest.mark.parametrize("name", ["👨‍👩‍👧 陳", "محمد عبد الله", "\u202eevil\u202c", "Zoë Ó Néill", "İ" * 100])
def test_names_of_any_script_are_kept_as_they_are(name: str, client: Api) -> None:
    ticket = client.post("/tickets", leak(caller=_caller(name=name)))
    assert client.get(f"/tickets/{ticket['number']}")["caller"]["name"] == name.strip()


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"item": "Tap"', "application/json", 422),
        (b"", "application/json", 422),
        (b"null", "application/json", 422),
        (b"[1, 2]", "application/json", 422),
        (b'"item"', "application/json", 422),
        (b"\xff\xfe{}", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "application/json", 422),
        (b'{"item": ' + b"9" * 5000 + b"}", "application/json", 422),
        (b'{"item": "\\ud800"}', "application/json", 422),
        (b'{"\\ud800": 1, "\\u0000": 2}', "application/json", 422),
        (b'{"item": NaN, "caller": Infinity}', "application/json", 422),
        (b"item=Tap&channel=phone", "application/x-www-form-urlencoded", 422),
        (b"<item>Tap</item>", "application/xml", 422),
        (b'{"item": "Tap"}', "", 422),
        (b"x" * (10 * 2**20 + 1), "application/json", 413),
    ],
    ids=range(16),
)
def test_a_body_that_is_none_gets_a_clear_answer(
    body: bytes, media_type: str, status: int, hub: House, client: Api
) -> None:
    headers = client.headers | {"content-type": media_type}
    answer = client.client.post("/api/v1/tickets", content=body, headers=headers)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] and problem["detail"]
    assert status != 422 or problem["errors"]
    assert _written(hub) == (0, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=9999999999999999999999", "limit"),
        ("limit=ten", "limit"),
        ("status=asleep", "status"),
        ("statsu=new", "statsu"),
        ("q=%00", "q"),
        ("q=" + "x" * 201, "q"),
        ("cursor=abc", "cursor"),
        ("cursor=%F0%9F%92%A7", "cursor"),
        ("cursor=" + "A" * 501, "cursor"),
    ],
)
def test_a_bad_question_names_what_is_wrong_with_it(query: str, field: str, client: Api) -> None:
    assert client.refused(f"/tickets?{query}", method="GET")["errors"].keys() == {field}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/tickets/{t}/answers", {}, "text"),
        ("/tickets/{t}/answers", {"text": "Now", "promised_for": "2026-03-05T02:00:00Z"}, "promised_for"),
        ("/tickets/{t}/answers", {"promised_for": "2026-03-01T02:00:00Z"}, "promised_for"),
        ("/tickets/{t}/answers", {"promised_for": "9999-12-31T23:59:59-14:00"}, "promised_for"),
        ("/tickets/{t}/answers", {"promised_for": "2026-03-05T02:00:00Z", "owner": "mia"}, "owner"),
        ("/tickets/{t}/notes", {"text": "  "}, "text"),
        ("/tickets/{t}/notes", {"text": "x", "happened_at": "2020-01-01T00:00:00Z"}, "happened_at"),
        ("/tickets/{t}/triage", {}, "category"),
        ("/tickets/{t}/triage", {"priority": "P0"}, "priority"),
        (
            "/tickets/{t}/triage",
            {"priority": "P2", "dispatch": {"way": "worker", "worker": "x"}},
            "dispatch.worker",
        ),
        ("/tickets/{t}/supervisions", {"text": ""}, "text"),
        ("/tickets/{t}/escalations", {"whom": "the mayor"}, "whom"),
        ("/tickets/{t}/links", {"number": "999000008"}, "number"),
        ("/tickets/{t}/links", {"number": "x"}, "number"),
        ("/tickets/{t}/followers", {"staff": "mia"}, "staff"),
        ("/tickets/{t}/closure", {"outcome": "bored"}, "outcome"),
        ("/tickets/{t}/closure", {"outcome": "duplicate", "duplicate_of": "999000008"}, "duplicate_of"),
        ("/tickets/{t}/orders", {"to": {}}, "to"),
        ("/tickets/{t}/orders", {"to": {"worker": "mia"}}, "to.worker"),
        ("/tickets/{t}/orders", {"to": {"worker": "clara"}}, "to.worker"),
        ("/tickets/{t}/orders", {"to": {"department": "NONE"}}, "to.department"),
        ("/orders/{o}/assignment", {"worker": "gus"}, "worker"),
        ("/orders/{o}/assignment", {"worker": "nobody"}, "worker"),
        ("/orders/{o}/hold", {"reason": "tired"}, "reason"),
        ("/orders/{o}/hold", {"reason": "material", "until": "2026-03-01T02:00:00Z"}, "until"),
        ("/orders/{o}/hold", {"reason": "material", "until": "9999-12-31T23:59:59-14:00"}, "until"),
        ("/orders/{o}/return", {"reason": ""}, "reason"),
        ("/orders/{o}/ruling", {"ruling": "shrug"}, "ruling"),
        ("/orders/{o}/ruling", {}, "ruling"),
        ("/orders/{o}/completion", {"done": "x", "fields": {"meter": [[1]]}}, "fields.meter"),
        ("/orders/{o}/completion", {"done": "x", "fields": {"meter": 1e300}}, "fields.meter"),
        ("/orders/{o}/completion", {"done": "x", "materials": [{"name": ""}]}, "materials.0.name"),
        ("/closures", {"numbers": [], "outcome": "withdrawn"}, "numbers"),
        ("/closures", {"numbers": ["1"] * 201, "outcome": "withdrawn"}, "numbers"),
    ],
)
def test_a_verb_names_the_field_it_cannot_take(
    path: str, body: dict[str, Any], field: str, api: ApiOf, client: Api, leaking: dict[str, Any]
) -> None:
    at = path.format(t=leaking["number"], o=leaking["orders"][0]["number"])
    problem = api("cody").refused(at, body)
    assert problem["status"] == 422
    assert set(problem["errors"]) == {field}
    assert client.get(f"/tickets/{leaking['number']}") == leaking


def test_an_address_that_is_none_and_a_method_that_is_none_are_told_as_problems(client: Api) -> None:
    assert client.refused("/nowhere", method="GET")["code"] == "not_found"
    assert client.refused("/rooms", method="DELETE")["code"] == "method_not_allowed"
