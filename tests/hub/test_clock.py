"""The one place that reads the time, and how far a claimed time is believed."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import clock
from hub.errors import BadInput

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_a_moment_that_was_set_holds_inside_its_block_alone() -> None:
    with clock.at(NOW):
        with clock.at(NOW + timedelta(days=1)):
            assert clock.now() == NOW + timedelta(days=1)
        assert clock.now() == NOW
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_moment_set_here_is_not_set_for_another_thread() -> None:
    seen: list[datetime] = []
    with clock.at(NOW):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != NOW


def test_the_present_is_always_utc() -> None:
    with clock.at(NOW.astimezone(timezone(timedelta(hours=8)))):
        assert clock.now().tzinfo is UTC
        assert clock.now() == NOW


def test_without_a_claim_it_is_now() -> None:
    with clock.at(NOW):
        assert clock.claimed(None) == NOW


@given(st.timedeltas(timedelta(), clock.BEHIND), ZONES)
def test_a_time_gone_by_is_believed_whatever_its_zone(ago: timedelta, zone: timezone) -> None:
    with clock.at(NOW):
        said = clock.claimed((NOW - ago).astimezone(zone))
    assert said == NOW - ago
    assert said.tzinfo is UTC


@given(st.timedeltas(timedelta(), clock.AHEAD))
def test_a_phone_whose_clock_runs_ahead_a_little_means_now(ahead: timedelta) -> None:
    with clock.at(NOW):
        assert clock.claimed(NOW + ahead) == NOW


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        (NOW + clock.AHEAD + timedelta(seconds=1), "future"),
        (NOW - clock.BEHIND - timedelta(seconds=1), "more than 90 days back"),
        (NOW.replace(tzinfo=None), "needs its zone"),
    ],
)
def test_a_time_that_cannot_be_is_refused_by_its_field(claim: datetime, says: str) -> None:
    with clock.at(NOW), pytest.raises(BadInput, match=says) as refused:
        clock.claimed(claim, "received_at")
    assert list(refused.value.fields) == ["received_at"]
