"""One socket a page: what it is told, what it may look at, and what is taken away at once."""

import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dispatch import work
from hub import clock, credentials, events, presence
from hub.database import Tx
from hub.organisation import Role
from notifications import outbox
from tests.engines import PostgresTemplate
from tests.house import House, leak, peddlers
from tests.web.live.conftest import PATIENCE, Node
from tests.web.pages.visiting import Visitor
from web.live.door import MOST_SAID, _names
from web.pages import VIEWS

SHARED = [name for name, view in VIEWS.items() if view.look]


def end_role(hub: House, login: str) -> None:
    """What the settings screen will do: the role ends, on record."""
    person = hub.staff(login)

    def end(tx: Tx) -> None:
        for role in tx.scalars(select(Role).where(Role.staff_id == person.id)):
            role.ended_at = clock.now()
        facts = {"staff": person.id}
        events.record(tx, "role_ended", stream=f"company:{person.company_id}", facts=facts)

    hub.database.write(end)


def test_a_change_reaches_the_wall_and_the_desk_without_asking(node: Node) -> None:
    with node.page("dora", "tiles/LG", "hands/LG", "queue/LG") as page:
        page.shows("tiles/LG", "At risk")
        node.house.receive(node.house.actor("clara"), leak())
        seen = {}
        while len(seen) < 3:
            said = page.hear()
            seen[said.get("view") or said.get("changed")] = said
        html = seen["tiles/LG"]["html"]
        assert re.search(r'id="tile-in_hand".*?<b class="figure">1</b>', html)
        assert seen["queue/LG"] == {"changed": "queue/LG"}, "a personal part is asked for, not pushed"


@pytest.mark.parametrize(("locale", "word"), [("en", "At risk"), ("zh-Hans", "超时"), ("zh-Hant", "超時")])
def test_everybody_reads_their_own_language(node: Node, locale: str, word: str) -> None:
    with node.page("dora", "tiles/LG", locale=locale) as page:
        page.shows("tiles/LG", word)


@pytest.mark.parametrize("name", SHARED)
def test_what_is_pushed_is_what_the_page_was_first_drawn_with(node: Node, tmp_path: Path, name: str) -> None:
    for said in (leak(), peddlers(), peddlers()):
        node.house.receive(node.house.actor("clara"), said)
    visitor = Visitor(node.house, tmp_path / "data", "dora", "en")
    with visitor, node.page("dora", f"{name}/LG") as page:
        pushed = page.hear()["html"]
        whole = visitor.get("/office").text
        assert pushed in whole
        assert visitor.get(f"/live/fragment?view={name}/LG").text == pushed, "polling draws the same"


@pytest.mark.parametrize("name", SHARED)
def test_nothing_personal_and_no_form_is_pushed(node: Node, name: str) -> None:
    """Two who see different matters get the same drawing, and nothing of a resident stands in it."""
    node.house.receive(node.house.actor("clara"), leak())
    node.house.receive(node.house.actor("clara"), peddlers())
    with node.page("dora", f"{name}/LG") as director, node.page("sue", f"{name}/LG") as supervisor:
        html = director.hear()["html"]
        assert supervisor.hear()["html"] == html
    assert not re.search(r"<(form|input|textarea|select|button)\b", html)
    for personal in ("Chan Siu Ming", "李小红", "2345", "98765432", "Dora", "Sue Supervisor"):
        assert personal not in html


def test_one_look_at_the_tables_serves_every_language(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    view = VIEWS["tiles"]
    assert view.look is not None
    real = view.look

    def counted(tx: Tx, office_id: int) -> Any:
        looks.append(office_id)
        return real(tx, office_id)

    object.__setattr__(view, "look", counted)
    try:
        with (
            node.page("dora", "tiles/LG") as one,
            node.page("cody", "tiles/LG", locale="zh-Hans") as two,
            node.page("clara", "tiles/LG", locale="zh-Hant") as three,
        ):
            for page in (one, two, three):
                page.hear()
            looks.clear()
            node.house.receive(node.house.actor("clara"), leak())
            for page in (one, two, three):
                page.shows("tiles/LG", '<b class="figure">1</b>')
            assert 1 <= len(looks) <= 2, "once for all, and once more if the burst had a tail"
    finally:
        object.__setattr__(view, "look", real)


# --- who may -------------------------------------------------------------------


def test_a_stranger_is_turned_away_at_the_door(node: Node) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{node.address}/live", additional_headers={"Cookie": "hub_session=guessed"})
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{node.address}/live")


def test_another_sites_page_is_turned_away_although_it_brings_the_cookie(node: Node) -> None:
    cookie = {"Cookie": f"hub_session={node.session('dora')}"}
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{node.address}/live", additional_headers=cookie, origin="http://evil.example")  # type: ignore[arg-type]


def test_an_access_token_opens_the_socket_too(node: Node) -> None:
    person = node.house.staff("dora")
    token = node.database.write(lambda tx: credentials.make_token(tx, person, None))
    with connect(f"ws://{node.address}/live", additional_headers={"Authorization": f"Bearer {token}"}) as ws:
        ws.send('{"see": ["tiles/LG"]}')
        assert "tiles/LG" in str(ws.recv(PATIENCE))


@pytest.mark.parametrize(
    ("login", "view"),
    [
        ("wes", "tiles/LG"),  # the field does not count
        ("wes", "queue/LG"),
        ("clara", "mine/LG"),  # the desk has no work in the field
        ("mia", "mine/LG"),
        ("cash", "queue/LG"),  # a cashier has no desk
        ("wes", "team/LG"),
        ("mia", "tiles/LG"),  # of another office
        ("mia", "hands/LG"),
        ("dora", "tiles/NOWHERE"),
        ("dora", "nothing/LG"),
        ("dora", "tiles"),
        ("dora", "ticket/1"),
        ("dora", "tiles/" + "x" * 200),
    ],
)
def test_what_one_may_not_see_one_may_not_look_on_at(node: Node, login: str, view: str) -> None:
    with node.page(login, view) as page:
        assert page.hear() == {"refused": [view]}
        node.house.receive(node.house.actor("clara"), leak())
        assert page.is_quiet()


def test_a_worker_looks_on_at_the_departments_matters_and_at_no_others(node: Node) -> None:
    tap = node.house.receive(node.house.actor("clara"), leak())
    other = node.house.receive(node.house.actor("clara"), peddlers())
    with node.page("wes", f"ticket/{tap.number}", f"ticket/{other.number}") as page:
        first, second = page.hear(), page.hear()
        assert {"refused": [f"ticket/{other.number}"]} in (first, second)
        assert {"changed": f"ticket/{tap.number}"} in (first, second)


def test_a_role_that_ends_takes_its_views_away_at_once(node: Node) -> None:
    with node.page("sue", "tiles/LG", "team/LG") as page, node.page("dora", "tiles/LG") as stays:
        page.shows("tiles/LG", "At risk")
        stays.shows("tiles/LG", "At risk")
        end_role(node.house, "sue")
        page.until(lambda said: set(said.get("refused", ())) == {"tiles/LG", "team/LG"})
        node.house.receive(node.house.actor("clara"), leak())
        stays.shows("tiles/LG", '<b class="figure">1</b>')
        assert page.is_quiet()


def test_signing_out_ends_the_socket_with_its_own_code(node: Node) -> None:
    secret = node.session("dora")
    with node.page("dora", "tiles/LG", secret=secret) as page:
        page.shows("tiles/LG", "At risk")
        node.database.write(lambda tx: credentials.end_session(tx, secret))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                page.hear()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


def test_a_person_who_leaves_is_gone_from_every_page(node: Node) -> None:
    with node.page("sue", "tiles/LG") as page:
        page.shows("tiles/LG", "At risk")
        person = node.house.staff("sue")

        def leave(tx: Tx) -> None:
            tx.get_one(type(person), person.id).ended_at = clock.now()
            facts = {"staff": person.id}
            events.record(tx, "role_ended", stream=f"company:{person.company_id}", facts=facts)

        node.database.write(leave)
        with pytest.raises(ConnectionClosed):
            while True:
                page.hear()


# --- what a page says ---------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["", "see", "[]", '{"see": "tiles/LG"}', '{"see": [1]}', "x" * (MOST_SAID + 1)]
)
def test_what_no_page_of_ours_says_ends_the_socket(node: Node, said: str) -> None:
    with node.page("dora") as page:
        page.ws.send(said)
        with pytest.raises(ConnectionClosed):
            page.hear()


@given(st.text() | st.recursive(st.none() | st.integers(), lambda s: st.lists(s)).map(str))
def test_no_text_breaks_the_reader_of_what_pages_say(said: str) -> None:
    names = _names(said)
    assert names is None or all(isinstance(name, str) for name in names)


def test_looking_elsewhere_ends_what_was_looked_at_before(node: Node) -> None:
    with node.page("dora", "tiles/LG") as page:
        page.hear()
        page.look_at("hands/LG")
        page.shows("hands/LG", "By department")
        node.house.receive(node.house.actor("clara"), leak())
        assert page.hear()["view"] == "hands/LG"
        assert page.is_quiet()


# --- my messages, and who is here ------------------------------------------------------


def test_a_message_rings_the_bell_of_whom_it_is_for_and_of_nobody_else(node: Node) -> None:
    with node.page("sue", "messages/mine") as sue, node.page("sid", "messages/mine") as sid:
        sue.hear(), sid.hear()
        node.house.receive(node.house.actor("clara"), leak())
        outbox.drain(node.database)
        sue.changed("messages/mine")
        assert sid.is_quiet()


def test_a_workers_list_is_told_of_an_order_as_it_is_given(node: Node) -> None:
    with node.page("wes", "mine/LG") as page:
        page.changed("mine/LG")
        tap = node.house.receive(node.house.actor("clara"), leak())
        page.changed("mine/LG")
        order = node.house.orders(tap)[0]
        node.house.do(work.assign, node.house.actor("sue"), order, node.house.staff("wes"))
        page.changed("mine/LG")


def test_two_on_one_matter_see_each_other_come_and_go(node: Node, tmp_path: Path) -> None:
    tap = node.house.receive(node.house.actor("clara"), leak())
    here = f"here/{tap.number}"
    visitor = Visitor(node.house, tmp_path / "data", "clara", "en")
    with visitor, node.page("clara", here) as clara:
        clara.changed(here)
        assert "also has this open" not in visitor.get(f"/t/{tap.number}/here").text
        with node.page("cody", here):
            _until_named(clara, visitor, here, "Cody Customer-Director also has this open")
        _until_named(clara, visitor, here, "")
    until = monotonic() + PATIENCE
    while node.house.look(lambda tx: tx.scalars(select(presence.Presence)).all()):
        assert monotonic() < until, "who closed the page is still said to be here"
        sleep(0.02)


def _until_named(page: Any, visitor: Visitor, here: str, names: str) -> None:
    while True:
        said = visitor.get(f"/t/{here.partition('/')[2]}/here").text.strip()
        if (names in said) if names else not said:
            return
        page.changed(here)


# --- two processes ------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_change_in_one_process_is_drawn_on_the_pages_of_another(
    nodes: Callable[..., Node], postgres_template: PostgresTemplate, tmp_path: Path
) -> None:
    for url in postgres_template.fresh(tmp_path):
        here, there = nodes(url), nodes(url)
        with there.page("dora", "tiles/LG") as page:
            page.shows("tiles/LG", "At risk")
            tap = here.house.receive(here.house.actor("clara"), leak())
            page.shows("tiles/LG", '<b class="figure">1</b>')
            page.look_at("tiles/LG", f"ticket/{tap.number}")
            page.changed(f"ticket/{tap.number}")
            order = here.house.orders(tap)[0]
            here.house.do(work.assign, here.house.actor("sue"), order, here.house.staff("wes"))
            page.changed(f"ticket/{tap.number}")
