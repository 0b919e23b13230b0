"""A moment on SQLite is the text that SQLAlchemy keeps a time as, and comes back the same."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from hub.columns import Moment

DIALECT = sqlite.dialect()
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=zones)
written: Any = Moment().dialect_impl(DIALECT).bind_processor(DIALECT)
read: Any = Moment().dialect_impl(DIALECT).result_processor(DIALECT, None)
theirs: Any = DateTime().dialect_impl(DIALECT).bind_processor(DIALECT)


@given(moments)
def test_a_moment_comes_back_the_same_in_utc(moment: datetime) -> None:
    text = written(moment)
    assert text == theirs(moment.astimezone(UTC))
    assert read(text) == moment and read(text).utcoffset() == timedelta()


@given(moments)
def test_a_moment_that_another_hand_wrote_is_read_too(moment: datetime) -> None:
    assert read(moment.isoformat(" ")) == moment
    naive = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    assert read(naive.isoformat(" ")) == naive.replace(tzinfo=UTC)


def test_nothing_stays_nothing() -> None:
    assert written(None) is None and read(None) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        written(datetime(2026, 3, 3))
