"""What happens to the residents of the demo estate, day by day: who complains when, of what, in which words.

Pure: the same seed and day give the same matters, whatever else is in the database.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from dispatch.complaint import Complaint
from hub import data
from hub.organisation import Office
from web.demo import residents
from web.demo.office import SOURCE, midnight
from web.demo.people import PEOPLE
from web.demo.residents import Resident

A_DAY = (20, 17, 16, 16, 17, 14, 12)  # matters from Monday to Sunday
SPREAD = 3
FEWEST, MOST = 11, 25
# how busy each hour of the day is
HOURS = (2, 1, 1, 1, 1, 1, 3, 9, 15, 18, 17, 14, 10, 11, 12, 12, 12, 12, 13, 14, 13, 11, 7, 4)
DESK_OPENS, DESK_CLOSES = 8, 20
RAINY_MONTHS = range(4, 10)
CHANNELS = {
    "phone": 46,
    "walk_in": 14,
    "portal": 14,
    "sms": 9,
    "email": 5,
    "employee": 8,
    "letter": 2,
    "fax": 1,
    "open311": 1,
}
NEEDS_THE_DESK = ("walk_in", "letter", "fax", "email")
PAPER = ("letter", "fax", "email")
UNATTENDED = ("portal", "sms", "open311")  # nobody of the staff takes it down
AT_LEISURE = ("enquiry", "service", "feedback")
HOT_BLOCK, HOT_LIFT = "B", "Lift 2"  # its lift breaks down more often than any other
HOT_ROOMS = 6  # rooms with the same trouble again and again
HOT_SHARE, CLUSTER_SHARE = 0.07, 0.1
HOT_CODES = ("01-04", "04-02", "08-06", "01-03")
COMMON_GROUPS = ("03", "05", "06", "08")


@dataclass(frozen=True)
class Matter:
    """One matter before anybody knows of it. `code` is what it truly is, `at` when it is registered.

    `ago`: how long before that the customer said it. `fate` bends its life ("" lives as it comes), `lead`
    is the reference of the matter it repeats.
    """

    ref: str
    at: datetime
    code: str
    item: str
    description: str
    who: Resident
    channel: str
    place: str = ""
    named: bool = False  # whoever took it down asked until the leaf was clear
    told: str = ""
    ago: timedelta = timedelta()
    fate: str = ""
    lead: str = ""

    def said(self) -> Complaint:
        """The matter in the customer's words."""
        return Complaint(
            item=self.item,
            description=self.description,
            name=self.who.name,
            room=self.who.room,
            phone=self.who.phones[0],
            channel=self.channel,
            place=self.place,
            category=self.code if self.named else None,
            received_by=self.told or None,
            received_at=self.at - self.ago,
            external=(SOURCE, self.ref),
        )


@dataclass(frozen=True)
class Saying:
    """A sentence for a leaf of the category tree."""

    locale: str
    item: str
    description: str


def of_day(day: date, office: Office, seed: int) -> list[Matter]:
    """The matters of this local day, in the order they come in."""
    rng = Random(f"matters:{seed}:{day}")
    count = round(rng.gauss(A_DAY[day.weekday()], SPREAD))
    rains = _rains(day, seed)
    drawn = [_draw(rng, day, office, seed, rains) for _ in range(min(max(count, FEWEST), MOST))]
    if rng.random() < CLUSTER_SHARE:
        drawn += _breakdown(rng, day, office, seed)
    drawn.sort(key=lambda one: one.at)
    return [replace(one, ref=f"{day}/{place:02d}{one.ref}") for place, one in enumerate(_led(drawn, day))]


def say(rng: Random, code: str, locale: str) -> Saying:
    """A sentence for this leaf, in the speaker's language where there is one."""
    known = sayings()[code]
    own = [one for one in known if one.locale == locale]
    return rng.choice(own if own and rng.random() < 0.85 else known)


@cache
def sayings() -> dict[str, list[Saying]]:
    """Every sentence by leaf."""
    found: dict[str, list[Saying]] = defaultdict(list)
    for row in _rows("sentences"):
        found[row["code"]].append(Saying(row["locale"], row["item"], row["description"]))
    return dict(found)


@cache
def households(seed: int) -> tuple[Resident, ...]:
    return tuple(residents.of(seed))


@cache
def kinds() -> dict[str, str]:
    """The kind of each leaf of the default tree."""
    return {row["code"]: row["kind"] for row in data.read("categories")}


@cache
def _weights() -> dict[bool, tuple[tuple[str, ...], tuple[float, ...]]]:
    """The leaves and how often each comes, in dry weather and in rain."""
    rows = list(_rows("leaves"))
    codes = tuple(row["code"] for row in rows)
    dry = tuple(float(row["weight"]) for row in rows)
    wet = tuple(float(row["weight"]) * float(row["rain"]) for row in rows)
    return {False: (codes, dry), True: (codes, wet)}


def _rows(name: str) -> list[dict[str, str]]:
    text = files("web.demo").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _rains(day: date, seed: int) -> bool:
    return Random(f"rain:{seed}:{day}").random() < (0.45 if day.month in RAINY_MONTHS else 0.12)


def _draw(rng: Random, day: date, office: Office, seed: int, rains: bool) -> Matter:
    codes, weights = _weights()[rains]
    code = rng.choices(codes, weights)[0]
    who = _who(rng, seed, code)
    if rng.random() < HOT_SHARE:
        place = Random(f"hot:{seed}").sample(range(len(households(seed))), HOT_ROOMS)
        pick = rng.randrange(HOT_ROOMS)
        who, code = households(seed)[place[pick]], HOT_CODES[pick % len(HOT_CODES)]
    at = _moment(rng, day, office)
    hour = at.astimezone(office.tz).hour
    channel = _channel(rng, code, hour)
    saying = say(rng, code, who.locale)
    told, ago = _relayed(rng, channel)
    return Matter(
        ref="",
        at=at,
        code=code,
        item=saying.item,
        description=saying.description,
        who=who,
        channel=channel,
        place=_place(rng, code, who),
        named=channel == "phone" and not DESK_OPENS <= hour < DESK_CLOSES,
        told=told,
        ago=ago,
    )


def _who(rng: Random, seed: int, code: str) -> Resident:
    living = households(seed)
    if code.startswith("03") and rng.random() < 0.6:
        living = tuple(one for one in living if one.room.startswith(HOT_BLOCK))
    return rng.choice(living)


def _moment(rng: Random, day: date, office: Office) -> datetime:
    hour = rng.choices(range(24), HOURS)[0]
    return midnight(day, office) + timedelta(hours=hour, seconds=rng.randrange(3600))


def _channel(rng: Random, code: str, hour: int) -> str:
    is_open = DESK_OPENS <= hour < DESK_CLOSES
    if not is_open and kinds()[code] in AT_LEISURE:
        return rng.choice(UNATTENDED[:2])
    channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    if kinds()[code] == "emergency" or (not is_open and channel in NEEDS_THE_DESK):
        return "phone"
    return channel


def _relayed(rng: Random, channel: str) -> tuple[str, timedelta]:
    """Which colleague was told, and how long the words were on their way."""
    if channel == "employee":
        field = [p.login for p in PEOPLE if p.role in ("worker", "guard", "supervisor")]
        return rng.choice(field), timedelta(minutes=rng.randint(1, 12))
    if channel in PAPER:
        return "", timedelta(minutes=rng.randint(2, 20))
    return "", timedelta()


def _place(rng: Random, code: str, who: Resident) -> str:
    block = who.room[0]
    if code.startswith("03"):
        lift = HOT_LIFT if block == HOT_BLOCK and rng.random() < 0.7 else "Lift 1"
        return f"Block {block}, {lift}"
    if code.startswith("07") and kinds()[code] != "service":
        return f"Car park, level {rng.randint(1, 2)}"
    if code.startswith(COMMON_GROUPS) and rng.random() < 0.6:
        return f"Block {block}, " + rng.choice(("lobby", "rear stairs", "landing", "podium garden"))
    return ""


def _breakdown(rng: Random, day: date, office: Office, seed: int) -> list[Matter]:
    """One lift stops and half the block rings: the first call and those that repeat it."""
    start = midnight(day, office) + timedelta(hours=rng.randint(8, 20), minutes=rng.randrange(60))
    block = [one for one in households(seed) if one.room.startswith(HOT_BLOCK)]
    calls = []
    for place, who in enumerate(rng.sample(block, rng.randint(4, 7))):
        saying = say(rng, "03-02", who.locale)
        calls.append(
            Matter(
                ref="" if place else "!",
                at=start + timedelta(seconds=place * rng.randint(200, 420)),
                code="03-02",
                item=saying.item,
                description=saying.description,
                who=who,
                channel="phone",
                place=f"Block {HOT_BLOCK}, {HOT_LIFT}",
                lead="!" if place else "",
            )
        )
    return calls


def _led(drawn: list[Matter], day: date) -> list[Matter]:
    """The same matters, the repeated calls now naming the reference of the first."""
    first = next((place for place, one in enumerate(drawn) if one.ref == "!"), None)
    return [replace(one, ref="", lead=f"{day}/{first:02d}" if one.lead else "") for one in drawn]
