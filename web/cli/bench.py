"""`hub bench`: the benchmarks, each beside the raw floor of the same run."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from web.bench import run
from web.bench.places import POSTGRES, SQLITE
from web.bench.run import NAMES, Wanted
from web.cli import opening


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Some of: {', '.join(NAMES)}; all when left out")
    ] = None,
    engine: Annotated[Literal["sqlite", "postgres", "both"], typer.Option(help="On which engine")] = "both",
    tickets: Annotated[int, typer.Option(help="Matters behind the benches", min=0)] = 1_000_000,
    open_ones: Annotated[int, typer.Option("--open", help="How many of them are open", min=0)] = 20_000,
    offices: Annotated[int, typer.Option(help="In how many offices", min=1, max=70)] = 50,
    seconds: Annotated[float, typer.Option(help="For each figure", min=0.1)] = 8.0,
    kills: Annotated[int, typer.Option(help="SIGKILLs of `crash`", min=1)] = 100,
    write: Annotated[Path | None, typer.Option(help="Write the table into this file")] = None,
) -> None:
    """Measure, and print every figure with its ratio to the floor. Works in folders of its own."""
    if set(names or ()) - set(NAMES):
        opening.fail(f"There is no bench of this name. There are: {', '.join(NAMES)}.")
    engines = {"sqlite": (SQLITE,), "postgres": (POSTGRES,), "both": (SQLITE, POSTGRES)}[engine]
    wanted = Wanted(
        tuple(names) if names else NAMES,
        engines,
        tickets,
        min(open_ones, tickets // 2),
        offices,
        seconds,
        kills,
    )
    found = run.run(wanted, typer.echo)
    if write is not None:
        write.write_text(run.document(found, f"hub {' '.join(sys.argv[1:])}"), encoding="utf-8")
        typer.echo(f"{write} is written.")
