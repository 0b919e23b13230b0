"""Told in this browser: begun and ended by the person whose browser it is."""

from sqlmodel import select

from hub import endpoints
from tests.house import House
from tests.web.pages.visiting import Visit

OURS = "https://93.184.216.34/push/1"
KEYS = {"p256dh": "B" * 87, "auth": "a" * 22}


def test_a_browser_is_told_until_its_person_ends_it(hub: House, visit: Visit) -> None:
    wes, client = hub.staff("wes"), visit("wes")._client
    assert client.post("/push/browsers", json={"endpoint": OURS, "keys": KEYS}).status_code == 204
    assert [row.endpoint for row in hub.look(endpoints.browsers, wes.id)] == [OURS]
    assert visit("sue")._client.post("/push/browsers/end", json={"endpoint": OURS}).status_code == 204
    assert hub.look(endpoints.browsers, wes.id), "another's is left as it is"
    client = visit("wes")._client
    assert client.post("/push/browsers/end", json={"endpoint": OURS}).status_code == 204
    assert hub.look(endpoints.browsers, wes.id) == []


def test_a_push_service_inside_our_network_is_refused(hub: House, visit: Visit) -> None:
    said = {"endpoint": "https://10.0.0.1/push", "keys": KEYS}
    answer = visit("wes")._client.post("/push/browsers", json=said)
    assert answer.status_code == 422 and "inside our own network" in answer.text
    rows = hub.look(lambda tx: tx.scalars(select(endpoints.PushSubscription)).all())
    assert rows == []


def test_the_worker_is_served_under_its_own_scope(visit: Visit) -> None:
    answer = visit("wes")._client.get("/push/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache" and "showNotification" in answer.text


def test_nobody_is_told_without_signing_in(visit: Visit) -> None:
    client = visit("wes")._client
    client.cookies.clear()
    assert client.post("/push/browsers", json={"endpoint": OURS, "keys": KEYS}).status_code in (303, 401, 403)
