"""10 Actions, 13 The other duties, 14 Supervision and 15 Plan: what is to be done, what is to come.

What the hub keeps no record of is said to be so, never shown as nothing.
"""

from web.report.document import TEXT, Chart, Column, Section, Sentences, Series, Table, Text, Value
from web.report.reading import Reading, Row
from web.words import N_

METHODS = {
    "holt_winters": N_("trend and season (Holt-Winters)"),
    "same_month": N_("as in the same month last year"),
    "mean": N_("mean of the last three months"),
}
# the duties of the centre beside complaints (seed 2-2), each with the counts the hub has of it
DUTIES = (
    (N_("Outside parties (duty 4)"), ()),
    (N_("Inspections (duty 5)"), ("urged", "supervised")),
    (N_("Archive (duty 6)"), ()),
    (N_("Contracts and permits (duty 7)"), ()),
    (N_("Training (duty 8)"), ()),
    (N_("Fees (duty 9)"), ()),
)
MOST_BARS = 12


def actions(reading: Reading, number: str) -> Section:
    """Corrective and preventive actions that the figures ask for."""
    asked = [one for one in reading.facts["findings"] if one["asks"]]
    title = reading.say(N_("Asked for by this report"))
    sentences = Sentences(title, tuple(reading.request(one) for one in asked), numbered=True)
    note = Text(
        reading.say(N_("The hub keeps no register of such actions yet; these follow from the figures."))
    )
    nothing = Text(reading.say(N_("The figures ask for no action.")))
    return Section(
        number, reading.say(N_("Corrective and preventive actions")), (note, sentences if asked else nothing)
    )


def duties(reading: Reading, number: str) -> Section:
    """Duties 4 to 9 in short."""
    whole = reading.facts["whole"]
    rows: list[tuple[Value, ...]] = []
    for duty, names in DUTIES:
        counted = [
            (name, reading.facts["supervision"].get(name, reading.count(whole, name))) for name in names
        ]
        said = ", ".join(
            f"{reading.say(SUPERVISION[name])}: {reading.words.number(n)}" for name, n in counted
        )
        rows.append((reading.say(duty), said or reading.say(N_("no records in the hub yet"))))
    columns = (Column(reading.say(N_("Duty")), TEXT, 2), Column(reading.say(N_("In this period")), TEXT, 4))
    return Section(
        number,
        reading.say(N_("Duties 4 to 9 in short")),
        (Table("duties", reading.say(N_("The other duties of the centre")), columns, rows),),
    )


def supervision(reading: Reading, number: str) -> Section:
    """Urged, pressed, escalated and put under supervision in the period."""
    counts = reading.facts["supervision"]
    columns = (Column("", TEXT, 3), Column(reading.say(N_("Times"))))
    rows: list[tuple[Value, ...]] = [
        (reading.say(said), counts.get(name, 0)) for name, said in SUPERVISION.items()
    ]
    table = Table("supervision", reading.say(N_("Urging, supervision, escalation")), columns, rows)
    note = Text(reading.say(N_("The hub keeps no register of requests to the quality department yet.")))
    return Section(number, reading.say(N_("Supervision and help")), (table, note))


def plan(reading: Reading, number: str) -> Section:
    """What next month is expected to bring, with the error of saying so."""
    blocks = (_forecast(reading), _expected(reading), _by_category(reading))
    return Section(number, reading.say(N_("Plan for the next month")), blocks)


def _forecast(reading: Reading) -> Table:
    rows = [
        (
            reading.name("group", one["group"]) if one["group"] else reading.say(N_("All")),
            *_foretold(reading, one),
        )
        for one in reading.facts["forecast"]
    ]
    note = reading.say(
        N_("The error is the mean miss on months held back, each foretold from those before it.")
    )
    title = reading.say(N_("Expected next month"))
    return Table("forecast", title, _columns(reading), rows, note=note, empty=_nothing(reading))


def _by_category(reading: Reading) -> Table:
    """The busiest categories; a report issued before they were foretold has none."""
    rows = [
        (reading.name("category", one["category"]), *_foretold(reading, one))
        for one in reading.facts.get("forecast_categories", ())
    ]
    title = reading.say(N_("Expected next month, the busiest categories"))
    return Table("forecast-categories", title, _columns(reading), rows, empty=_nothing(reading))


def _columns(reading: Reading) -> tuple[Column, ...]:
    return (
        Column("", TEXT, 2),
        Column(reading.say(N_("Expected"))),
        Column(reading.say(N_("Give or take")), "number"),
        Column(reading.say(N_("Last month"))),
        Column(reading.say(N_("Same month last year")), "number"),
        Column(reading.say(N_("Its error")), "number"),
        Column(reading.say(N_("Method")), TEXT, 2.9),
    )


def _foretold(reading: Reading, one: Row) -> tuple[Value, ...]:
    return (
        round(one["value"]),
        None if one["error"] is None else round(one["error"], 1),
        one["last"],
        None if one["naive"] is None else round(one["naive"]),
        None if one["naive_error"] is None else round(one["naive_error"], 1),
        reading.say(METHODS[one["method"]]),
    )


def _nothing(reading: Reading) -> str:
    return reading.say(N_("There is no whole month to foretell from."))


def _expected(reading: Reading) -> Chart:
    rows = sorted((one for one in reading.facts["forecast"] if one["group"]), key=lambda one: -one["value"])
    rows = rows[:MOST_BARS]
    return Chart(
        id="expected",
        kind="bar",
        title=reading.say(N_("Expected next month, by category group")),
        labels=tuple(reading.name("group", one["group"]) for one in rows),
        series=(Series(reading.say(N_("Expected")), tuple(float(round(one["value"])) for one in rows)),),
        head=reading.say(N_("Category group")),
    )


SUPERVISION = {
    "urged": N_("Urged"),
    "pressed": N_("Pressed"),
    "escalated": N_("Escalated"),
    "supervised": N_("Put under supervision"),
}
