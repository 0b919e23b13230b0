"""The fifteen sections of the monthly analysis, in their order, and the appendix. Source: domain.md §7."""

from web.report.document import Section
from web.report.reading import Reading
from web.report.sections import appendix, hotspots, matters, outlook, people, quality, summary, volume


def all_of(reading: Reading) -> tuple[Section, ...]:
    """The sections of this report; the company's has its offices side by side before the rest."""
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
    sections = [part(reading, str(at)) for at, part in enumerate(parts, start=1)]
    return (*sections, appendix.appendix(reading))
