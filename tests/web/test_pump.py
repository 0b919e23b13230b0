"""Work that begins when it is rung for, never twice at a time, and not again once it is to stop."""

import threading

from web.pump import Pump


def _work(seen: list[int], done: threading.Event) -> None:
    seen.append(threading.active_count())
    done.set()


def test_it_begins_when_it_is_rung_for() -> None:
    done, seen = threading.Event(), list[int]()
    pump = Pump("test", lambda: _work(seen, done), every=600)
    pump.start()
    assert not done.is_set()
    pump.ring()
    assert done.wait(30)
    pump.stop()
    pump.join()


def test_it_begins_without_a_ring_too() -> None:
    done = threading.Event()
    pump = Pump("test", lambda: _work([], done), every=0.01)
    pump.start()
    assert done.wait(30)
    pump.stop()
    pump.join()


def test_rings_that_come_together_are_worked_together_and_one_during_the_work_is_not_lost() -> None:
    began, go_on, times = threading.Semaphore(0), threading.Event(), [0]

    def work() -> None:
        times[0] += 1
        began.release()
        go_on.wait(30)

    pump = Pump("test", work, every=600)
    pump.start()
    for _ in range(50):
        pump.ring()
    assert began.acquire(timeout=30)
    for _ in range(50):
        pump.ring()
    go_on.set()
    assert began.acquire(timeout=30), "what was rung for meanwhile"
    pump.stop()
    pump.join()
    assert times[0] == 2


def test_when_it_has_stopped_nothing_begins() -> None:
    done = threading.Event()
    pump = Pump("test", lambda: _work([], done), every=600)
    pump.start()
    pump.stop()
    pump.join()
    pump.ring()
    assert not done.is_set()
