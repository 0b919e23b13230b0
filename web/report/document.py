"""What a report is made of, whatever it is drawn on: sections of sentences, tables, charts and tiles.

Cells hold values, not text: a screen says them in its reader's words, a spreadsheet keeps the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from web.words import Locale

# below this base a share says more than is known: counts are shown instead (domain.md §7)
FEWEST = 10


@dataclass(frozen=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Fraction:
    """A share whose parts are shown elsewhere: the point of a chart (1.0 is all)."""

    value: float


@dataclass(frozen=True)
class Length:
    """A length of time in seconds; None where nothing was measured."""

    seconds: float | None


@dataclass(frozen=True)
class Change:
    """From one period to another: of counts, or of shares (then in points)."""

    now: int | Share
    before: int | Share | None

    @property
    def difference(self) -> float | None:
        """The difference of the counts, or of the shares; None where one of the two says nothing."""
        if isinstance(self.now, Share):
            before = self.before if isinstance(self.before, Share) else None
            if before is None or min(self.now.whole, before.whole) < FEWEST:
                return None
            return (self.now.value or 0.0) - (before.value or 0.0)
        return None if not isinstance(self.before, int) else self.now - self.before


@dataclass(frozen=True)
class Light:
    """A traffic light: good, near, bad or unknown; always said in a word too."""

    tone: str


@dataclass(frozen=True)
class TicketNumber:
    """A ticket, by its number: a link where there is a screen."""

    number: str


Value = None | str | int | float | Share | Fraction | Length | Change | Light | TicketNumber | datetime | date

TEXT, COUNT, NUMBER, SHARE, LENGTH, CHANGE, LIGHT, TICKET, MOMENT = (
    "text",
    "count",
    "number",
    "share",
    "length",
    "change",
    "light",
    "ticket",
    "moment",
)


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and the kind of its cells; `weight`: its share of the width."""

    head: str
    kind: str = COUNT
    weight: float = 1.0

    @property
    def is_numeric(self) -> bool:
        return self.kind in (COUNT, NUMBER, SHARE, LENGTH, CHANGE)


@dataclass(frozen=True)
class Table:
    """A table with its own id, so that a sentence can point at it. The first column names the row."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    note: str = ""
    empty: str = ""
    printed: int | None = None  # rows on paper and on screen; the spreadsheet holds all


@dataclass(frozen=True)
class Series:
    """One row of values of a chart."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart and all that is needed to read it without seeing it.

    `kind` is bar, column, stacked, line, heat or control; `unit` count or share. A control chart has `low`,
    `high` and `signals` (one each point, "" where nothing is to be seen) and its `centre`.
    """

    id: str
    kind: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    head: str
    unit: str = COUNT
    says: str = ""
    centre: float | None = None
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    signals: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)


@dataclass(frozen=True)
class Tile:
    """One headline figure with target, light and comparisons, and its last months."""

    id: str
    label: str
    value: Value
    light: Light
    target: str
    before: Change
    year_ago: Change
    trend: Chart


@dataclass(frozen=True)
class Tiles:
    """The headline figures side by side."""

    id: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Sentence:
    """A finding in plain words; `figure` is the id of the table, chart or tile that backs it."""

    text: str
    figure: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Sentences:
    """Sentences under one heading; numbered when they are to be decided one by one."""

    title: str
    items: tuple[Sentence, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Text:
    """A paragraph that explains."""

    text: str


Block = Table | Chart | Tiles | Sentences | Text


@dataclass(frozen=True)
class Section:
    """One section; `number` is its own in the report, "" for the appendix."""

    number: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The whole report in one language. `cover` are its particulars in order."""

    title: str
    subtitle: str
    locale: Locale
    zone: str
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str = ""
    notes: tuple[str, ...] = field(default=())

    def tables(self) -> list[tuple[Section, Table | Chart]]:
        """Every table and chart with its section, in order."""
        return [
            (section, block)
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table | Chart)
        ]

    def narrowed(self, id: str) -> "Document":
        """The document with the one table, chart or tiles of this id; with nothing where there is none.

        A chart is known by its own id and by that of the table it has beside it.
        """
        known = (id, id.removesuffix("-table"))
        found = (
            replace(
                section,
                blocks=tuple(block for block in section.blocks if getattr(block, "id", None) in known),
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(section for section in found if section.blocks))
