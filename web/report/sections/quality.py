"""5 Timeliness and 6 Quality: were promises kept, how long did it take, what did the customers say."""

from hub.statistics.definitions import MEDIANS
from web.report.document import (
    CHANGE,
    LENGTH,
    LIGHT,
    SHARE,
    TEXT,
    Chart,
    Column,
    Section,
    Series,
    Table,
    Value,
)
from web.report.reading import Reading
from web.report.sections.volume import on_time_chart
from web.words import N_

RATES = (
    "on_time_response",
    "on_time_acceptance",
    "on_time_arrival",
    "on_time_work",
    "on_time_completion",
    "on_time_completion_gross",
    "on_time_callback",
)
SAID = (
    "callback_rate",
    "reach_rate",
    "satisfaction",
    "satisfaction_strict",
    "solved_rate",
    "return_rate",
    "reopen_rate",
    "repeat_repair_rate",
    "self_approved_share",
)
STEPS = ("answer", "accept", "arrive", "done", "resolve")


def timeliness(reading: Reading, number: str) -> Section:
    """Rates against targets, by priority; medians and what nine in ten stayed within; the weeks."""
    blocks = (
        _rates(reading, "timeliness", N_("Kept in time"), RATES),
        _by_priority(reading),
        _lengths(reading),
        on_time_chart(reading),
    )
    return Section(number, reading.say(N_("Timeliness")), blocks)


def quality(reading: Reading, number: str) -> Section:
    """Callbacks and what customers said; what came back; dissatisfaction by category group."""
    blocks = (
        _rates(reading, "quality", N_("Callbacks, and what came back"), SAID),
        _answers(reading),
        _dissatisfied(reading),
    )
    return Section(number, reading.say(N_("Quality")), blocks)


def _rates(reading: Reading, id: str, title: str, names: tuple[str, ...]) -> Table:
    facts = reading.facts
    columns = (
        Column("", TEXT, 2),
        Column(reading.say(N_("This period")), SHARE),
        Column(reading.say(N_("Of")), "count"),
        Column(reading.say(N_("Target")), TEXT),
        Column("", LIGHT, 1.7),
        Column(reading.say(N_("On the period before")), CHANGE),
        Column(reading.say(N_("On the year before")), CHANGE),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.label(name),
            reading.share(facts["whole"], name),
            reading.share(facts["whole"], name).whole,
            reading.target(name),
            reading.light(name, facts["whole"]) if reading.target(name) else "",
            reading.ratio_change(name, facts["before"]),
            reading.ratio_change(name, facts["year_ago"]),
        )
        for name in names
    ]
    return Table(id, reading.say(title), columns, rows)


def _by_priority(reading: Reading) -> Table:
    names = ("on_time_response", "on_time_arrival", "on_time_completion")
    columns = (
        Column(reading.say(N_("Priority")), TEXT, 2),
        *(Column(reading.label(name), SHARE) for name in names),
        Column(reading.label("resolve"), LENGTH, 1.3),
        Column(reading.label("resolve_p90"), LENGTH, 1.3),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.named("priority", row),
            *(reading.share(row, name) for name in names),
            reading.length(row, "resolve"),
            reading.length(row, "resolve_p90"),
        )
        for row in reading.rows("priority")
    ]
    empty = reading.say(N_("Nothing fell due."))
    return Table("priorities", reading.say(N_("By priority")), columns, rows, empty=empty)


def _lengths(reading: Reading) -> Table:
    facts = reading.facts
    columns = (
        Column("", TEXT, 2),
        Column(reading.say(N_("Median")), LENGTH),
        Column(reading.say(N_("Nine in ten within")), LENGTH),
        Column(reading.say(N_("Median before")), LENGTH),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.say(MEDIANS[step].label),
            reading.length(facts["whole"], step),
            reading.length(facts["whole"], f"{step}_p90"),
            reading.length(facts["before"], step),
        )
        for step in STEPS
    ]
    note = reading.say(N_("Whole time on the wall, holds included; times nobody stated are left out."))
    return Table("lengths", reading.say(N_("How long it took")), columns, rows, note=note)


def _answers(reading: Reading) -> Chart:
    rows = [row for row in reading.rows("group") if reading.count(row, "reached")]
    named = (
        ("satisfied", N_("Satisfied")),
        ("fairly", N_("Fairly satisfied")),
        ("dissatisfied", N_("Dissatisfied")),
    )
    series = tuple(
        Series(reading.say(said), tuple(float(reading.count(row, name)) for row in rows))
        for name, said in named
    )
    return Chart(
        id="answers",
        kind="stacked",
        title=reading.say(N_("What customers said, by category group")),
        labels=tuple(reading.named("group", row) for row in rows),
        series=series,
        head=reading.say(N_("Category group")),
    )


def _dissatisfied(reading: Reading) -> Table:
    rows = [row for row in reading.rows("group") if reading.count(row, "dissatisfied")]
    rows.sort(key=lambda row: (-reading.count(row, "dissatisfied"), row["key"]))
    columns = (
        Column(reading.say(N_("Category group")), TEXT, 3),
        Column(reading.say(N_("Dissatisfied"))),
        Column(reading.say(N_("Reached"))),
        Column(reading.label("solved_rate"), SHARE),
    )
    cells: list[tuple[Value, ...]] = [
        (
            reading.named("group", row),
            reading.count(row, "dissatisfied"),
            reading.count(row, "reached"),
            reading.share(row, "solved_rate"),
        )
        for row in rows
    ]
    empty = reading.say(N_("Nobody who was reached was dissatisfied."))
    title = reading.say(N_("Where customers were dissatisfied"))
    return Table("quality-groups", title, columns, cells, empty=empty)
