"""Issued reports: frozen facts with their hash, who is to read them, and who has.

A report is issued once for each (about, edition, period); the unique index makes it so, however many nodes
try. A correction is a further version with its reason; nothing that was issued ever changes.
Source: seed K2.3 (analysis report to the director), K6.5 (company leaders, recipients, read receipt);
domain.md §7 (frozen snapshot with hash, corrections as new version).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func, or_
from sqlmodel import Field, SQLModel, col, select

from hub import clock, events
from hub.access import Actor
from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotFound, NotNow
from hub.organisation import Company, Office, Role, Staff

# who decides on a report: of an office its director and its company's leaders, of the company the leaders
OF_OFFICE = ("director", "customer_director")
OF_COMPANY = ("leader", "quality")
READERS = frozenset({*OF_OFFICE, *OF_COMPANY, "admin"})


class Report(SQLModel, table=True):
    """One issued report. `facts` is canonical JSON, `hash` its SHA-256; `office_id` None for the company's.

    `about` is "office:1" or "company:1"; `correction` says why there is a version after the first.
    """

    __table_args__ = (
        Index("uq_report_about_period_version", "about", "edition", "period", "version", unique=True),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    about: str
    company_id: int = Field(foreign_key="company.id")
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    edition: str
    period: str
    version: int = 1
    correction: str = Field(default="", sa_type=Text)
    facts: str = Field(sa_type=Text)
    hash: str
    as_of: datetime = Field(sa_type=Moment)
    issued_at: datetime = Field(sa_type=Moment)
    issued_by: int | None = Field(default=None, foreign_key="staff.id")

    @property
    def said(self) -> dict[str, Any]:
        """The facts as values."""
        value: dict[str, Any] = json.loads(self.facts)
        return value

    @property
    def is_whole(self) -> bool:
        """Whether the facts are those that were issued."""
        return digest(self.facts) == self.hash


class Receipt(SQLModel, table=True):
    """Who a report was sent to, and when they first opened it."""

    __tablename__ = "report_receipt"
    report_id: int = Field(primary_key=True, foreign_key="report.id", sa_type=BigKey)
    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    sent_at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)


def digest(facts: str) -> str:
    """The hash of canonical facts."""
    return hashlib.sha256(facts.encode()).hexdigest()


def about(subject: Office | Company) -> str:
    """What a report is about, as it is written down: "office:1" or "company:1"."""
    return f"{'office' if isinstance(subject, Office) else 'company'}:{subject.id}"


def latest(tx: Tx, subject: Office | Company, edition: str, period: str) -> Report | None:
    """The newest version of this report, if it was issued."""
    return tx.scalars(
        select(Report)
        .where(Report.about == about(subject), Report.edition == edition, Report.period == period)
        .order_by(col(Report.version).desc())
        .limit(1)
    ).first()


def issue(
    tx: Tx,
    actor: Actor,
    subject: Office | Company,
    edition: str,
    period: str,
    facts: Mapping[str, Any],
    as_of: datetime,
    correction: str = "",
) -> Report:
    """Freeze the facts and send the report to its recipients, with one event that carries it to them.

    The first version wants no reason, every further one does. Raises NotNow where it is issued already and no
    correction is said, BadInput for a correction of what was never issued, Forbidden for another role.
    """
    office = subject if isinstance(subject, Office) else None
    if not actor.is_hub:
        _require(actor, office)
    known = latest(tx, subject, edition, period)
    if known is not None and not correction:
        raise NotNow("this report is issued already; a correction needs its reason", legal=("correction",))
    if known is None and correction:
        raise BadInput("correction", "there is nothing to correct: this report is not issued yet")
    text = events.canonical(facts)
    report = Report(
        about=about(subject),
        company_id=office.company_id if office else subject.id,
        office_id=office.id if office else None,
        edition=edition,
        period=period,
        version=known.version + 1 if known else 1,
        correction=correction,
        facts=text,
        hash=digest(text),
        as_of=as_of,
        issued_at=clock.now(),
        issued_by=actor.staff_id,
    )
    tx.add(report)
    tx.flush()
    people = recipients(tx, subject)
    for staff_id in people:
        tx.add(Receipt(report_id=report.id, staff_id=staff_id, sent_at=report.issued_at))
    _record(tx, actor, report, people, subject.name)
    return report


def recipients(tx: Tx, subject: Office | Company) -> list[int]:
    """The ids of those a report goes to: an office's directors and the company's leaders and quality."""
    company_id = subject.company_id if isinstance(subject, Office) else subject.id
    of_company = col(Role.role).in_(OF_COMPANY) & col(Role.office_id).is_(None)
    of_office = col(Role.role).in_(OF_OFFICE) & (col(Role.office_id) == subject.id)
    whom = or_(of_company, of_office) if isinstance(subject, Office) else of_company
    return list(
        tx.scalars(
            select(Staff.id)
            .join(Role, col(Role.staff_id) == col(Staff.id))
            .where(
                Staff.company_id == company_id,
                whom,
                col(Role.ended_at).is_(None),
                col(Staff.ended_at).is_(None),
            )
            .distinct()
            .order_by(col(Staff.id))
        )
    )


def seen(tx: Tx, me: Actor, report_id: int) -> Report:
    """The report with this id, and this person's receipt for it. Raises NotFound when it is not theirs."""
    report = tx.get(Report, report_id)
    if report is None or not may_read(me, report):
        raise NotFound("there is no such report")
    return report


def mark_read(tx: Tx, me: Actor, report_id: int) -> None:
    """Note that a recipient has opened the report; the first time counts, others leave no receipt."""
    receipt = tx.get(Receipt, (report_id, me.staff_id)) if me.staff_id else None
    if receipt is not None and receipt.read_at is None:
        receipt.read_at = clock.now()


def of_office(tx: Tx, office: Office, most: int = 120) -> list[Report]:
    """The newest version of every report of the office and, beside them, of its company; latest first."""
    newest = (
        select(func.max(Report.id))
        .where(or_(col(Report.about) == about(office), col(Report.about) == f"company:{office.company_id}"))
        .group_by(Report.about, Report.edition, Report.period)
    )
    query = (
        select(Report).where(col(Report.id).in_(newest)).order_by(col(Report.as_of).desc(), col(Report.id))
    )
    return list(tx.scalars(query.limit(most)))


def versions(tx: Tx, report: Report) -> list[Report]:
    """Every version of this report, first to last."""
    query = select(Report).where(
        Report.about == report.about, Report.edition == report.edition, Report.period == report.period
    )
    return list(tx.scalars(query.order_by(col(Report.version))))


def receipts(tx: Tx, report_id: int) -> Sequence[tuple[str, datetime, datetime | None]]:
    """(name, sent, first opened) of every recipient."""
    rows = tx.execute(
        select(Staff.name, Receipt.sent_at, Receipt.read_at)
        .join(Receipt, col(Receipt.staff_id) == col(Staff.id))
        .where(Receipt.report_id == report_id)
        .order_by(col(Staff.id))
    )
    return [(name, sent_at, read_at) for name, sent_at, read_at in rows]


def may_read(me: Actor, report: Report) -> bool:
    """Whether the report is this person's to see: their office's, or the company's for its leaders."""
    if me.is_hub:
        return True
    if report.office_id is not None:
        return bool(me.roles_in(report.office_id) & READERS)
    held = {grant.role for grant in me.grants if grant.office_id is None}
    return me.company_id == report.company_id and bool(held & READERS)


def _require(actor: Actor, office: Office | None) -> None:
    if office is not None:
        actor.require("report", office.id)
    elif not any(grant.office_id is None and grant.role in READERS for grant in actor.grants):
        raise Forbidden("this step belongs to another role")


def _record(tx: Tx, actor: Actor, report: Report, people: list[int], place: str) -> None:
    events.record(
        tx,
        "reported",
        stream=report.about,
        office_id=report.office_id,
        by_id=actor.staff_id,
        facts={
            "report": report.id,
            "place": place,
            "edition": report.edition,
            "period": report.period,
            "version": report.version,
            "hash": report.hash,
            "staff": people,
        },
    )
