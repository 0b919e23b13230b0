"""Pages that stay true while they are open, in a real browser: three screens, breaks, two on one matter."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dispatch import callback, returning, work
from hub import credentials
from hub.database import Database
from hub.organisation import Staff
from hub.tickets import Ticket
from tests.engines import SqliteTemplate
from tests.house import House, leak, peddlers
from web.safety import SESSION_COOKIES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20.0
Served = tuple[House, str]
Open = Callable[..., Page]


def secret_of(hub: House, login: str) -> str:
    person: Staff = hub.staff(login)
    return hub.database.write(lambda tx: credentials.begin_session(tx, person, hours=1))


def screens(browser: Browser, hub: House, address: str, stack: ExitStack) -> Open:
    """Opens a window of its own for each person: `visit("sue", "/team")`."""

    def visit(login: str, path: str, width: int = 1440, height: int = 900, **look: Any) -> Page:
        context = browser.new_context(base_url=address, viewport={"width": width, "height": height}, **look)
        stack.callback(context.close)
        let_in(context, hub, login, address)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(path)
        is_live(page)
        return page

    return visit


def let_in(context: BrowserContext, hub: House, login: str, address: str) -> None:
    """This person is signed in, in all windows of the context."""
    cookie: Any = {"name": SESSION_COOKIES[0], "value": secret_of(hub, login), "url": address}
    context.add_cookies([cookie])


def is_live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-line", "on", timeout=15_000)


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    with ExitStack() as stack:
        yield screens(browser, *served, stack)


def tile(page: Page, name: str) -> Any:
    return page.locator(f"#tile-{name} .figure")


@pytest.mark.seed("K1.3", "K1.4", "K2.2", "K2.5", "K5.4")
def test_one_matter_is_seen_live_on_three_screens_from_the_call_to_its_counted_end(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    desk, team, wall = visit("clara", "/desk?queue=all"), visit("sid", "/team"), visit("dora", "/office/wall")
    for page in (desk, team, wall):  # a page that loads itself anew would prove nothing
        page.evaluate("window.same = true")

    ticket = hub.receive(hub.actor("cody"), peddlers())
    expect(desk.locator(f"#row-{ticket.number}")).to_contain_text("Peddlers knock")
    expect(team.get_by_text("Peddlers knock at every door").first).to_be_visible()
    expect(tile(wall, "in_hand")).to_have_text("1")

    order = hub.orders(ticket)[0]
    hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
    expect(desk.locator(f"#row-{ticket.number}")).to_contain_text("Gus Guard")
    expect(wall.locator("#by-worker")).to_contain_text("Gus Guard")

    desk.click(f"#go-{ticket.number}")
    expect(desk.locator(".ticket h2")).to_have_text("Peddlers knock at every door")
    hub.do(work.accept, hub.actor("gus"), order)
    expect(desk.locator(".ticket .order")).to_contain_text("Accepted")
    hub.do(work.complete, hub.actor("gus"), order, "Shown the way out")
    expect(desk.locator(".ticket .callback")).to_be_visible()
    expect(team.get_by_text("Peddlers knock at every door")).to_have_count(0)
    expect(tile(wall, "in_hand")).to_have_text("0")

    call_back(hub, ticket, solved=False, satisfied="no")
    expect(desk.locator(".ticket-head")).to_contain_text("reopened once")
    expect(tile(wall, "reopened")).to_have_text("1")

    again = hub.orders(ticket)[-1]
    if again.status == "done":
        desk.keyboard.press("d")
        desk.select_option("#order-to", "SEC/gus")
        desk.fill("#order-instruction", "Stay until they are gone")
        desk.keyboard.press("Control+Enter")
        expect(team.get_by_text("Peddlers knock at every door").first).to_be_visible()
        again = hub.orders(ticket)[-1]
    hub.do(work.accept, hub.actor("gus"), again)
    hub.do(work.complete, hub.actor("gus"), again, "Gone for good")
    expect(desk.locator(".ticket .callback")).to_be_visible()
    call_back(hub, ticket, solved=True, satisfied="yes")
    expect(desk.locator(".ticket-head")).to_contain_text("Closed")
    expect(tile(wall, "reopened")).to_have_text("0")
    for page in (desk, team, wall):
        assert page.evaluate("window.same") is True, "a screen was loaded anew"
    assert hub.again(ticket).status == "closed" and hub.verify().broken is None


def call_back(hub: House, ticket: Ticket, solved: bool, satisfied: str) -> None:
    hub.do(callback.call_back, hub.actor("clara"), ticket, reached=True, solved=solved, satisfied=satisfied)


def test_nothing_is_replaced_under_somebodys_hands_and_nobody_overwrites_unknowingly(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    ticket = hub.receive(hub.actor("clara"), leak())
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    other = visit("cody", f"/t/{ticket.number}?queue=all")
    expect(page.locator(".also-here")).to_contain_text("Cody Customer-Director also has this open")
    expect(other.locator(".also-here")).to_contain_text("Clara Clerk also has this open")

    page.keyboard.press("t")
    page.locator("#triage-kind").select_option("complaint")
    other.keyboard.press("t")
    other.locator("#triage-priority").select_option("P1")
    other.keyboard.press("Control+Enter")
    expect(other.locator(".toast")).to_contain_text("Triage changed")

    expect(page.locator(".ticket > .stale")).to_be_visible()
    expect(page.locator("#triage-kind")).to_have_value("complaint")
    page.locator("#triage-kind").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ticket [role=alert]")).to_contain_text(
        "Cody Customer-Director changed this meanwhile"
    )
    expect(page.locator("#triage-kind")).to_have_value("complaint")
    assert (hub.again(ticket).kind, hub.again(ticket).priority) == ("repair", "P1")
    page.locator("#triage-kind").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("Triage changed")
    assert hub.again(ticket).kind == "complaint"
    other.close()
    expect(page.locator(".also-here")).to_be_hidden()


def test_what_comes_late_replaces_nothing_that_somebody_took_in_hand_meanwhile(
    served: Served, visit: Open
) -> None:
    """On a slow line a list is asked for while nobody is in it, and its answer finds a reason half typed."""
    hub, _ = served
    order = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    page = visit("sue", "/team")
    is_live(page)
    held: list[Route] = []
    page.route("**/team/list", lambda route: held.append(route))
    other = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    while not held:
        page.wait_for_timeout(50)
    page.locator(f"#return-{order.number} summary").click()
    reason = page.locator(f"#reason-{order.number}")
    reason.fill("Not ours")
    for late in held:
        late.continue_()
    page.unroute("**/team/list")
    page.wait_for_timeout(600)
    expect(reason).to_be_focused()
    expect(reason).to_have_value("Not ours")
    page.locator(f"#return-{order.number} summary").click()
    page.locator("body").evaluate("() => document.activeElement.blur()")
    expect(page.locator(f"#order-{other.number}")).to_be_visible()


def test_a_page_whose_sockets_are_blocked_polls_and_says_nothing_untrue(
    served: Served, browser: Browser
) -> None:
    hub, address = served
    with closing(browser.new_context(base_url=address)) as context:
        let_in(context, hub, "dora", address)
        page = context.new_page()
        page.add_init_script(
            "window.WebSocket = class extends EventTarget { constructor() { super();"
            " setTimeout(() => this.dispatchEvent(new CloseEvent('close', { code: 1006 }))); } }"
        )
        page.clock.install()
        page.goto("/office")
        hub.receive(hub.actor("clara"), leak())
        for _ in range(8):
            page.clock.run_for(5000)
        expect(page.locator("html")).to_have_attribute("data-line", "polling")
        expect(tile(page, "in_hand")).to_have_text("1")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1920])
def test_the_wall_keeps_to_wcag_and_to_its_width(served: Served, visit: Open, theme: Any, width: int) -> None:
    hub, _ = served
    for said in (leak(), peddlers(), peddlers()):
        hub.receive(hub.actor("clara"), said)
    page = visit(
        "dora", "/office/wall", width=width, height=1080 if width > 1000 else 740, color_scheme=theme
    )
    for _ in range(3):
        faults = Axe().run(page, options=WCAG).response["violations"]
        assert not faults, [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in faults]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        if width > 1000:
            assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0, (
                "it cannot scroll"
            )
            shown = page.locator(".board:not([hidden]) :is(td, p, dt)").first
            size = shown.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")
            assert size >= 30, "not to be read from four metres"
        page.keyboard.press("ArrowRight")


def test_what_somebody_opened_stays_open_when_the_page_is_drawn_anew(visit: Open, served: Served) -> None:
    hub, _ = served
    order = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    wes = visit("wes", f"/mine/{order.number}", width=360, height=740)
    wes.locator("#hold summary").click()
    expect(wes.get_by_role("button", name="Accept")).to_be_visible()
    hub.do(work.accept, hub.actor("wes"), order)
    expect(wes.get_by_role("button", name="Accept")).to_have_count(0)
    expect(wes.locator("#hold [name=note]")).to_be_visible()
    expect(wes.locator("#return textarea")).to_be_hidden()


def test_a_worker_sees_on_the_orders_page_that_it_is_taken_back_but_not_under_his_hands(
    visit: Open, served: Served
) -> None:
    hub, _ = served
    order = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    wes = visit("wes", f"/mine/{order.number}", width=360, height=740)
    wes.get_by_text("Put on hold").first.click()
    wes.fill("#hold [name=note]", "the key is with the neighbour")
    hub.do(returning.withdraw, hub.actor("clara"), order, "the customer mended it")
    expect(wes.locator("[data-live^='order/']")).to_have_attribute("data-stale", "")
    expect(wes.locator("#hold [name=note]")).to_have_value("the key is with the neighbour")
    wes.fill("#hold [name=note]", "")
    wes.locator("h1").click()
    expect(wes.locator("article.order")).to_contain_text("Withdrawn")
    expect(wes.get_by_role("button", name="Accept")).to_have_count(0)


# --- a server that is killed -------------------------------------------------------------


class Server:
    """`hub serve` in a process of its own, which can be killed and started again."""

    def __init__(self, url: str, folder: Path) -> None:
        with closing(socket.socket()) as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._env = {"HUB_DATABASE_URL": url, "HUB_DATA_DIR": str(folder), "PATH": "/usr/bin:/bin"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-c",
            "from web.cli import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=subprocess.DEVNULL)
        until = monotonic() + 3 * PATIENCE
        while monotonic() < until:
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE)

    def close(self) -> None:
        self.kill()


def test_a_killed_server_is_said_so_and_every_page_recovers_by_itself_with_the_truth(
    browser: Browser, sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        url = next(sqlite_template.fresh(tmp_path))
        hub = House(stack.enter_context(closing(Database(url))))
        server = stack.enter_context(closing(Server(url, tmp_path / "data")))
        server.start()
        visit = screens(browser, hub, server.address, stack)
        pages = [visit("dora", "/office/wall"), visit("clara", "/desk?queue=all"), visit("dora", "/office")]
        for page in pages:
            page.evaluate("window.same = true")
        server.kill()
        for page in pages:
            expect(page.locator("html")).to_have_attribute("data-line", "off")
        expect(pages[0].locator(".line-broken")).to_be_visible(timeout=10_000)
        ticket = hub.receive(hub.actor("clara"), leak())
        server.start()
        began = monotonic()
        for page in pages:
            is_live(page)
        took = monotonic() - began
        for page in (pages[0], pages[2]):
            expect(tile(page, "in_hand")).to_have_text("1")
        expect(pages[1].locator(f"#row-{ticket.number}")).to_contain_text("Kitchen tap leaks")
        assert all(page.evaluate("window.same") is True for page in pages)
        print(f"recovered {took:.1f} s after the server listened again")


def test_every_wait_between_two_tries_is_shorter_than_five_seconds() -> None:
    script = (ROOT / "web" / "static" / "live.js").read_text()
    longest = re.search(r"LONGEST_WAIT = (\d+)", script)
    assert longest and int(longest[1]) < 5000
