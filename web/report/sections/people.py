"""11 Departments and staff, and in the company's edition its offices side by side.

A league table without its volume is unjust, so the volume stands in every row; who had fewer than
five matters is counted but not rated. Source: domain.md §7-11 (minimum n, a guess: 5).
"""

from web.report.document import (
    CHANGE,
    LENGTH,
    SHARE,
    TEXT,
    Block,
    Chart,
    Column,
    Section,
    Series,
    Share,
    Table,
    Text,
    Value,
)
from web.report.reading import Reading, Row
from web.words import N_

FEWEST = 5
MOST_ROWS = 40


def people(reading: Reading, number: str) -> Section:
    """Departments and staff: volume, time, what came back; the offices first, where there are several."""
    blocks: list[Block] = []
    if reading.facts["subject"]["kind"] == "company":
        blocks += [_offices(reading), _office_chart(reading)]
    note = N_(
        "Who had fewer than five due is counted but not rated. Difficulty differs: compare like with like."
    )
    blocks += [
        _parts(reading, "department", "departments", N_("Departments")),
        _lateness(reading),
        _parts(reading, "worker", "workers", N_("Staff")),
        Text(reading.say(note)),
    ]
    return Section(number, reading.say(N_("Departments and staff")), tuple(blocks))


def _parts(reading: Reading, by: str, id: str, title: str) -> Table:
    columns = (
        Column("", TEXT, 2),
        Column(reading.label("orders")),
        Column(reading.label("on_time_work"), SHARE),
        Column(reading.label("on_time_completion"), SHARE),
        Column(reading.label("returned")),
        Column(reading.label("reopened")),
        Column(reading.label("satisfaction"), SHARE),
        Column(reading.label("done"), LENGTH, 1.4),
    )
    rows: list[tuple[Value, ...]] = [
        (
            reading.named(by, row),
            reading.count(row, "orders"),
            _rated(reading.share(row, "on_time_work")),
            _rated(reading.share(row, "on_time_completion")),
            reading.count(row, "returned"),
            reading.count(row, "reopened"),
            _rated(reading.share(row, "satisfaction")),
            reading.length(row, "done"),
        )
        for row in _busiest(reading, by)
    ]
    empty = reading.say(N_("No order was issued."))
    return Table(id, reading.say(title), columns, rows, empty=empty, printed=MOST_ROWS)


def _rated(share: Share) -> Share:
    return share if share.whole >= FEWEST else Share(0, 0)


def _lateness(reading: Reading) -> Chart:
    rows = [row for row in _busiest(reading, "department") if reading.share(row, "on_time_completion").whole]
    kept = tuple(float(reading.share(row, "on_time_completion").part) for row in rows)
    late = tuple(float(reading.count(row, "late_resolve")) for row in rows)
    return Chart(
        id="departments-late",
        kind="stacked",
        title=reading.say(N_("Completed in time and late, by department")),
        labels=tuple(reading.named("department", row) for row in rows),
        series=(Series(reading.say(N_("In time")), kept), Series(reading.say(N_("Late")), late)),
        head=reading.say(N_("Department")),
    )


def _offices(reading: Reading) -> Table:
    """Side by side: per household, in time, satisfied, each with its place and its change."""
    before = reading.before("office")
    rows = sorted(
        reading.facts["divisions"]["office"],
        key=lambda row: (-(reading.share(row, "on_time_completion").value or -1.0), row["key"]),
    )
    columns = (
        Column(reading.say(N_("Office")), TEXT, 2),
        Column(reading.say(N_("Rank"))),
        Column(reading.label("received")),
        Column(reading.say(N_("On the period before")), CHANGE),
        Column(reading.say(N_("Complaints per household")), SHARE),
        Column(reading.label("on_time_completion"), SHARE),
        Column(reading.say(N_("On the period before")), CHANGE),
        Column(reading.label("satisfaction"), SHARE),
    )
    cells: list[tuple[Value, ...]] = [
        (
            row["label"],
            rank if reading.share(row, "on_time_completion").whole else None,
            reading.count(row, "received"),
            reading.change("received", before.get(row["key"]), row),
            reading.share(row, "complaints_per_household"),
            reading.share(row, "on_time_completion"),
            reading.change("on_time_completion", before.get(row["key"]), row),
            reading.share(row, "satisfaction"),
        )
        for rank, row in enumerate(rows, start=1)
    ]
    note = reading.say(
        N_("Ranked by what was completed in time; below target twice running: %(names)s."),
        names=_below(reading),
    )
    return Table("offices", reading.say(N_("Offices side by side")), columns, cells, note=note)


def _below(reading: Reading) -> str:
    """The offices that missed the target for completion in this period and the one before."""
    target, _ = reading.facts["targets"]["on_time_completion"]
    before = reading.before("office")
    names = [
        row["label"]
        for row in reading.facts["divisions"]["office"]
        if _misses(reading, row, target) and _misses(reading, before.get(row["key"]), target)
    ]
    return ", ".join(names) or reading.say(N_("none"))


def _misses(reading: Reading, row: Row | None, target: float) -> bool:
    value = reading.share(row, "on_time_completion").value
    return value is not None and value < target


def _office_chart(reading: Reading) -> Chart:
    rows = reading.facts["divisions"]["office"]
    return Chart(
        id="offices-received",
        kind="bar",
        title=reading.say(N_("Received by office")),
        labels=tuple(row["label"] for row in rows),
        series=(
            Series(reading.label("received"), tuple(float(reading.count(row, "received")) for row in rows)),
        ),
        head=reading.say(N_("Office")),
    )


def _busiest(reading: Reading, by: str) -> list[Row]:
    return sorted(reading.rows(by), key=lambda row: (-reading.count(row, "orders"), row["key"]))
