"""The house rules that no linter knows. Each is also shown a breach and a near miss, so that it can fail."""

import ast
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("hub", "dispatch", "notifications", "web")
LONGEST_FILE = 300
LONGEST_FUNCTION = 50

READS_THE_TIME = {
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlmodel.func.now",
    "sqlmodel.func.current_timestamp",
}
OWNERS_OF_STATE = {"hub.tickets.Ticket", "hub.orders.Order"}
WRITES_ROWS = {"insert", "update", "delete"}


@dataclass(frozen=True, repr=False)
class Source:
    """One Python file: its path from the root, its text and what its names stand for."""

    path: PurePosixPath
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text, str(self.path))))

    @cached_property
    def origins(self) -> dict[str, str]:
        """Local name → dotted origin, through every import and alias."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    first = name.name.split(".")[0]
                    found[name.asname or first] = name.name if name.asname else first
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    found[name.asname or name.name] = f"{self._module(node)}.{name.name}"
        return found

    def _module(self, node: ast.ImportFrom) -> str:
        above = self.path.parts[: -node.level] if node.level else ()
        return ".".join([*above, *([node.module] if node.module else [])])

    def origin(self, node: ast.AST) -> str:
        """Dotted origin of a name or attribute ("" where it is neither)."""
        if isinstance(node, ast.Name):
            return self.origins.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.origin(node.value)}.{node.attr}"
        return ""

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def commits(source: Source) -> Iterator[int]:
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "begin"}:
            yield call.lineno


def readings_of_the_time(source: Source) -> Iterator[int]:
    for node in source.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and source.origin(node) in READS_THE_TIME:
            yield node.lineno


def imports_inside_functions(source: Source) -> Iterator[int]:
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno


def long_functions(source: Source) -> Iterator[int]:
    for function in source.functions():
        if (function.end_lineno or function.lineno) - function.lineno + 1 > LONGEST_FUNCTION:
            yield function.lineno


def long_files(source: Source) -> Iterator[int]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield lines


def events_written(source: Source) -> Iterator[int]:
    for call in source.calls():
        statement = source.origin(call.func).rpartition(".")[2] in WRITES_ROWS
        rows = [call.func, *(call.args if statement else ())]
        if any(source.origin(row).removesuffix(".__table__") == "hub.events.Event" for row in rows):
            yield call.lineno


def states_set(source: Source) -> Iterator[int]:
    for node in source.nodes:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
            yield node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and _updates_a_state(source, node):
            yield node.lineno


def _updates_a_state(source: Source, call: ast.Call) -> bool:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "values"):
        return False
    if not any(keyword.arg == "status" for keyword in call.keywords):
        return False
    within = (node for node in ast.walk(call.func) if isinstance(node, ast.Call))
    return any(source.origin(row) in OWNERS_OF_STATE for inner in within for row in inner.args)


@dataclass(frozen=True, repr=False)
class Rule:
    find: Callable[[Source], Iterator[int]]
    says: str
    only_in: tuple[str, ...]  # beginnings of the paths where it does not hold
    breach: str
    near_miss: str


MIGRATIONS = "hub/migrations/"
BODY = "    pass\n"

RULES = [
    Rule(
        commits,
        "only the door in hub/database.py and its writer commit; a migration has its own transaction",
        ("hub/database.py", "hub/writer.py", "hub/schema.py", MIGRATIONS),
        breach="session.commit()\n",
        near_miss="tx.flush()\ncommit = 1\n",
    ),
    Rule(
        readings_of_the_time,
        "only hub/clock.py reads the time",
        ("hub/clock.py",),
        breach="from datetime import datetime as dt\nField(default_factory=dt.now)\n",
        near_miss="import time\nfrom hub import clock\nclock.now()\ntime.monotonic()\ntime.perf_counter()\n",
    ),
    Rule(
        imports_inside_functions,
        "imports stand at the head of the file",
        (),
        breach="def late() -> None:\n    if True:\n        import json\n",
        near_miss="import json\ndef early() -> str:\n    return json.dumps(1)\n",
    ),
    Rule(
        long_functions,
        f"a function has at most {LONGEST_FUNCTION} lines",
        (MIGRATIONS,),
        breach="async def long() -> None:\n" + BODY * LONGEST_FUNCTION,
        near_miss="def fits() -> None:\n" + BODY * (LONGEST_FUNCTION - 1),
    ),
    Rule(
        long_files,
        f"a file has at most {LONGEST_FILE} lines",
        (MIGRATIONS, "hub/data/"),
        breach="x = 1\n" * (LONGEST_FILE + 1),
        near_miss="x = 1\n" * LONGEST_FILE,
    ),
    Rule(
        events_written,
        "only events.record in hub/events.py writes an event",
        ("hub/events.py",),
        breach="from hub import events\ntx.execute(insert(events.Event).values(seq=1))\n",
        near_miss="import threading\nfrom hub.events import Event\nthreading.Event()\nselect(Event)\n",
    ),
    Rule(
        states_set,
        "only move() in hub/tickets.py and hub/orders.py changes a state",
        ("hub/tickets.py", "hub/orders.py"),
        breach="from hub.orders import Order\nupdate(Order).where(Order.id == 1).values(status='done')\n",
        near_miss="legal = order.status == 'done'\nupdate(Delivery).values(status='sent')\n",
    ),
]

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.find.__name__)


def sources() -> list[Source]:
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [
        Source(PurePosixPath(path.relative_to(ROOT).as_posix()), path.read_text("utf-8")) for path in paths
    ]


@pytest.fixture(scope="module")
def house() -> list[Source]:
    return sources()


@every_rule
def test_the_house_keeps_the_rule(rule: Rule, house: list[Source]) -> None:
    assert house
    broken = [
        f"{source.path}:{line}"
        for source in house
        if not source.path.as_posix().startswith(rule.only_in)
        for line in rule.find(source)
    ]
    assert not broken, f"{rule.says}: {', '.join(broken)}"


@every_rule
def test_the_rule_sees_a_breach_and_lets_a_near_miss_pass(rule: Rule) -> None:
    path = PurePosixPath("web/somewhere.py")
    assert list(rule.find(Source(path, rule.breach)))
    assert not list(rule.find(Source(path, rule.near_miss)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("web/a.py", "import time\ntime.time()\n"),
        ("web/a.py", "from time import time as seconds\nseconds()\n"),
        ("web/a.py", "import datetime\ndatetime.datetime.now(datetime.UTC)\n"),
        ("hub/a.py", "import datetime as d\nd.date.today()\n"),
        ("hub/a.py", "from sqlmodel import func\nselect(func.now())\n"),
    ],
)
def test_the_time_is_found_behind_every_alias(path: str, text: str) -> None:
    assert list(readings_of_the_time(Source(PurePosixPath(path), text)))


@pytest.mark.parametrize(
    "text", ["from .events import Event\nEvent(seq=1)\n", "from . import events as e\ne.Event()\n"]
)
def test_an_event_is_found_behind_a_relative_import(text: str) -> None:
    assert list(events_written(Source(PurePosixPath("hub/tickets.py"), text)))


@pytest.mark.parametrize(
    "text", ["order.status = 'done'\n", "order.status: str = 'done'\n", "order.status += 'x'\n"]
)
def test_a_state_set_in_any_form_is_found(text: str) -> None:
    assert list(states_set(Source(PurePosixPath("dispatch/work.py"), text)))


def test_the_test_lock_holds_the_whole_run_lock() -> None:
    run, test = (set(_pins(name)) for name in ("requirements.lock", "requirements-dev.lock"))
    assert run and run <= test, f"run make lock: {sorted(run - test)}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address_and_hashes_every_package(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    blocks = re.split(r"\n(?=\S)", text)[1:]
    unhashed = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
    assert blocks and not unhashed


def test_vendored_files_are_as_published() -> None:
    folder = ROOT / "web/static/vendor"
    rows = re.findall(r"^\| `([^`]+)`.*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text("utf-8"), re.M)
    listed = dict(rows)
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".md"
    }
    assert listed and listed == there


def _pins(name: str) -> Iterator[str]:
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if "==" in line:
            yield line.removesuffix(" \\")
