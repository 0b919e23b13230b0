"""The tables that come with the hub: categories, glossary, category words. UTF-8 CSV, first row the names."""

import csv
from importlib.resources import files


def read(name: str) -> list[dict[str, str]]:
    """Every row of `name`.csv as column -> text, in file order.

    Raises FileNotFoundError when no such table is here, ValueError when a row is too long or too short.
    """
    with files(__name__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"{name}.csv line {number}: the number of cells differs from the heading")
    return rows
