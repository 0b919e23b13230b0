"""16 Consultations and services, in the quarterly edition: what was asked and what was done for customers.

Source: seed article 3, 4.8.2b (a quarterly analysis of consultations and services); domain.md §7.
"""

from web.report.document import LENGTH, SHARE, TEXT, Column, Section, Share, Table, Value
from web.report.reading import Reading
from web.words import N_

KINDS = ("enquiry", "service")


def consultations(reading: Reading, number: str) -> Section:
    """Questions and services side by side: how many, how soon, how well."""
    rows = [row for row in reading.rows("kind") if row["key"] in KINDS]
    whole = reading.count(reading.facts["whole"], "received")
    columns = (
        Column("", TEXT, 2),
        Column(reading.label("received")),
        Column(reading.say(N_("Of all")), SHARE),
        Column(reading.label("closed")),
        Column(reading.label("on_time_response"), SHARE),
        Column(reading.label("on_time_completion"), SHARE),
        Column(reading.label("satisfaction"), SHARE),
        Column(reading.label("answer"), LENGTH, 1.4),
    )
    cells: list[tuple[Value, ...]] = [
        (
            reading.named("kind", row),
            reading.count(row, "received"),
            Share(reading.count(row, "received"), whole),
            reading.count(row, "closed"),
            reading.share(row, "on_time_response"),
            reading.share(row, "on_time_completion"),
            reading.share(row, "satisfaction"),
            reading.length(row, "answer"),
        )
        for row in rows
    ]
    empty = reading.say(N_("Nobody asked for advice or a service."))
    title = reading.say(N_("Consultations and services"))
    return Section(number, title, (Table("consultations", title, columns, cells, empty=empty),))
