"""Found the demo office: company, office, people, rooms and residents; no matters yet."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import select

from hub import catalogue, clock, founding
from hub.database import Tx
from hub.organisation import Company, Office
from web.demo import people, residents

CODE = "LG"
ZONE = "Asia/Hong_Kong"
SOURCE = "demo"  # the external source of every demo matter: nobody takes one for a newcomer's own
BEFORE = timedelta(days=7)  # the office is founded this long before its first matter
# what a worker has to state when these are done (P4.5.3.6)
DEMANDS: dict[str, list[str]] = {"03-01": ["minutes_trapped"], "05-01": ["equipment"]}
PAID = ("13-05", "14-01")
# special trades that nobody does here without certificate and passed test (P4.2.2b)
REQUIRED = ("02", "03")


@dataclass(frozen=True)
class Span:
    """What the demo covers: `days` back from the moment `until`, by the story of `seed`.

    The newest `at_once` of them are one story, written together.
    """

    office_id: int
    seed: int
    until: datetime
    days: int
    at_once: int

    def day(self, back: int, office: Office) -> date:
        """The local date this many days back from the demo's present."""
        return self.until.astimezone(office.tz).date() - timedelta(days=back)


def found(
    tx: Tx, *, password_hash: str, now: datetime, days: int, at_once: int, seed: int, locale: str
) -> Office:
    """Write the office as it stood before its first matter. Raises BadInput where there is a company."""
    with clock.at(now - timedelta(days=days) - BEFORE):
        company = founding.found_company(tx, "Harbour Property Services", locale, ZONE)
        # The story of a seed must not hang on chance: the salt decides which matters owe a callback.
        company.salt = hashlib.sha256(f"demo:{seed}".encode()).hexdigest()[:32]
        office = founding.open_office(
            tx,
            company,
            CODE,
            "Lotus Garden 蓮花花園",
            region="HK",
            holidays_of="HK",
            departments=founding.departments_in("en", "zh-Hant"),  # as a Hong Kong office writes them
            is_demo=True,
        )
        office.households, office.area_m2 = 272, 21_400
        office.policy = office.policy | {
            "demo": {
                "seed": seed,
                "until": now.isoformat(timespec="seconds"),
                "days": days,
                "at_once": min(at_once, days),
            }
        }
        today = now.astimezone(office.tz).date()
        hired = people.hire(tx, company, office, password_hash, today)
        residents.settle_in(tx, company, office, seed)
        people.give_areas(tx, office, hired)
        _set_categories(tx, company, office)
    return office


def span(tx: Tx) -> Span | None:
    """What the demo of this database covers; None where there is no demo office."""
    office = tx.scalars(select(Office).where(Office.code == CODE, Office.is_demo)).first()
    if office is None or "demo" not in office.policy:
        return None
    said = office.policy["demo"]
    until = datetime.fromisoformat(said["until"])
    return Span(office.id, int(said["seed"]), until, int(said["days"]), int(said["at_once"]))


def midnight(day: date, office: Office) -> datetime:
    """The start of this local day."""
    return datetime.combine(day, time(), office.tz)


def _set_categories(tx: Tx, company: Company, office: Office) -> None:
    for row in catalogue.of(tx, office).categories.values():
        if row.code in DEMANDS or row.code in PAID or row.group_code in REQUIRED:
            live = tx.get_one(catalogue.Category, row.id)
            live.paper = catalogue.REQUIRED if row.group_code in REQUIRED else row.paper
            live.demands, live.paid = DEMANDS.get(row.code, []), row.code in PAID
    catalogue.changed(tx, company.id)
