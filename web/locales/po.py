"""Reading and writing the catalogs so that a change of one word is a change of one line."""

import ast
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

Key = tuple[str | None, str]
Forms = str | tuple[str, ...] | list[str]

# Kept constant: dates and tool versions would change with every run and hide what was really translated.
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def read(path: Path) -> Catalog:
    """One catalog; its locale is the file's name (zh_Hans.po). Raises PoFileError when it is no PO file."""
    with path.open("rb") as source:
        return read_po(source, locale=path.stem, abort_invalid=True)


def write(path: Path, catalog: Catalog) -> None:
    """Write sorted, without places, dates or obsolete entries, and only ever a whole file."""
    body = BytesIO()
    write_po(
        body, catalog, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    head = HEADER.format(language=path.stem, plurals=catalog.plural_forms)
    beside = path.with_suffix(".po.new")
    beside.write_text(head + body.getvalue().decode("utf-8").strip() + "\n", "utf-8")
    beside.replace(path)


def texts(string: Forms | None) -> tuple[str, ...]:
    """A message or translation as its forms: one, or one for each plural."""
    if string is None:
        return ("",)
    return (string,) if isinstance(string, str) else tuple(string)


def twice(source: str) -> list[Key]:
    """The messages that stand in a PO text more than once (parsers keep one of them and say nothing)."""
    seen: set[Key] = set()
    again: list[Key] = []
    for block in source.split("\n\n"):
        context, text = _quoted(block, "msgctxt"), _quoted(block, "msgid")
        if not text:
            continue
        if (context, text) in seen:
            again.append((context, text))
        seen.add((context, text))
    return again


def _quoted(block: str, keyword: str) -> str | None:
    """The string after `keyword`, whose quoted parts may run over several lines."""
    parts: list[str] | None = None
    for line in block.splitlines():
        line = line.strip()
        if line.startswith(f"{keyword} "):
            parts = [line.removeprefix(keyword).strip()]
        elif parts is not None and line.startswith('"'):
            parts.append(line)
        elif parts is not None:
            break
    return None if parts is None else "".join(ast.literal_eval(part) for part in parts)
