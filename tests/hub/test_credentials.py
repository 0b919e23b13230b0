"""Who is who: passwords that are slow to guess, sessions and tokens that end."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from hub import clock, credentials
from hub.credentials import Session, Token
from hub.database import Tx
from hub.organisation import Staff
from tests.cast import PASSWORD
from tests.conftest import Clock
from tests.house import House


def test_a_password_is_kept_as_argon2id_with_the_cost_owasp_asks_for() -> None:
    kept = credentials.hash_password(PASSWORD)
    kind, version, cost = re.fullmatch(r"\$(\w+)\$v=(\d+)\$([^$]+)\$.+\$.+", kept).groups()  # type: ignore[union-attr]
    assert (kind, version, cost) == ("argon2id", "19", "m=19456,t=2,p=1")
    assert PASSWORD not in kept


def test_the_same_password_is_never_kept_alike() -> None:
    assert credentials.hash_password(PASSWORD) != credentials.hash_password(PASSWORD)


@pytest.mark.parametrize("said", ["", "Correct horse battery", PASSWORD + " ", PASSWORD[:-1], "\x00"])
def test_only_the_password_itself_opens(said: str) -> None:
    kept = credentials.hash_password(PASSWORD)
    assert credentials.is_password(PASSWORD, kept)
    assert not credentials.is_password(said, kept)


def test_an_unknown_person_costs_a_hash_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(credentials._hasher, "hash", hashed.append)
    assert not credentials.is_password(PASSWORD, "")
    assert hashed == [PASSWORD]


def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, never = [0], [0], threading.Event()

    def slow(_: str) -> str:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        never.wait(0.02)
        at_once[0] -= 1
        return ""

    monkeypatch.setattr(credentials._hasher, "hash", slow)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(credentials.hash_password, ["x"] * 16))
    assert most == [2]


def test_a_session_signs_in_until_it_ends(shared: House, time: Clock) -> None:
    secret = shared.do(credentials.begin_session, shared.staff("clara"), 12)
    assert _login(shared, secret) == "clara"
    time.forward(hours=11, minutes=59)
    assert _login(shared, secret) == "clara"
    time.forward(minutes=1)
    assert _login(shared, secret) is None


def test_a_session_that_was_signed_out_is_over(shared: House, time: Clock) -> None:
    secret = shared.do(credentials.begin_session, shared.staff("clara"), 12)
    other = shared.do(credentials.begin_session, shared.staff("clara"), 12)
    for _ in range(2):  # a second time does no harm
        shared.do(credentials.end_session, secret)
    assert _login(shared, secret) is None
    assert _login(shared, other) == "clara"


def test_a_token_holds_until_it_expires_or_is_ended(shared: House, time: Clock) -> None:
    clara = shared.staff("clara")
    lasting = shared.do(credentials.make_token, clara, None)
    short = shared.do(credentials.make_token, clara, time.now() + timedelta(days=1))
    assert lasting.startswith("hub_")
    assert _owner(shared, short) == "clara"
    time.forward(days=1)
    assert _owner(shared, short) is None
    time.forward(days=5000)
    assert _owner(shared, lasting) == "clara"
    shared.do(_end_token, lasting)
    assert _owner(shared, lasting) is None


def test_who_has_left_is_let_in_by_neither(shared: House, time: Clock) -> None:
    gus = shared.staff("gus")
    secret, token = (
        shared.do(credentials.begin_session, gus, 12),
        shared.do(credentials.make_token, gus, None),
    )
    assert (_login(shared, secret), _owner(shared, token)) == ("gus", "gus")
    shared.do(_leave, gus)
    assert (_login(shared, secret), _owner(shared, token)) == (None, None)


@pytest.mark.parametrize("secret", ["", "hub_", "nonsense", "\x00", "水"])
def test_a_secret_nobody_was_given_opens_nothing(shared: House, secret: str) -> None:
    assert _login(shared, secret) is None
    assert _owner(shared, secret) is None


def test_the_tables_hold_only_digests(shared: House, time: Clock) -> None:
    clara = shared.staff("clara")
    secret, token = (
        shared.do(credentials.begin_session, clara, 12),
        shared.do(credentials.make_token, clara, None),
    )
    kept = shared.look(lambda tx: [*tx.scalars(select(Session.digest)), *tx.scalars(select(Token.digest))])
    assert {credentials.digest(secret), credentials.digest(token)} <= set(kept)
    assert not {secret, token} & set(kept)
    for digest in (credentials.digest(secret), credentials.digest(token)):  # what a stolen table would give
        assert (_login(shared, digest), _owner(shared, digest)) == (None, None)


def _login(house: House, secret: str) -> str | None:
    person = house.look(credentials.staff_of_session, secret)
    return person.login if person else None


def _owner(house: House, secret: str) -> str | None:
    person = house.look(credentials.staff_of_token, secret)
    return person.login if person else None


def _end_token(tx: Tx, secret: str) -> None:
    tx.get_one(Token, credentials.digest(secret)).ended_at = clock.now()


def _leave(tx: Tx, person: Staff) -> None:
    tx.get_one(Staff, person.id).ended_at = clock.now()
