"""Lengths inside a query are the whole seconds between two moments, on both engines."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select

from hub.columns import Moment
from hub.statistics import seconds
from tests.house import House

moments = st.datetimes(datetime(1931, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))


def test_a_length_is_between_two_whole_seconds_whatever_their_fractions(hub: House) -> None:
    @given(st.lists(st.tuples(moments, moments), min_size=1, max_size=20))
    @settings(max_examples=25, deadline=None)
    def measure(pairs: list[tuple[datetime, datetime]]) -> None:
        asked = [
            seconds.between(literal(start, Moment()), literal(end, Moment())).label(f"n{n}")
            for n, (start, end) in enumerate(pairs)
        ]
        found = hub.look(lambda tx: tuple(tx.execute(select(*asked)).one()))
        cut = [(start.replace(microsecond=0), end.replace(microsecond=0)) for start, end in pairs]
        assert found == tuple(int((end - start).total_seconds()) for start, end in cut)

    measure()
    last = datetime(2026, 3, 1, 12, 0, 0, 999_999, UTC)
    nothing = seconds.between(literal(last.replace(microsecond=0), Moment()), literal(last, Moment()))
    assert hub.look(lambda tx: tx.execute(select(nothing)).scalar()) == 0
