"""The settings as a director uses them: look, change, see what it does, take it back."""

from datetime import timedelta

import pytest

from hub import clock
from hub.access import Actor
from tests.house import House, leak, peddlers
from tests.web.pages.visiting import Visit, plain

RULE = {"rank": "5", "name": "Taps stay with the desk", "category": "01-03", "mode": "desk"}
CATEGORY = {
    "priority": "P2",
    "department": "ENG",
    "respond": "30m",
    "on_site": "24h",
    "resolve": "3d",
    "callback": "sampled",
    "assign": "auto",
}


def test_the_director_finds_every_topic_from_the_navigation(visit: Visit) -> None:
    dora = visit("dora")
    assert "Settings" in dora.see("/office")
    page = dora.get("/settings")
    assert (page.status_code, page.headers["location"]) == (303, "/settings/LG")
    assert "Nothing has been changed yet" in dora.see("/settings/LG")


@pytest.mark.parametrize("login", ["clara", "cody", "wes", "cash", "quinn"])
def test_the_settings_belong_to_administrator_and_director(visit: Visit, hub: House, login: str) -> None:
    person = visit(login)
    for path in ("/settings", "/settings/LG", "/settings/LG/rules", "/settings/LG/rules/+"):
        assert person.get(path).status_code == 403, path
    assert person.post("/settings/LG/rules/+", **RULE).status_code == 403


@pytest.mark.parametrize("login", ["max", "mia"])
def test_another_offices_settings_are_not_found(visit: Visit, login: str) -> None:
    assert visit(login).get("/settings/LG/rules").status_code in (403, 404)


def test_a_category_is_changed_and_reset(visit: Visit, hub: House, clara: Actor) -> None:
    dora = visit("dora")
    dora.does("/settings/LG/categories/01-03", **CATEGORY)
    assert "changed here" in dora.see("/settings/LG/categories")
    assert "as delivered: P3" in dora.see("/settings/LG/categories/01-03")
    assert hub.receive(clara, leak(category="01-03")).priority == "P2"
    dora.does("/settings/LG/categories/01-03", act="end")
    assert "changed here" not in dora.see("/settings/LG/categories").split("Taken back")[0]
    assert hub.receive(clara, leak(category="01-03")).priority == "P3"


def test_what_cannot_be_taken_is_said_at_its_field_and_stays_as_typed(visit: Visit) -> None:
    answer = visit("dora").post("/settings/LG/categories/01-03", **{**CATEGORY, "respond": "soon"})
    assert answer.status_code == 422
    assert "rite a time like 15m" in answer.text and 'value="soon"' in answer.text


def test_who_looked_before_another_changed_it_is_told(visit: Visit, hub: House) -> None:
    dora, adam = visit("dora"), visit("adam")
    seen = _seen(dora.get("/settings/LG/categories/01-03").text)
    adam.does("/settings/LG/categories/01-03", **CATEGORY, seen=seen)
    answer = dora.post("/settings/LG/categories/01-03", **{**CATEGORY, "priority": "P4"}, seen=seen)
    assert answer.status_code == 409 and "omebody else changed this" in answer.text


def _seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_rule_shows_what_it_would_have_caught(visit: Visit, hub: House, clara: Actor) -> None:
    with clock.at(clock.now() - timedelta(days=12)):  # in February
        hub.receive(clara, leak(category="01-03"))
        hub.receive(clara, peddlers())
    hub.receive(clara, leak(category="01-03", item="Another tap"))
    dora = visit("dora")
    answer = dora.post("/settings/LG/rules/+", **RULE, act="preview")
    assert answer.status_code == 200
    page = plain(answer.text)
    assert "1 of last month's matters" in page and "Kitchen tap leaks" in page, page
    assert "1 would have gone another way than now" in answer.text
    assert "Another tap" not in answer.text, "this month's is not last month's"
    assert "Taps stay" not in dora.see("/settings/LG/rules"), "looking saves nothing"
    dora.does("/settings/LG/rules/+", **RULE)
    assert "5 · Taps stay with the desk changed here The desk keeps it · 1 matter last month" in dora.see(
        "/settings/LG/rules"
    )
    assert hub.orders(hub.receive(clara, leak(category="01-03"))) == []


def test_a_change_is_taken_back_from_the_history(visit: Visit, hub: House, clara: Actor) -> None:
    dora = visit("dora")
    dora.does("/settings/LG/rules/+", **RULE)
    page = dora.get("/settings/LG/history").text
    assert "Taps stay with the desk" in page
    dora.does(_undo(page))
    assert "Taps stay" not in dora.see("/settings/LG/rules")
    again = dora.post(_undo(page))
    assert again.status_code == 409 and "taken back" in plain(again.text)


def test_the_rules_go_back_to_what_was_delivered(visit: Visit) -> None:
    dora = visit("dora")
    assert "All back to what was delivered" not in dora.see("/settings/LG/rules")
    dora.does("/settings/LG/rules/+", **RULE)
    assert "All back to what was delivered" in dora.see("/settings/LG/rules")
    dora.does("/settings/LG/rules")
    assert "Taps stay" not in dora.see("/settings/LG/rules")
    assert visit("clara").post("/settings/LG/rules").status_code == 403
    assert dora.post("/settings/LG/rooms").status_code == 404, (
        "what is no deviation has nothing to go back to"
    )


def _undo(page: str) -> str:
    return next(one for part in page.split('action="')[1:] if (one := part.split('"')[0]).endswith("/undo"))
