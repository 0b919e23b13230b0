"""A file joins a matter and its record."""

import pytest

from dispatch import attaching
from hub import attachments
from hub.access import Actor
from hub.errors import Forbidden
from hub.tickets import Ticket
from tests.house import House

LETTER = {"sha256": "ab" * 32, "name": "letter.pdf", "media_type": "application/pdf", "size": 1200}


def test_a_scanned_letter_is_listed_with_its_matter(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    hub.do(attaching.attach, clara, tap_leaks, **LETTER, purpose="letter")
    (row,) = hub.look(attachments.of_ticket, tap_leaks.id)
    assert (row.name, row.size, row.by_id) == ("letter.pdf", 1200, clara.staff_id)
    assert hub.kinds(tap_leaks)[-1] == "attached"
    assert hub.verify().broken is None


def test_a_file_without_a_name_gets_one(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    row = hub.do(attaching.attach, clara, tap_leaks, **LETTER | {"name": " \x00 "})
    assert row.name == "abababababab"


def test_another_office_attaches_nothing(hub: House, mia: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(Forbidden):
        hub.do(attaching.attach, mia, tap_leaks, **LETTER)
