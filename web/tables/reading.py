"""From records to rows: where the header is, and each row under it."""

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from python_calamine import CalamineSheet

from web.tables import source, text, workbook
from web.tables.encoding import detect
from web.tables.model import CUT_OFF, TOO_FEW, TOO_MANY, Cell, Record, Row, TableError, filled, holds

_LOOK = 60  # records looked at to tell the header from a title above it
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")


@dataclass(frozen=True)
class Table:
    """A table whose header is known. `rows()` reads the file anew each time, row by row.

    header: column names in order, made unique.  header_row: its line or row number.
    encoding, delimiter: "" for a workbook.
    """

    path: Path
    header: tuple[str, ...]
    header_row: int
    encoding: str
    delimiter: str
    sheet: CalamineSheet | None = None

    def rows(self) -> Iterator[Row]:
        """Every row below the header that holds anything, odd ones marked.

        Raises TableError where reading cannot go on.
        """
        for record in _records(self):
            if record.number > self.header_row and any(map(holds, record.values)):
                yield _row(self.header, record)


def rows(path: Path | str) -> Iterator[Row]:
    """The rows of the file. Raises TableError as `open_table` and `Table.rows` do."""
    return open_table(path).rows()


def open_table(path: Path | str, sheet: str | None = None) -> Table:
    """Find out what the file is and where its header stands.

    Raises TableError: cannot be opened, empty, no header, no table at all, a damaged workbook.
    """
    path = Path(path)
    kind = source.kind(path)
    if kind == "workbook":
        bare = Table(path, (), 0, "", "", workbook.open_sheet(path, sheet))
    else:
        bare = Table(path, (), 0, *_text_shape(path, kind == "gzip"))
    header = _header(path.name, list(itertools.islice(_records(bare), _LOOK)))
    return replace(bare, header=_unique(header.values), header_row=header.number)


def _text_shape(path: Path, packed: bool) -> tuple[str, str]:
    """Encoding and delimiter of a text file."""
    file, _ = source.open_bytes(path, packed)
    with file:
        first = file.read(1 << 16)
        source.refuse_strangers(path.name, first[:4096])
        encoding = detect(itertools.chain([first], source.blocks(file)))
    # lines as the file itself has them: a page break inside a cell ends none
    sample = list(io.StringIO(first.decode(encoding, "replace"), newline=""))
    return encoding, text.sniff(sample[:-1] or sample)


def _records(table: Table) -> Iterator[Record]:
    if table.sheet is not None:
        yield from workbook.records(table.sheet)
        return
    packed = source.kind(table.path) == "gzip"
    file, unpacked = source.open_bytes(table.path, packed)
    with io.TextIOWrapper(file, table.encoding, errors="replace", newline="") as decoded:
        last: Record | None = None
        for record in text.records(source.lines(table.path.name, decoded), table.delimiter):
            if last:
                yield last
            last = record
        if last:
            cut = unpacked is not None and unpacked.cut is not None and CUT_OFF not in last.marks
            yield Record(last.number, last.values, (*last.marks, CUT_OFF)) if cut else last


def _header(name: str, sample: list[Record]) -> Record:
    """The first record that is as wide as the table and reads like names, not like data."""
    full = [record for record in sample if filled(record)]
    if not full:
        raise TableError(name, 0, "the file is empty")
    width = Counter(map(filled, full)).most_common(1)[0][0]
    wide = next(record for record in full if filled(record) >= max(1, width * 0.6))
    if not _reads_like_names(wide.values):
        raise TableError(name, wide.number, "no header: the first full row holds data, not column names")
    return wide


def _reads_like_names(values: tuple[Cell, ...]) -> bool:
    words = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if any(not isinstance(value, str) for value in values) or any(_DATE.search(word) for word in words):
        return False
    numbers = sum(1 for word in words if _NUMBER.fullmatch(word))
    return bool(words) and numbers * 3 < len(words) and all(len(word) <= 200 for word in words)


def _unique(values: tuple[Cell, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for position, value in enumerate(values, start=1):
        name = " ".join(str(value).replace("\ufeff", "").replace("\0", "").split()) or f"column {position}"
        again = sum(1 for earlier in names if earlier == name or earlier.startswith(f"{name} ("))
        names.append(f"{name} ({again + 1})" if again and name in names else name)
    return tuple(names)


def _row(header: tuple[str, ...], record: Record) -> Row:
    values, marks = record.values, record.marks
    if len(values) < len(header):
        marks += (TOO_FEW,)
        values += ("",) * (len(header) - len(values))
    extra = values[len(header) :]
    if any(not isinstance(value, str) or value.strip() for value in extra):
        marks += (TOO_MANY,)
    return Row(record.number, dict(zip(header, values, strict=False)), extra, marks)
