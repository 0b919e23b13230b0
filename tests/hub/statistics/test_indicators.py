"""The figures against a slow recount, and one by one where the answer is known by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from dispatch import answering, callback, closing, returning, work
from hub import clock
from hub.access import Actor
from hub.errors import BadInput
from hub.orders import Order
from hub.statistics.cuts import BY
from hub.statistics.definitions import DEFINITIONS, MEDIANS, RATIOS
from hub.statistics.indicators import Figures, Ratio, figures
from hub.statistics.scope import Scope, month_of
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.house import House, leak, peddlers
from tests.hub.statistics.history import History
from tests.hub.statistics.recount import Recount

SET_APART = {"households", "area_m2"}


def scope_of(hub: House, start: datetime, end: datetime, as_of: datetime | None = None) -> Scope:
    return Scope((hub.office().id,), start, end, as_of or clock.now())


def whole(hub: House, **ahead: float) -> Figures:
    """All figures from the first day until now and a little ahead."""
    now = clock.now()
    (found,) = hub.look(
        figures, scope_of(hub, MORNING - timedelta(days=30), now + timedelta(days=30, **ahead))
    )
    return found


def test_every_figure_of_every_division_is_what_a_slow_recount_finds(hub: House, time: Clock) -> None:
    History(hub, time, 1).make(40)
    now = clock.now()
    middle = MORNING + (now - MORNING) / 2
    everything = scope_of(hub, MORNING - timedelta(days=2), now + timedelta(days=1))
    _there_is_something_of_everything(hub.look(figures, everything)[0])
    for by in BY:
        if by != "month":
            _compare(hub, everything, by)
    for period in (
        scope_of(hub, MORNING + (now - MORNING) / 4, middle),
        scope_of(hub, middle, now - timedelta(hours=7)),
    ):
        for by in ("", "worker", "hour"):
            _compare(hub, period, by)


def _compare(hub: House, scope: Scope, by: str) -> None:
    found = {row.key: row for row in hub.look(figures, scope, by)}
    again = hub.look(lambda tx: Recount(tx, scope, by).run())
    assert set(again.counts) <= set(found)
    for key, row in found.items():
        counted = {name: n for name, n in row.counts.items() if n and name not in SET_APART}
        assert counted == dict(again.counts.get(key, Counter())), (by, key)
        assert {name: took for name, took in row.medians.items() if took is not None} == again.medians(key), (
            by,
            key,
        )
        for name, ratio in row.ratios.items():
            formula, _ = RATIOS[name]
            over = sum(row.counts[n] for n in formula.over) - sum(row.counts[n] for n in formula.less)
            assert (ratio.numerator, ratio.denominator) == (over, sum(row.counts[n] for n in formula.under))


def _there_is_something_of_everything(found: Figures) -> None:
    """Else the recount would compare nothing with nothing."""
    wanted = {name for formula, _ in RATIOS.values() for name in (*formula.over, *formula.under)}
    rare = {
        "households",
        "area_m2",
        "other_complaints",
        "self_approved",
        "carried_over",
        "carried_complaints",
    }
    assert {name for name in wanted - rare if not found.counts[name]} <= {"reopened_complaints"}
    assert all(found.medians.values())


def test_what_is_carried_over_received_reopened_and_closed_makes_what_is_open(
    hub: House, time: Clock
) -> None:
    History(hub, time, 3).make(20)
    now = clock.now()
    start = MORNING + (now - MORNING) / 3
    for end in (start + (now - start) / 2, now):
        (row,) = hub.look(figures, scope_of(hub, start, end, as_of=end))
        n = row.counts
        assert n["carried_over"] + n["received"] + n["reopened_closed"] - n["closed"] == n["open"]
        assert n["carried_over"] > 0


def test_an_empty_period_has_no_rates_and_no_medians(hub: House, time: Clock) -> None:
    found = whole(hub)
    assert sum(n for name, n in found.counts.items() if name not in SET_APART) == 0
    assert all(ratio.value is None for ratio in found.ratios.values())
    assert set(found.medians.values()) == {None}
    assert (found.key, len(hub.look(figures, scope_of(hub, MORNING, MORNING), "hour"))) == ("", 24)


@pytest.mark.seed("K2.2")
def test_one_complaint_worked_and_called_back_is_in_every_figure_once(
    hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    (order,) = hub.orders(peddlers_knock)
    time.forward(minutes=4)
    hub.do(work.assign, sid, order, hub.staff("gus"))
    hub.do(work.accept, gus, order)
    time.forward(minutes=6)
    hub.do(work.arrive, gus, order)
    time.forward(minutes=20)
    hub.do(work.complete, gus, order, "Shown the way out")
    time.forward(hours=1)
    hub.do(callback.call_back, clara, peddlers_knock, reached=False)
    time.forward(hours=2)
    hub.do(callback.call_back, clara, peddlers_knock, reached=True, satisfied="fairly")
    time.forward(days=30)
    found = whole(hub)
    parts = {name: (r.numerator, r.denominator) for name, r in found.ratios.items() if r.denominator}
    assert parts["on_time_response"] == parts["on_time_arrival"] == parts["on_time_completion"] == (1, 1)
    assert (parts["callback_rate"], parts["reach_rate"]) == ((1, 1), (1, 2))
    assert (parts["satisfaction"], parts["satisfaction_strict"], parts["solved_rate"]) == (
        (1, 1),
        (0, 1),
        (1, 1),
    )
    assert (parts["completion_rate"], parts["complaint_handling_rate"]) == ((1, 1), (1, 1))
    assert (found.medians["accept"], found.medians["arrive"], found.medians["resolve_p90"]) == (
        timedelta(minutes=4),
        timedelta(minutes=10),
        timedelta(minutes=30),
    )


def test_a_month_that_was_counted_stays_as_it_was_when_the_matter_comes_back(
    hub: House, time: Clock, clara: Actor
) -> None:
    march = month_of(hub.office(), "2026-03")
    time.set(march[1] - timedelta(hours=5))
    asked = hub.receive(clara, peddlers())  # a complaint, so that no sample decides about the callback
    for order in hub.orders(asked):
        hub.do(returning.withdraw, clara, order)
    hub.do(answering.answer, clara, asked, "They are gone")
    hub.do(callback.call_back, clara, asked, reached=True, satisfied="yes")
    assert hub.again(asked).status == "closed"
    time.set(march[1] + timedelta(days=1))
    before = hub.look(figures, scope_of(hub, *march, as_of=march[1]))[0].counts
    hub.do(closing.reopen, clara, asked, "asks again")
    after = hub.look(figures, scope_of(hub, *march, as_of=march[1]))[0].counts
    assert (after["received"], after["closed"], after["open"]) == (1, 1, 0)
    assert after == before


def test_time_on_an_approved_hold_is_not_lateness(
    hub: House, time: Clock, sue: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    time.forward(days=20)
    while_held = whole(hub)
    assert (
        while_held.ratios["on_time_completion"].denominator,
        while_held.ratios["on_time_work"].denominator,
    ) == (0, 0)
    hub.do(work.resume, wes, order)
    hub.do(work.complete, wes, order, "New washer")
    time.forward(days=20)
    done = whole(hub)
    assert done.ratios["on_time_completion"].value == 1.0
    assert done.ratios["on_time_completion_gross"].value == 0.0


def test_what_is_withdrawn_is_only_a_contact(hub: House, time: Clock, clara: Actor) -> None:
    said = hub.receive(clara, leak(category="09-01"))
    for order in hub.orders(said):
        hub.do(returning.withdraw, clara, order)
    hub.do(closing.close, clara, said, "withdrawn")
    time.forward(minutes=1)
    found = whole(hub).counts
    assert (found["contacts"], found["excluded"], found["received"], found["closed"]) == (1, 1, 0, 0)


def test_an_imported_matter_counts_but_never_in_what_customers_said(
    hub: House, time: Clock, clara: Actor
) -> None:
    told = hub.receive(clara, peddlers(is_imported=True, resolve_by=clock.now() + timedelta(days=3)))
    cody, gus = hub.actor("cody"), hub.staff("gus")
    (order,) = hub.orders(told)
    time.forward(days=2)
    hub.do(work.assign, cody, order, gus)
    hub.do(work.accept, cody, order, clock.now(), True)
    hub.do(work.complete, cody, order, "closed", happened_at=clock.now(), inferred=True)
    time.forward(days=30)
    found = whole(hub)
    assert (found.counts["received"], found.counts["closed"]) == (1, 1)
    assert found.ratios["on_time_completion"].denominator == 1
    assert found.ratios["on_time_response"].denominator == 0  # the file does not say when anybody answered
    assert found.counts["callbacks_owed"] == found.ratios["satisfaction"].denominator == 0
    assert found.medians["accept"] is None


def test_an_imported_matter_without_a_target_is_not_judged_by_a_limit_of_ours(
    hub: House, time: Clock, clara: Actor
) -> None:
    hub.receive(clara, peddlers(is_imported=True))
    time.forward(days=300)
    found = whole(hub)
    assert (found.counts["received"], found.counts["open"], found.counts["overdue"]) == (1, 1, 0)
    assert found.ratios["on_time_completion"].denominator == 0


def test_complaints_are_set_against_households_or_square_metres(
    hub: House, time: Clock, peddlers_knock: Ticket
) -> None:
    def settle(tx) -> None:  # type: ignore[no-untyped-def]
        office = tx.get_one(type(hub.office()), hub.office().id)
        office.households = 250

    hub.do(settle)
    time.forward(minutes=1)
    found = whole(hub).ratios
    assert (found["complaints_per_household"].value, found["complaints_per_m2"].value) == (1 / 250, None)


def test_a_month_over_the_clock_change_begins_and_ends_at_midnight_on_the_wall(hub: House) -> None:
    office = hub.office()
    office.zone = "America/New_York"
    assert month_of(office, "2026-03") == (
        datetime(2026, 3, 1, 5, tzinfo=UTC),
        datetime(2026, 4, 1, 4, tzinfo=UTC),
    )
    with pytest.raises(BadInput, match="2026-03"):
        month_of(office, "March")


def test_hours_are_those_of_the_wall_before_and_after_the_clock_change(
    hub: House, time: Clock, clara: Actor
) -> None:
    def move_to_new_york(tx) -> None:  # type: ignore[no-untyped-def]
        tx.get_one(type(hub.office()), hub.office().id).zone = "America/New_York"

    hub.do(move_to_new_york)
    for day in (7, 8, 9):  # the clocks go forward on Sunday the 8th at two in the morning
        time.set(datetime(2026, 3, day, 14, 30, tzinfo=UTC))
        hub.receive(clara, leak())
    scope = scope_of(hub, MORNING, clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=1))
    by_hour = {
        row.key: row.counts["received"] for row in hub.look(figures, scope, "hour") if row.counts["received"]
    }
    by_day = {row.key: row.counts["received"] for row in hub.look(figures, scope, "weekday")}
    assert by_hour == {"09": 1, "10": 2}
    assert (by_day["6"], by_day["7"], by_day["1"], by_day["2"]) == (1, 1, 1, 0)


def test_by_month_each_month_is_seen_from_its_own_end(
    hub: House, time: Clock, clara: Actor, tap_leaks: Ticket
) -> None:
    time.forward(days=40)
    rows = hub.look(figures, scope_of(hub, MORNING, clock.now() + timedelta(days=1)), "month")
    assert [(r.key, r.counts["received"], r.counts["carried_over"], r.counts["open"]) for r in rows] == [
        ("2026-03", 1, 0, 1),
        ("2026-04", 0, 1, 1),
    ]


def test_another_offices_matters_are_not_counted(
    hub: House, time: Clock, mia: Actor, tap_leaks: Ticket
) -> None:
    hub.receive(mia, leak(room="M-0101"), office="MC")
    both = Scope(
        (hub.office().id, hub.office("MC").id),
        MORNING,
        MORNING + timedelta(days=1),
        MORNING + timedelta(hours=1),
    )
    time.forward(minutes=1)
    assert whole(hub).counts["received"] == 1
    assert {r.key: r.counts["received"] for r in hub.look(figures, both, "office")} == {"LG": 1, "MC": 1}
    assert {r.key for r in hub.look(figures, both, "room")} == {"LG/A-1203", "MC/M-0101"}


def test_an_unknown_division_is_refused_by_name(hub: House) -> None:
    with pytest.raises(BadInput, match="department"):
        hub.look(figures, scope_of(hub, MORNING, MORNING), "mood")


def test_every_figure_says_how_it_is_computed(hub: House) -> None:
    found = whole(hub)
    assert set(found.ratios) | set(found.medians) <= set(DEFINITIONS)
    assert set(found.medians) == set(MEDIANS)
    assert all(said.label and said.words and said.source for said in DEFINITIONS.values())


def test_a_rate_of_nothing_is_no_number() -> None:
    assert (Ratio("x", 0, 0).value, Ratio("x", 1, 4).value) == (None, 0.25)
