"""What work takes: as set, else as learned, else by kind; and learned from true visits only."""

from datetime import timedelta

import pytest
from sqlmodel import select

from dispatch import work
from hub import catalogue, worktimes
from hub.access import Actor
from hub.catalogue import Category
from hub.orders import Order
from hub.worktimes import WorkTime, expected
from tests.conftest import Clock
from tests.house import House, leak

TAP = Category(
    id=3, company_id=1, code="01-03", group_code="01", en="", kind="repair", department="ENG", priority="P3"
)


@pytest.mark.parametrize(
    ("category", "priority", "kind", "learned", "minutes"),
    [
        (TAP.model_copy(update={"minutes": 25}), "P3", "repair", {3: 40}, 25),
        (TAP, "P3", "repair", {3: 40}, 40),
        (TAP, "P3", "repair", {4: 40}, 60),
        (TAP, "P1", "repair", {}, 90),
        (None, "P3", None, {}, 45),
        (None, "P1", "enquiry", {}, 90),
    ],
)
def test_as_set_else_as_learned_else_by_kind_and_priority(
    category: Category | None, priority: str, kind: str | None, learned: dict[int, int], minutes: int
) -> None:
    assert expected(category, priority, kind, learned) == minutes


def visit(hub: House, time: Clock, minutes: int, is_held: bool = False, is_seen: bool = True) -> Order:
    """A tap mended by Wes, who is there for so many minutes."""
    wes = hub.actor("wes")
    (order,) = hub.orders(hub.receive(hub.actor("clara"), leak()))
    hub.do(work.accept, wes, order)
    if is_seen:
        hub.do(work.arrive, wes, order)
    if is_held:
        hub.do(work.hold, wes, order, "material")
        time.forward(days=1)
        hub.do(work.resume, wes, order)
    time.forward(minutes=minutes)
    return hub.do(work.complete, wes, order, "New washer")


def test_the_median_of_visits_that_were_seen_and_never_stood_still(hub: House, time: Clock) -> None:
    for minutes in (10, 20, 30, 40, 400):
        visit(hub, time, minutes)
    visit(hub, time, 1, is_held=True)
    visit(hub, time, 1, is_seen=False)
    assert hub.do(worktimes.learn, hub.office()) == 1
    (row,) = hub.look(lambda tx: tx.scalars(select(WorkTime)).all())
    assert (row.minutes, row.counted) == (30, 5)
    tap = hub.look(catalogue.of, hub.office()).categories["01-03"]
    assert row.category_id == tap.id


def test_too_few_visits_teach_nothing_and_old_ones_are_forgotten(
    hub: House, time: Clock, clara: Actor
) -> None:
    for _ in range(4):
        visit(hub, time, 30)
    assert hub.do(worktimes.learn, hub.office()) == 0
    visit(hub, time, 30)
    time.forward(days=181)
    assert hub.do(worktimes.learn, hub.office()) == 0


def test_learning_again_changes_the_row_only_when_there_is_something_new(hub: House, time: Clock) -> None:
    for _ in range(5):
        visit(hub, time, 30)
    hub.do(worktimes.learn, hub.office())
    (first,) = hub.look(lambda tx: tx.scalars(select(WorkTime)).all())
    time.forward(days=1)
    hub.do(worktimes.learn, hub.office())
    (again,) = hub.look(lambda tx: tx.scalars(select(WorkTime)).all())
    assert again.learned_at == first.learned_at
    visit(hub, time, 60)
    hub.do(worktimes.learn, hub.office())
    (last,) = hub.look(lambda tx: tx.scalars(select(WorkTime)).all())
    assert (last.counted, last.learned_at - first.learned_at > timedelta(days=1)) == (6, True)
