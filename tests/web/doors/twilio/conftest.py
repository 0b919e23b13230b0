"""A hub with its carrier at the doors."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.attachments import Store
from tests.house import House
from tests.web.doors.twilio.carrier import Carrier, at_the_doors, configured
from web.doors.twilio import work


@pytest.fixture
def carrier(hub: House, tmp_path: Path) -> Iterator[Carrier]:
    with at_the_doors(hub.database, tmp_path / "data") as made:
        yield made


@pytest.fixture
def works(hub: House, tmp_path: Path) -> Callable[[], int]:
    """Has what came in worked, as the clockwork does."""
    return work.worker(hub.database, configured(tmp_path / "data"), Store(tmp_path / "files")).drain


@pytest.fixture
def bare_carrier(hub: House, tmp_path: Path) -> Iterator[Carrier]:
    """The same before a hub that has no account with any carrier."""
    bare = {"twilio_account_sid": "", "twilio_auth_token": ""}
    with at_the_doors(hub.database, tmp_path / "data", **bare) as made:
        yield made
