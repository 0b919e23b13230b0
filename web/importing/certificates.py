"""Certificates in a cell of the staff sheet: `trade | certificate | valid until | tested on`, set apart by ;

Source: seed P4.2.2b (特殊工種證、專項測驗).
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import select

from hub import clock
from hub.database import Tx
from hub.organisation import Staff
from hub.papers import Qualification


@dataclass(frozen=True)
class Certificate:
    """One certificate as a cell says it; without an end it holds for good, without a test none was passed."""

    trade: str
    name: str
    valid_until: date | None = None
    tested_on: date | None = None


def certificates(text: str) -> list[Certificate]:
    """Read the cell. Raises ValueError, naming the part that cannot be read."""
    return [_read(part) for part in text.replace("；", ";").split(";") if part.strip()]


def write_certificate(tx: Tx, person: Staff, said: Certificate) -> None:
    """Put the certificate on the person's record; the same one told again is brought up to date."""
    row = tx.scalars(
        select(Qualification).where(
            Qualification.staff_id == person.id,
            Qualification.trade == said.trade,
            Qualification.certificate == said.name,
        )
    ).first()
    if row is None:
        row = Qualification(
            staff_id=person.id, trade=said.trade, certificate=said.name, valid_from=clock.now().date()
        )
        tx.add(row)
    if row.valid_until != said.valid_until:
        row.valid_until, row.warned = said.valid_until, None
    row.tested_on = said.tested_on or row.tested_on


def _read(part: str) -> Certificate:
    trade, *rest = [field.strip() for field in part.split("|")]
    if not trade or len(rest) > 3:
        raise ValueError("must be trade | certificate | valid until | tested on")
    name, until, tested = (*rest, "", "", "")[:3]
    return Certificate(trade, name or trade, _day(until), _day(tested))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date like 2027-03-31") from None
