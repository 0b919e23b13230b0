"""Is this matter here already? What is found, what is not, and that every look-up is a short one."""

from pathlib import Path
from typing import Any

from sqlmodel import select

from dispatch import closing, duplicates, intake, leading, returning
from dispatch.complaint import Complaint
from dispatch.deciding import Choice
from dispatch.duplicates import Likely
from hub import catalogue
from hub.access import Actor
from hub.database import Database, Tx
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.engines import SqliteTemplate
from tests.house import House, leak, peddlers
from tests.overhearing import overheard

LIFT = {"item": "Lift 2 is stuck", "category": "03-02"}


def like(hub: House, said: Complaint) -> list[Likely]:
    office = hub.office()
    return list(hub.look(intake.prepare, office, said).resembles)


def reasons(one: Likely) -> list[str]:
    return [str(why["what"]) for why in one.why]


def test_the_same_room_says_the_same_again(hub: House, tap_leaks: Ticket, time: Clock) -> None:
    time.forward(minutes=12)
    found = like(hub, leak(item="The tap in the kitchen still leaks"))
    assert [one.number for one in found] == [tap_leaks.number]
    assert found[0].score > 0.8
    assert reasons(found[0]) == ["room", "phone", "category", "words", "ago"]
    assert found[0].why[-1]["minutes"] == 12
    assert {"kitchen", "tap", "leak"} <= set(found[0].why[3]["words"])


def test_both_languages_and_both_scripts_meet_in_their_category_and_words(hub: House, clara: Actor) -> None:
    known = hub.receive(clara, leak(item="厨房水龙头漏水"))
    (found,) = like(hub, leak(item="廚房水龍頭漏水,很急"))
    assert found.number == known.number and {"厨房", "漏水"} <= set(found.why[-2]["words"])
    (found,) = like(hub, leak(item="Kitchen tap leaks", category=_category(hub, known)))
    assert "words" not in reasons(found) and found.score >= 0.5


def test_another_trouble_in_the_same_room_is_another_matter(hub: House, tap_leaks: Ticket) -> None:
    assert like(hub, leak(item="The neighbour plays the piano at night", category="07-02")) == []


def test_a_neighbour_s_same_trouble_counts_for_less_the_longer_it_is_ago(
    hub: House, clara: Actor, time: Clock
) -> None:
    first = hub.receive(clara, leak(**LIFT))
    mine: dict[str, Any] = {**LIFT, "room": "A-0501", "phone": "9876 5432"}
    (soon,) = like(hub, peddlers(**mine))
    assert (soon.number, reasons(soon)[0]) == (first.number, "building")
    time.forward(hours=20)
    (later,) = like(hub, peddlers(**mine))
    assert later.score < soon.score
    time.forward(days=3)
    assert like(hub, peddlers(**mine)) == []
    assert like(hub, peddlers(**{**mine, "room": "B-0302"})) == []


def test_one_s_own_tap_is_not_the_neighbour_s(hub: House, tap_leaks: Ticket, time: Clock) -> None:
    time.forward(hours=5)
    assert like(hub, leak(room="A-0501", phone="9876 5432", item="Bath tap drips")) == []


def test_a_place_in_words_is_found_however_it_is_written(hub: House, clara: Actor) -> None:
    unknown = {"room": "common area", "name": "passer-by", "phone": "passer-by"}
    here: dict[str, Any] = {"room": "", "name": "", "phone": "", "unknown": unknown, "item": "Lamp out"}
    first = hub.receive(clara, leak(**here, place="Lobby, Block A, 1/F"))
    assert [one.number for one in like(hub, leak(**here, place="lobby of Block A, 1/F"))] == [first.number]
    assert like(hub, leak(**here, place="Lobby, Block B, 1/F")) == []


def test_what_was_done_yesterday_may_be_the_same_and_last_week_it_is_the_trouble_again(
    hub: House, clara: Actor, time: Clock
) -> None:
    ticket = hub.receive(clara, leak(kind="enquiry", item="When is the pool open?"), Choice("desk"))
    hub.do(closing.close, clara, ticket, "answered")
    time.forward(hours=20)
    (found,) = like(hub, leak(kind="enquiry", item="When is the pool open?"))
    assert found.why[-1] == {"what": "closed", "minutes": 1200}
    time.forward(days=2)
    assert like(hub, leak(kind="enquiry", item="When is the pool open?")) == []


def test_what_was_withdrawn_is_not_shown(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(), Choice("desk"))
    hub.do(closing.close, clara, ticket, "withdrawn")
    assert like(hub, leak()) == []


def test_how_far_back_is_a_setting_of_the_office_and_of_a_category(
    hub: House, tap_leaks: Ticket, time: Clock
) -> None:
    time.forward(days=8)
    assert len(like(hub, leak())) == 1
    hub.do(_policy, {"same_matter_days": {"": 7}})
    assert like(hub, leak()) == []
    hub.do(_policy, {"same_matter_days": {"": 7, _category(hub, tap_leaks): 14}})
    assert len(like(hub, leak())) == 1


def test_neighbours_behind_a_lead_are_spoken_for_by_it(hub: House, clara: Actor) -> None:
    lead = hub.receive(clara, leak(**LIFT))
    for room, phone in (("A-0301", "2222 3333"), ("A-0302", "2222 3334")):
        hub.receive(clara, leak(**LIFT, room=room, phone=phone), Choice("behind", lead=lead.number))
    assert [one.number for one in like(hub, peddlers(**LIFT))] == [lead.number]


def test_what_was_found_is_on_record_without_the_customer_s_words(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    ticket = hub.receive(clara, leak())
    (told,) = [one for one in hub.events(ticket) if one.kind == "resembles"]
    assert [one["number"] for one in told.said["tickets"]] == [tap_leaks.number]
    assert [why["words"] for why in told.said["tickets"][0]["why"] if why["what"] == "words"] == [3]
    assert ticket.lead_id is None


def test_another_office_s_matters_and_a_file_s_past_are_compared_with_nothing(
    hub: House, mia: Actor, tap_leaks: Ticket
) -> None:
    maple = hub.office("MC")
    assert hub.look(intake.prepare, maple, leak(room="M-0101")).resembles == ()
    assert like(hub, leak(is_imported=True)) == []
    found = like(hub, leak())
    assert hub.look(duplicates.seen_by, mia, found) == []


def test_from_the_ticket_s_page_it_finds_the_others_and_not_itself(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    again = hub.receive(clara, leak(), Choice("desk"))
    assert [one.number for one in _of_ticket(hub, clara, tap_leaks)] == [again.number]
    assert [one.number for one in _of_ticket(hub, clara, again)] == [tap_leaks.number]
    hub.do(returning.withdraw, clara, hub.orders(tap_leaks)[0])
    hub.do(leading.put_behind, clara, again, tap_leaks)
    assert _of_ticket(hub, clara, tap_leaks) == []


def test_every_look_up_takes_an_index_of_its_own(
    sqlite_template: SqliteTemplate, tmp_path: Path, time: Clock
) -> None:
    """On SQLite: on so few rows PostgreSQL rather reads them all."""
    hub = House(Database(next(sqlite_template.fresh(tmp_path))))
    with overheard() as sent:
        like(hub, leak(place="Lobby"))
    asked = [(said, tuple(given)) for said, given in sent if "anon_1" in said]
    with hub.database.connection() as connection:
        plans = [
            " ".join(str(step) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given))
            for said, given in asked
        ]
    hub.database.close()
    assert len(plans) == 1
    for index in ("ix_ticket_room", "ix_ticket_contact", "ix_ticket_building", "ix_ticket_spot"):
        assert f"USING INDEX {index}" in plans[0]
    assert "SCAN ticket" not in plans[0]


def _of_ticket(hub: House, me: Actor, ticket: Ticket) -> list[Likely]:
    def look(tx: Tx) -> list[Likely]:
        office = tx.get_one(Office, ticket.office_id)
        row = tx.get_one(Ticket, ticket.id)
        return duplicates.of_ticket(tx, office, catalogue.of(tx, office), row, me)

    return hub.look(look)


def _category(hub: House, ticket: Ticket) -> str:
    office = hub.office()
    return hub.look(lambda tx: catalogue.of(tx, office).by_id[ticket.category_id].code)


def _policy(tx: Tx, more: dict[str, Any]) -> None:
    office = tx.scalars(select(Office).where(Office.code == "LG")).one()
    office.policy = office.policy | more
