"""The first thousand rows of each city's file, through the loop."""

import itertools

import pytest

from hub.access import HUB
from tests.house import House
from tests.web.replay.real import real
from web.replay.case import Case, read
from web.replay.ontime import agreement, ontime
from web.replay.play import play
from web.replay.profile import known
from web.replay.steps import last_time

FILES = {
    "atlanta": "311/atlanta_seeclickfix_8465.csv",
    "baltimore": "311/baltimore_311_10000.xlsx",
    "boston": "311/boston_2015_24000.csv.gz",
    "nyc": "311/nyc_2011_2000.csv",
}
SOME = 1_000


@pytest.mark.slow
@pytest.mark.parametrize("city", sorted(FILES))
def test_the_first_rows_of_a_city_become_tickets_that_say_the_same(hub: House, city: str) -> None:
    profile = known()[city]
    told = list(itertools.islice(read(real(FILES[city]), profile), SOME))
    cases = [row for row in told if isinstance(row, Case)]
    outcome = play(hub.database, HUB, told, profile, city.upper())
    assert outcome.rows == SOME == outcome.tickets + len(outcome.rejected)
    assert outcome.closed == sum(case.ended for case in cases)
    as_of = last_time(cases)
    assert as_of is not None
    flags = agreement(cases, ontime(hub.database, hub.office(city.upper()), as_of))
    assert flags.agree == flags.flags == sum(case.flag is not None for case in cases)
    assert play(hub.database, HUB, told, profile, city.upper()).steps == 0
    assert hub.verify().broken is None
