"""From an office and a period to a document: count, find, lay out; what is frozen is laid out alike."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from hub.database import Database, Tx
from hub.organisation import Company, Office
from hub.reports import Report
from hub.statistics import periods
from hub.statistics.periods import Period
from hub.tickets import Ticket
from web.report import facts, findings, sections
from web.report.document import Block, Document, Table
from web.report.facts import Facts, Progress
from web.report.reading import Reading, moment
from web.report.sections.summary import particulars
from web.words import N_, Words

TITLES = {
    periods.WEEKLY: N_("Weekly analysis report"),
    periods.MONTHLY: N_("Monthly analysis report"),
    periods.QUARTERLY: N_("Quarterly analysis report"),
    periods.YEARLY: N_("Yearly analysis report"),
}
AT_ONCE = 500
ONE_BY_ONE = frozenset({"unclosed", "overdue", "major", "incidents", "ping-pong", "rooms", "places"})


def count(
    database: Database, subject: Office | Company, period: Period, progress: Progress | None = None
) -> Facts:
    """As `gather`, of the present moment, by two readers at once."""
    with database.views(2) as (tx, beside):
        return gather(tx, subject, period, progress, beside)


def gather(
    tx: Tx,
    subject: Office | Company,
    period: Period,
    progress: Progress | None = None,
    beside: Tx | None = None,
) -> Facts:
    """The facts of the period with their findings: what is frozen when a report is issued."""
    if isinstance(subject, Office):
        found = facts.of_office(tx, subject, period, progress, beside)
    else:
        found = facts.of_company(tx, subject, period, progress, beside)
    return found | {"findings": findings.find(found)}


def texts(tx: Tx, found: Facts) -> dict[str, str]:
    """The items of the tickets these facts name, as they stand now: what was erased is gone."""
    numbers = sorted(set(_numbers(found)))
    said: dict[str, str] = {}
    for start in range(0, len(numbers), AT_ONCE):
        query = select(col(Ticket.number), col(Ticket.item)).where(
            col(Ticket.number).in_(numbers[start : start + AT_ONCE])
        )
        said.update((row[0], row[1]) for row in tx.execute(query))
    return said


def lay_out(found: Facts, words: Words, said: dict[str, str], report: Report | None = None) -> Document:
    """The document of these facts in the reader's language; of an issued report with its version and hash."""
    reading = Reading(found, words, said)
    subject = found["subject"]
    return Document(
        title=words.gettext(TITLES[found["edition"]]),
        subtitle=f"{subject['name']} · {found['period']}",
        locale=words.locale,
        zone=words.zone,
        cover=(*particulars(reading), *_issued(reading, report)),
        sections=sections.all_of(reading),
        footer=_footer(reading, report),
    )


def summed_up(document: Document) -> Document:
    """The document without the tables of single matters and rooms: to be shown to outsiders."""

    def keep(block: Block) -> bool:
        return not (isinstance(block, Table) and block.id in ONE_BY_ONE)

    kept = tuple(replace(part, blocks=tuple(filter(keep, part.blocks))) for part in document.sections)
    return replace(document, sections=kept)


def _issued(reading: Reading, report: Report | None) -> Iterable[tuple[str, str]]:
    words = reading.words
    if report is None:
        return [(reading.say(N_("State")), reading.say(N_("draft, not issued")))]
    lines = [
        (reading.say(N_("Report number")), number(report)),
        (reading.say(N_("Issued")), words.moment(report.issued_at, "year")),
        (reading.say(N_("Hash")), report.hash),
    ]
    if report.correction:
        lines.insert(1, (reading.say(N_("Correction")), report.correction))
    return lines


def number(report: Report) -> str:
    """What an issued report is called: about what, which period, which version."""
    return f"{report.about.replace(':', '-')}/{report.period}/{report.version}"


def _footer(reading: Reading, report: Report | None) -> str:
    if report is not None:
        return f"{number(report)} · {report.hash[:12]}"
    cut_off = reading.words.moment(moment(reading.facts["as_of"]), "year")
    return reading.say(N_("draft · figures as of %(moment)s"), moment=cut_off)


def _numbers(found: Facts) -> Iterable[str]:
    for name in ("unclosed", "overdue", "major", "emergencies"):
        yield from (one["number"] for one in found[name])
    yield from found["wandering"]["numbers"]
