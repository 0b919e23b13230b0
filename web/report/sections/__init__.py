"""The fifteen sections of the monthly analysis, in their order, and the appendix. Source: domain.md §7."""

from hub.statistics.periods import QUARTERLY
from web.report.document import Section
from web.report.reading import Reading
from web.report.sections import (
    appendix,
    consultations,
    hotspots,
    matters,
    outlook,
    people,
    quality,
    summary,
    volume,
)


def all_of(reading: Reading) -> tuple[Section, ...]:
    """The sections of this report; the quarterly edition has one more, of consultations and services."""
    parts = (
        summary.cover,
        summary.summary,
        volume.intake,
        volume.categories,
        quality.timeliness,
        quality.quality,
        hotspots.hotspots,
        matters.complaints,
        matters.overdue,
        outlook.actions,
        people.people,
        matters.incidents,
        outlook.duties,
        outlook.supervision,
        outlook.plan,
    )
    of_quarter = (consultations.consultations,) if reading.facts["edition"] == QUARTERLY else ()
    sections = [part(reading, str(at)) for at, part in enumerate((*parts, *of_quarter), start=1)]
    return (*sections, appendix.appendix(reading))
