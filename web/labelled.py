"""A table of texts that somebody has labelled: which column is what, guessed where nobody says."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch.learning import Example
from hub.errors import BadInput
from web.tables import Row, Table, open_table

_LABELS = re.compile(
    r"label|categor|class|intent|kind|type|topic|department|分类|分類|类别|類別|类型|類型|标签|標籤"
)
_ITEMS = re.compile(r"subject|title|item|headline|summary|主题|主題|标题|標題|事项|事項")
_TOLD = re.compile(r"text|descri|body|message|content|complain|detail|详情|詳情|内容|內容|描述|留言")
# A word with a figure in it and no other words: a number, a date, a case number, a user.
_CODE = re.compile(r"[\W\d]*|[!-~]*\d[!-~]*( \d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?")
LOOK = 2_000  # rows a guess is made from
LONGEST_LABEL = 80
OFTEN = 3  # how often a label recurs, on average


@dataclass(frozen=True)
class Columns:
    """Which columns are the label, the item and the description ("" where there is none), and why."""

    label: str
    item: str
    description: str = ""
    why: str = "as said"

    def shown(self) -> str:
        """One line: what is taken for what."""
        told = f", description “{self.description}”" if self.description else ""
        return f"label “{self.label}”, item “{self.item}”{told} ({self.why})"


def columns(table: Table, label: str = "", texts: Sequence[str] = ()) -> Columns:
    """The columns a person named, the others guessed from headings and cells.

    `texts` are the item and, after it, the description. Raises BadInput for an unknown column and where no
    guess can be made, naming the columns there are.
    """
    _refuse_strangers(table, [("label", label), *(("text", name) for name in texts)])
    sample = _sample(table)
    said = bool(label) + bool(texts)
    label = label or _label(table, sample, texts)
    item, description = (*texts, "")[:2] if texts else _texts(table, sample, label)
    return Columns(
        label, item, description, "as said" if said == 2 else "guessed: --label and --text say else"
    )


def read(path: Path, chosen: Columns) -> list[Example]:
    """The labelled rows of the file; those without a label or a text are left out."""
    found = (_example(row, chosen) for row in open_table(path).rows())
    return [example for example in found if example is not None]


def _example(row: Row, chosen: Columns) -> Example | None:
    label, item = (_text(row, name) for name in (chosen.label, chosen.item))
    description = _text(row, chosen.description) if chosen.description else ""
    return Example(item, description, label) if label and (item or description) else None


def _text(row: Row, column: str) -> str:
    return " ".join(str(row.cells.get(column, "")).split())


def _refuse_strangers(table: Table, named: Iterable[tuple[str, str]]) -> None:
    there = ", ".join(table.header)
    for option, name in named:
        if name and name not in table.header:
            raise BadInput(option, "no column %(name)s; there are: %(header)s", name=name, header=there)


def _sample(table: Table) -> dict[str, list[str]]:
    """The filled cells of each column, as texts."""
    cells: dict[str, list[str]] = {name: [] for name in table.header}
    for number, row in enumerate(table.rows()):
        if number == LOOK:
            break
        for name in table.header:
            if text := _text(row, name):
                cells[name].append(text)
    return cells


def _label(table: Table, sample: dict[str, list[str]], texts: Sequence[str]) -> str:
    """A column of few short values that recur; one whose heading says so goes first, the last one wins."""
    fitting = [
        name for position, name in enumerate(table.header) if name not in texts and _recurs(sample[name])
    ]
    called = [name for name in fitting if _LABELS.search(name.casefold())]
    if not fitting:
        raise BadInput(
            "label", "no column looks like a label; name one of: %(header)s", header=", ".join(table.header)
        )
    return (called or fitting)[-1]


def _recurs(values: list[str]) -> bool:
    counts = Counter(values)
    return len(counts) > 1 and len(values) >= OFTEN * len(counts) and max(map(len, counts)) <= LONGEST_LABEL


def _texts(table: Table, sample: dict[str, list[str]], label: str) -> tuple[str, str]:
    """The one or two columns of running text: the shorter is the item, the longer the description."""
    others = [name for name in table.header if name != label and sample[name]]
    fitting = [name for name in others if _is_text(sample[name])] or [n for n in others if _speaks(n)]
    if not fitting:
        raise BadInput(
            "text", "no column looks like a text; name one of: %(header)s", header=", ".join(table.header)
        )
    ranked = sorted(fitting, key=lambda name: (-_speaks(name), -_length(sample[name])))
    best = sorted(ranked[:2], key=lambda name: _length(sample[name]))
    return (best[0], best[1]) if len(best) > 1 else (best[0], "")


def _speaks(name: str) -> bool:
    folded = name.casefold()
    return bool(_ITEMS.search(folded) or _TOLD.search(folded))


def _is_text(values: list[str]) -> bool:
    """Most cells are different and more than a code, a date or a name of a few letters."""
    if not values or len(set(values)) * 2 < len(values):
        return False
    said = sum(not _CODE.fullmatch(value) for value in values)
    return said * 10 >= 9 * len(values) and _length(values) >= 5


def _length(values: list[str]) -> float:
    return sum(map(len, values)) / len(values)
