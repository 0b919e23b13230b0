"""Who is refused what, over every operation there is."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from hub.access import MAY
from tests.web.api.caller import Api, ApiOf, leak, peddlers
from tests.web.api.routes import EVERY, OF_ORDER, OF_TICKET, WITH_FILE, Route

by_route = pytest.mark.parametrize("route", EVERY, ids=str)


def test_no_operation_is_left_out_of_these_tests(asgi: ASGIApp) -> None:
    paths = TestClient(asgi).get("/api/openapi.json").json()["paths"]
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        if path.startswith("/api/v1")
        for method in methods
    }
    tested = {str(route).partition("?")[0] for route in EVERY} | set(WITH_FILE)
    assert {_bare(one) for one in there} == {_bare(one) for one in tested}


@by_route
def test_nobody_gets_in_without_a_token(route: Route, api: ApiOf) -> None:
    answer = api("").ask(route.method, route.at("100000011", "100000011-1"), route.body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unknown"


@by_route
def test_a_token_that_is_none_of_ours_opens_nothing(route: Route, api: ApiOf) -> None:
    path = route.at("100000011", "100000011-1")
    assert Api(api("").client, "hub_guessed").ask(route.method, path, route.body).status_code == 401


@pytest.mark.parametrize("route", OF_TICKET + OF_ORDER, ids=str)
def test_another_offices_matter_is_not_found(route: Route, api: ApiOf, leaking: dict[str, Any]) -> None:
    order = leaking["orders"][0]["number"]
    body = _filled(route.body, leaking["number"])
    told = api("mia").refused(route.at(leaking["number"], order), body, method=route.method)
    assert (told["status"], told["code"]) == (404, "not_found")
    never = api("mia").refused(route.at("999000008", "999000008-1"), body, method=route.method)
    assert never["detail"] == told["detail"]


@pytest.mark.parametrize("number", ["1", "abc", "१२३४५६७८९", "100000011-1-1", "-1", "%00", "9" * 200])
def test_what_is_no_number_of_ours_is_not_found(number: str, client: Api) -> None:
    for route in OF_TICKET + OF_ORDER:
        answer = client.ask(route.method, route.at(number, number), route.body)
        assert answer.status_code == 404, (str(route), answer.text)


@pytest.mark.parametrize("route", OF_TICKET + OF_ORDER, ids=str)
def test_one_who_sees_all_may_still_not_take_anothers_step(
    route: Route, api: ApiOf, client: Api, leaking: dict[str, Any]
) -> None:
    order = leaking["orders"][0]["number"]
    body = _filled(route.body, client.post("/tickets", peddlers())["number"])
    answer = api("cash").ask(route.method, route.at(leaking["number"], order), body)
    if route.path.endswith("/attachments/{row}"):
        assert answer.status_code == 404
        return
    assert answer.status_code == route.cashier, answer.text
    if route.cashier == 403:
        assert answer.json()["code"] == "forbidden"
        assert client.get(f"/tickets/{leaking['number']}")["status"] == "in_hand"


def test_a_worker_sees_the_matter_of_their_order_and_no_other(
    api: ApiOf, client: Api, leaking: dict[str, Any], knocking: dict[str, Any]
) -> None:
    order = leaking["orders"][0]["number"]
    api("sue").post(f"/orders/{order}/assignment", {"worker": "wes"})
    wes = api("wes")
    assert [line["number"] for line in wes.get("/tickets")["items"]] == [leaking["number"]]
    assert wes.refused(f"/tickets/{knocking['number']}", method="GET")["status"] == 404
    assert wes.refused(f"/tickets/{leaking['number']}/triage", {"priority": "P1"})["status"] == 403


def test_the_worker_who_comes_second_is_told_who_has_the_order(api: ApiOf, leaking: dict[str, Any]) -> None:
    order = leaking["orders"][0]["number"]
    assert api("wes").post(f"/orders/{order}/acceptance")["worker"] == "wes"
    told = api("wen").refused(f"/orders/{order}/acceptance")
    assert (told["status"], told["code"]) == (409, "already_taken")
    assert "Wes Worker" in told["detail"]


def test_an_order_in_another_office_is_refused_by_the_name_of_the_field(api: ApiOf) -> None:
    assert api("mia").refused("/tickets", leak(office="LG"))["errors"].keys() == {"office"}
    assert api("mia").refused("/statistics?office=LG", method="GET")["errors"].keys() == {"office"}
    assert api("mia").get("/rooms", office="LG")["items"] == []


def test_a_worker_counts_nothing(api: ApiOf) -> None:
    assert "worker" not in MAY["count"]
    assert api("wes").refused("/statistics", method="GET")["status"] == 403


def _bare(operation: str) -> str:
    return re.sub(r"\{\w+\}", "{}", operation)


def _filled(body: Any, other: str) -> Any:
    return dict.fromkeys(body, other) if body and "{other}" in body.values() else body
