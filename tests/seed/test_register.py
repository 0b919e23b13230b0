"""The register is whole, its marks are checked, and the page made of both is always the same."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.seed import plugin, register, write

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
ROWS = {"K": 32, "F": 6, "P": 38, "M": 22}


@pytest.fixture(scope="module")
def requirements() -> dict[str, register.Requirement]:
    return register.read()


# ------------------------------------------------------------------ the register


def test_every_family_has_all_its_rows(requirements):
    assert Counter(row.family for row in requirements.values()) == ROWS


def test_every_numbered_series_is_without_a_gap(requirements):
    ends = {"K1.": 8, "K2.": 9, "K5.": 4, "K6.": 5, "K7.": 3, "F": 6, "P4.5.3.": 7, "M4.5.": 5}
    wanted = [f"{series}{number}" for series, end in ends.items() for number in range(1, end + 1)]
    assert [id for id in wanted if id not in requirements] == []


def test_every_tag_and_so_every_duty_of_the_centre_is_on_some_row(requirements):
    tagged = {tag for row in requirements.values() for tag in row.tags}
    assert tagged == set(register.TAGS)


def test_every_sentence_can_be_read_after_the_hub_must(requirements):
    odd = [
        row.id
        for row in requirements.values()
        if len(row.sentence.split()) < 5 or not row.sentence[0].islower() or row.sentence.endswith(".")
    ]
    assert odd == []


def test_an_id_can_be_typed_on_any_keyboard(requirements):
    assert [id for id in requirements if not id.isascii() or " " in id] == []


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["K1.1,甲,do one thing,L", "K1.1,乙,do another,L"], "K1.1: stands there twice"),
        (["K1.1,甲,,L"], "K1.1: a cell is empty"),
        (["K1.1,甲,do one thing,"], "K1.1: a cell is empty"),
        (["K1.1,甲,do one thing,L D10"], "K1.1: no tag D10"),
        (["X1.1,甲,do one thing,L"], "X1.1: no family 'X'"),
    ],
)
def test_a_bad_row_is_refused_by_its_id(tmp_path, lines, complaint):
    path = tmp_path / "requirements.csv"
    path.write_text("\n".join(["id,term,requirement,tags", *lines]), encoding="utf-8")
    with pytest.raises(register.BadRegister, match=complaint):
        register.read(path)


# ------------------------------------------------------------------ the mark


@pytest.fixture
def collect(pytester, monkeypatch):
    """Collect the given source as a test module, with no plugin but ours."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(source: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("--collect-only", plugins=[plugin])

    return run


def test_a_known_id_passes(collect):
    result = collect("import pytest\n@pytest.mark.seed('K5.3', 'F4')\ndef test_it(): pass")
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        ("'K5.33'", "*test_it: no seed requirement 'K5.33' (near: K5.3*"),
        ("'K5.3', 'Q1'", "*test_it: no seed requirement 'Q1'"),
        ("53", "*test_it: no seed requirement 53*"),
        ("", "*test_it: a seed mark takes ids and nothing else*"),
        ("id='K5.3'", "*test_it: a seed mark takes ids and nothing else*"),
    ],
)
def test_a_wrong_mark_is_a_collection_error_that_names_it(collect, mark, complaint):
    result = collect(f"import pytest\n@pytest.mark.seed({mark})\ndef test_it(): pass")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([complaint])


@pytest.mark.parametrize("place", ["class", "module"])
def test_a_wrong_mark_is_found_on_a_class_and_on_a_module_too(collect, place):
    where = {"module": "pytestmark = pytest.mark.seed('K99')\n", "class": ""}[place]
    above = {"module": "", "class": "@pytest.mark.seed('K99')\n"}[place]
    result = collect(f"import pytest\n{where}{above}class TestIt:\n    def test_it(self): pass")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*no seed requirement 'K99'*"])


# ------------------------------------------------------------------ the page


def test_the_page_does_not_depend_on_the_order_of_discovery(requirements):
    marks = [(id, f"tests/test_a.py::test_{n}") for id in requirements for n in range(3)]
    pages = set()
    for seed in range(5):
        random.Random(seed).shuffle(marks)
        shown: dict[str, list[str]] = {}
        for id, test in marks:
            shown.setdefault(id, []).append(test)
        pages.add(write.page(requirements, shown))
    assert len(pages) == 1


def test_the_page_has_a_row_for_each_requirement_and_counts_what_is_shown(requirements):
    text = write.page(requirements, {"K5.3": {"tests/test_a.py::test_it"}})
    assert [id for id in requirements if f"\n| {id} | " not in text] == []
    assert text.count(f"| {write.NOT_YET} |") == len(requirements) - 1
    assert "| **together** | **1** | **98** |" in text


SKIPS_ITSELF = "import pytest\npytest.skip('no server', allow_module_level=True)\n"

MARKED = """
import pytest

@pytest.mark.seed("K5.3")
@pytest.mark.parametrize("n", [1, 2])
def test_many(n): pass

@pytest.mark.seed("K5.3")
class TestGroup:
    @pytest.mark.seed("F4")
    def test_one(self): raise AssertionError("collecting must not run it")

@pytest.mark.seed("K0.1")
@pytest.mark.skip
def test_skipped(): pass

@pytest.mark.seed("K0.1")
@pytest.mark.xfail
def test_expected_to_fail(): assert False
"""


@pytest.fixture
def suite(tmp_path):
    """Another project's tests/ folder, and the command run upon it."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_marked.py").write_text(MARKED, encoding="utf-8")
    return tmp_path


def run(suite: Path, *options: str, addopts: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.seed.write", "--root", str(suite), *options]
    lean = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": addopts}
    return subprocess.run(command, cwd=ROOT, env=lean, capture_output=True, text=True, timeout=60)


def row(suite: Path, id: str) -> str:
    lines = (suite / "docs" / "seed.md").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"| {id} |"))


def test_tests_are_named_once_however_often_they_are_parametrised(suite):
    assert run(suite).returncode == 0
    module = "tests/test_marked.py"
    assert row(suite, "K5.3").endswith(f"| `{module}::TestGroup::test_one`<br>`{module}::test_many` |")
    assert row(suite, "F4").endswith(f"| `{module}::TestGroup::test_one` |")


def test_deselecting_by_option_does_not_change_the_page(suite):
    run(suite)
    before = (suite / "docs" / "seed.md").read_bytes()
    assert run(suite, "--check", addopts="-k nothing_of_that_name").returncode == 0
    assert b"test_many" in before


def test_a_skipped_test_and_one_expected_to_fail_show_nothing(suite):
    run(suite)
    assert row(suite, "K0.1").endswith("| not yet |")


def test_the_check_passes_on_a_fresh_page_and_fails_on_a_stale_or_missing_one(suite):
    assert run(suite, "--check").returncode == 1
    run(suite)
    assert run(suite, "--check").returncode == 0
    with (suite / "tests" / "test_marked.py").open("a", encoding="utf-8") as file:
        file.write("\n@pytest.mark.seed('K1.1')\ndef test_new(): pass\n")
    stale = run(suite, "--check")
    assert stale.returncode == 1
    assert "make seed" in stale.stderr


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import a_library_nobody_has", "a_library_nobody_has"),
        (SKIPS_ITSELF + "@pytest.mark.seed('K1.1')\ndef test_it(): pass", "no server"),
        ("import pytest\n@pytest.mark.seed('K99')\ndef test_it(): pass", "K99"),
    ],
)
def test_a_module_that_cannot_be_seen_is_named_and_the_page_left_alone(suite, source, told):
    run(suite)
    before = (suite / "docs" / "seed.md").read_bytes()
    (suite / "tests" / "test_broken.py").write_text(source, encoding="utf-8")
    result = run(suite)
    assert result.returncode == 2
    assert "tests/test_broken.py" in result.stderr
    assert told in result.stderr
    assert (suite / "docs" / "seed.md").read_bytes() == before


def test_a_skipped_module_without_marks_does_not_matter(suite):
    (suite / "tests" / "test_elsewhere.py").write_text(SKIPS_ITSELF, encoding="utf-8")
    assert run(suite).returncode == 0
