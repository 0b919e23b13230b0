"""Whatever people do, in whatever order: what must always hold of a matter (the laws are in laws.py)."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.dispatch.loop import Loop
from tests.engines import PostgresTemplate, SqliteTemplate


def _machine(fresh: Callable[[], AbstractContextManager[str]]) -> type[Loop]:
    return type("LoopHere", (Loop,), {"fresh": staticmethod(fresh)})


def _run(fresh: Callable[[], AbstractContextManager[str]], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        _machine(fresh),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


@contextmanager
def _copied(template: SqliteTemplate) -> Iterator[str]:
    memory = Path("/dev/shm")  # where there is one: this is about what is written, not about the disk
    folder = Path(tempfile.mkdtemp(prefix="hub-loop-", dir=memory if memory.is_dir() else None))
    try:
        yield from template.fresh(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.seed("K0.1", "K1.4", "K2.2", "K4.1")
def test_no_matter_is_lost_whatever_people_do(sqlite_template: SqliteTemplate) -> None:
    _run(lambda: _copied(sqlite_template), examples=20, steps=40)


@pytest.mark.slow
@pytest.mark.postgres
def test_no_matter_is_lost_on_postgresql_either(postgres_template: PostgresTemplate, tmp_path: Path) -> None:
    _run(lambda: contextmanager(postgres_template.fresh)(tmp_path), examples=3, steps=25)
