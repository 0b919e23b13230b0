"""Slow thinking in a process of its own."""

import os

import pytest

from web.aside import NICE, aside


def test_it_runs_elsewhere_and_steps_back() -> None:
    assert aside(os.getpid)() != os.getpid()
    assert aside(os.nice)(0) >= NICE


def test_what_goes_wrong_there_is_said_here() -> None:
    with pytest.raises(ZeroDivisionError):
        aside(divmod)(1, 0)
