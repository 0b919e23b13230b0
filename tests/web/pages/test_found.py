"""The search while it is typed: people and matters of one's own office, and nothing of anybody else's."""

import pytest
from sqlmodel import select

from hub import clock
from hub.access import Actor
from hub.database import Tx
from hub.estate import Occupancy, Party
from hub.tickets import Ticket
from tests.house import House, leak
from tests.web.pages.visiting import Visit, plain


def typed(visit: Visit, login: str, q: str) -> str:
    answer = visit(login).get("/desk/found", params={"q": q})
    assert answer.status_code == 200
    return plain(answer.text)


@pytest.mark.parametrize(
    ("q", "who"),
    [
        ("98765432", "李小红"),
        ("+852 9876 5432", "李小红"),
        ("A-0501", "李小红"),
        ("a0501", "李小红"),
        ("小红", "李小红"),
        ("lxh", "李小红"),
        ("LX", "李小红"),
        ("chan siu", "Chan Siu Ming"),
        ("csm", "Chan Siu Ming"),
    ],
)
def test_a_person_is_found_by_phone_room_name_and_initials(visit: Visit, q: str, who: str) -> None:
    said = typed(visit, "clara", q)
    assert f"People {who}" in said and "New ticket" in said


@pytest.mark.parametrize("q", ["leak", "lea", "A-1203", "2345 6789", "6789", "csm", "kitchen tap"])
def test_a_matter_is_found_by_what_was_said_of_it(visit: Visit, tap_leaks: Ticket, q: str) -> None:
    assert tap_leaks.number in typed(visit, "clara", q)


def test_nothing_is_said_of_nothing_and_kindly_of_what_is_not_there(visit: Visit) -> None:
    assert visit("clara").get("/desk/found", params={"q": "  "}).text == ""
    assert "Nothing was found. Try part of" in typed(visit, "clara", "hippopotamus")


@pytest.mark.parametrize("q", ["lxh", "李小红", "98765432", "A-0501", "tap", "6789", "csm"])
def test_a_neighbouring_office_finds_none_of_ours(visit: Visit, tap_leaks: Ticket, q: str) -> None:
    said = typed(visit, "mia", q)
    assert "Nothing was found" in said
    for private in ("李小红", "Chan", "A-0501", "A-1203", "9876", tap_leaks.number):
        assert private not in said


@pytest.mark.parametrize("login", ["wes", "sue", "cash", "quinn"])
def test_who_has_no_desk_has_no_search_of_it(visit: Visit, login: str) -> None:
    assert visit(login).get("/desk/found", params={"q": "tap"}).status_code == 403


def test_who_moved_out_is_not_offered(hub: House, visit: Visit) -> None:
    def move_out(tx: Tx) -> None:
        party = tx.scalars(select(Party).where(Party.name == "李小红")).one()
        home = tx.scalars(select(Occupancy).where(Occupancy.party_id == party.id)).one()
        home.ended_at = clock.now()

    hub.do(move_out)
    assert "李小红" not in typed(visit, "clara", "lxh")


def test_no_more_is_shown_than_fits_and_enter_leads_to_the_rest(
    hub: House, visit: Visit, clara: Actor
) -> None:
    for number in range(14):
        hub.receive(clara, leak(item=f"Tap {number} leaks"))
    answer = visit("clara").get("/desk/found", params={"q": "tap"})
    assert answer.text.count('href="/t/') == 12
    assert 'href="/desk?q=tap"' in answer.text
