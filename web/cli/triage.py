"""`hub triage`: what would be decided about some words; learning now; how good learning is on a file."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch import deciding, evaluating, judging, training
from dispatch.complaint import Complaint
from dispatch.evaluating import Evaluation
from dispatch.learning import Example
from dispatch.training import Trained
from hub import catalogue, clock, models, organisation
from hub.database import Tx
from hub.errors import BadInput
from web import labelled
from web.cli import opening
from web.pages import reasons
from web.tables import open_table
from web.timetable import HOLDER
from web.words import known, words_in

MOST_FOLDS = 20


def triage(
    words: Annotated[list[str] | None, typer.Argument(help="What a customer says is wrong")] = None,
    description: Annotated[str, typer.Option(help="What else the customer says")] = "",
    evaluate: Annotated[
        Path | None, typer.Option(help="CSV or XLSX of labelled texts: say how well they are told apart")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Learn from the whole of --evaluate and try this file instead")
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="Column of the item; again for the description; else guessed")
    ] = None,
    label: Annotated[str, typer.Option(help="Column of the label; else guessed")] = "",
    folds: Annotated[int, typer.Option(min=2, max=MOST_FOLDS, help="Parts the file is dealt into")] = 5,
    train: Annotated[bool, typer.Option(help="Learn now from closed and corrected matters")] = False,
    office: Annotated[str, typer.Option(help="Code of the office; the first, or all to --train")] = "",
) -> None:
    """Say what would be decided about these words, and why. Or learn now, or evaluate a file."""
    said = " ".join(words or ()).strip()
    if (bool(said) + train + (evaluate is not None)) != 1:
        opening.fail("Say one of: some words, --train, --evaluate FILE.")
    if evaluate is not None:
        _evaluate(evaluate, against, text or [], label, folds)
    elif train:
        _train(office)
    else:
        _think(said, description, office)


def _think(said: str, description: str, office: str) -> None:
    with opening.existing() as (config, database):
        lines = database.read(lambda tx: _thought(tx, said, description, office, config.locale))
    for line in lines:
        typer.echo(line)


def _thought(tx: Tx, said: str, description: str, code: str, locale: str) -> list[str]:
    """The decision on a matter told in these words, nothing known of its room: one line each."""
    place = organisation.office_by_code(tx, code or opening.first_office(tx))
    book = catalogue.of(tx, place)
    judged = judging.judge(tx, place, book, Complaint(item=said, description=description))
    decision = deciding.decide(tx, place, book, judged, None, clock.now())
    spoken = words_in(known(locale) or "en", place.zone)
    leaf = book.categories.get(judged.category or "")
    head = f"{leaf.code} {leaf.name(locale)}" if leaf else "the desk decides"
    others = (f"{other} {book.categories[other].name(locale)}" for other, _ in judged.runners_up)
    model = models.in_force(tx, place)
    return [
        f"{place.code}: {head} · {judged.kind or '–'} · {judged.priority}",
        *(f"  {sentence}" for sentence in reasons.told(spoken, book, decision.why())),
        f"  else: {', '.join(others) or '–'}",
        f"  by the category words{' and what was learned' if model else '; nothing was learned yet'}",
    ]


def _train(office: str) -> None:
    with opening.existing() as (_, database):
        done = training.train(database, HOLDER, office or None)
    for one in done:
        typer.echo(_trained(one))
    if not done:
        opening.fail(
            f"Nothing was learned: it takes {training.FEWEST} closed or corrected matters of an office."
        )


def _trained(one: Trained) -> str:
    return (
        f"{one.whose}: version {one.version}, from {one.lessons} matters ({one.corrected} put right by the "
        f"desk) of {one.categories} categories, {one.size / 1000:.0f} kB"
    )


def _evaluate(file: Path, against: Path | None, texts: list[str], label: str, folds: int) -> None:
    with opening.refusals():
        if len(texts) > 2:
            raise BadInput("text", "at most two: the item and the description")
        examples = _read(file, texts, label)
        others = _read(against, texts, label) if against is not None else None
        if others is None and len(examples) < folds:
            raise BadInput("folds", "the file has fewer labelled texts than folds")
    bounds = (judging.LEAST_P, judging.LEAST_MARGIN)
    if others is not None:
        found = Evaluation(tuple(evaluating.judge_all(examples, others, *bounds)))
        typer.echo(f"Learned from {len(examples)}, tried on {len(others)} others")
    else:
        with typer.progressbar(length=folds, label="Learning") as bar:
            found = evaluating.evaluate(examples, folds, *bounds, progress=lambda _: bar.update(1))
        typer.echo(f"{len(examples)} texts in {folds} folds, each judged by what never saw it")
    _say(found)


def _read(file: Path, texts: list[str], label: str) -> list[Example]:
    chosen = labelled.columns(open_table(file), label, texts)
    typer.echo(f"{file.name}: {chosen.shown()}")
    examples = labelled.read(file, chosen)
    if not examples:
        raise BadInput("file", "no row has both a label and a text")
    return examples


def _say(found: Evaluation) -> None:
    typer.echo(f"  {found.accuracy:>7.1%}  right when nothing is left to the desk")
    typer.echo(f"  {found.macro_f1:>7.3f}  macro-F1")
    typer.echo(
        f"  {found.left:>7.1%}  left to the desk (p below {judging.LEAST_P} "
        f"or less than {judging.LEAST_MARGIN} ahead)"
    )
    typer.echo(f"  {found.accuracy_when_sure:>7.1%}  right of the rest")
    typer.echo(f"{'number':>8} {'precision':>10} {'recall':>7} {'F1':>6}  label")
    for one in found.by_label():
        typer.echo(f"{one.number:>8} {one.precision:>10.1%} {one.recall:>7.1%} {one.f1:>6.3f}  {one.label}")
