"""7 Hot spots: building by category, what repeats, what breaks again, orders that wander."""

from collections.abc import Iterable

from web.report.document import MOMENT, TEXT, Chart, Column, Section, Series, Table, TicketNumber, Value
from web.report.reading import Reading, moment
from web.words import N_

MOST_BUILDINGS, MOST_GROUPS, MOST_ROWS = 14, 16, 20
FEW = 5  # so many buildings have room for their names, more are shown by code


def hotspots(reading: Reading, number: str) -> Section:
    """Where it comes together and what comes back."""
    blocks = (
        _heat(reading),
        _rooms(reading),
        _topics(reading),
        _places(reading),
        _wandering(reading),
        _routes(reading),
        _often(reading),
    )
    return Section(number, reading.say(N_("Hot spots")), blocks)


def _heat(reading: Reading) -> Chart:
    counts = {(building, group): n for building, _, group, n in reading.facts["heat"]}
    names = {code: name for code, name, _, _ in reading.facts["heat"]}
    buildings = _by_weight(((code, n) for (code, _), n in counts.items()), MOST_BUILDINGS)
    groups = _by_weight(((group, n) for (_, group), n in counts.items()), MOST_GROUPS)
    short = len(buildings) > FEW
    series = tuple(
        Series(reading.name("group", group), tuple(float(counts.get((code, group), 0)) for code in buildings))
        for group in groups
    )
    return Chart(
        id="heat",
        kind="heat",
        title=reading.say(N_("Received, by building and category group")),
        labels=tuple(
            (code if short else names[code]) or reading.name("building", code) for code in buildings
        ),
        series=series,
        head=reading.say(N_("Building")),
    )


def _rooms(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Room")), TEXT),
        Column(reading.say(N_("Category")), TEXT, 2),
        Column(reading.say(N_("Times"))),
        Column(reading.say(N_("Last")), MOMENT, 1.5),
    )
    rows: list[tuple[Value, ...]] = [
        (room, reading.name("category", category), times, moment(last))
        for room, category, times, last in reading.facts["rooms"]
    ]
    empty = reading.say(N_("No room has complained twice of the same."))
    title = reading.say(N_("Rooms with the same complaint twice or more in 30 days"))
    return Table("rooms", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _topics(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Category")), TEXT, 3),
        Column(reading.say(N_("Households"))),
        Column(reading.say(N_("Matters"))),
    )
    rows: list[tuple[Value, ...]] = [
        (reading.name("category", category), households, count)
        for category, households, count in reading.facts["topics"]
    ]
    empty = reading.say(N_("No trouble was reported by three households or more."))
    title = reading.say(N_("What three or more households reported"))
    return Table("topics", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _places(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Place")), TEXT),
        Column(reading.say(N_("Category group")), TEXT, 2),
        Column(reading.say(N_("Breakdowns"))),
        Column(reading.say(N_("Last")), MOMENT, 1.5),
    )
    rows: list[tuple[Value, ...]] = [
        (place, reading.name("group", group), times, moment(last))
        for place, group, times, last in reading.facts["places"]
    ]
    empty = reading.say(N_("Nothing broke twice in the same place."))
    title = reading.say(N_("Places where the same kind of thing broke again"))
    return Table("places", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _wandering(reading: Reading) -> Table:
    found = reading.facts["wandering"]
    named = (
        ("returned", N_("Matters with an order returned")),
        ("wrong", N_("Sent to the wrong department first")),
        ("ping_pong", N_("Returned twice or more")),
    )
    columns = (Column("", TEXT, 3), Column(reading.say(N_("Matters"))))
    rows: list[tuple[Value, ...]] = [(reading.say(said), found[name]) for name, said in named]
    return Table("wandering", reading.say(N_("Orders that wandered")), columns, rows)


def _routes(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("From")), TEXT, 2),
        Column(reading.say(N_("To")), TEXT, 2),
        Column(reading.say(N_("Matters"))),
    )
    rows: list[tuple[Value, ...]] = [
        (reading.name("department", left), reading.name("department", to), count)
        for left, to, count in reading.facts["wandering"]["routes"]
    ]
    empty = reading.say(N_("No order went to the wrong department."))
    return Table("routes", reading.say(N_("Sent wrong: from where to where")), columns, rows, empty=empty)


def _often(reading: Reading) -> Table:
    columns = (Column(reading.say(N_("Ticket")), "ticket"), Column(reading.say(N_("Matter")), TEXT, 4))
    rows: list[tuple[Value, ...]] = [
        (TicketNumber(number), reading.texts.get(number, ""))
        for number in reading.facts["wandering"]["numbers"]
    ]
    empty = reading.say(N_("No order came back twice."))
    title = reading.say(N_("Tickets returned twice or more"))
    return Table("ping-pong", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _by_weight(counted: Iterable[tuple[str, int]], most: int) -> list[str]:
    sums: dict[str, int] = {}
    for key, count in counted:
        sums[key] = sums.get(key, 0) + count
    return sorted(sums, key=lambda key: (-sums[key], key))[:most]
