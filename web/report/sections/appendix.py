"""The appendix: how every figure is counted, what is left out, and the divisions that have no section."""

from hub.statistics.definitions import DEFINITIONS, EXCLUDED
from web.report.document import TEXT, Column, Section, Table, Text, Value
from web.report.reading import Reading
from web.report.sections.volume import compared
from web.words import N_


def appendix(reading: Reading) -> Section:
    """Definitions, exclusions, and the full tables."""
    columns = (
        Column(reading.say(N_("Indicator")), TEXT, 1.5),
        Column(reading.say(N_("How it is counted")), TEXT, 4),
    )
    rows: list[tuple[Value, ...]] = [
        (reading.say(said.label), _how(reading, said.words, said.note)) for said in DEFINITIONS.values()
    ]
    blocks = (
        Text(reading.say(EXCLUDED)),
        Text(
            reading.say(
                N_(
                    "Where fewer than ten were counted, counts are shown instead of a share. "
                    "Spreadsheet and CSV hold every table whole, with the parts of every share."
                )
            )
        ),
        compared(reading, "building", "buildings", N_("By building"), 40),
        Table("definitions", reading.say(N_("Definitions")), columns, rows),
    )
    return Section("", reading.say(N_("Appendix")), blocks)


def _how(reading: Reading, words: str, note: str) -> str:
    if not note:
        return reading.say(words)
    return reading.say(N_("%(formula)s. %(note)s"), formula=reading.say(words), note=reading.say(note))
