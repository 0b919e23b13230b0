"""`hub triage` as a person types it."""

from pathlib import Path

import pytest

from dispatch import training
from hub import leases
from hub.database import Database
from tests.engines import SqliteTemplate
from tests.web.cli.test_commands import hub

LEAKS = ("Kitchen tap leaks", "Water under the tap", "水龙头漏水", "The tap drips")
NOISE = ("Noise at night", "Loud music upstairs", "楼上噪音", "Noisy neighbour")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: SqliteTemplate) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("HUB_PUBLIC_URL", "HUB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    (url,) = sqlite_template.fresh(tmp_path)
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    rows = [f"{text},{label}" for label, said in (("leak", LEAKS), ("noise", NOISE)) for text in said * 5]
    (tmp_path / "told.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_it_says_what_would_be_decided_and_why(folder: Path) -> None:
    said = hub("triage", "Kitchen", "tap", "leaks")
    assert said.exit_code == 0, said.output
    assert "LG: 01-03 Tap, valve or fitting leaks · repair · P3" in said.output
    assert "from the words" in said.output and "nothing was learned yet" in said.output


def test_it_says_when_the_desk_decides(folder: Path) -> None:
    said = hub("triage", "Please come", "--office", "MC")
    assert "MC: the desk decides" in said.output and "no word points to a category" in said.output


def test_an_unknown_office_is_refused_in_one_sentence(folder: Path) -> None:
    for words in (("triage", "Tap leaks", "--office", "XX"), ("triage", "--train", "--office", "XX")):
        refused = hub(*words)
        assert (refused.exit_code, refused.output.strip()) == (1, "There is no such office.")


@pytest.mark.parametrize("words", [(), ("x", "--train"), ("--train", "--evaluate", "told.csv")])
def test_it_wants_to_be_told_one_thing(folder: Path, words: tuple[str, ...]) -> None:
    refused = hub("triage", *words)
    assert refused.exit_code == 1 and "Say one of" in refused.output


def test_training_without_matters_says_what_it_takes(folder: Path) -> None:
    refused = hub("triage", "--train")
    assert refused.exit_code == 1
    assert f"it takes {training.FEWEST} closed or corrected matters" in refused.output


def test_training_waits_for_no_other_process(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/hub.db")
    database.write(lambda tx: leases.take(tx, training.LEASE, "there", 60))
    database.close()
    refused = hub("triage", "--train")
    assert refused.exit_code == 1 and "Another process is learning" in refused.output


def test_a_file_is_evaluated_without_a_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "sqlite:///nowhere/none.db")
    said = hub("triage", "--evaluate", "told.csv", "--folds", "4")
    assert said.exit_code == 0, said.output
    assert "label “label”, item “text”" in said.output and "guessed" in said.output
    assert "40 texts in 4 folds" in said.output
    assert "100.0%  right when nothing is left to the desk" in said.output
    for words in ("macro-F1", "left to the desk (p below 0.6", "right of the rest", "leak", "noise"):
        assert words in said.output


def test_it_learns_from_one_file_and_tries_another(folder: Path) -> None:
    (folder / "other.csv").write_text("text,label\nOur tap leaks,leak\nSo much noise,noise\n")
    said = hub(
        "triage", "--evaluate", "told.csv", "--against", "other.csv", "--text", "text", "--label", "label"
    )
    assert said.exit_code == 0, said.output
    assert "Learned from 40, tried on 2 others" in said.output and "as said" in said.output


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("none.csv",), "No such file"),
        (("told.csv", "--label", "kind"), "no column kind"),
        (("told.csv", "--text", "a", "--text", "b", "--text", "c"), "at most two"),
        (("empty.csv",), "no row has both"),
        (("few.csv",), "fewer labelled texts than folds"),
    ],
)
def test_a_file_that_cannot_be_evaluated_is_refused(
    folder: Path, words: tuple[str, ...], refusal: str
) -> None:
    (folder / "few.csv").write_text("text,label\nTap,leak\nTap,leak\nTap,leak\nDin,noise\n")
    (folder / "empty.csv").write_text("text,label\n,leak\n,leak\n")
    named = () if "--label" in words or words[0] == "told.csv" else ("--label", "label", "--text", "text")
    refused = hub("triage", "--evaluate", *words, *named)
    assert refused.exit_code == 1 and refusal in refused.output
    assert "Traceback" not in refused.output
