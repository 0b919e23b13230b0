"""Every sentence a person can be shown, found in the templates and in the Python code.

A sentence counts when it stands in a template's `{% trans %}` or `_()`, in a call of `_`, `N_` and their kin,
as the message of a refusal of hub.errors, or under one of SAYING. Adjacent literals count as one.
"""

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2.ext import babel_extract

from hub import errors, events
from web.locales.labels import LABELS

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "dispatch", "notifications", "web")

# Calls whose arguments are messages: position of context, of the message, of its plural.
MARKERS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "N_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}

# Keyword arguments whose text is shown to people.
SAYING = frozenset({"says"})


@dataclass(frozen=True)
class Message:
    """One sentence to translate; `where` tells its files and is no part of its identity."""

    text: str
    context: str | None = None
    plural: str | None = None
    where: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str | None, str]:
        """What two uses of one sentence have in common."""
        return (self.context, self.text)


def refusals() -> dict[str, int]:
    """Every error class of hub.errors and the position of its message among the arguments."""
    found = {}
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, errors.HubError):
            arguments = list(inspect.signature(kind).parameters)
            found[name] = next(i for i, argument in enumerate(arguments) if argument in ("message", "reason"))
    return found


def everything(root: Path = ROOT) -> dict[tuple[str | None, str], Message]:
    """All messages of the project by (context, text). A plural use wins over a plain one."""
    found: dict[tuple[str | None, str], Message] = {}
    for message in [*labels(), *happenings(), *_of_project(root)]:
        if message.key not in found or message.plural:
            found[message.key] = message
    return found


def labels() -> Iterator[Message]:
    """The stored codes that are shown as words."""
    for context, codes in LABELS.items():
        for code in codes:
            yield Message(code, context, where="web/locales/labels.py")


def happenings() -> Iterator[Message]:
    """What each event kind says to a reader."""
    for kind in events.KINDS.values():
        yield Message(kind.says, where="hub/events.py")


def _of_project(root: Path) -> Iterator[Message]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield from in_python(path.read_text("utf-8"), str(path.relative_to(root)))
        for path in sorted((root / package).rglob("*.html")):
            yield from in_template(path, str(path.relative_to(root)))


def in_template(path: Path, where: str = "") -> Iterator[Message]:
    """The messages of one Jinja template."""
    options = {"silent": "false", "newstyle_gettext": "true", "trimmed": "true"}
    with path.open("rb") as source:
        for line, function, given, _ in babel_extract(source, list(MARKERS), [], options):
            arguments = list(given) if isinstance(given, tuple) else [given]
            message = _message(function, arguments, f"{where}:{line}")
            if message:
                yield message


def in_python(source: str, where: str = "text") -> Iterator[Message]:
    """The messages of one Python module. Raises SyntaxError when it is not Python."""
    positions = refusals()
    for node in ast.walk(ast.parse(source, where)):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        place = f"{where}:{node.lineno}"
        if name in MARKERS:
            message = _message(name, [_literal(a) for a in node.args], place)
            if message:
                yield message
        elif name in positions:
            yield from _said(_argument(node, positions[name]), place)
        for keyword in node.keywords:
            if keyword.arg in SAYING:
                yield from _said(keyword.value, place)


def interpolated(source: str, where: str = "text") -> list[str]:
    """Places where a message is an f-string, unknown to any catalog: give it %(name)s and a value."""
    wanted = refusals() | {name: at for name, (_, at, _) in MARKERS.items()}
    places = []
    for node in ast.walk(ast.parse(source, where)):
        if not isinstance(node, ast.Call) or (name := _name(node.func)) not in wanted:
            continue
        if isinstance(_argument(node, wanted[name]), ast.JoinedStr):
            places.append(f"{where}:{node.lineno}")
    return places


def interpolated_everywhere(root: Path = ROOT) -> list[str]:
    """The f-string messages of the whole project."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return [place for p in paths for place in interpolated(p.read_text("utf-8"), str(p.relative_to(root)))]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in ("message", "reason")), None)


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _said(node: ast.expr | None, where: str) -> Iterator[Message]:
    """The text of a message argument; of a conditional expression, both of its texts."""
    choices: Iterable[ast.expr | None] = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    for choice in choices:
        text = _literal(choice)
        if text:
            yield Message(text, where=where)


def _message(function: str, arguments: list[str | None], where: str) -> Message | None:
    context_at, text_at, plural_at = MARKERS[function]
    if len(arguments) <= max(i for i in (context_at, text_at, plural_at) if i is not None):
        return None
    text = arguments[text_at]
    if not text:
        return None
    context = arguments[context_at] if context_at is not None else None
    plural = arguments[plural_at] if plural_at is not None else None
    return Message(text, context, plural, where)
