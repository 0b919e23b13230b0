"""The report as PDF: set by typst from data alone, with our own fonts, charts as vectors.

What is in the data is text and stays text, whatever characters it has.
"""

import json
from pathlib import Path
from typing import Any

import typst

from web.report import cells, drawing, fonts
from web.report.document import Block, Chart, Document, Sentences, Table, Text, Tile, Tiles
from web.templating import draw
from web.words import N_, Words, words_in

TEMPLATE = Path(__file__).with_name("report.typ")
# a word longer than this may be broken anywhere, or it would run out of its cell
LONGEST_RUN = 16
MOST_ROWS = 2_000
LANGUAGES = {"en": ("en", "GB"), "zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "HK")}


def pdf(document: Document) -> bytes:
    """The document as a PDF file. Raises typst's error only for a template of ours that is broken."""
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data(document), ensure_ascii=False)},
    )


def data(document: Document) -> dict[str, Any]:
    """Everything that is printed, as the template takes it: every text is one the fonts have."""
    words = words_in(document.locale, document.zone)
    language, region = LANGUAGES[document.locale]
    said = {
        "title": document.title,
        "subtitle": document.subtitle,
        "author": document.footer,
        "lang": language,
        "region": region,
        "footer": document.footer,
        "cover": [list(line) for line in document.cover],
        "sections": [
            {
                "title": f"{section.number} {section.title}".strip(),
                "blocks": [_block(block, words) for block in section.blocks],
            }
            for section in document.sections
        ],
    }
    return _printable(said)


def _block(block: Block, words: Words) -> dict[str, Any]:
    match block:
        case Table():
            return _table(block, words)
        case Chart():
            return _chart(block, words)
        case Tiles():
            return {"type": "tiles", "tiles": [_tile(tile, words) for tile in block.tiles]}
        case Sentences():
            items = [{"text": one.text, "tone": one.tone} for one in block.items]
            return {"type": "sentences", "title": block.title, "numbered": block.numbered, "items": items}
        case Text():
            return {"type": "text", "text": block.text}


def _table(table: Table, words: Words) -> dict[str, Any]:
    most = min(table.printed or MOST_ROWS, MOST_ROWS)
    return {
        "type": "table",
        "title": table.title,
        "heads": [column.head for column in table.columns],
        "numeric": [column.is_numeric for column in table.columns],
        "widths": [column.weight for column in table.columns],
        "rows": [[cells.say(words, value) for value in row] for row in table.rows[:most]],
        "empty": table.empty or words.gettext(N_("Nothing to show.")),
        "note": " ".join(filter(None, (table.note, rest(table, most, words)))),
    }


def rest(table: Table, shown: int, words: Words) -> str:
    """How many rows stand only in the spreadsheet."""
    left = len(table.rows) - shown
    if left <= 0:
        return ""
    return words.ngettext(
        "%(num)s more row stands in the spreadsheet.", "%(num)s more rows stand in the spreadsheet.", left
    )


def _chart(chart: Chart, words: Words) -> dict[str, Any]:
    made = drawing.draw(chart, words)
    return {
        "type": "chart",
        "title": chart.title,
        "says": made.says,
        "svg": "" if chart.is_empty else draw(words, "report/chart.svg", drawing=made),
        "empty": words.gettext(N_("Nothing to show.")),
    }


def _tile(tile: Tile, words: Words) -> dict[str, Any]:
    light = cells.say(words, tile.light) if tile.target else ""
    return {
        "label": tile.label,
        "value": cells.say(words, tile.value),
        "light": f"{light} ({tile.target})" if light else "",
        "tone": {"good": "good", "near": "warn", "bad": "bad"}.get(tile.light.tone, ""),
        "before": words.gettext(N_("period before: %(change)s"), change=cells.say(words, tile.before)),
        "year": words.gettext(N_("year before: %(change)s"), change=cells.say(words, tile.year_ago)),
        "svg": ""
        if tile.trend.is_empty
        else draw(words, "report/spark.svg", drawing=drawing.spark(tile.trend)),
        "says": drawing.describe(tile.trend, words),
    }


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.startswith("<svg") else breakable(fonts.printable(value))
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list) else value


def breakable(text: str) -> str:
    """The text with places to break inside endless words, so that none runs out of its cell."""
    said, run = [], 0
    for letter in text:
        run = 0 if letter.isspace() or ord(letter) >= 0x2E80 else run + 1
        said.append(letter)
        if run and run % LONGEST_RUN == 0:
            said.append("\u200b")
    return "".join(said)
