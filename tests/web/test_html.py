"""Every screen is HTML as the standard has it, names nothing twice, and its first load is small."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from justhtml import JustHTML, StrictModeError

from hub.database import Database
from tests.engines import SqliteTemplate
from tests.house import House
from tests.screens.everywhere import PARTS, SCREENS, furnish
from tests.web.pages.visiting import Visitor

MOST_BYTES = 150_000
Address = tuple[str, str]


@pytest.fixture(scope="module")
def pages(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Address, str]]:
    """What each address answers; drawn once for all the tests here."""
    folder = tmp_path_factory.mktemp("screens")
    with ExitStack() as stack:
        url = next(sqlite_template.fresh(folder))
        database = Database(url)
        stack.callback(database.close)
        hub = House(database)
        names = furnish(hub)
        yield {
            (login, path): _answer(stack, hub, folder, login, path.format(**names))
            for login, path in (*SCREENS, *PARTS)
        }


def _answer(stack: ExitStack, hub: House, folder: Path, login: str, path: str) -> str:
    visitor = stack.enter_context(Visitor(hub, folder / "data", login))
    answer = visitor.get(path)
    assert answer.status_code in (200, 404), f"{path}: {answer.status_code}"
    return str(answer.text)


def _named(address: Address) -> str:
    return f"{address[0] or 'nobody'} {address[1]}"


@pytest.mark.parametrize("address", SCREENS, ids=_named)
def test_a_screen_is_read_by_a_strict_parser(pages: dict[Address, str], address: Address) -> None:
    JustHTML(pages[address], strict=True)


@pytest.mark.parametrize("address", PARTS, ids=_named)
def test_a_part_is_read_by_a_strict_parser(pages: dict[Address, str], address: Address) -> None:
    frame = "<!doctype html><html lang=en><title>part</title><body>{}</body></html>"
    body = re.sub(r"<title>.*?</title>", "", pages[address])
    assert body.strip()
    JustHTML(frame.format(body), strict=True)


def test_the_parser_is_strict() -> None:
    with pytest.raises(StrictModeError):
        JustHTML("<!doctype html><title>x</title><p><b>never closed</p></i>", strict=True)


@pytest.mark.parametrize("address", SCREENS, ids=_named)
def test_no_id_stands_twice_and_every_label_has_its_field(
    pages: dict[Address, str], address: Address
) -> None:
    html = pages[address]
    ids = Counter(re.findall(r'\sid="([^"]*)"', html))
    assert [name for name, times in ids.items() if times > 1] == []
    aimed = re.findall(r'<label[^>]*\sfor="([^"]*)"', html)
    aimed += [
        one
        for many in re.findall(r'aria-(?:labelledby|describedby|controls)="([^"]*)"', html)
        for one in many.split()
    ]
    assert [name for name in aimed if name not in ids] == []


@pytest.mark.parametrize("address", SCREENS, ids=_named)
def test_the_first_load_of_a_screen_is_small(
    pages: dict[Address, str], address: Address, visitor: Visitor
) -> None:
    html = pages[address]
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', html))
    sent = len(html.encode())
    for name in files:
        answer = visitor.get(name, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        is_text = not answer.headers["content-type"].startswith(("image/png", "image/webp"))
        assert answer.headers.get("content-encoding") == "gzip" or not is_text or len(answer.content) < 1_000
        sent += len(gzip.compress(answer.content, 9)) if is_text else len(answer.content)
    assert sent <= MOST_BYTES, f"{sent:,} bytes"


@pytest.fixture(scope="module")
def visitor(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("files")
    database = Database(next(sqlite_template.fresh(folder)))
    with Visitor(House(database), folder / "data") as found:
        yield found
    database.close()
