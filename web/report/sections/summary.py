"""1 Cover and 2 Summary: the headline indicators, what is to be known of them, what is to be decided."""

from datetime import date, timedelta
from typing import Any

from hub.statistics.definitions import RATIOS
from hub.statistics.series import NAMES
from web.report.document import (
    Block,
    Chart,
    Section,
    Sentence,
    Sentences,
    Series,
    Share,
    Text,
    Tile,
    Tiles,
    Value,
)
from web.report.reading import Reading, Row, moment
from web.words import N_

HEADLINES = (
    "received",
    "closed",
    "on_time_response",
    "on_time_completion",
    "satisfaction",
    "solved_rate",
    "completion_rate",
    "open",
)
MOST_FINDINGS, MOST_REQUESTS = 3, 3
WEIGHT = {"bad": 0, "warn": 1, "": 2, "good": 3}
PROPERTY = {
    "residential": N_("residential"),
    "office": N_("office building"),
    "mall": N_("shopping centre"),
    "industrial": N_("industrial park"),
}


def cover(reading: Reading, number: str) -> Section:
    """What the report is about and how far it looks."""
    facts, subject = reading.facts, reading.facts["subject"]
    notes: list[Block] = []
    if not facts["is_over"]:
        notes.append(Text(reading.say(N_("The period is not over: these are figures so far."))))
    if subject["is_demo"]:
        notes.append(Text(reading.say(N_("This is a demonstration office; its matters are invented."))))
    if subject["is_replay"]:
        said = N_("These matters were played in from a city's public file; no customer was called back.")
        notes.append(Text(reading.say(said)))
    first = subject["first_matter"]
    if first and facts["first"] < first < facts["after"]:
        day = reading.words.day(date.fromisoformat(first))
        notes.append(Text(reading.say(N_("The first matter on record is of %(day)s."), day=day)))
    about = Text(reading.say(N_("Every figure is counted by the hub from its record; nothing is typed in.")))
    return Section(number, reading.say(N_("Cover")), (*notes, about))


def particulars(reading: Reading) -> tuple[tuple[str, str], ...]:
    """The lines of the cover."""
    facts, subject, words = reading.facts, reading.facts["subject"], reading.words
    last = date.fromisoformat(facts["after"]) - timedelta(days=1)
    days = f"{words.day(date.fromisoformat(facts['first']))} – {words.day(last)}"
    lines = [(reading.say(N_("Period")), f"{facts['period']} ({days})")]
    if subject["code"]:
        lines.insert(0, (reading.say(N_("Office")), f"{subject['name']} ({subject['code']})"))
        kind = PROPERTY.get(subject["property_type"])
        lines.append(
            (reading.say(N_("Property type")), reading.say(kind) if kind else subject["property_type"])
        )
    else:
        lines.insert(0, (reading.say(N_("Company")), subject["name"]))
        names = ", ".join(name for _, name in subject["offices"])
        lines.append((reading.say(N_("Offices")), names))
    if subject["households"]:
        lines.append((reading.say(N_("Households")), words.number(subject["households"])))
    if subject["area_m2"]:
        lines.append((reading.say(N_("Managed area")), f"{words.number(subject['area_m2'])} m²"))
    cut_off = words.moment(moment(facts["as_of"]), "year")
    return (*lines, (reading.say(N_("Data cut-off")), cut_off))


def summary(reading: Reading, number: str) -> Section:
    """One page: tiles, three findings, three requests, what changed and why."""
    found = [one for one in reading.facts["findings"] if one["says"]]
    ranked = sorted(found, key=lambda one: WEIGHT[one["tone"]])
    asked = [one for one in ranked if one["asks"]]
    blocks: tuple[Block, ...] = (
        Tiles("headline", tuple(_tile(reading, name) for name in HEADLINES)),
        Sentences(
            reading.say(N_("Findings")),
            tuple(reading.sentence(one) for one in ranked[:MOST_FINDINGS]),
            numbered=True,
        ),
        Sentences(
            reading.say(N_("To be decided")),
            tuple(reading.request(one) for one in asked[:MOST_REQUESTS])
            or (Sentence(reading.say(N_("Nothing this time."))),),
            numbered=True,
        ),
        Sentences(
            reading.say(N_("What changed, and why")),
            tuple(reading.sentence(one) for one in found if one not in ranked[:MOST_FINDINGS]),
        ),
    )
    return Section(number, reading.say(N_("Summary")), blocks)


def _tile(reading: Reading, name: str) -> Tile:
    facts = reading.facts
    whole = facts["whole"]
    value: Value = reading.share(whole, name) if name in RATIOS else reading.count(whole, name)
    return Tile(
        id=f"tile-{name}",
        label=reading.label(name),
        value=value,
        light=reading.light(name, whole),
        target=reading.target(name),
        before=reading.change(name, facts["before"], whole),
        year_ago=reading.change(name, facts["year_ago"], whole),
        trend=_trend(reading, name),
    )


def _trend(reading: Reading, name: str) -> Chart:
    """The indicator month by month, as far as a month's counts give it."""
    months = reading.facts["months"][-12:]
    values = tuple(_of_month(month, name) for month in months)
    return Chart(
        id=f"trend-{name}",
        kind="line",
        title=reading.label(name),
        labels=tuple(month["key"] for month in months),
        series=(Series(reading.label(name), values),),
        head=reading.say(N_("Month")),
        unit="share" if name in RATIOS else "count",
    )


def _of_month(month: Row, name: str) -> float | None:
    counts: dict[str, Any] = month["counts"]
    if name not in RATIOS:
        return float(counts.get(name, 0))
    formula, _ = RATIOS[name]
    if not {*formula.over, *formula.under, *formula.less} <= set(NAMES):
        return None  # a month's counts do not give this one: no line rather than a wrong one
    over = sum(counts.get(each, 0) for each in formula.over) - sum(
        counts.get(each, 0) for each in formula.less
    )
    return Share(over, sum(counts.get(each, 0) for each in formula.under)).value
