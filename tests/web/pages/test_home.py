"""The first page: everybody of the staff to their own screen, everybody else to the way in."""

import pytest

from hub import clock
from hub.database import Tx
from hub.organisation import Role
from tests.house import House
from tests.web.pages.visiting import Visit


@pytest.mark.parametrize(
    ("login", "screen"),
    [
        ("clara", "/desk"),
        ("cody", "/desk"),
        ("dora", "/desk"),
        ("sue", "/team"),
        ("wes", "/mine"),
        ("gus", "/mine"),
        ("cash", "/office"),
        ("quinn", "/office"),
    ],
)
def test_people_are_taken_to_their_first_screen(visit: Visit, login: str, screen: str) -> None:
    answer = visit(login).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, screen)


def test_a_stranger_sees_the_way_in_and_nothing_of_the_office(visit: Visit) -> None:
    page = visit().get("/")
    assert page.status_code == 200 and 'href="/session"' in page.text
    assert "Lotus" not in page.text


def test_the_page_speaks_the_language_of_the_browser(visit: Visit) -> None:
    assert "登录" in visit(locale="zh-CN").see("/")


def test_who_lost_every_role_is_told_so(visit: Visit, hub: House) -> None:
    person = hub.staff("gus")

    def end_roles(tx: Tx) -> None:
        for role in tx.query(Role).filter_by(staff_id=person.id):
            role.ended_at = clock.now()

    gus = visit("gus")
    hub.database.write(end_roles)
    assert "no role in any office" in gus.see("/")
