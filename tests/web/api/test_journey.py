"""One matter through the loop, by programs that speak HTTP; on both engines."""

import pytest

from tests.conftest import Clock
from tests.conftest import url as on_each_engine
from tests.house import House
from tests.web.api.caller import ApiOf, peddlers

url = on_each_engine


@pytest.mark.seed("K1.3", "K2.1", "K2.2", "K5.4")
def test_a_complaint_is_registered_worked_called_back_reopened_and_closed_over_http(
    hub: House, time: Clock, api: ApiOf
) -> None:
    clara, sid, gus = api("clara"), api("sid"), api("gus")
    ticket = clara.post("/tickets", peddlers())
    number, first = ticket["number"], ticket["orders"][0]["number"]
    assert (ticket["status"], ticket["kind"], ticket["category"]) == ("in_hand", "complaint", "06-09")
    assert sid.post(f"/orders/{first}/assignment", {"worker": "gus"})["worker"] == "gus"
    _do_the_work(time, api, first, "Shown the way out")
    assert clara.get(f"/tickets/{number}")["status"] == "awaiting_callback"
    assert clara.refused(f"/tickets/{number}/closure", {"outcome": "solved"})["code"] == "callback_owed"

    time.forward(hours=2)
    said = {"reached": True, "solved": False, "satisfied": "no", "comment": "Back an hour later"}
    again = clara.post(f"/tickets/{number}/callbacks", said)
    assert (again["status"], again["round"], again["times_reopened"]) == ("in_hand", 2, 1)

    second = clara.post(f"/tickets/{number}/orders", {"to": {"worker": "gus"}, "instruction": "Stay there"})
    assert (second["number"], second["dispatched_to"]) == (f"{number}-2", "worker")
    _do_the_work(time, api, second["number"], "Gone, and the door is locked")
    time.forward(days=1)
    closed = clara.post(f"/tickets/{number}/callbacks", {"reached": True, "satisfied": "fairly"})
    assert (closed["status"], closed["outcome"], closed["callback"]) == ("closed", "solved", "made")
    assert not [promise for promise in closed["promises"] if promise["state"] in ("running", "overdue")]

    record = clara.get(f"/tickets/{number}/events", limit=200)["items"]
    kinds = [event["kind"] for event in record]
    assert kinds.count("done") == 2 and kinds[0] == "received" and kinds[-1] == "closed"
    assert gus.get(f"/orders/{first}")["status"] == "done"
    assert hub.verify().broken is None


def _do_the_work(time: Clock, api: ApiOf, order: str, done: str) -> None:
    for step in ("acceptance", "contact", "departure", "arrival"):
        time.forward(minutes=5)
        api("gus").post(f"/orders/{order}/{step}")
    time.forward(minutes=30)
    assert api("gus").post(f"/orders/{order}/completion", {"done": done})["status"] == "done"
