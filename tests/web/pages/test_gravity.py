"""A complaint that may be a major one says so on its page, with the ground already chosen."""

import pytest

from hub.access import Actor
from tests.house import House, peddlers
from tests.web.pages.visiting import Visit, plain


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "This may be a major complaint: injury (“hurt my”). Declare it if it is one."),
        ("zh-Hans", "可能属于重大投诉"),
        ("zh-Hant", "可能屬於重大投訴"),
    ],
)
def test_it_is_said_with_its_reason_until_it_is_declared(
    hub: House, visit: Visit, clara: Actor, locale: str, said: str
) -> None:
    ticket = hub.receive(clara, peddlers(description="One of them hurt my son"))
    desk = visit("clara", locale)
    page = desk.get(f"/t/{ticket.number}").text
    assert said in plain(page) and '<option value="injury" selected' in page
    desk.does(f"/t/{ticket.number}/declaration", grounds="injury")
    assert hub.again(ticket).major_since is not None
    assert said not in desk.see(f"/t/{ticket.number}")


def test_an_ordinary_complaint_says_nothing_of_the_kind(hub: House, visit: Visit, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers())
    page = visit("clara").get(f"/t/{ticket.number}").text
    assert "may be a major complaint" not in page and 'value="injury"' in page


def test_an_emergency_in_which_staff_did_wrong_says_what_to_do_of_it_later(
    hub: House, visit: Visit, clara: Actor
) -> None:
    ticket = hub.receive(clara, peddlers(description="The guard hit my son", kind="emergency"))
    desk = visit("clara")
    said = "This may be a major complaint too: offence by our staff (“guard hit”)."
    assert said in desk.see(f"/t/{ticket.number}")
    assert said not in visit("sid").see(f"/t/{ticket.number}")
    desk.does(f"/t/{ticket.number}/triage", kind="complaint")
    desk.does(f"/t/{ticket.number}/declaration", grounds="staff_offence")
    assert hub.again(ticket).major_since is not None


def test_who_may_not_declare_is_not_asked_to(hub: House, visit: Visit, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers(description="One of them hurt my son"))
    assert "may be a major complaint" not in visit("sid").see(f"/t/{ticket.number}")
