"""The timetable's own wiring: what falls due is done there, by whoever holds the lease."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from dispatch import training
from hub import leases, models
from hub.access import Actor
from hub.database import Tx
from hub.reports import Report
from hub.settings import Settings
from tests.conftest import Clock
from tests.dispatch.test_training import teach, think
from tests.house import House, leak
from web import timetable
from web.pump import Pump


def learn(hub: House, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Run what the timetable does every quarter of an hour, once and here."""
    monkeypatch.setattr(timetable.BackgroundScheduler, "start", lambda self: None)
    jobs = timetable.start(hub.database, Settings(_env_file=None, data_dir=folder)).get_jobs()
    (job,) = (job for job in jobs if getattr(job.trigger, "interval", None) == timedelta(minutes=15))
    job.func()


def test_it_learns_in_a_process_of_its_own(
    hub: House, clara: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    teach(hub, clara)
    learn(hub, monkeypatch, tmp_path)
    assert think(hub, "My quonk is stuck").category == "03-02"


def test_it_does_not_learn_while_another_node_does(
    hub: House, clara: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    teach(hub, clara)
    assert hub.do(leases.take, training.LEASE, "another node", 60)
    learn(hub, monkeypatch, tmp_path)
    assert hub.look(models.in_force, hub.office()) is None


def test_what_is_taken_in_is_spoken_of_when_the_bell_rings(
    hub: House, clara: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No tick is waited for: the pumps are set to ten minutes."""
    spoken = threading.Event()
    monkeypatch.setattr(Pump.__init__, "__defaults__", (600,))
    monkeypatch.setattr(timetable.outbox, "drain", lambda *_: spoken.set())
    clockwork = timetable.start(hub.database, Settings(_env_file=None, data_dir=tmp_path))
    try:
        assert not spoken.wait(1)
        hub.receive(clara, leak())
        assert spoken.wait(30)
    finally:
        clockwork.shutdown()


def test_no_report_is_begun_once_the_hub_is_to_end(
    hub: House, time: Clock, clara: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.receive(clara, leak())
    time.forward(days=40)
    monkeypatch.setattr(timetable.BackgroundScheduler, "start", lambda self: None)
    clockwork = timetable.start(hub.database, Settings(_env_file=None, data_dir=tmp_path))
    (report,) = (job for job in clockwork.get_jobs() if job.func.__qualname__.startswith("_report"))

    def issued() -> int:
        return len(hub.look(lambda tx: tx.scalars(select(Report)).all()))

    clockwork.is_over.set()
    report.func()
    assert issued() == 0
    clockwork.is_over.clear()
    report.func()
    assert issued() > 0


def test_who_starts_after_a_clean_end_need_not_wait(hub: House, clara: Actor, tmp_path: Path) -> None:
    clockwork = timetable.start(hub.database, Settings(_env_file=None, data_dir=tmp_path))
    try:
        hub.receive(clara, leak())
        until = time.monotonic() + 30
        while "speak" not in (mine := hub.look(_held)) and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        clockwork.shutdown()
    assert "speak" in mine
    assert hub.look(_held) == set()


def _held(tx: Tx) -> set[str]:
    return set(tx.scalars(select(leases.Lease.name)))
