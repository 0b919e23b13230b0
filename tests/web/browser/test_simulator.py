"""The pretend telephone in a real browser, before a whole hub: a text and a call, and what comes back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from hub.database import Database
from hub.tickets import Ticket
from tests.engines import SqliteTemplate
from tests.house import House
from tests.web.browser.conftest import _until_started
from tests.web.doors.twilio.carrier import ACCOUNT, LINE, ROSA, TOKEN, configured
from web import app
from web.standin import server
from web.standin.carrier import Carrier

pytestmark = pytest.mark.browser
PATIENCE = 60_000  # milliseconds: the clockwork of this hub runs, and the machine may be busy


@pytest.fixture
def served(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """The cast's hub with its clockwork, and a stand-in carrier that calls at its doors."""
    for url in sqlite_template.fresh(tmp_path):
        database = Database(url)
        with closing(socket.create_server(("127.0.0.1", 0))) as door:
            address = f"http://127.0.0.1:{door.getsockname()[1]}"
            carrier = Carrier(address, account_sid=ACCOUNT, auth_token=TOKEN, numbers=(LINE,))
            with server.serving(carrier) as api:
                settings = configured(tmp_path / "data", public_url=address, twilio_api_url=api)
                made = app.create(settings, database, carrier=carrier)
                web = uvicorn.Server(uvicorn.Config(made, log_level="error", lifespan="on"))
                thread = threading.Thread(target=web.run, kwargs={"sockets": [door]}, daemon=True)
                thread.start()
                _until_started(web)
                yield House(database), address
                web.should_exit = True
                thread.join()
            carrier.close()
        database.close()


def test_a_newcomer_writes_and_reads_the_answer_then_rings_and_hears_the_menu(
    window: Page, served: tuple[House, str]
) -> None:
    hub, _ = served
    window.goto(f"/simulator?phone=%2B{ROSA.removeprefix('+')}")
    window.fill("#body", "Kitchen tap leaks")
    window.get_by_role("button", name="Send").click()
    screen = window.locator("#screen")
    expect(screen).to_contain_text("Kitchen tap leaks", timeout=PATIENCE)
    expect(screen).to_contain_text("Registered under", timeout=PATIENCE)
    [ticket] = hub.look(lambda tx: tx.scalars(select(Ticket)).all())
    expect(screen).to_contain_text(ticket.number)
    assert (ticket.caller_name, ticket.channel) == ("Rosa Diaz", "sms")
    window.get_by_role("button", name="Ring the service centre").click()
    expect(screen).to_contain_text("For English press 3.", timeout=PATIENCE)
    screen.get_by_role("button", name="3", exact=True).click()
    expect(screen).to_contain_text("Emergency, press 1.", timeout=PATIENCE)
    window.get_by_role("button", name="Hang up").click()
    expect(window.get_by_role("button", name="Ring the service centre")).to_be_visible(timeout=PATIENCE)


def test_what_is_typed_next_stays_when_the_text_before_it_has_gone(window: Page) -> None:
    window.goto(f"/simulator?phone=%2B{ROSA.removeprefix('+')}")
    held: list[Route] = []
    window.route("**/simulator/texts", lambda route: held.append(route))
    window.fill("#body", "Kitchen tap leaks")
    window.get_by_role("button", name="Send").click()
    while not held:
        window.wait_for_timeout(20)
    window.fill("#body", "When will he come?")
    for late in held:
        late.continue_()
    expect(window.locator("#texts")).to_contain_text("Kitchen tap leaks", timeout=PATIENCE)
    expect(window.locator("#body")).to_have_value("When will he come?")
    window.get_by_role("button", name="Send").click()
    window.wait_for_timeout(100)
    held[-1].continue_()
    expect(window.locator("#body")).to_have_value("")
