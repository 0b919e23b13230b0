"""`hub replay` as a person types it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from hub import founding, schema
from hub.database import Database
from tests.web.replay.test_play import ROWS, save
from web.cli import replay as command

TOML = """
name = "Smalltown"
source = "town"
zone = "America/New_York"
dates = ["%Y-%m-%d %H:%M"]
[columns]
id = "id"
opened = "opened"
target = "target"
closed = "closed"
status = "status"
item = "item"
flag = "ontime"
[status]
closed = ["Closed"]
duplicate = ["Duplicate"]
[flag]
on_time = ["YES"]
late = ["NO"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("HUB_DATABASE_URL", "HUB_PUBLIC_URL", "HUB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "data"))
    save(tmp_path / "town.csv", ROWS)
    (tmp_path / "town.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def replay(*words: str) -> Result:
    app = typer.Typer()
    app.command()(command.replay)
    return CliRunner().invoke(app, list(words))


def found() -> None:
    Path("data").mkdir()
    database = Database("sqlite:///data/hub.db")
    schema.upgrade(database)
    database.write(lambda tx: founding.found_company(tx, "Town", "en", "UTC") and None)
    database.close()


def test_a_file_is_played_counted_and_compared_with_the_citys_flag(folder: Path) -> None:
    found()
    played = replay("town.csv", "--profile", "town.toml", "--listing", "odd.csv")
    assert played.exit_code == 0, played.output
    assert "14 rows: 12 new tickets, 0 were there already, 2 rejected" in played.output
    assert "rejected: no opened date" in played.output
    assert "Received" in played.output and "Completed in time" in played.output
    assert "on-time flag: 9 of 9 agree, 3 blank" in played.output
    assert "closed before opened" in (folder / "odd.csv").read_text("utf-8-sig")
    again = replay("town.csv", "--profile", "town.toml")
    assert "0 new tickets, 12 were there already" in again.output


def test_a_dry_run_shows_the_guessed_columns_and_writes_nothing(folder: Path) -> None:
    shown = replay("town.csv", "--dry-run", "--column", "id=id", "--zone", "America/New_York")
    assert shown.exit_code == 0, shown.output
    assert "the columns are taken for" in shown.output and "opened" in shown.output
    assert not (folder / "data").exists()


def test_a_missing_database_is_named_and_not_made(folder: Path) -> None:
    refused = replay("town.csv", "--profile", "town.toml")
    assert refused.exit_code == 1 and str(folder / "data" / "hub.db") in refused.output
    assert not (folder / "data").exists()


def test_a_file_without_an_id_asks_for_it_by_its_flag(folder: Path) -> None:
    (folder / "odd.csv").write_text("colour,size\nred,1\nblue,1\n", encoding="utf-8")
    refused = replay("odd.csv")
    assert refused.exit_code == 1 and "--column" in refused.output


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
def test_a_speed_that_is_none_is_refused(folder: Path, speed: str) -> None:
    refused = replay("town.csv", "--speed", speed)
    assert refused.exit_code == 1 and "--speed" in refused.output
