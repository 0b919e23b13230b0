"""A command loads what it needs, and is found and named like the others."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from web.cli import COMMANDS, app

LOADED = "import sys; from web.cli import app; app({words!r}, standalone_mode=False); print(*sys.modules)"


def loaded_for(*words: str) -> set[str]:
    code = LOADED.format(words=list(words))
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(said.split())


def test_a_report_needs_neither_the_web_server_nor_the_benches() -> None:
    loaded = loaded_for("report", "--help")
    assert "web.cli.report" in loaded
    assert not loaded & {"web.app", "web.bench", "uvicorn", "web.cli.serve"}


def test_a_hub_on_one_machine_carries_no_driver_of_a_server() -> None:
    """Nor what runs revisions: together they would be an eighth of an idle hub's memory."""
    loaded = loaded_for("serve", "--help")
    assert {"web.app", "hub.wires"} <= loaded
    assert not loaded & {"psycopg", "redis", "alembic"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_with_its_help(name: str) -> None:
    helped = CliRunner().invoke(app, [name, "--help"], prog_name="hub")
    assert helped.exit_code == 0 and f"Usage: hub {name} [OPTIONS]" in helped.output


def test_all_are_listed_and_another_is_refused_by_name() -> None:
    listed = CliRunner().invoke(app, ["--help"]).output
    assert all(name in listed for name in COMMANDS)
    refused = CliRunner().invoke(app, ["nonsense"])
    assert refused.exit_code == 2 and "No such command 'nonsense'" in refused.output
