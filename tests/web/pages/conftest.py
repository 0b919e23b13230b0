"""Who visits the screens."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.house import House
from tests.web.pages.visiting import Visit, Visitor


@pytest.fixture
def visit(hub: House, tmp_path: Path) -> Iterator[Visit]:
    """Opens a browser: `visit("wes")` signed in, `visit()` as a stranger."""
    with ExitStack() as stack:

        def open_browser(login: str = "", locale: str = "en") -> Visitor:
            return stack.enter_context(Visitor(hub, tmp_path / "data", login, locale))

        yield open_browser
