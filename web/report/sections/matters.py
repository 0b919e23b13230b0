"""8 Complaints one by one, 9 Overdue by cause, 12 Incidents: the matters behind the figures, by number."""

from collections import Counter
from typing import Any

from hub.wall_clock import as_utc
from web.report.document import (
    MOMENT,
    TEXT,
    TICKET,
    Column,
    Length,
    Section,
    Table,
    Text,
    TicketNumber,
    Value,
)
from web.report.reading import Reading, moment
from web.words import N_

MOST_ROWS = 300
Matter = dict[str, Any]


def complaints(reading: Reading, number: str) -> Section:
    """The grave ones with their handling, and every one that is not closed, with its reason."""
    said = N_(
        "Grave: priority P1, three households or more, reopened twice or more, urged three times or more."
    )
    blocks = (_major(reading), Text(reading.say(said)), _reasons(reading), _unclosed(reading))
    return Section(number, reading.say(N_("Major and unclosed complaints")), blocks)


def overdue(reading: Reading, number: str) -> Section:
    """What is past due, by cause, and whose it is."""
    return Section(number, reading.say(N_("Overdue")), (_causes(reading), _overdue(reading)))


def incidents(reading: Reading, number: str) -> Section:
    """Emergencies one by one: when, how soon somebody was there for the caller, whether it is over."""
    columns = (
        Column(reading.say(N_("Ticket")), TICKET),
        Column(reading.say(N_("Category")), TEXT, 1.6),
        Column(reading.say(N_("Place")), TEXT),
        Column(reading.say(N_("Received")), MOMENT, 1.7),
        Column(reading.say(N_("Answered after")), "length"),
        Column(reading.say(N_("Closed")), TEXT, 1.7),
        Column(reading.say(N_("Handling")), TEXT, 1.6),
    )
    rows: list[tuple[Value, ...]] = [
        (
            TicketNumber(one["number"]),
            reading.name("category", one["category"]),
            one["place"],
            moment(one["received_at"]),
            _between(one["received_at"], one["first_contact_at"]),
            _closing(reading, one),
            _handling(reading, one),
        )
        for one in reading.facts["emergencies"]
    ]
    kinds = Counter(one["category"] for one in reading.facts["emergencies"])
    table = Table(
        "incidents",
        reading.say(N_("Emergencies received in the period")),
        columns,
        rows,
        empty=reading.say(N_("No emergency was received.")),
        printed=MOST_ROWS,
    )
    return Section(number, reading.say(N_("Incidents")), (_counted(reading, kinds), table))


def _counted(reading: Reading, kinds: Counter[str | None]) -> Table:
    columns = (Column(reading.say(N_("Category")), TEXT, 3), Column(reading.say(N_("Emergencies"))))
    rows: list[tuple[Value, ...]] = [
        (reading.name("category", code), count)
        for code, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0] or ""))
    ]
    empty = reading.say(N_("No emergency was received."))
    return Table("incident-kinds", reading.say(N_("Incidents by kind")), columns, rows, empty=empty)


def _major(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Ticket")), TICKET),
        Column(reading.say(N_("Category")), TEXT, 1.5),
        Column(reading.say(N_("Matter")), TEXT, 2.2),
        Column(reading.say(N_("Households"))),
        Column(reading.say(N_("Reopened"))),
        Column(reading.say(N_("Urged"))),
        Column(reading.say(N_("Handling")), TEXT, 1.8),
    )
    rows: list[tuple[Value, ...]] = [
        (
            TicketNumber(one["number"]),
            reading.name("category", one["category"]),
            reading.texts.get(one["number"], ""),
            one["households"],
            one["reopened"],
            one["urged"],
            _handling(reading, one),
        )
        for one in reading.facts["major"]
    ]
    empty = reading.say(N_("No complaint of the period was grave."))
    title = reading.say(N_("Grave complaints of the period"))
    return Table("major", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _reasons(reading: Reading) -> Table:
    counted = Counter(_reason(one) for one in reading.facts["unclosed"])
    columns = (Column(reading.say(N_("What they wait for")), TEXT, 3), Column(reading.say(N_("Complaints"))))
    rows: list[tuple[Value, ...]] = [
        (reading.waits({"waits": code, "since": None, "tries": 0}), count)
        for code, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]
    empty = reading.say(N_("Every complaint is closed."))
    title = reading.say(N_("Unclosed complaints by reason"))
    return Table("unclosed-reasons", title, columns, rows, empty=empty)


def _unclosed(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Ticket")), TICKET),
        Column(reading.say(N_("Category")), TEXT, 1.5),
        Column(reading.say(N_("Matter")), TEXT, 2.2),
        Column(reading.say(N_("Place")), TEXT),
        Column(reading.say(N_("Open for")), "length", 1.4),
        Column(reading.say(N_("Reason and progress")), TEXT, 2),
        Column(reading.say(N_("Owner")), TEXT, 1.2),
    )
    rows: list[tuple[Value, ...]] = [
        (
            TicketNumber(one["number"]),
            reading.name("category", one["category"]),
            reading.texts.get(one["number"], ""),
            one["place"],
            _between(one["received_at"], reading.facts["as_of"]),
            reading.waits(one),
            one["owner"],
        )
        for one in reading.facts["unclosed"]
    ]
    empty = reading.say(N_("Every complaint is closed."))
    title = reading.say(N_("Every unclosed complaint, those of earlier periods included"))
    return Table("unclosed", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _causes(reading: Reading) -> Table:
    late: dict[str, list[Matter]] = {}
    for one in reading.facts["overdue"]:
        late.setdefault(one["cause"], []).append(one)
    columns = (
        Column(reading.say(N_("Cause")), TEXT, 3),
        Column(reading.say(N_("Matters"))),
        Column(reading.say(N_("Longest overdue")), "length", 1.5),
    )
    rows: list[tuple[Value, ...]] = [
        (reading.cause(cause), len(found), Length(float(max(one["late_seconds"] for one in found))))
        for cause, found in sorted(late.items(), key=lambda one: (-len(one[1]), one[0]))
    ]
    empty = reading.say(N_("Nothing is overdue."))
    return Table("causes", reading.say(N_("Overdue by cause")), columns, rows, empty=empty)


def _overdue(reading: Reading) -> Table:
    columns = (
        Column(reading.say(N_("Ticket")), TICKET),
        Column(reading.say(N_("Category")), TEXT, 1.6),
        Column(reading.say(N_("Priority")), TEXT),
        Column(reading.say(N_("Overdue by")), "length", 1.4),
        Column(reading.say(N_("Cause")), TEXT, 1.5),
        Column(reading.say(N_("Department")), TEXT, 1.3),
        Column(reading.say(N_("Owner")), TEXT, 1.3),
    )
    rows: list[tuple[Value, ...]] = [
        (
            TicketNumber(one["number"]),
            reading.name("category", one["category"]),
            reading.name("priority", one["priority"]),
            Length(float(one["late_seconds"])),
            reading.cause(one["cause"]),
            one["department"],
            one["owner"],
        )
        for one in reading.facts["overdue"]
    ]
    empty = reading.say(N_("Nothing is overdue."))
    title = reading.say(N_("Overdue matters, the longest first"))
    return Table("overdue", title, columns, rows, empty=empty, printed=MOST_ROWS)


def _reason(matter: Matter) -> str:
    return str(matter["waits"])


def _closing(reading: Reading, matter: Matter) -> str:
    if matter["closed_at"] is None:
        return reading.say(N_("carried over"))
    return reading.words.moment(moment(matter["closed_at"]), "year")


def _handling(reading: Reading, matter: Matter) -> str:
    """What became of it, or what it waits for."""
    if matter["outcome"] is not None and matter["closed_at"] is not None:
        return reading.words.label(matter["outcome"], "outcome")
    return reading.waits(matter)


def _between(start: str, end: str | None) -> Length:
    return Length(None if end is None else (as_utc(moment(end)) - as_utc(moment(start))).total_seconds())
