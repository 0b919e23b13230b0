"""Who works what came in lets those be answered first who wait for it, and never for long."""

import asyncio

import pytest

from web.doors.twilio.knocking import LONGEST, MANY, STEP, Doors


class Hand:
    """Doors whose clock moves only while somebody waits; at each step one who waited is answered."""

    def __init__(self, waiting: int, is_answering: bool = True) -> None:
        self.at, self.is_answering = 100.0, is_answering
        self.doors = Doors(lambda: self.at, self._sleep)
        self._loop = asyncio.new_event_loop()
        self._kept = [self.doors.until(self._loop.create_future()) for _ in range(waiting)]

    def _sleep(self, seconds: float) -> None:
        self.at += seconds
        if self.is_answering:
            self._kept.pop().set_result(None)
            self._loop.run_until_complete(asyncio.sleep(0))

    def waits(self) -> float:
        began = self.at
        self.doors.let_answer()
        return self.at - began


def test_for_few_nothing_waits() -> None:
    assert Hand(MANY).waits() == 0


def test_it_waits_until_few_are_left() -> None:
    hand = Hand(MANY + 3)
    assert hand.waits() == pytest.approx(3 * STEP)
    assert hand.waits() == 0


def test_in_a_storm_it_waits_no_longer_than_it_may() -> None:
    assert Hand(32, is_answering=False).waits() == pytest.approx(LONGEST, abs=2 * STEP)
