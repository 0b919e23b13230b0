"""What is loaded stands for good; what comes after it is looked through for rings as ever."""

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from web import interpreter


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    turn, young, called = sys.getswitchinterval(), gc.get_threshold(), list(gc.callbacks)
    yield
    sys.setswitchinterval(turn)
    gc.set_threshold(*young)
    gc.callbacks[:] = called
    gc.unfreeze()


class Ring:
    """Refers to itself, so that only a look for rings frees it."""

    def __init__(self) -> None:
        self.me = self


def test_nothing_is_looked_through_while_something_is_loaded() -> None:
    with interpreter.loading():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() > 0


def test_a_load_that_fails_leaves_no_trace() -> None:
    with pytest.raises(ImportError), interpreter.loading():
        raise ImportError("no such module")
    assert gc.isenabled()


def test_rings_made_later_are_freed() -> None:
    interpreter.steady()
    assert (sys.getswitchinterval(), gc.get_threshold()[0]) == (interpreter.TURN, interpreter.YOUNG)
    gone = weakref.ref(Ring())
    assert gone() is not None
    gc.collect()
    assert gone() is None


def test_what_lived_long_is_looked_at_once_by_day_and_again_at_night() -> None:
    interpreter.steady()
    interpreter.steady()  # a second time changes nothing
    old = Ring()
    gone = weakref.ref(old)
    before = gc.get_freeze_count()
    gc.collect()
    assert gc.get_freeze_count() > before, "what a full look has left is set aside"
    del old
    gc.collect()
    assert gone() is not None
    assert interpreter.look_through() > 0
    assert gone() is None and gc.get_freeze_count() > before


def test_a_look_at_what_is_young_sets_nothing_aside() -> None:
    interpreter.steady()
    before = gc.get_freeze_count()
    gc.collect(1)
    assert gc.get_freeze_count() == before
