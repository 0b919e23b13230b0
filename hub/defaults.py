"""What a new company and a new office begin with: the rows of hub/data/*.csv as rows of the tables.

Source: domain.md §4 (category tree, ladder), K1.7 (dispatch rules).
"""

import csv
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from hub.catalogue import CALLBACK_OF_KIND, DUE, Category, LadderStep, Rule
from hub.database import Tx
from hub.organisation import Company, Office


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of hub/data/<name>.csv."""
    text = files("hub.data").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def add_categories(tx: Tx, company: Company) -> None:
    """Write the default tree of 78 leaves for a new company, with the trades that some of it asks for."""
    trades = {row["category"]: row for row in rows("trades")}
    for row in rows("categories"):
        asked = trades.get(row["code"]) or trades.get(row["l1"]) or {"trade": "", "paper": ""}
        tx.add(
            Category(
                company_id=company.id,
                code=row["code"],
                group_code=row["l1"],
                group_en=row["l1_en"],
                group_zh_hans=row["l1_zh_hans"],
                group_zh_hant=row["l1_zh_hant"],
                en=row["en"],
                zh_hans=row["zh_hans"],
                zh_hant=row["zh_hant"],
                kind=row["kind"],
                department=row["department"],
                priority=row["priority"],
                respond=row["respond"],
                on_site=row["on_site"],
                resolve=row["resolve"],
                note=row["note"],
                callback=CALLBACK_OF_KIND[row["kind"]],
                trade=asked["trade"],
                paper=asked["paper"],
            )
        )
    tx.flush()


def add_rules(tx: Tx, office: Office) -> None:
    """Write the default rules and ladder for a new office."""
    for row in rows("rules"):
        texts: dict[str, Any] = {name: value for name, value in row.items() if name != "rank"}
        tx.add(Rule(office_id=office.id, rank=int(row["rank"]), **texts))
    for row in rows("ladder"):
        tx.add(
            LadderStep(
                office_id=office.id,
                priority=row["priority"],
                promise=row["promise"],
                rank=int(row["rank"]),
                percent=int(row["percent"]) if row["percent"] else None,
                minutes=int(row["minutes"]) if row["minutes"] else None,
                since=row["since"] or DUE,
                action=row["action"],
                whom=row["whom"],
            )
        )
    tx.flush()
