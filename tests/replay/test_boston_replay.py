"""The city of Boston's 24,000 requests, through the loop and back out of the record."""

from pathlib import Path

import pytest

from hub import checkpoints, founding, organisation, schema
from hub.access import HUB
from hub.database import Database
from tests.web.replay.real import real
from web.replay.case import Case, read
from web.replay.ontime import agreement, ontime
from web.replay.play import play
from web.replay.profile import known
from web.replay.steps import last_time

ROWS, FLAGS, BLANK = 24_000, 23_965, 35


@pytest.mark.slow
def test_every_row_of_boston_is_a_ticket_and_its_flags_come_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boston = known()["boston"]
    told = list(read(real("311/boston_2015_24000.csv.gz"), boston))
    cases = [row for row in told if isinstance(row, Case)]
    database = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    schema.upgrade(database)
    database.write(lambda tx: founding.found_company(tx, "Boston", "en", "America/New_York") and None)

    outcome = play(database, HUB, told, boston, "BOSTON")
    with capsys.disabled():
        print(f"\nBoston: {outcome.rate:.0f} rows/s, {(tmp_path / 'hub.db').stat().st_size / 1e6:.0f} MB")
    assert outcome.rows == ROWS == outcome.tickets + len(outcome.rejected)
    assert all(row.reason for row in outcome.rejected)
    assert (outcome.closed, outcome.open) == (20_076, 3_924)
    assert outcome.marks["closed before opened"] == 34 and outcome.marks["flag blank"] == BLANK

    office = database.read(lambda tx: organisation.office_by_code(tx, "BOSTON"))
    as_of = last_time(cases)
    assert as_of is not None
    flags = agreement(cases, ontime(database, office, as_of))
    assert (flags.agree, flags.flags, flags.blank) == (FLAGS, FLAGS, BLANK)

    verdict = database.read(checkpoints.verify)
    assert verdict.broken is None
    again = play(database, HUB, told, boston, "BOSTON")
    assert (again.tickets, again.known, again.steps) == (0, ROWS, 0)
    assert database.read(checkpoints.verify) == verdict
    database.close()
