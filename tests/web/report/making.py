"""Reports for tests: a small random history made through the real verbs, and the document of a period."""

from typing import Any

from hub import clock
from hub.organisation import Company, Office
from hub.statistics import periods
from tests.house import House
from web.report import build
from web.report.document import Document
from web.words import Locale, words_in


def facts_of(hub: House, period: str, subject: Office | Company | None = None) -> dict[str, Any]:
    """The facts of a period as a report has them."""
    return hub.look(lambda tx: build.gather(tx, subject or hub.office(), periods.parse(period)))


def document_of(hub: House, found: dict[str, Any], locale: Locale = "en") -> Document:
    """The document of these facts, with what the matters are called."""
    said = hub.look(build.texts, found)
    return build.lay_out(found, words_in(locale, "Asia/Hong_Kong"), said)


def this_month() -> str:
    """The month of the test's clock, as people write it."""
    return f"{clock.now():%Y-%m}"
