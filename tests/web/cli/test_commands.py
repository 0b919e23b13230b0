"""The commands as a person types them, each in a process-wide runner with its own data folder."""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from web.cli import app

INIT = [
    "init", "--company", "Harbour", "--office", "LG", "--name", "Lotus Garden", "--login", "boss",
    "--person", "The Boss", "--zone", "Asia/Hong_Kong", "--region", "HK", "--holidays", "HK",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("HUB_DATABASE_URL", "HUB_PUBLIC_URL", "HUB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def hub(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_init_opens_the_first_office_and_tells_the_password_once(folder: Path) -> None:
    first = hub(*INIT)
    assert first.exit_code == 0, first.output
    assert "Sign in as boss with the password" in first.output


def test_init_refuses_to_run_twice(folder: Path) -> None:
    hub(*INIT)
    again = hub(*INIT)
    assert again.exit_code == 1
    assert "company already" in again.output


def test_init_refuses_a_short_password(folder: Path) -> None:
    refused = hub(*INIT, "--password", "short")
    assert refused.exit_code == 1 and "8 characters" in refused.output


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("backup", "x.zip"),
        ("token", "create", "--staff", "boss"),
        ("import", "rooms", "r.csv"),
        ("serve",),
    ],
)
def test_a_command_without_a_database_names_the_missing_path_and_makes_none(
    folder: Path, words: tuple[str, ...]
) -> None:
    refused = hub(*words)
    assert refused.exit_code == 1
    assert str(folder / "data" / "hub.db") in refused.output
    assert not (folder / "data" / "hub.db").exists()


def test_serve_on_an_empty_database_names_init_and_demo(folder: Path) -> None:
    (folder / "data").mkdir()
    sqlite3.connect(folder / "data" / "hub.db").close()
    refused = hub("serve")
    assert refused.exit_code == 1
    assert "hub init" in refused.output and "hub demo" in refused.output


def test_a_wrong_setting_stops_the_command_and_names_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TIMEZONE", "Mars/Olympus")
    refused = hub("verify")
    assert refused.exit_code == 1 and "HUB_TIMEZONE" in refused.output


def test_verify_says_the_record_is_whole_and_finds_a_change(folder: Path) -> None:
    hub(*INIT)
    whole = hub("verify")
    assert whole.exit_code == 0 and "whole" in whole.output
    with sqlite3.connect(folder / "data" / "hub.db") as database:
        database.execute("UPDATE event SET facts = '{}' WHERE kind = 'office_opened'")
    broken = hub("verify")
    assert broken.exit_code == 1 and "BROKEN at office:1 event 1" in broken.output


def test_a_token_stands_alone_on_standard_output(folder: Path) -> None:
    hub(*INIT)
    made = hub("token", "create", "--staff", "boss")
    assert made.exit_code == 0
    assert made.stdout.strip().startswith("hub_") and len(made.stdout.split()) == 1
    assert hub("token", "create", "--staff", "nobody").exit_code == 1


def test_backup_and_restore_bring_the_office_back(folder: Path) -> None:
    hub(*INIT)
    (folder / "rooms.csv").write_text("room,building\nA-1,A\n")
    assert hub("import", "rooms", "rooms.csv").exit_code == 0
    assert hub("backup", "hub.zip").exit_code == 0
    assert hub("backup", "hub.zip").exit_code == 1
    assert hub("restore", "hub.zip").exit_code == 1
    back = hub("restore", "hub.zip", "--force")
    assert back.exit_code == 0 and "whole" in back.output


def test_import_names_bad_cells_and_ends_with_1(folder: Path) -> None:
    hub(*INIT)
    (folder / "rooms.csv").write_text("room,kind\nA-1,palace\n")
    refused = hub("import", "rooms", "rooms.csv", "--dry-run")
    assert refused.exit_code == 1 and "row 2, kind: 'palace'" in refused.output


def test_import_of_staff_asks_where_the_passwords_go(folder: Path) -> None:
    hub(*INIT)
    (folder / "staff.csv").write_text("login,name,roles,department\nwes,Wes,worker,ENG\n")
    assert hub("import", "staff", "staff.csv").exit_code == 1
    assert hub("import", "staff", "staff.csv", "--passwords", "out.csv").exit_code == 0
    assert (folder / "out.csv").read_text().startswith("login,password\nwes,")
