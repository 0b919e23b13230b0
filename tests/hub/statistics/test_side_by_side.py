"""Divisions counted side by side are those counted one by one, and what a slow recount finds."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hub import clock
from hub.errors import BadInput
from hub.statistics import series
from hub.statistics.cuts import BY
from hub.statistics.indicators import HEADLINE, Figures, figures, figures_by, headline_by
from hub.statistics.scope import Scope
from tests.conftest import MORNING, Clock
from tests.house import House
from tests.hub.statistics.history import History
from tests.hub.statistics.recount import Recount

SET_APART = ("households", "area_m2")
DIVISIONS = tuple(by for by in BY if by != "month")


def plain(rows: list[Figures]) -> dict[str, tuple[object, ...]]:
    return {
        row.key: (row.label, {name: n for name, n in row.counts.items() if n}, row.ratios, row.medians)
        for row in rows
    }


def test_side_by_side_or_one_by_one_the_figures_are_the_same(hub: House, time: Clock) -> None:
    History(hub, time, 2).make(40)
    now, both = clock.now(), tuple(hub.office(code).id for code in ("LG", "MC"))
    middle = MORNING + (now - MORNING) / 2
    for start, end in (
        (MORNING - timedelta(days=2), now + timedelta(days=1)),
        (MORNING + (now - MORNING) / 4, middle),
        (middle, now - timedelta(hours=7)),
        (now, now),
    ):
        scope = Scope(both, start, end, min(end, now))
        together = hub.look(figures_by, scope, DIVISIONS)
        with hub.database.views(2) as (tx, beside):
            for by in DIVISIONS:
                alone = plain(hub.look(figures, scope, by))
                assert plain(together[by]) == alone, by
                assert plain(figures(tx, scope, by, beside)) == alone, f"{by}, by two readers"


def test_of_any_stretch_every_part_is_what_a_slow_recount_finds(hub: House, time: Clock) -> None:
    History(hub, time, 7).make(12)
    now = clock.now()

    @given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(DIVISIONS))
    @settings(max_examples=8, deadline=None, phases=(Phase.generate,))
    def count(first: float, last: float, by: str) -> None:
        start, end = (MORNING + (now - MORNING) * share for share in sorted((first, last)))
        scope = Scope((hub.office().id,), start, end, now)
        again = hub.look(lambda tx: Recount(tx, scope, by).run())
        found = {row.key: row for row in hub.look(figures_by, scope, ("", by))[by]}
        assert set(again.counts) <= set(found)
        for key, row in found.items():
            counted = {name: n for name, n in row.counts.items() if n and name not in SET_APART}
            assert counted == dict(again.counts.get(key, Counter())), (by, key)
            assert {n: took for n, took in row.medians.items() if took is not None} == again.medians(key)

    count()


def test_the_headline_is_the_same_figures_and_fewer(hub: House, time: Clock) -> None:
    History(hub, time, 3).make(25)
    scope = Scope((hub.office().id,), MORNING, clock.now(), clock.now())
    bys = ("", "channel", "group", "priority")
    whole, short = hub.look(figures_by, scope, bys), hub.look(headline_by, scope, bys)
    for by in bys:
        full = {row.key: row for row in whole[by]}
        for row in short[by]:
            assert row.ratios == {name: full[row.key].ratios[name] for name in HEADLINE}
            assert not set(row.medians.values()) - {None}
            for name in series.NAMES:
                assert row.counts[name] == full[row.key].counts[name], (by, row.key, name)
    empty = hub.look(headline_by, Scope((hub.office("MC").id,), MORNING, MORNING, MORNING), ("",))
    assert empty[""][0].ratios["satisfaction"].value is None


def test_an_unknown_division_among_others_is_refused_by_name(hub: House) -> None:
    with pytest.raises(BadInput, match="department"):
        hub.look(figures_by, Scope((hub.office().id,), MORNING, MORNING, MORNING), ("kind", "mood"))
