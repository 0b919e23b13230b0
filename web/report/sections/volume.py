"""3 Intake and 4 Categories: how much came in, by which door, when, of what kind, and what became of it."""

from hub.statistics import control
from web.report.document import CHANGE, SHARE, TEXT, Chart, Column, Section, Series, Share, Table, Text, Value
from web.report.reading import Reading, Row
from web.words import N_

TOP = 10
FLOW = (
    "carried_over",
    "received",
    "reopened",
    "closed",
    "open",
    "overdue",
    "at_risk",
    "waiting",
    "awaiting_callback",
)


def intake(reading: Reading, number: str) -> Section:
    """Carried over, new, done, open; by channel, kind, hour and weekday; and whether it really changed."""
    blocks = (
        _intake(reading),
        _flow(reading),
        divided(reading, "channel", N_("By channel")),
        bars(reading, "channel", N_("Received by channel"), "received"),
        divided(reading, "kind", N_("By kind")),
        bars(reading, "hour", N_("Received by hour of the day"), "received", kind="column"),
        bars(reading, "weekday", N_("Received by weekday"), "received", kind="column"),
        _ranks(reading),
        Text(
            reading.say(
                N_(
                    "Waiting: nobody has it in hand. Overdue: a promise is past due. "
                    "Awaiting callback: the work is done, the customer not asked yet."
                )
            )
        ),
        control_chart(reading),
    )
    return Section(number, reading.say(N_("Intake")), blocks)


def categories(reading: Reading, number: str) -> Section:
    """The groups as bars, the ten largest categories, and complaints per household or square metre."""
    blocks = (
        bars(reading, "group", N_("Received by category group"), "received", most=15),
        compared(reading, "group", "groups", N_("By category group")),
        compared(reading, "category", "categories", N_("The ten largest categories"), TOP),
        _complaint_rates(reading),
    )
    return Section(number, reading.say(N_("Categories")), blocks)


def _intake(reading: Reading) -> Table:
    facts = reading.facts
    rows: list[tuple[Value, ...]] = [
        (
            reading.label(name),
            reading.count(facts["whole"], name),
            reading.change(name, facts["before"], facts["whole"]),
            reading.change(name, facts["year_ago"], facts["whole"]),
            facts["year_to_date"].get(name, 0),
        )
        for name in ("received", "closed")
    ]
    columns = (
        Column("", TEXT, 2),
        Column(reading.say(N_("This period"))),
        Column(reading.say(N_("On the period before")), CHANGE),
        Column(reading.say(N_("On the year before")), CHANGE),
        Column(reading.say(N_("Year to date"))),
    )
    return Table("intake", reading.say(N_("Received and closed")), columns, rows)


def _flow(reading: Reading) -> Table:
    whole = reading.facts["whole"]
    rows: list[tuple[Value, ...]] = [(reading.label(name), reading.count(whole, name)) for name in FLOW]
    columns = (Column("", TEXT, 3), Column(reading.say(N_("Matters"))))
    return Table("flow", reading.say(N_("From the beginning of the period to its end")), columns, rows)


def divided(reading: Reading, by: str, title: str) -> Table:
    """One division with its counts and rates."""
    columns = (
        Column("", TEXT, 2),
        Column(reading.label("received")),
        Column(reading.label("closed")),
        Column(reading.label("on_time_response"), SHARE),
        Column(reading.label("on_time_completion"), SHARE),
        Column(reading.label("satisfaction"), SHARE),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.named(by, row),
            reading.count(row, "received"),
            reading.count(row, "closed"),
            reading.share(row, "on_time_response"),
            reading.share(row, "on_time_completion"),
            reading.share(row, "satisfaction"),
        )
        for row in _largest(reading, by)
    ]
    return Table(by, reading.say(title), columns, rows, empty=reading.say(N_("Nothing was received.")))


def bars(reading: Reading, by: str, title: str, name: str, kind: str = "bar", most: int = 12) -> Chart:
    """One count of a division as bars, the largest first; as columns in their own order."""
    rows = reading.rows(by) if kind == "bar" else reading.facts["divisions"][by]
    if kind == "bar":
        rows = [row for row in _largest(reading, by) if reading.count(row, name)][:most]
    values = tuple(float(reading.count(row, name)) for row in rows)
    return Chart(
        id=f"{by}-{name}",
        kind=kind,
        title=reading.say(title),
        labels=tuple(reading.named(by, row) for row in rows),
        series=(Series(reading.label(name), values),),
        head=reading.say(title),
    )


def compared(reading: Reading, by: str, id: str, title: str, most: int | None = None) -> Table:
    """A division beside the period before: how many, what share of all, how they were done."""
    before = reading.before(by)
    whole = reading.count(reading.facts["whole"], "received")
    columns = (
        Column("", TEXT, 2.5),
        Column(reading.label("received")),
        Column(reading.say(N_("Of all")), SHARE),
        Column(reading.say(N_("On the period before")), CHANGE),
        Column(reading.say(N_("Late"))),
        Column(reading.label("on_time_completion"), SHARE),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.named(by, row),
            reading.count(row, "received"),
            Share(reading.count(row, "received"), whole),
            reading.change("received", before.get(row["key"], _NONE if before else None), row),
            reading.count(row, "late_resolve"),
            reading.share(row, "on_time_completion"),
        )
        for row in _largest(reading, by)
        if reading.count(row, "received") or reading.count(row, "late_resolve")
    ]
    empty = reading.say(N_("Nothing was received."))
    return Table(id, reading.say(title), columns, rows, empty=empty, printed=most)


def _ranks(reading: Reading) -> Table:
    """Which department finishes the largest part of what it had: the rank needs its volume beside it."""
    rows = [row for row in reading.rows("department") if reading.share(row, "completion_rate").whole]
    rows.sort(key=lambda row: (-(reading.share(row, "completion_rate").value or 0), row["key"]))
    columns = (
        Column(reading.say(N_("Department")), TEXT, 2),
        Column(reading.say(N_("Rank"))),
        Column(reading.label("completion_rate"), SHARE),
        Column(reading.label("received")),
        Column(reading.label("open")),
    )
    cells: list[tuple[Value, ...]] = [
        (
            reading.named("department", row),
            rank,
            reading.share(row, "completion_rate"),
            reading.count(row, "received"),
            reading.count(row, "open"),
        )
        for rank, row in enumerate(rows, start=1)
    ]
    return Table("completion", reading.say(N_("Rank by completion rate")), columns, cells)


def control_chart(reading: Reading) -> Chart:
    """The weekly volume with its natural limits: outside them something really changed."""
    weeks = reading.facts["weeks"]
    labels = [week["key"] for week in weeks]
    chart = control.xmr(labels, [float(reading.count(week, "received")) for week in weeks])
    return _controlled(
        reading, chart, "control-received", N_("Received each week, with what is usual"), "received", "count"
    )


def on_time_chart(reading: Reading) -> Chart:
    """The weekly share completed in time, with limits by each week's own number."""
    weeks = reading.facts["weeks"]
    due = [reading.count(week, "due_resolve") for week in weeks]
    kept = [whole - reading.count(week, "late_resolve") for whole, week in zip(due, weeks, strict=True)]
    chart = control.p([week["key"] for week in weeks], kept, due)
    title = N_("Completed in time each week, with what is usual")
    return _controlled(reading, chart, "control-on-time", title, "on_time_completion", "share")


def _controlled(reading: Reading, chart: control.Control, id: str, title: str, name: str, unit: str) -> Chart:
    limits = chart.centre is not None
    return Chart(
        id=id,
        kind="control",
        title=reading.say(title),
        labels=tuple(point.label for point in chart.points),
        series=(Series(reading.label(name), tuple(point.value for point in chart.points)),),
        head=reading.say(N_("Week")),
        unit=unit,
        centre=chart.centre,
        low=tuple(point.low for point in chart.points) if limits else (),
        high=tuple(point.high for point in chart.points) if limits else (),
        signals=tuple(point.signal for point in chart.points),
    )


def _complaint_rates(reading: Reading) -> Table:
    facts = reading.facts
    rows: list[tuple[Value, ...]] = [
        (reading.label(name), reading.share(facts["whole"], name), reading.share(facts["before"], name))
        for name in (
            "complaints_per_household",
            "complaints_per_m2",
            "complaint_handling_rate",
            "repeat_complaint_rate",
        )
        if reading.share(facts["whole"], name).whole
    ]
    columns = (
        Column("", TEXT, 3),
        Column(reading.say(N_("This period")), SHARE),
        Column(reading.say(N_("The period before")), SHARE),
    )
    empty = reading.say(N_("No complaints, and no households or square metres on record."))
    return Table("complaint-rates", reading.say(N_("Complaints")), columns, rows, empty=empty)


def _largest(reading: Reading, by: str) -> list[Row]:
    return sorted(reading.rows(by), key=lambda row: (-reading.count(row, "received"), row["key"]))


_NONE: Row = {"counts": {}, "ratios": {}, "medians": {}}
