"""Everything that can be set: that it is kept and holds at once, and what each refuses."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from hub import callers, catalogue, clock, credentials, duty, lines, organisation, roster
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotFound, NotNow
from hub.organisation import Staff
from hub.setup import change, ladders, papers, people, practice, rota, rules, telephones
from hub.setup.change import Subject, Values
from hub.setup.hearing import HEARING
from hub.setup.hours import HOURS
from hub.setup.ladders import LADDER
from hub.setup.offices import COMPANY, DEPARTMENT, OFFICE
from hub.setup.papers import CERTIFICATE, LEAVE
from hub.setup.people import STAFF
from hub.setup.places import BUILDING, ROOM
from hub.setup.practice import PRACTICE
from hub.setup.rota import DUTY
from hub.setup.rules import RULE
from hub.setup.telephones import TELEPHONES
from tests.house import House, leak

WEN = {"name": "Wen Worker", "phone": "5123 4567", "skills": ["01", "02"], "areas": ["A"]}
ZOE = {"login": "zoe", "name": "Zoe", "role": "worker", "department": "ENG"}
PAPER = {"staff": "wes", "trade": "electric", "certificate": "Grade A", "valid_from": "2026-01-01"}


def sets(hub: House, login: str, subject: Subject, key: str, said: dict[str, Any] | None) -> str:
    return hub.do(change.change, hub.actor(login), "LG", subject, key, said)


def standing(hub: House, subject: Subject, key: str) -> Values:
    found = hub.look(subject.read, hub.office(), key)
    assert found is not None
    return found


def refused(hub: House, subject: Subject, key: str, said: dict[str, Any], login: str = "adam") -> set[str]:
    with pytest.raises(BadInput) as refusal:
        sets(hub, login, subject, key, said)
    return set(refusal.value.fields)


# --- rules -------------------------------------------------------------------


def test_a_rule_names_what_the_office_has(hub: House) -> None:
    said = {"rank": "x", "name": "", "category": "77", "building": "Z", "department": "DEV", "mode": "fax"}
    assert refused(hub, RULE, "", said) == {"rank", "name", "category", "building", "department", "mode"}


def test_the_rules_go_back_to_those_delivered_each_step_on_record(hub: House, dora: Actor) -> None:
    first = hub.look(rules.of_office, hub.office())
    sets(hub, "dora", RULE, "", {"rank": "5", "name": "Ours", "mode": "desk"})
    sets(hub, "dora", RULE, str(first[0].id), None)
    sets(hub, "dora", RULE, str(first[1].id), {**rules.values_of(first[1]), "mode": "desk"})
    assert hub.look(rules.is_changed, hub.office())
    hub.do(rules.reset, dora, "LG")
    assert not hub.look(rules.is_changed, hub.office())
    assert len(hub.look(change.history, hub.office(), "rule")) == 3 + 4
    hub.do(rules.reset, dora, "LG")
    assert len(hub.look(change.history, hub.office(), "rule")) == 7, "nothing left to take back"
    with pytest.raises(Forbidden):
        hub.do(rules.reset, hub.actor("clara"), "LG")


# --- people ------------------------------------------------------------------


def test_a_person_is_taken_on_and_may_be_sent_work_at_once(hub: House, adam: Actor) -> None:
    before = hub.look(roster.of, hub.office())
    assert "zoe" not in {one.login for one in before.of_department(hub.department("ENG").id)}
    hub.do(people.add, adam, "LG", ZOE)
    after = hub.look(roster.of, hub.office())
    assert "zoe" in {one.login for one in after.of_department(hub.department("ENG").id)}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"login": "wes"}, "login"),
        ({"login": "zo e"}, "login"),
        ({"role": "king"}, "role"),
        ({"department": ""}, "department"),
        ({"name": " "}, "name"),
        ({"phone": "none"}, "phone"),
        ({"email": "nowhere"}, "email"),
        ({"skills": ["99"]}, "skills"),
        ({"role": "customer_director"}, "role"),
    ],
)
def test_who_cannot_be_taken_on_leaves_no_trace(
    hub: House, adam: Actor, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        hub.do(people.add, adam, "LG", {**ZOE, **said})
    assert set(refusal.value.fields) == {field}
    assert not hub.look(lambda tx: tx.scalars(select(Staff.id).where(Staff.name == "Zoe")).all())


def test_skills_and_areas_are_exactly_those_said(hub: House) -> None:
    sets(hub, "adam", STAFF, "wen", WEN)
    sets(hub, "adam", STAFF, "wen", {**WEN, "skills": ["02"], "areas": ["B"]})
    kept = standing(hub, STAFF, "wen")
    assert (kept["skills"], kept["areas"], kept["phone"]) == (["02"], ["B"], "5123 4567")
    assert hub.look(roster.of, hub.office()).skills[hub.staff("wen").id] == ("02",)


def test_what_is_personal_stands_with_the_words_and_comes_back(hub: House, adam: Actor) -> None:
    sets(hub, "adam", STAFF, "wen", WEN)
    (made,) = hub.look(change.history, hub.office())
    assert ("phone", "", "5123 4567") in made.differences()
    facts = hub.look(lambda tx: tx.get_one(change.Event, made.event_id).facts)
    assert "5123 4567" not in facts and "Wen Worker" not in facts
    hub.do(change.undo, adam, "LG", made.event_id, [STAFF])
    assert standing(hub, STAFF, "wen")["phone"] == ""


def test_erased_words_cannot_be_brought_back(hub: House, adam: Actor) -> None:
    sets(hub, "adam", STAFF, "wen", WEN)
    (made,) = hub.look(change.history, hub.office())

    def erase(tx: Any) -> None:
        tx.get_one(change.events.EventWords, made.event_id).words = None

    hub.database.write(erase)
    with pytest.raises(NotNow, match="were erased"):
        hub.do(change.undo, adam, "LG", made.event_id, [STAFF])


def test_people_are_the_administrators(hub: House, dora: Actor) -> None:
    with pytest.raises(Forbidden):
        sets(hub, "dora", STAFF, "wen", WEN)
    with pytest.raises(Forbidden):
        hub.do(people.add, dora, "LG", ZOE)
    with pytest.raises(Forbidden):
        hub.do(people.grant, dora, "LG", "wen", "clerk")
    with pytest.raises(Forbidden):
        hub.do(people.reset_sign_in, dora, "LG", "wen", "hash")


def test_a_role_is_granted_once_and_with_its_department(hub: House, adam: Actor) -> None:
    hub.do(people.grant, adam, "LG", "wes", "clerk")
    assert "clerk" in hub.actor("wes").roles_in(hub.office().id)
    with pytest.raises(BadInput, match="holds this role already"):
        hub.do(people.grant, adam, "LG", "wes", "clerk")
    with pytest.raises(BadInput, match="in which department"):
        hub.do(people.grant, adam, "LG", "wes", "guard")
    with pytest.raises(NotFound):
        hub.do(people.grant, adam, "LG", "mia", "clerk")


def test_nobody_gains_the_company_by_way_of_an_office(hub: House, adam: Actor) -> None:
    for step in (
        lambda: hub.do(people.grant, adam, "LG", "wes", "leader"),
        lambda: hub.do(people.reset_sign_in, adam, "LG", "quinn", "hash"),
        lambda: sets(hub, "adam", STAFF, "quinn", {**WEN, "name": "Quinn"}),
        lambda: sets(hub, "adam", COMPANY, "company", {"name": "Mine", "locale": "en", "zone": "UTC"}),
    ):
        with pytest.raises(Forbidden, match="whole company"):
            step()


def test_a_new_password_puts_every_browser_out(hub: House, adam: Actor) -> None:
    wes = hub.staff("wes")
    secret = hub.do(credentials.begin_session, wes, 12)
    token = hub.do(credentials.make_token, wes, None)
    assert hub.look(credentials.actor_of_session, secret) and hub.look(credentials.actor_of_token, token)
    hub.do(people.reset_sign_in, adam, "LG", "wes", credentials.hash_password("another one"))
    assert hub.look(credentials.actor_of_session, secret) is None
    assert hub.look(credentials.actor_of_token, token) is None
    assert credentials.is_password("another one", hub.staff("wes").password_hash)


# --- certificates and leave ---------------------------------------------------


@pytest.mark.seed("P4.2.2b")
def test_a_certificate_counts_at_once_and_runs_out_at_once(hub: House, time: Any) -> None:
    key = sets(hub, "dora", CERTIFICATE, "", PAPER)
    wes = hub.staff("wes").id
    (paper,) = hub.look(roster.of, hub.office()).papers[wes]
    assert paper.state(date(2026, 3, 3), "advised") == "valid"
    sets(hub, "dora", CERTIFICATE, key, None)
    (paper,) = hub.look(roster.of, hub.office()).papers[wes]
    assert paper.state(date(2026, 3, 3), "advised") == "expired"


def test_a_certificate_refuses_what_cannot_be(hub: House) -> None:
    wrong = {**PAPER, "valid_until": "2025-01-01", "tested_on": "2027-01-01", "staff": "mia", "trade": ""}
    assert refused(hub, CERTIFICATE, "", wrong) == {"valid_until", "tested_on", "staff", "trade"}
    assert refused(hub, CERTIFICATE, "", {**PAPER, "valid_from": "yesterday"}) == {"valid_from"}


def test_leave_takes_a_person_off_duty_and_is_called_off(hub: House) -> None:
    said = {"staff": "wes", "starts_at": "2026-03-03T09:00", "ends_at": "2026-03-05T18:00", "stand_in": "wen"}
    wes = hub.staff("wes").id
    key = sets(hub, "dora", LEAVE, "", {**said, "reason": "flu"})
    assert wes not in hub.look(duty.on_duty, hub.office())
    assert hub.look(roster.of, hub.office()).instead(wes, clock.now()) == hub.staff("wen").id
    assert standing(hub, LEAVE, key)["starts_at"] == "2026-03-03T01:00:00+00:00", (
        "the office's wall, kept in UTC"
    )
    (made,) = hub.look(change.history, hub.office())
    assert "flu" not in hub.look(lambda tx: tx.get_one(change.Event, made.event_id).facts)
    sets(hub, "dora", LEAVE, key, None)
    assert wes in hub.look(duty.on_duty, hub.office())
    assert len(hub.look(papers.leaves, hub.office())) == 0


def test_leave_refuses_what_cannot_be(hub: House) -> None:
    said = {"staff": "wes", "starts_at": "2026-03-05T09:00", "ends_at": "2026-03-03T18:00", "stand_in": "wes"}
    assert refused(hub, LEAVE, "", said) == {"ends_at", "stand_in"}
    assert refused(hub, LEAVE, "", {**said, "starts_at": "soon"}) >= {"starts_at"}


# --- rota --------------------------------------------------------------------


def test_a_rota_is_exactly_the_shifts_said_and_nights_run_over(hub: House) -> None:
    sets(hub, "dora", DUTY, "wes", {"mon": "13:00-17:00, 08:00–12:00", "tue": "22:00-06:00"})
    wes = hub.staff("wes").id
    assert standing(hub, DUTY, "wes")["mon"] == "08:00-12:00, 13:00-17:00"
    for at, is_there in (
        (datetime(2026, 3, 2, 4, 30, tzinfo=UTC), False),  # Monday 12:30, the break
        (datetime(2026, 3, 3, 17, 0, tzinfo=UTC), True),  # Wednesday 1:00, Tuesday's night
        (datetime(2026, 3, 3, 23, 0, tzinfo=UTC), False),
    ):
        assert (wes in hub.look(duty.on_duty, hub.office(), at)) is is_there


@pytest.mark.parametrize(
    "text", ["8-12", "08:00-12:00, 11:00-13:00", "25:00-26:00", "08:00-08:00", "08:61-09:00"]
)
def test_shifts_that_cannot_be_are_refused(hub: House, text: str) -> None:
    assert refused(hub, DUTY, "wes", {"wed": text}) == {"wed"}


def test_a_shift_is_written_as_it_is_read() -> None:
    for text in ("00:00-24:00", "08:00-16:30", "22:00-06:00", "09:00-12:00"):
        ((starts, ends),) = rota.shifts(text)
        assert rota.written(starts, ends) == text


# --- hours, practice, ladder ----------------------------------------------------


def hours(hub: House, **said: Any) -> dict[str, Any]:
    return {**standing(hub, HOURS, "hours"), **said}


def test_hours_with_a_break_move_the_next_deadline(hub: House, clara: Actor) -> None:
    sets(hub, "dora", HOURS, "hours", hours(hub, tue="14:00-18:00", clock_p3="office"))
    ticket = hub.receive(clara, leak(category="01-03"))  # Tuesday 10:00, P3: answered within 30 minutes
    (answer,) = hub.promises(ticket, "answer")
    assert answer.due_at == datetime(2026, 3, 3, 6, 30, tzinfo=UTC), "14:30 in Hong Kong"


def test_the_public_holidays_of_a_region_are_added(hub: House) -> None:
    sets(hub, "dora", HOURS, "hours", hours(hub, fill_region="cn", fill_year="2025", holidays="2026-12-24"))
    kept = standing(hub, HOURS, "hours")
    assert {"2025-10-01", "2026-12-24"} <= set(kept["holidays"]) and "2025-01-26" in kept["workdays"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"mon": "9 to 5"}, "mon"),
        ({"mon": "09:00-12:00, 11:00-18:00"}, "mon"),
        ({"holidays": "Christmas"}, "holidays"),
        ({"fill_region": "XX", "fill_year": "2026"}, "fill_region"),
        ({"fill_region": "HK"}, "fill_year"),
        ({"workdays": "2026-03-07", "makeup_like": "sun"}, "makeup_like"),
        ({"clock_p1": "never"}, "clock_p1"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""), "mon"),
    ],
)
def test_hours_that_cannot_be_are_refused(hub: House, said: dict[str, Any], field: str) -> None:
    assert refused(hub, HOURS, "hours", hours(hub, **said)) == {field}
    assert hub.look(catalogue.of, hub.office()).office_hours.is_open(datetime(2026, 3, 3, 2, tzinfo=UTC))


PHONES = {"lines": "3001 0001\nCare@Lotus.example", "duty_phone": "9123 4567", "survey_hours": "48"}


def test_the_telephones_are_kept_as_they_are_dialled_and_ring(hub: House) -> None:
    sets(hub, "dora", TELEPHONES, "telephones", {**PHONES, "callback_first": "voice"})
    assert standing(hub, TELEPHONES, "telephones") == {
        "lines": ["+85230010001", "care@lotus.example"],
        "duty_phone": "+85291234567",
        "desk_phone": "",
        "callback_first": "voice",
        "survey_hours": 48,
    }
    assert hub.look(lines.duty_phone, hub.office()) == "+85291234567"
    caller = hub.look(callers.who, "+85251234567", "+85230010001")
    assert caller is not None and caller.office.code == "LG"
    sets(hub, "dora", TELEPHONES, "telephones", None)
    assert standing(hub, TELEPHONES, "telephones") == telephones.delivered()


def test_a_line_is_of_one_office_and_a_number_is_one(hub: House) -> None:
    hub.do(_give_line, "MC", "+85230010001")
    assert refused(hub, TELEPHONES, "telephones", PHONES) == {"lines"}
    wrong = {"lines": "ring us", "desk_phone": "soon", "callback_first": "fax", "survey_hours": "0"}
    assert refused(hub, TELEPHONES, "telephones", wrong) == {
        "lines",
        "desk_phone",
        "callback_first",
        "survey_hours",
    }


def _give_line(tx: Tx, code: str, line: str) -> None:
    office = organisation.office_by_code(tx, code)
    office.policy = office.policy | {"lines": [line]}


def test_practice_is_kept_in_the_policy_and_goes_back(hub: House) -> None:
    said = {**practice.delivered(), "reopen_days": "14", "quiet_from": "23:30"}
    sets(hub, "dora", PRACTICE, "practice", said)
    policy = hub.office().policy
    assert (policy["reopen_days"], policy["quiet"]) == (14, ["23:30", "07:00"])
    assert policy["hold_reasons"], "the rest stays"
    sets(hub, "dora", PRACTICE, "practice", None)
    assert standing(hub, PRACTICE, "practice") == practice.delivered()
    assert refused(hub, PRACTICE, "practice", {**said, "callback_share": "101", "quiet_to": "7"}) == {
        "callback_share",
        "quiet_to",
    }


def test_a_ladder_is_replaced_whole_and_goes_back_to_the_delivered(hub: House) -> None:
    step = {"step1_amount": "50", "step1_since": "percent", "step1_action": "urge", "step1_whom": "holder"}
    sets(hub, "dora", LADDER, "P1-accept", step)
    (only,) = hub.look(catalogue.of, hub.office()).steps("P1", "accept")
    assert (only.percent, only.action, only.whom) == (50, "urge", "holder")
    sets(hub, "dora", LADDER, "P1-accept", None)
    assert standing(hub, LADDER, "P1-accept") == ladders.delivered("P1-accept")
    assert len(hub.look(catalogue.of, hub.office()).steps("P1", "accept")) == 3


def test_a_ladder_climbs(hub: House) -> None:
    said = {
        f"step{n}_{part}": value
        for n, amount in ((1, "80"), (2, "50"))
        for part, value in {"amount": amount, "since": "percent", "action": "shout", "whom": "holder"}.items()
    }
    assert refused(hub, LADDER, "P1-accept", said) == {"step2_amount", "step1_action", "step2_action"}


# --- organisation --------------------------------------------------------------


def test_the_office_is_described(hub: House) -> None:
    sets(hub, "dora", OFFICE, "office", {"name": "Lotus", "property_type": "mall", "locale": "zh-Hant"})
    assert (hub.office().name, hub.office().property_type) == ("Lotus", "mall")
    assert refused(hub, OFFICE, "office", {"name": "", "property_type": "ship", "households": "-1"}) == {
        "name",
        "property_type",
        "households",
        "locale",
    }


def test_the_company_belongs_to_who_administers_all_of_it(hub: House, adam: Actor) -> None:
    def everywhere(tx: Any) -> None:
        company = tx.scalars(select(organisation.Company)).one()
        person = organisation.staff_by_login(tx, company.id, "adam")
        assert person is not None
        organisation.grant(tx, person, "admin", organisation.office_by_code(tx, "MC"))

    hub.database.write(everywhere)
    sets(hub, "adam", COMPANY, "company", {"name": "Harbour", "locale": "en", "zone": "Asia/Hong_Kong"})
    assert standing(hub, COMPANY, "company")["name"] == "Harbour"
    (made,) = hub.look(change.history, hub.office("MC"), "company")
    assert hub.look(lambda tx: tx.get_one(change.Event, made.event_id).stream) == "company:1"
    with pytest.raises(BadInput, match="zone"):
        sets(hub, "adam", COMPANY, "company", {"name": "Harbour", "locale": "en", "zone": "Moon"})


def test_a_department_ends_when_it_is_idle(hub: House, dora: Actor, order: Any) -> None:
    sets(hub, "dora", DEPARTMENT, "", {"code": "pool", "name": "Pool"})
    assert hub.department("POOL").name == "Pool"
    sets(hub, "dora", DEPARTMENT, "POOL", None)
    for key, why in (("ENG", "open orders"), ("SEC", "people still work"), ("CSC", "the centre itself")):
        with pytest.raises(NotNow, match=why):
            sets(hub, "dora", DEPARTMENT, key, None)
    assert refused(hub, DEPARTMENT, "ENG", {"code": "XYZ", "name": "Engineers"}) == {"code"}
    assert refused(hub, DEPARTMENT, "", {"code": "ENG", "name": "Engineers"}) == {"code"}
    sets(hub, "dora", DEPARTMENT, "", {"code": "POOL", "name": "Pool again"})
    assert hub.department("POOL").name == "Pool again", "an ended one comes back"


def test_buildings_and_rooms_join_the_register(hub: House, clara: Actor) -> None:
    sets(hub, "dora", BUILDING, "", {"code": "C", "name": "Block C", "property_type": "mall"})
    sets(hub, "dora", ROOM, "", {"code": "c-0101", "building": "C", "kind": "shop"})
    assert hub.receive(clara, leak(room="C-0101")).building_id is not None
    sets(hub, "dora", ROOM, "C-0101", None)
    with pytest.raises(BadInput, match="no such room"):
        hub.receive(clara, leak(room="C-0101"))
    with pytest.raises(NotNow, match="somebody still lives there"):
        sets(hub, "dora", ROOM, "A-1203", None)
    assert refused(hub, ROOM, "", {"code": "A-1203", "kind": "flat"}) == {"code"}
    assert refused(hub, BUILDING, "", {"code": "A", "name": "Again", "property_type": "mall"}) == {"code"}
    with pytest.raises(NotNow):
        sets(hub, "dora", BUILDING, "A", None)


# --- who is told ---------------------------------------------------------------


def test_an_emergency_may_not_go_unheard(hub: House) -> None:
    key = "ordered.urgent.worker"
    assert refused(hub, HEARING, key, {"line": key, "way": ""}) == {"way"}
    assert refused(hub, HEARING, key, {"line": key, "way": "pigeon"}) == {"way"}
    assert refused(hub, HEARING, key, {"line": "other", "way": "screen"}) == {"line"}
