"""The incoming-call strip: known, maybe and unknown callers, one key to their page, who it is."""

import re
from typing import Any

import pytest
from sqlmodel import select

from dispatch import calling
from dispatch.calling import Step
from hub import contacts
from hub.contacts import ContactPoint, PartyContact
from hub.estate import Party
from hub.organisation import Office
from hub.tickets import Ticket
from tests.house import House
from tests.web.pages.visiting import Visit, plain

CHAN, STRANGER = "+85223456789", "+85251234567"


def rings(hub: House, number: str, sid: str = "CA1", **more: str) -> None:
    hub.do(calling.work, Step(sid, "ring", number))
    if more:
        hub.do(calling.work, Step(sid, number and "menu", number, **more))


def perhaps_rosa(hub: House) -> int:
    """The stranger's number is perhaps Rosa's."""

    def write(tx: Any) -> int:
        party = tx.scalars(select(Party).where(Party.name == "Rosa Diaz")).one()
        point = contacts.contact_point(tx, party.company_id, STRANGER, STRANGER)
        return contacts.link(tx, party, point, contacts.MAYBE, "intake").id

    return hub.database.write(write)


def test_nobody_on_the_line_shows_nothing(visit: Visit) -> None:
    assert plain(visit("clara").get("/desk/calls").text) == ""


def test_a_known_caller_is_named_with_room_and_open_matters(
    hub: House, visit: Visit, tap_leaks: Ticket
) -> None:
    rings(hub, CHAN)
    page = visit("clara").get("/desk/calls").text
    assert "Chan Siu Ming" in page and "A-1203" in page and tap_leaks.item in page
    assert 'data-key="a"' in page and "phone=%2B85223456789" in page
    assert "perhaps" not in page


def test_the_key_leads_to_a_form_that_knows_the_phone(hub: House, visit: Visit) -> None:
    rings(hub, CHAN)
    desk = visit("clara")
    link = re.search(r'href="(/desk/new[^"]+)"', desk.get("/desk/calls").text)
    assert link is not None
    form = desk.get(link[1].replace("&amp;", "&")).text
    assert 'value="+85223456789"' in form and "load" in form


def test_a_maybe_is_said_so_and_a_person_confirms_it(hub: House, visit: Visit) -> None:
    link_id = perhaps_rosa(hub)
    rings(hub, STRANGER)
    desk = visit("clara")
    assert "perhaps" in desk.see("/desk/calls")
    assert "perhaps" not in plain(desk.post(f"/desk/callers/{link_id}", theirs="yes").text)
    link = hub.look(lambda tx: tx.get_one(PartyContact, link_id))
    assert link.certainty == contacts.KNOWN and link.confirmed_by == hub.staff("clara").id
    assert hub.verify().broken is None


def test_who_it_is_not_is_unknown_again(hub: House, visit: Visit) -> None:
    link_id = perhaps_rosa(hub)
    rings(hub, STRANGER)
    desk = visit("clara")
    assert "unknown caller" in plain(desk.post(f"/desk/callers/{link_id}", theirs="no").text)
    assert desk.post(f"/desk/callers/{link_id}", theirs="yes").status_code == 404, "it has ended"


@pytest.mark.parametrize("login", ["mia", "wes"])
def test_another_office_and_another_role_confirm_nobody(hub: House, visit: Visit, login: str) -> None:
    link_id = perhaps_rosa(hub)
    assert visit(login).post(f"/desk/callers/{link_id}", theirs="yes").status_code in (403, 404)
    assert hub.look(lambda tx: tx.get_one(PartyContact, link_id)).certainty == contacts.MAYBE


def test_a_stranger_and_a_withheld_number_are_shown_too(hub: House, visit: Visit) -> None:
    rings(hub, STRANGER)
    rings(hub, "anonymous", "CA2")
    page = visit("clara").see("/desk/calls")
    assert page.count("unknown caller") == 2 and "number withheld" in page


def test_what_the_caller_chose_stands_beside_the_name(hub: House, visit: Visit) -> None:
    rings(hub, CHAN, wanted="emergency")
    assert 'data-tone="bad"' in visit("clara").get("/desk/calls").text
    point = hub.look(lambda tx: tx.scalars(select(ContactPoint).where(ContactPoint.value == CHAN)).one())
    assert point is not None


def test_a_call_that_is_over_leaves_the_strip(hub: House, visit: Visit) -> None:
    rings(hub, CHAN)
    hub.do(calling.work, Step("CA1", "ended", CHAN))
    assert plain(visit("clara").get("/desk/calls").text) == ""


def test_the_neighbours_do_not_see_who_rings_here(hub: House, visit: Visit) -> None:
    rings(hub, CHAN)
    assert plain(visit("mia").get("/desk/calls").text) == ""
    assert visit("wes").get("/desk/calls").status_code == 403


def test_who_lives_in_another_office_is_a_stranger_on_our_line(hub: House, visit: Visit) -> None:
    """Mr Chan of Lotus Garden rings the line of Maple Court, whose desk sees a number and no flat."""

    def own(tx: Any) -> None:
        maple = tx.scalars(select(Office).where(Office.code == "MC")).one()
        maple.policy = maple.policy | {"lines": ["+85230010002"]}

    hub.database.write(own)
    hub.do(calling.work, Step("CA9", "ring", CHAN, "+85230010002"))
    page = visit("mia").see("/desk/calls")
    assert "unknown caller" in page and "Chan Siu Ming" not in page and "A-1203" not in page
    assert plain(visit("clara").get("/desk/calls").text) == ""
