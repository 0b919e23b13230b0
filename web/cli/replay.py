"""`hub replay`: play a real complaint file through the whole loop, then say what came of it."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from hub import clock, organisation
from hub.access import HUB
from hub.database import Database
from hub.organisation import Office
from hub.statistics.definitions import DEFINITIONS
from hub.statistics.indicators import Figures, figures
from hub.statistics.scope import Scope
from web.cli import opening
from web.replay import guess, listing, ontime, profile
from web.replay.case import Case, Rejected, read
from web.replay.play import Outcome, play
from web.replay.profile import Profile
from web.replay.steps import last_time

COUNTS = ("received", "closed", "open", "overdue", "reopened")
RATIOS = ("on_time_completion", "completion_rate")
MOST_MARKS = 20


def replay(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.GZ or XLSX of service requests")],
    profile_name: Annotated[
        str, typer.Option("--profile", help="A known city, or a TOML file; recognised or guessed without it")
    ] = "",
    speed: Annotated[str, typer.Option(help="So many times as fast as it happened, or max")] = "max",
    office: Annotated[
        str, typer.Option(help="Code of the replay office; by the file's source if left out")
    ] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="ROLE=HEADER: which column plays a role; id=- for none")
    ] = None,
    zone: Annotated[str, typer.Option(help="IANA time zone of the file's local times")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only the first rows of the file; 0 for all")] = 0,
    listing_file: Annotated[
        Path | None, typer.Option("--listing", help="Where to write the odd and rejected rows, as CSV")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only read: show columns, marks and rejects")] = False,
) -> None:
    """Play a file of complaints through the real verbs, in time order. Run again, it adds what is missing."""
    with opening.refusals():
        pace = _speed(speed)
        chosen = _profile(file, profile_name, column or [], zone)
        rows = read(file, chosen, clock.now())
        told = list(itertools.islice(rows, limit or None))
    if dry_run:
        _say_read(told)
        _list(listing_file, told, ())
        return
    code = office or chosen.source.upper()
    with opening.existing() as (_, database):
        outcome = _play(database, told, chosen, code, pace)
        _say(outcome)
        _list(listing_file, told, outcome.rejected)
        place = database.read(lambda tx: organisation.office_by_code(tx, code))
        _say_figures(database, place, [case for case in told if isinstance(case, Case)])


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        opening.fail("--speed is a number above 0, or max")
    return speed


def _profile(file: Path, name: str, columns: list[str], zone: str) -> Profile:
    """The profile named, with the columns given; else the one recognised or guessed, which is shown."""
    given = dict(guess.override(text) for text in columns)
    if name:
        known = profile.load(name)
        named = {role: ((header,),) if header else () for role, header in given.items()}
        return replace(known, columns={**known.columns, **named})
    found = guess.guess(file, given, zone or None)
    if found.city is None:
        typer.echo("No known city; the columns are taken for:")
        typer.echo(found.table())
    else:
        typer.echo(f"Recognised: {found.profile.name}")
    return found.profile


def _play(
    database: Database, told: list[Case | Rejected], chosen: Profile, code: str, speed: float | None
) -> Outcome:
    with typer.progressbar(length=1, label=f"Playing into {code}", show_pos=True) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        try:
            return play(database, HUB, told, chosen, code, speed=speed, progress=show)
        except KeyboardInterrupt:
            opening.fail("\nStopped. Run it again: it goes on where it stopped.")


def _say_read(told: list[Case | Rejected]) -> None:
    cases = [case for case in told if isinstance(case, Case)]
    ended = sum(case.ended for case in cases)
    typer.echo(f"{len(told)} rows: {len(cases)} cases ({ended} closed), {len(told) - len(cases)} rejected")
    _say_marks(Counter(mark for case in cases for mark in case.marks))
    _say_reasons(row for row in told if isinstance(row, Rejected))


def _say(outcome: Outcome) -> None:
    typer.echo(
        f"{outcome.rows} rows: {outcome.tickets} new tickets, {outcome.known} were there already, "
        f"{len(outcome.rejected)} rejected; {outcome.closed} closed, {outcome.open} open"
    )
    if outcome.steps:
        typer.echo(f"{outcome.steps} steps in {outcome.seconds:.1f} s, {outcome.rate:.0f} rows/s")
    _say_marks(outcome.marks)
    _say_reasons(outcome.rejected)


def _say_marks(marks: Counter[str]) -> None:
    for mark, count in marks.most_common(MOST_MARKS):
        typer.echo(f"  {count:>7}  {mark}")


def _say_reasons(rejected: Iterable[Rejected]) -> None:
    for reason, count in Counter(row.reason for row in rejected).most_common(MOST_MARKS):
        typer.echo(f"  {count:>7}  rejected: {reason}")


def _list(path: Path | None, told: list[Case | Rejected], rejected: Iterable[Rejected]) -> None:
    if path is not None:
        count = listing.write(path, listing.listing(told, rejected))
        typer.echo(f"{count} odd rows listed in {path}")


def _say_figures(database: Database, place: Office, cases: list[Case]) -> None:
    as_of = last_time(cases)
    if as_of is None:
        return
    start = min(case.opened for case in cases)
    scope = Scope((place.id,), start, as_of + timedelta(seconds=1), as_of)
    typer.echo(f"Figures of {place.code} as of {as_of.astimezone(place.tz):%Y-%m-%d %H:%M}")
    for row in database.read(lambda tx: figures(tx, scope)):
        _say_row(row)
    flags = ontime.agreement(cases, ontime.ontime(database, place, as_of))
    if flags.flags:
        typer.echo(f"The city's on-time flag: {flags.agree} of {flags.flags} agree, {flags.blank} blank")


def _say_row(row: Figures) -> None:
    for name in COUNTS:
        typer.echo(f"  {row.counts[name]:>7}  {DEFINITIONS[name].label}")
    for name in RATIOS:
        ratio = row.ratios[name]
        share = "–" if ratio.value is None else f"{ratio.value:.1%}"
        typer.echo(f"  {share:>7}  {DEFINITIONS[name].label} ({ratio.numerator} of {ratio.denominator})")
