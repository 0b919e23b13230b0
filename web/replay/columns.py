"""Which column plays which role, and why."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from web.replay import lookalikes, wording
from web.replay.clues import Column, suits
from web.replay.profile import ROLES, Alternative
from web.tables import Table

_SAMPLE = 5_000  # rows looked at to judge a column
_SURE = 0.35  # below it a heading and its cells say too little


@dataclass(frozen=True)
class Finding:
    """One role, the column it was found in ("" = none) and why."""

    role: str
    column: str
    why: str


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
    return findings
