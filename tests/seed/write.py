"""Write `docs/seed.md`: every requirement of the seed with the tests that show it, or "not yet".

    python -m tests.seed.write            writes the page
    python -m tests.seed.write --check    exit 1 when the page is not what it would write

Exit 2, and the page untouched, when some tests could not be seen: a page made from half the tests would
claim "not yet" of things that are shown.
"""

import argparse
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.seed import plugin, register
from tests.seed.register import FAMILIES, Requirement

ROOT = Path(__file__).resolve().parents[2]
NOT_YET = "not yet"

Shown = dict[str, set[str]]
"""Requirement id → the tests that show it, as `tests/hub/test_clock.py::test_name`."""


class Unseen(Exception):
    """Some tests could not be collected; the message says which and why."""


def main(argv: list[str] | None = None) -> int:
    """0: the page is right (now). 1: `--check` found it out of date. 2: the tests could not all be seen."""
    asked = _arguments().parse_args(argv)
    target: Path = asked.root / "docs" / "seed.md"
    try:
        text = page(register.read(), collect(asked.root))
    except Unseen as unseen:
        print(f"{target.name} is left as it was:\n{unseen}", file=sys.stderr)
        return 2
    if asked.check:
        return _check(target, text)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.seed.write", description="Write docs/seed.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder that holds tests/ and docs/")
    return parser


def _check(target: Path, text: str) -> int:
    if target.exists() and target.read_text(encoding="utf-8") == text:
        return 0
    print(f"{target.name} is out of date: run `make seed`", file=sys.stderr)
    return 1


# ------------------------------------------------------------------ which test shows what


def collect(root: Path) -> Shown:
    """Collect the tests under `root`/tests without running any. Raises Unseen."""
    gatherer = _Gatherer(root)
    said = io.StringIO()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={root}"]
    with redirect_stdout(said), redirect_stderr(said):
        code = pytest.main([*options, str(root / "tests")], plugins=[plugin, gatherer])
    if gatherer.unseen:
        raise Unseen("\n\n".join(gatherer.unseen))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise Unseen(said.getvalue().strip())
    return gatherer.shown


class _Gatherer:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.shown: Shown = defaultdict(set)
        self.unseen: list[str] = []

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        # comes before any deselection, so the page does not depend on -m or -k in somebody's options
        if _proves_nothing(item):
            return
        for id in plugin.ids(item):
            self.shown[id].add(item.nodeid.partition("[")[0])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed or (report.skipped and self._carries_marks(report.nodeid)):
            how = "could not be collected" if report.failed else "skipped itself while being collected"
            self.unseen.append(f"{report.nodeid or 'tests'} {how}:\n{_reason(report)}")

    def _carries_marks(self, nodeid: str) -> bool:
        path = self.root / nodeid.partition("::")[0]
        return path.is_file() and "mark.seed" in path.read_text(encoding="utf-8")


def _proves_nothing(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("skip", "xfail"))


def _reason(report: pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    return report.longreprtext


# ------------------------------------------------------------------ the page

INTRODUCTION = """\
# The seed in view

The customer's three articles ask for what stands below, one row per demand, each to be read after
"The hub must …". Beside it stand the tests that carry its id and so show that it holds; a test marked as
skipped or as expected to fail shows nothing. Where the articles contradict themselves or leave gaps,
[decision 0002](decisions/0002-the-seeds-own-defects.md) says how they are read here.

Made by `make seed` from `tests/seed/requirements.csv` and the tests' `seed` marks;
change those, not this page.
"""


def page(requirements: Mapping[str, Requirement], shown: Mapping[str, Iterable[str]]) -> str:
    """The whole page as Markdown; the same marks give the same bytes, in whatever order they were found."""
    families = {letter: [r for r in requirements.values() if r.family == letter] for letter in FAMILIES}
    parts = [INTRODUCTION, _counts(families, shown)]
    parts += [_family(letter, rows, shown) for letter, rows in families.items()]
    return "\n".join(parts)


def _counts(families: Mapping[str, list[Requirement]], shown: Mapping[str, Iterable[str]]) -> str:
    lines = ["| family | shown | all |", "|---|--:|--:|"]
    for letter, rows in families.items():
        lines.append(f"| {letter} · {FAMILIES[letter]} | {_shown_of(rows, shown)} | {len(rows)} |")
    everything = [row for rows in families.values() for row in rows]
    lines.append(f"| **together** | **{_shown_of(everything, shown)}** | **{len(everything)}** |")
    return "\n".join(lines) + "\n"


def _shown_of(rows: Iterable[Requirement], shown: Mapping[str, Iterable[str]]) -> int:
    return sum(1 for row in rows if shown.get(row.id))


def _family(letter: str, rows: Iterable[Requirement], shown: Mapping[str, Iterable[str]]) -> str:
    lines = [f"## {letter} · {FAMILIES[letter]}", ""]
    lines += ["| id | term | the hub must … | shown by |", "|---|---|---|---|"]
    for row in rows:
        tests = "<br>".join(f"`{test}`" for test in sorted(shown.get(row.id, ())))
        lines.append(f"| {row.id} | {_cell(row.term)} | {_cell(row.sentence)} | {tests or NOT_YET} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    sys.exit(main())
