"""Which column plays which role, and why."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from web.replay import lookalikes, wording
from web.replay.clues import Column, suits
from web.replay.profile import ROLES, TIMES, Alternative, squash
from web.tables import Table

_SAMPLE = 5_000  # rows looked at to judge a column
_SURE = 0.35  # below it a heading and its cells say too little


@dataclass(frozen=True)
class Finding:
    """One role, the column it was found in ("" = none) and why.

    clock: a second column, with the time of day, where the date has none.
    """

    role: str
    column: str
    why: str
    clock: str = ""


def look(table: Table) -> tuple[Column, ...]:
    """The columns of a table, judged on its first thousands of rows."""
    rows = list(itertools.islice(table.rows(), _SAMPLE))
    return tuple(
        Column(
            name,
            position,
            tuple(cell for row in rows if (cell := row.cells[name]) and str(cell).strip()),
            len(rows),
        )
        for position, name in enumerate(table.header)
    )


def assign(
    sample: tuple[Column, ...], forms: tuple[str, ...], given: Mapping[str, Alternative]
) -> dict[str, Finding]:
    """The best column of each role, by heading and cells, then by cells alone; none serves two roles."""
    taken = {name for names in given.values() for name in names}
    ranked = []
    for role_rank, role in enumerate(role for role in ROLES if role not in given):
        for column in sample:
            words, word = wording.heading(column.name, role)
            cells, why = suits(role, column, forms) if words else (0.0, "")
            if words * cells >= _SURE:
                ranked.append(
                    (
                        -words * cells,
                        role_rank,
                        column.position,
                        role,
                        column,
                        f"heading says “{word}”; {why}",
                    )
                )
    findings: dict[str, Finding] = {}
    for *_, role, column, why in sorted(ranked, key=lambda one: one[:3]):
        if role not in findings and column.name not in taken:
            findings[role] = Finding(role, column.name, why)
            taken.add(column.name)
    for role in lookalikes.ROLES:
        free = [column for column in sample if column.name not in taken and column.values]
        if role == "item" and {"category", "description"} & set(findings):
            continue  # a case without a title of its own is named by its category or its words
        if role not in findings and role not in given and (likely := lookalikes.find(role, free, forms)):
            column, why = likely
            findings[role] = Finding(role, column.name, why)
            taken.add(column.name)
    return {role: _with_clock(finding, sample, taken) for role, finding in findings.items()}


def _with_clock(finding: Finding, sample: tuple[Column, ...], taken: set[str]) -> Finding:
    """A date whose time of day stands in a column of its own: `CREATION DATE`, `CREATION TIME`."""
    if finding.role not in TIMES:
        return finding
    by_name = {column.name: column for column in sample}
    if any(":" in text or not text for text in by_name[finding.column].texts[:50]):
        return finding
    for column in sample:
        if column.clock and column.name not in taken and _subject(column.name) == _subject(finding.column):
            return replace(finding, clock=column.name, why=f"{finding.why}; time of day in {column.name}")
    return finding


def _subject(heading: str) -> str:
    """A heading without the word for date or time: what the date or time is of."""
    return re.sub("date|time|日期|时间|時間", "", squash(heading))
