"""`make screens`: take docs/screens/*.webp of every screen, at both widths, in both themes, and in Chinese.

A demo office is built in a folder of its own and served on loopback; nothing of a running hub is touched.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from time import sleep

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screens"
PASSWORD = "a password for pictures"
PORT = 8077
SETTLES = 400  # milliseconds: what is asked for once a page stands
STARTS_WITHIN = 180  # seconds: the demo office is built first
# name of the picture -> who looks, and at what; {ticket} and {order} stand for the first in the list
SCREENS = {
    "sign-in": ("", "/session"),
    "desk": ("desk", "/desk?queue=in_hand"),
    "desk-new": ("desk", "/desk/new"),
    "desk-callbacks": ("desk", "/desk?queue=callbacks"),
    "ticket": ("desk", "{ticket}"),
    "team": ("supervisor", "/team"),
    "mine": ("worker", "/mine"),
    "order": ("worker", "{order}"),
    "report": ("guard", "/mine/report"),
    "messages": ("supervisor", "/messages"),
    "office": ("director", "/office"),
    "wall": ("director", "/office/wall"),
    "reports": ("director", "/office/reports"),
    "incident": ("desk", "{incident}"),
    "settings": ("director", "/settings/LG"),
    "settings-rules": ("director", "/settings/LG/rules"),
    "settings-rule": ("director", "/settings/LG/rules/3"),
    "settings-person": ("admin", "/settings/LG/staff/worker"),
    "password": ("desk", "/password"),
    "outbox": ("desk", "/outbox"),
    "simulator": ("desk", "/simulator"),
}
FIRST = {
    "{incident}": ("/desk", "a[href^='/desk/incidents/']"),
    "{ticket}": ("/desk?queue=in_hand", "a[href^='/t/']"),
    "{order}": ("/mine", "a[href^='/mine/']:not([href$='report'])"),
}
WIDTHS = {"phone": (360, 740), "desktop": (1440, 900)}
THEMES = ("light", "dark")
LOCALES = {"light": "en", "dark": "zh-Hans"}


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _demo() as address, sync_playwright() as playwright:
        path = os.environ.get("HUB_TEST_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for (width, size), theme in product(WIDTHS.items(), THEMES):
            _round(browser, address, width, size, theme)
        browser.close()


def _round(browser: Browser, address: str, width: str, size: tuple[int, int], theme: str) -> None:
    """Every screen at one width in one theme; the dark round reads Chinese."""
    for login in dict.fromkeys(login for login, _ in SCREENS.values()):
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            locale=LOCALES[theme],
        )
        page = context.new_page()
        if login:
            _sign_in(page, login)
        for name, (who, where) in SCREENS.items():
            if who == login:
                page.goto(_address(page, where), wait_until="load")
                page.wait_for_timeout(SETTLES)
                _keep(page.screenshot(), f"{name}-{width}-{theme}")
        context.close()


def _sign_in(page: Page, login: str) -> None:
    page.goto("/session")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/session"))
    page.request.post("/tour/end", headers={"sec-fetch-site": "same-origin"})  # it would hide what is shown


def _address(page: Page, where: str) -> str:
    if where not in FIRST:
        return where
    listing, link = FIRST[where]
    page.goto(listing)
    return page.locator(link).first.get_attribute("href") or listing


def _keep(png: bytes, name: str) -> None:
    with Image.open(BytesIO(png)) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=82, method=6)


@contextmanager
def _demo() -> Iterator[str]:
    """A demo office of its own, served until the pictures are taken."""
    with tempfile.TemporaryDirectory(prefix="hub-screens-") as folder:
        environment = os.environ | {"HUB_DATA_DIR": folder, "HUB_DEMO_PASSWORD": PASSWORD}
        command = [str(Path(sys.executable).parent / "hub"), "serve", "--demo", "--port", str(PORT)]
        child = subprocess.Popen(command, cwd=folder, env=environment)
        try:
            address = f"http://127.0.0.1:{PORT}"
            _wait_for(f"{address}/readyz", child)
            yield address
        finally:
            child.terminate()
            child.wait()


def _wait_for(address: str, child: subprocess.Popen[bytes]) -> None:
    for _ in range(STARTS_WITHIN * 2):
        if child.poll() is not None:
            raise SystemExit("the demo office did not start")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            sleep(0.5)
    raise SystemExit("the demo office is not ready yet")


if __name__ == "__main__":
    main()
