"""A hub with its carrier at the doors."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.attachments import Store
from tests.house import House
from tests.web.doors.twilio.carrier import Carrier, at_the_doors, configured
from tests.web.doors.twilio.hosts import Host
from web.doors.twilio import work


@pytest.fixture
def carrier(hub: House, tmp_path: Path) -> Iterator[Carrier]:
    with at_the_doors(hub.database, tmp_path / "data") as made:
        yield made


class Pictures:
    """The carrier's store of pictures, for those that came with a message."""

    def __init__(self) -> None:
        self._host = Host()
        self.asked = self._host.asked
        self.address = f"http://127.0.0.1:{self._host.port}"

    def give(self, path: str, content: bytes) -> str:
        self._host.gives(path, content)
        return self.address + path

    def refuse(self, path: str, status: int) -> str:
        self._host.gives(path, b"", status)
        return self.address + path

    def close(self) -> None:
        self._host.close()


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


@pytest.fixture
def works(hub: House, tmp_path: Path, pictures: Pictures) -> Callable[[], int]:
    """Has what came in worked, as the clockwork does."""
    settings = configured(tmp_path / "data", twilio_api_url=pictures.address)
    return work.worker(hub.database, settings, Store(tmp_path / "files")).drain


@pytest.fixture
def bare_carrier(hub: House, tmp_path: Path) -> Iterator[Carrier]:
    """The same before a hub that has no account with any carrier."""
    bare = {"twilio_account_sid": "", "twilio_auth_token": ""}
    with at_the_doors(hub.database, tmp_path / "data", **bare) as made:
        yield made
