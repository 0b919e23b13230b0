"""At the door: who signs in, who is refused without being told why, and who has guessed too often."""

import pytest
from sqlmodel import select

from hub import credentials, tries
from hub.database import Tx
from hub.events import Event
from tests.conftest import Clock
from tests.house import House
from tests.web.pages.visiting import Visit, plain

SECRET = "a lamp in the hall"


@pytest.fixture
def known(hub: House) -> None:
    hashed = credentials.hash_password(SECRET)

    def keep(tx: Tx) -> None:
        tx.merge(hub.staff("clara")).password_hash = hashed

    hub.do(keep)


def kinds(hub: House) -> list[str]:
    query = select(Event.kind).where(Event.kind.in_(("signed_in", "sign_in_refused"))).order_by(Event.id)  # type: ignore[attr-defined,arg-type]
    return list(hub.look(lambda tx: tx.scalars(query).all()))


def test_who_knows_the_password_is_led_to_where_they_were_going(
    hub: House, visit: Visit, known: None
) -> None:
    door = visit("")
    answer = door.post("/session", login="clara", password=SECRET, next="/desk?queue=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?queue=mine")
    assert door.get("/desk").status_code == 200 and kinds(hub) == ["signed_in"]


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example", "/\\evil.example", "desk"])
def test_nobody_is_led_off_the_site(visit: Visit, known: None, elsewhere: str) -> None:
    answer = visit("").post("/session", login="clara", password=SECRET, next=elsewhere)
    assert answer.headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(
    hub: House, visit: Visit, known: None
) -> None:
    wrong = visit("").post("/session", login="clara", password="a guess")
    nobody = visit("").post("/session", login="nobody", password=SECRET)
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert plain(wrong.text) == plain(nobody.text).replace("nobody", "clara")
    assert kinds(hub) == ["sign_in_refused"] and "a guess" not in wrong.text


@pytest.mark.parametrize("login", ["clara", "nobody"])
def test_who_guesses_on_waits_known_or_not(
    hub: House, visit: Visit, known: None, time: Clock, login: str
) -> None:
    door = visit("")
    for _ in range(tries.OF_BOTH):
        assert door.post("/session", login=login, password="a guess").status_code == 401
    answer = door.post("/session", login=login, password=SECRET)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert "too many wrong tries" in plain(answer.text).lower()
    assert "signed_in" not in kinds(hub), "not even with the right one"
    time.forward(seconds=30)
    assert door.post("/session", login="clara", password=SECRET).status_code == 303


def test_signing_out_ends_it_here_and_in_the_table(visit: Visit, known: None) -> None:
    door = visit("clara")
    assert door.get("/desk").status_code == 200
    door.post("/session/end")
    assert door.get("/desk").headers["location"].startswith("/session?next=")
