"""What the hub knows, and to whom it tells it."""

import pytest

from hub import contacts, estate
from hub.database import Tx
from hub.estate import Party
from notifications import outbox
from tests.conftest import Clock
from tests.house import House
from tests.web.api.caller import Api, ApiOf, leak


@pytest.mark.parametrize(("asked", "count"), [("A-1203", 1), ("a1203", 1), ("a-12", 4), ("%", 0), ("zz", 0)])
def test_a_room_is_found_by_a_part_of_its_code(asked: str, count: int, client: Api) -> None:
    items = client.get("/rooms", q=asked)["items"]
    assert len(items) == count
    assert all(room["office"] == "LG" and room["building"] == "A" for room in items)


def test_a_party_is_seen_through_its_rooms_by_any_form_of_its_phone(client: Api, api: ApiOf) -> None:
    for phone in ("2345 6789", "+852 2345 6789", "852-23456789"):
        (party,) = client.get("/parties", phone=phone)["items"]
        assert (party["name"], party["certainty"]) == ("Chan Siu Ming", "known")
        assert party["rooms"] == [{"code": "A-1203", "office": "LG", "role": "owner"}]
        assert api("mia").get("/parties", phone=phone)["items"] == []


def test_a_party_of_two_offices_shows_each_only_its_own_room(hub: House, client: Api, api: ApiOf) -> None:
    def second_home(tx: Tx) -> None:
        office = hub.office("MC")
        room = estate.room_by_code(tx, office.id, "M-0101")
        chan = tx.query(Party).filter_by(name="Chan Siu Ming").one()
        assert room is not None
        estate.move_in(tx, chan, room, "tenant")

    hub.database.write(second_home)
    seen = [
        [room["code"] for room in api(login).get("/parties", phone="23456789")["items"][0]["rooms"]]
        for login in ("clara", "mia")
    ]
    assert seen == [["A-1203"], ["M-0101"]]


def test_a_phone_of_several_parties_tells_how_sure_each_is(hub: House, client: Api) -> None:
    def lend(tx: Tx) -> None:
        rosa = tx.query(Party).filter_by(name="Rosa Diaz").one()
        point = contacts.contact_point(tx, rosa.company_id, "2345 6789", "+85223456789")
        contacts.link(tx, rosa, point, contacts.MAYBE, "intake")

    hub.database.write(lend)
    found = client.get("/parties", phone="23456789")["items"]
    assert [(party["name"], party["certainty"]) for party in found] == [
        ("Chan Siu Ming", "known"),
        ("Rosa Diaz", "maybe"),
    ]


def test_colleagues_are_found_with_their_roles_and_none_of_another_office(client: Api) -> None:
    everybody = client.get("/staff", limit=200)["items"]
    assert {"wes", "clara"} <= {person["login"] for person in everybody}
    assert not {"mia", "max"} & {person["login"] for person in everybody}
    (wes,) = client.get("/staff", q="wEs")["items"]
    assert wes == {
        "login": "wes",
        "name": "Wes Worker",
        "is_on_duty": True,
        "roles": [{"role": "worker", "office": "LG", "department": "ENG"}],
    }


def test_one_who_looks_after_the_company_sees_every_office(api: ApiOf) -> None:
    offices = {department["office"] for department in api("quinn").get("/departments", limit=200)["items"]}
    assert offices == {"LG", "MC"}
    assert {d["code"] for d in api("quinn").get("/departments", office="MC")["items"]} >= {"ENG", "SEC"}


@pytest.mark.parametrize("path", ["/rooms", "/staff", "/departments", "/categories"])
def test_every_list_pages_to_its_end_without_repeating(path: str, client: Api) -> None:
    whole = client.get(path, limit=200)["items"]
    page = client.get(path, limit=3)
    seen = page["items"]
    while page["next_cursor"]:
        page = client.get(path, limit=3, cursor=page["next_cursor"])
        seen = seen + page["items"]
    assert seen == whole and len(whole) > 3


def test_categories_are_named_in_the_askers_language(client: Api) -> None:
    english = client.get("/categories", limit=1)["items"][0]
    headers = client.headers | {"accept-language": "zh-Hant"}
    chinese = client.client.get("/api/v1/categories?limit=1", headers=headers).json()["items"][0]
    assert (english["code"], english["name"]) == ("01-01", "Burst pipe, flooding")
    assert (chinese["code"], chinese["name"], chinese["group"]) == ("01-01", "爆管跑水", "給排水")


def test_the_figures_are_those_of_the_period_and_the_division(client: Api, time: Clock) -> None:
    client.post("/tickets", leak())
    time.forward(minutes=1)
    whole = client.get("/statistics", **{"from": "2026-03-01", "to": "2026-03-31", "office": "LG"})
    assert (whole["start"], whole["end"]) == ("2026-02-28T16:00:00Z", "2026-03-31T16:00:00Z")
    assert whole["items"][0]["counts"]["received"] == 1
    assert {"numerator", "denominator", "value", "note"} == set(
        next(iter(whole["items"][0]["ratios"].values()))
    )
    by_kind = client.get("/statistics", by="kind")["items"]
    assert {row["key"]: row["counts"].get("received", 0) for row in by_kind}["repair"] == 1
    before = client.get("/statistics", **{"from": "2026-01-01", "to": "2026-01-31"})
    assert before["items"][0]["counts"]["received"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=moon", "by"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=0001-01-01", "from"),
        ("to=9999-12-31", "from"),
        ("from=1990-01-01&to=2026-01-01", "from"),
        ("from=March", "from"),
        ("office=NOWHERE", "office"),
    ],
)
def test_a_period_that_is_none_is_refused(query: str, field: str, client: Api) -> None:
    assert client.refused(f"/statistics?{query}", method="GET")["errors"].keys() == {field}


def test_ones_own_messages_are_listed_and_read_and_nobody_elses(hub: House, client: Api, api: ApiOf) -> None:
    number = client.post("/tickets", leak())["number"]
    outbox.drain(hub.database)
    (message,) = api("sue").get("/deliveries", unread=True)["items"]
    assert (message["ticket"], message["state"]) == (number, "delivered")
    assert "Clara Clerk" in message["text"]
    assert client.get("/deliveries")["items"] == []
    assert client.refused(f"/deliveries/{message['id']}/reading")["status"] == 404
    assert api("sue").post(f"/deliveries/{message['id']}/reading") == {"id": message["id"], "state": "read"}
    assert api("sue").get("/deliveries", unread=True)["items"] == []
    assert [one["state"] for one in api("sue").get("/deliveries")["items"]] == ["read"]
