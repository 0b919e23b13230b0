"""Every screen before axe, in a real browser: no violation, and none wider than the window."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.screens.everywhere import SCREENS, furnish
from tests.web.browser.test_live import WCAG, Served, secret_of
from web.safety import SESSION_COOKIES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SETTLES = 400  # milliseconds: what is asked for once a page stands


@pytest.mark.parametrize(
    ("width", "theme", "locale"), [(360, "dark", "zh-CN"), (1440, "light", "en"), (1440, "dark", "zh-HK")]
)
def test_no_screen_has_a_violation_or_is_wider_than_its_window(
    served: Served, browser: Browser, width: int, theme: str, locale: str
) -> None:
    hub, address = served
    names = furnish(hub)
    wrong: list[str] = []
    for login in dict.fromkeys(login for login, _ in SCREENS):
        with ExitStack() as stack:
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": 800},
                color_scheme=theme,  # type: ignore[arg-type]
                locale=locale,
            )
            stack.callback(context.close)
            if login:
                cookie = {"name": SESSION_COOKIES[0], "value": secret_of(hub, login), "url": address}
                context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            for path in (path for who, path in SCREENS if who == login):
                page.goto(path.format(**names))
                page.wait_for_timeout(SETTLES)
                wrong += (f"{login} {path}: {fault}" for fault in _faults(page))
    assert not wrong, "\n".join(wrong)


def _faults(page: Page) -> Iterator[str]:
    for rule in Axe().run(page, options=WCAG).response["violations"]:
        yield f"{rule['id']} {[node['html'][:120] for node in rule['nodes']][:3]}"
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        yield f"{over} px too wide"
