"""The command line: one file per command; each parses, calls one verb, and says what came of it.

A command is loaded when it is asked for: `hub report` needs neither the web server nor the benches.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from web import interpreter

# the command, its module here, and what in it is called
COMMANDS = {
    "serve": ("serve", "serve"),
    "init": ("founding", "init"),
    "demo": ("demo", "demo"),
    "import": ("importing", "import_"),
    "replay": ("replay", "replay"),
    "triage": ("triage", "triage"),
    "report": ("report", "report"),
    "verify": ("verify", "verify"),
    "backup": ("archive", "backup"),
    "restore": ("archive", "restore"),
    "bench": ("bench", "bench"),
    "token": ("token", "app"),
}


class _OnDemand(TyperGroup):
    def list_commands(self, ctx: object) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        with interpreter.loading():
            verb = getattr(import_module(f"web.cli.{module}"), name)
        if not isinstance(verb, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(verb)
            verb = alone
        found = typer.main.get_command(verb)
        found.name = cmd_name
        return found


app = typer.Typer(
    name="hub", cls=_OnDemand, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def hub() -> None:
    """The customer service centre hub of a property-management office."""


def main() -> None:
    """The entry point of the `hub` command."""
    app()
