"""The worker's day on a phone 360 px wide, in a real browser; the three screens of the field under axe."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from dispatch import work
from hub import attachments, credentials
from hub.database import Database
from hub.orders import Order
from hub.settings import Settings
from hub.tickets import Ticket
from notifications import outbox
from tests.engines import IN_CI, SqliteTemplate
from tests.house import House, leak, peddlers
from web import app
from web.safety import SESSION_COOKIES

CHROMIUM = os.environ.get("HUB_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
# what WCAG 2.2 AA asks; axe's own advice beyond it is not counted
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
Open = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None:
        if IN_CI:
            pytest.fail("no Chromium")
        pytest.skip("no Chromium is installed")
    quiet = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    return {"executable_path": CHROMIUM, "args": quiet}


@pytest.fixture
def office(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[House]:
    """Lotus Garden by the real clock, with a tap in Wes's hands and a matter nobody has yet."""
    for url in sqlite_template.fresh(tmp_path):
        with closing(Database(url)) as database:
            hub = House(database)
            tap = hub.receive(hub.actor("clara"), leak(description="It drips day and night"))
            hub.do(work.assign, hub.actor("sue"), hub.orders(tap)[0], hub.staff("wes"))
            hub.receive(hub.actor("clara"), leak(item="Drain is blocked", category="01-04"))
            hub.receive(hub.actor("clara"), peddlers())
            yield hub


@pytest.fixture
def address(office: House, tmp_path: Path) -> Iterator[str]:
    """The hub, served on a port of this machine."""
    settings = Settings(data_dir=tmp_path / "data", public_url="http://127.0.0.1")
    site = app.create(settings, office.database, clockwork=False)
    server = uvicorn.Server(uvicorn.Config(site, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(browser: Browser, office: House, address: str) -> Iterator[Open]:
    """A browser signed in as one of the cast: `visit("wes", "/mine")`."""
    opened = []

    def open_page(login: str, path: str, size: dict[str, int] = PHONE, **look: Any) -> Page:
        person = office.staff(login)
        secret = office.database.write(lambda tx: credentials.begin_session(tx, person, hours=1))
        context = browser.new_context(viewport=size, **look)
        opened.append(context)
        context.add_cookies([{"name": SESSION_COOKIES[0], "value": secret, "url": address}])
        page = context.new_page()
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for context in opened:
        context.close()


def test_a_worker_does_an_order_on_the_phone_from_accept_to_done_with_a_photograph(
    visit: Open, office: House
) -> None:
    page = visit("wes", "/mine", has_touch=True)
    card = page.get_by_role("listitem").filter(has_text="It drips day and night")
    for step in ("Accept", "On my way", "Arrived"):
        card.get_by_role("button", name=step, exact=True).click()
    card.get_by_role("button", name="Done …").click()
    page.get_by_label("What was done").fill("New washer fitted")
    page.get_by_label("Material 1").fill("washer")
    page.get_by_label("Quantity 1").fill("2")
    large = photograph()
    field = page.get_by_label("Photographs after the work")
    field.set_input_files({"name": "tap.png", "mimeType": "image/png", "buffer": large})
    expect(field).to_have_attribute("data-shrink", "done")
    page.get_by_role("button", name="The work is done").click()
    expect(page.locator("section", has=page.get_by_role("heading", name="Done today"))).to_contain_text(
        "New washer fitted"
    )
    done = _order_of(office, "Kitchen tap leaks")
    assert (done.status, done.materials) == ("done", [{"name": "washer", "qty": "2"}])
    (kept,) = office.look(attachments.of_ticket, done.ticket_id)
    assert (kept.purpose, kept.media_type) == ("after", "image/jpeg")
    assert kept.size < len(large) / 2


def test_a_report_to_the_centre_takes_four_fields(visit: Open, office: House) -> None:
    page = visit("gus", "/mine")
    page.get_by_role("button", name="Report to the centre").click()
    page.get_by_label("What is it?").fill("Lamp is dark")
    page.get_by_label("Place").fill("Car park")
    page.get_by_label("I saw it myself").check()
    expect(page.get_by_label("Name of the customer")).to_be_hidden()
    page.get_by_role("button", name="Report it").click()
    expect(page.get_by_text("The centre has it.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Lamp is dark")).to_be_visible()


def test_the_bell_counts_what_came_since_the_page_was_opened(visit: Open, office: House) -> None:
    outbox.drain(office.database)
    page = visit("wes", "/mine")
    expect(page.get_by_role("link", name="unread message")).to_be_visible()


def test_the_team_is_drawn_anew_but_never_under_the_supervisors_hands(visit: Open, office: House) -> None:
    page = visit("sue", "/team")
    page.clock.install()
    page.reload()
    back = page.locator("details", has_text="Return to the centre").first
    back.locator("summary").click()
    reason = back.get_by_label("Why it is returned")
    reason.fill("Not our pipe")
    office.receive(office.actor("clara"), leak(item="Tap drips again", category="01-03"))
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(500)
    expect(reason).to_have_value("Not our pipe")
    back.locator("summary").click()
    page.locator("h1").first.click()
    page.clock.fast_forward(31_000)
    expect(page.get_by_text("Tap drips again").first).to_be_visible()


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("wes", "/mine"),
        ("wes", "order"),
        ("gus", "/mine/report"),
        ("sue", "/team"),
        ("dora", "/office"),
        ("dora", "/office/matters?figure=in_hand"),
        ("wes", "/messages"),
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_of_the_field_keep_to_wcag_and_to_the_width_of_a_phone(
    visit: Open, office: House, login: str, path: str, theme: Any
) -> None:
    if path == "order":
        path = f"/mine/{_order_of(office, 'Kitchen tap leaks').number}"
    for size in (PHONE, DESKTOP):
        page = visit(login, path, size, color_scheme=theme)
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        faults = Axe().run(page, options=RULES).response["violations"]
        assert not faults, [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in faults]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px wider than {size['width']}"


def photograph() -> bytes:
    """A picture as large as a phone takes it."""
    file = BytesIO()
    Image.effect_noise((2400, 1800), 60).save(file, "PNG")
    return file.getvalue()


def _order_of(office: House, item: str) -> Order:
    query = select(Order).join(Ticket, col(Ticket.id) == col(Order.ticket_id)).where(Ticket.item == item)
    return office.look(lambda tx: tx.scalars(query).one())
