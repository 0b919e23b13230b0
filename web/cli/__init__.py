"""The command line: one file per command; each parses, calls one verb, and says what came of it."""

import typer

from web.cli import archive, bench, demo, founding, importing, replay, report, serve, token, triage, verify

app = typer.Typer(
    name="hub",
    help="The customer service centre hub of a property-management office.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("init")(founding.init)
app.command("demo")(demo.demo)
app.command("import")(importing.import_)
app.command("replay")(replay.replay)
app.command("triage")(triage.triage)
app.command("report")(report.report)
app.command("verify")(verify.verify)
app.command("backup")(archive.backup)
app.command("restore")(archive.restore)
app.command("bench")(bench.bench)
app.add_typer(token.app, name="token")


def main() -> None:
    """The entry point of the `hub` command."""
    app()
