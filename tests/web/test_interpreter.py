"""What is loaded stands for good; what comes after it is looked through for rings as ever."""

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from web import interpreter


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    turn, young = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(turn)
    gc.set_threshold(*young)
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
