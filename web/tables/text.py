"""CSV as people and systems really write it: records with the line they start on, nothing dropped."""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator

from web.tables.model import CUT_OFF, LOST, NUL_REMOVED, STRAY_QUOTE, Record

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD = 1_000_000  # characters; beyond it a quote was opened and never meant
_SAMPLE_LINES = 400


class _RunAway(Exception):
    """A record has grown past any size a person would write."""


class _Lines(Iterator[str]):
    """The file's lines with a counter, and the lines of the record being read kept for a second try."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._again: deque[str] = deque()
        self.read = 0
        self.record: list[str] = []
        self.open_at_end = False

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._source)
        except StopIteration:
            self.open_at_end = bool(self.record)
            raise
        self.read += 1
        self.record.append(line)
        if sum(map(len, self.record)) > _LONGEST_RECORD and len(self.record) > 1:
            raise _RunAway
        return line

    def take_back_all_but_first(self) -> str:
        """Hand the first line of the record out; the others will be read again."""
        first, *others = self.record
        self._again.extendleft(reversed(others))
        self.read -= len(others)
        return first


def sniff(lines: Iterable[str]) -> str:
    """The delimiter under which most lines of the sample have the same number of cells, above one."""
    sample = [line for line in lines if line.strip()][:_SAMPLE_LINES]
    if sample and sample[0].casefold().startswith("sep=") and sample[0][4:5] in DELIMITERS:
        return sample[0][4]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = Counter(len(cells) for cells in _lenient(sample, delimiter))
        width, times = max(
            widths.items(), key=lambda pair: (pair[1] if pair[0] > 1 else 0, pair[0]), default=(1, 0)
        )
        score = times / sum(widths.values()) + min(width, 50) / 1000 if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _lenient(sample: list[str], delimiter: str) -> list[list[str]]:
    try:
        return [cells for cells in csv.reader(sample, delimiter=delimiter) if cells]
    except csv.Error:
        return [line.split(delimiter) for line in sample]


def records(source: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Every record of the text, blank ones included.

    A quote that was opened and never closed would swallow the rows after it: such a record is read
    again line by line and its first line is marked.
    """
    lines = _Lines(source)
    reader = csv.reader(lines, delimiter=delimiter)
    usual: Counter[int] = Counter()
    while True:
        lines.record, start = [], lines.read + 1
        try:
            values, sound = next(reader), True
        except StopIteration:
            return
        except (_RunAway, csv.Error):
            values, sound = [], False
        width = usual.most_common(1)[0][0] if usual else 0
        if not sound or _swallowed(lines, len(values), width, delimiter):
            values = _plain(lines.take_back_all_but_first(), delimiter)
            reader = csv.reader(lines, delimiter=delimiter)
            yield _record(start, values, (STRAY_QUOTE,))
        else:
            # only a file's last line lacks its ending; short as well, it was not written to its end
            cut = len(values) < width and not lines.record[-1].endswith(("\n", "\r"))
            yield _record(start, values, (CUT_OFF,) if cut else ())
        if len(values) > 1:
            usual[len(values)] += 1


def _swallowed(lines: _Lines, got: int, width: int, delimiter: str) -> bool:
    """Whether this many-lined record is really several rows behind one stray quote."""
    if len(lines.record) == 1 or not (got != width or lines.open_at_end):
        return False
    return any(len(_plain(line, delimiter)) == width for line in lines.record[1:])


def _plain(line: str, delimiter: str) -> list[str]:
    """The cells of one line read without any meaning given to a lone quote."""
    line = line.rstrip("\r\n")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    except csv.Error:
        cells = line.split(delimiter)
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _record(start: int, values: list[str], marks: tuple[str, ...]) -> Record:
    whole = "".join(values)
    if "\0" in whole:
        values = [value.replace("\0", "") for value in values]
        marks += (NUL_REMOVED,)
    if "\ufffd" in whole:
        marks += (LOST,)
    return Record(start, tuple(values), marks)
