"""The benches run, small: what they measure is there, and what they fill looks like what the verbs leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from hub import checkpoints
from hub.database import Database
from hub.promises import Promise
from hub.tickets import Ticket
from web.bench import filling, places, run
from web.bench.live import Crowded
from web.bench.places import SQLITE, Place
from web.bench.run import Wanted


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "sqlite":
        with places.sqlite_place() as made:
            yield made
    else:
        server = request.getfixturevalue("postgres")
        with places.postgres_place(server, is_measured=False) as made:
            yield made


def test_a_filled_place_is_whole_and_has_what_was_asked_for(place: Place) -> None:
    filling.fill(place, 400, 60, 2, lambda done, whole: None)
    database = Database(place.url)
    try:
        verdict = database.read(checkpoints.verify)
        assert verdict.broken is None and verdict.events > 400
        by_status = dict(
            database.read(
                lambda tx: tx.execute(select(Ticket.status, func.count()).group_by(col(Ticket.status))).all()
            )
        )
        assert sum(by_status.values()) == 400 and by_status["closed"] == 340
        watched = select(Promise.ticket_id).where(col(Promise.kept_at).is_(None))
        alone = select(func.count()).where(col(Ticket.status) != "closed", col(Ticket.id).not_in(watched))
        assert database.read(lambda tx: tx.execute(alone).scalar_one()) == 0
    finally:
        database.close()


@pytest.mark.slow
def test_every_bench_answers_and_the_table_names_them_all(tmp_path: Path) -> None:
    said: list[str] = []
    crowded = Crowded(sockets=6, idle=8, sleepers=1, rounds=1, seconds=0.3)
    wanted = Wanted(engines=(SQLITE,), tickets=300, open=40, offices=2, seconds=0.3, kills=1, crowded=crowded)
    found = run.run(wanted, said.append)
    measured = {measure.bench for measure in found.measures} | {left.bench for left in found.left}
    assert measured >= {
        "queue",
        "wall",
        "search",
        "month",
        "report",
        "memory",
        "start",
        "intake",
        "disk",
        "hooks",
        "crash",
        "live",
    }
    assert all(measure.value >= 0 for measure in found.measures)
    written = run.document(found, "hub bench")
    assert all(f"| {name} |" in written or f"- {name} " in written for name in measured)
    made = [measure for measure in found.measures if measure.bench == "report"]
    assert (
        [measure.unit for measure in made] == ["s", "MB"] and made[0].floor and made[0].note == "300 matters"
    )
    (crash,) = (measure for measure in found.measures if measure.bench == "crash")
    assert crash.is_met, crash.note
