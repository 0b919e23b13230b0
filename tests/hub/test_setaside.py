"""One row that cannot be worked: set aside with its reason, tried again ever more rarely, then forgotten."""

from hub import setaside
from hub.database import Tx
from hub.setaside import SetAside
from tests.conftest import Clock
from tests.house import House


def test_a_row_that_raises_keeps_no_other_waiting_and_says_why(hub: House) -> None:
    worked: list[int] = []
    assert setaside.each(hub.database, "count", [1, 2, 3], _all_but(2, worked)) == 2
    assert worked == [1, 3]
    [row] = hub.look(setaside.everything, 10)
    assert (row.work, row.row_id, row.tries, row.why) == ("count", 2, 1, "ValueError: two is bad")


def test_it_is_left_out_until_its_time_and_tried_ever_more_rarely(hub: House, time: Clock) -> None:
    waits = []
    for _ in range(7):
        setaside.each(hub.database, "count", [2], _all_but(2, []))
        [row] = hub.look(setaside.everything, 10)
        waits.append((row.next_at - time.now()).total_seconds())
        assert hub.look(_is_left_out, "count") and not hub.look(_is_left_out, "another work")
        time.set(row.next_at)
        assert not hub.look(_is_left_out, "count"), "its time has come"
    assert waits == [5, 30, 120, 600, 3600, 3600, 3600] and row.tries == 7


def test_when_it_is_worked_at_last_nothing_is_set_aside(hub: House) -> None:
    setaside.each(hub.database, "count", [2], _all_but(2, []))
    assert setaside.each(hub.database, "count", [2], _all_but(0, [])) == 1
    assert not hub.look(setaside.everything, 10)


def test_what_people_said_is_not_in_the_reason() -> None:
    failed = ValueError("UNIQUE constraint failed\n[parameters: ('Rosa Diaz')]")
    assert setaside.reason(failed) == "ValueError: UNIQUE constraint failed"


def _all_but(bad: int, worked: list[int]):  # type: ignore[no-untyped-def]
    def work(row_id: int, tx: Tx) -> bool:
        if row_id == bad:
            raise ValueError("two is bad")
        worked.append(row_id)
        return True

    return work


def _is_left_out(tx: Tx, work: str) -> bool:
    rows = tx.query(SetAside).filter(setaside.waits(work, SetAside.row_id))
    return rows.count() > 0
