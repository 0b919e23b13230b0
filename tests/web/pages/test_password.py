"""One's own password: changed by who knows it, told what is wrong, the other browsers out."""

import pytest
from sqlmodel import select

from hub import credentials, tries
from hub.database import Tx
from hub.errors import NotNow
from hub.events import Event
from hub.organisation import Office, Staff
from tests.house import House
from tests.web.pages.visiting import Visit, plain

OLD, NEW = "a lamp in the hall", "three birds on the roof"


@pytest.fixture
def known(hub: House) -> None:
    hashed = credentials.hash_password(OLD)

    def keep(tx: Tx) -> None:
        tx.merge(hub.staff("clara")).password_hash = hashed

    hub.do(keep)


def kept(hub: House) -> str:
    return hub.staff("clara").password_hash


def test_the_new_one_opens_the_door_and_the_old_one_no_more(hub: House, visit: Visit, known: None) -> None:
    desk, other, colleague = visit("clara"), visit("clara"), visit("cody")
    assert 'href="/password"' in desk.get("/desk").text
    answer = desk.post("/password", now=OLD, new=NEW, again=NEW)
    assert answer.status_code == 303
    assert "Your password is changed" in desk.see(answer.headers["location"])
    assert credentials.is_password(NEW, kept(hub)) and not credentials.is_password(OLD, kept(hub))
    assert desk.get("/desk").status_code == 200, "this browser goes on"
    assert other.get("/desk").status_code == 303, "the other one is out"
    assert colleague.get("/desk").status_code == 200
    (told,) = hub.look(lambda tx: list(tx.scalars(select(Event).where(Event.kind == "password_changed"))))
    assert told.by_id == hub.staff("clara").id and NEW not in told.facts


def test_who_guesses_waits_and_the_right_one_then_changes_nothing(
    hub: House, visit: Visit, known: None
) -> None:
    desk = visit("clara")
    for _ in range(tries.OF_BOTH):
        assert desk.post("/password", now="a guess", new=NEW, again=NEW).status_code == 422
    answer = desk.post("/password", now=OLD, new=NEW, again=NEW)
    assert answer.status_code == 429 and "too many wrong tries" in plain(answer.text).lower()
    assert credentials.is_password(OLD, kept(hub))


def test_who_knows_it_may_mistype_the_new_one_as_often_as_they_like(
    hub: House, visit: Visit, known: None
) -> None:
    desk = visit("clara")
    for _ in range(tries.OF_BOTH + 1):
        assert desk.post("/password", now=OLD, new=NEW, again="else").status_code == 422
    assert desk.post("/password", now=OLD, new=NEW, again=NEW).status_code == 303


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"now": "wrong", "new": NEW, "again": NEW}, "this is not your password"),
        ({"now": OLD, "new": "short", "again": "short"}, "at least 8 characters"),
        ({"now": OLD, "new": OLD, "again": OLD}, "this is the one you have"),
        ({"now": OLD, "new": NEW, "again": f"{NEW}!"}, "the two are not the same"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    hub: House, visit: Visit, known: None, said: dict[str, str], refused: str
) -> None:
    desk, other = visit("clara"), visit("clara")
    answer = desk.post("/password", **said)
    assert answer.status_code == 422 and refused in plain(answer.text).lower()
    assert NEW not in answer.text and OLD not in answer.text, "no password goes back into a page"
    assert credentials.is_password(OLD, kept(hub))
    assert other.get("/desk").status_code == 200


def test_the_demo_office_keeps_its_one_password(hub: House, visit: Visit, known: None) -> None:
    def mark(tx: Tx) -> None:
        for office in tx.scalars(select(Office)):
            office.is_demo = True

    hub.do(mark)
    page = visit("clara").see("/password")
    assert "everybody has the same password" in page and "The new one" not in page
    answer = visit("clara").post("/password", now=OLD, new=NEW, again=NEW)
    assert answer.status_code == 403 and "same password" in plain(answer.text)
    assert credentials.is_password(OLD, kept(hub))


def test_who_was_given_another_meanwhile_keeps_that(hub: House, known: None) -> None:
    person, checked = hub.staff("clara"), kept(hub)

    def reset(tx: Tx) -> None:
        tx.get_one(Staff, person.id).password_hash = "given by the administrator"

    hub.do(reset)
    with pytest.raises(NotNow, match="changed meanwhile"):
        hub.do(lambda tx: credentials.change_password(tx, person.id, checked, "the thief's", "no session"))
    assert kept(hub) == "given by the administrator"


def test_nobody_changes_it_who_is_not_signed_in(visit: Visit) -> None:
    assert visit("").get("/password").headers["location"].startswith("/session")
