"""How to reach people: phones and addresses, and whose they are, known or maybe.

A phone that cannot be parsed is kept as it was said. One party has many phones, one phone possibly many
parties; a link learned from a call is a "maybe" until a person confirms it.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

import phonenumbers
from sqlalchemy import Index, bindparam
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import Data, Moment
from hub.database import Tx
from hub.estate import Party
from hub.rows import seen, table_of
from hub.statements import Statement

KNOWN, MAYBE = "known", "maybe"
FEWEST_DIGITS = 3
NUMBERS_REMEMBERED = 4_096  # one is read while it is typed, when it is looked up and when it is written


class ContactPoint(SQLModel, table=True):
    """A phone number (E.164 where it parses) or an e-mail address of a company's people.

    `marks` holds opt-outs and bad-number marks per channel.
    """

    __tablename__ = "contact_point"
    __table_args__ = (Index("uq_contact_point_company_id_value", "company_id", "value", unique=True),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    kind: str = "phone"
    value: str
    raw: str = ""
    parsed: bool = True
    marks: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    created_at: datetime = Field(sa_type=Moment)


class PartyContact(SQLModel, table=True):
    """Whose contact point it is, how sure we are, and from what we know."""

    __tablename__ = "party_contact"
    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    contact_id: int = Field(foreign_key="contact_point.id", index=True)
    certainty: str = KNOWN
    learned_from: str = ""
    confirmed_by: int | None = Field(default=None, foreign_key="staff.id")
    since: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


@lru_cache(NUMBERS_REMEMBERED)
def e164(said: str, region: str) -> str | None:
    """The number in E.164 when it can be read as one of `region` (ISO country), else None. No database.

    People write 00 for the + also where another prefix is dialled; that is tried where nothing else fits.
    """
    number = _parsed(said, region)
    if said.strip().startswith("00") and not (number and phonenumbers.is_valid_number(number)):
        abroad = _parsed(f"+{said.strip()[2:]}", region)
        number = abroad if abroad and phonenumbers.is_valid_number(abroad) else number
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else None


def _parsed(said: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return number
    # What is no number of any plan is kept as it was said, unless it is a local one of the right length.
    is_local = number.country_code == phonenumbers.country_code_for_region(region)
    return number if is_local and phonenumbers.is_possible_number(number) else None


def is_phone(said: str) -> bool:
    """Whether this may be a phone at all: internal extensions of three digits are."""
    return sum(c.isdigit() for c in said) >= FEWEST_DIGITS


def known_point(tx: Tx, company_id: int, raw: str, parsed: str | None) -> ContactPoint | None:
    """The contact point of this phone, if the company knows it."""
    value = parsed or "".join(raw.split())
    return tx.scalars(_POINT, {"company": company_id, "value": value}).one_or_none()


def point_seen(tx: Tx, company_id: int, raw: str, parsed: str | None) -> ContactPoint | None:
    """Like `known_point`, for a look at it alone: nobody's session knows the row."""
    found = _POINT_SEEN.first(tx, {"company": company_id, "value": parsed or "".join(raw.split())})
    return seen(ContactPoint, found) if found is not None else None


def contact_point(tx: Tx, company_id: int, raw: str, parsed: str | None) -> ContactPoint:
    """The contact point of this phone, made when it is new."""
    return keep(tx, phone_point(tx, company_id, raw, parsed))


def phone_point(tx: Tx, company_id: int, raw: str, parsed: str | None) -> ContactPoint:
    """The contact point of this phone: the known one, else a new one that `keep` would write."""
    return known_point(tx, company_id, raw, parsed) or ContactPoint(
        company_id=company_id,
        value=parsed or "".join(raw.split()),
        raw=raw,
        parsed=parsed is not None,
        created_at=clock.now(),
    )


def mail_point(tx: Tx, company_id: int, address: str) -> ContactPoint:
    """The contact point of this e-mail address, like `phone_point`. Case does not matter in an address."""
    value = address.strip().lower()
    return known_point(tx, company_id, value, value) or ContactPoint(
        company_id=company_id, kind="email", value=value, raw=address, created_at=clock.now()
    )


def keep(tx: Tx, point: ContactPoint) -> ContactPoint:
    """The contact point as it stands in the register, where it is written when it is new."""
    if point.id is not None:
        return point
    known = known_point(tx, point.company_id, point.value, point.value)
    if known is None:
        known = ContactPoint(**point.model_dump(exclude={"id"}))
        tx.add(known)
        tx.flush()
    return known


def mail_of(tx: Tx, party_id: int) -> ContactPoint | None:
    """The e-mail address that is known to be this party's, if there is one."""
    return tx.scalars(
        select(ContactPoint)
        .join(PartyContact, col(PartyContact.contact_id) == col(ContactPoint.id))
        .where(
            PartyContact.party_id == party_id,
            PartyContact.certainty == KNOWN,
            col(PartyContact.ended_at).is_(None),
            ContactPoint.kind == "email",
        )
        .order_by(col(PartyContact.id))
    ).first()


@lru_cache(NUMBERS_REMEMBERED)
def takes_texts(number: str) -> bool:
    """Whether a text message can be meant for this number (E.164): a landline takes none."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind != phonenumbers.PhoneNumberType.FIXED_LINE


def hold(tx: Tx, contact: ContactPoint) -> ContactPoint:
    """The contact point as it stands now, held by this transaction: of one telephone, one thing at a time.

    Matters and messages that only name it do not wait.
    """
    tx.flush()
    return tx.scalars(_HELD, {"id": contact.id}).one()


def mark(tx: Tx, contact: ContactPoint, channel: str, why: str) -> None:
    """This channel does not reach this contact point, or may not: it is not tried again until taken off."""
    remember(tx, contact, **{channel: {"why": why, "since": clock.now().isoformat()}})


def remember(tx: Tx, contact: ContactPoint, **marks: Any) -> None:
    """Put these marks beside those that stand; nobody else's is lost."""
    held = hold(tx, contact)
    held.marks = held.marks | marks


def unmark(tx: Tx, contact: ContactPoint, channel: str) -> None:
    """This channel may be used again."""
    held = hold(tx, contact)
    held.marks = {name: mark for name, mark in held.marks.items() if name != channel}


def parties_of(tx: Tx, contact_id: int) -> list[tuple[Party, str]]:
    """Whose contact point this is, with the certainty, surest first."""
    return [(party, certainty) for party, certainty in tx.execute(_OWNERS, {"contact": contact_id})]


def names_of(tx: Tx, contact_id: int) -> dict[int, str]:
    """Whose contact point this may be, by name: party id -> name, surest first."""
    return dict(_NAMES.rows(tx, {"contact": contact_id}))


# Made once: building a query costs as much as running it, and these run with every matter.
_POINT = select(ContactPoint).where(
    ContactPoint.company_id == bindparam("company"), ContactPoint.value == bindparam("value")
)
_POINT_SEEN = Statement(_POINT.with_only_columns(*table_of(ContactPoint).columns))
_HELD = (
    select(ContactPoint)
    .where(ContactPoint.id == bindparam("id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_OWNERS = (
    select(Party, PartyContact.certainty)
    .join(PartyContact, col(PartyContact.party_id) == col(Party.id))
    .where(PartyContact.contact_id == bindparam("contact"), col(PartyContact.ended_at).is_(None))
    .order_by(col(PartyContact.certainty), col(PartyContact.id))
)
_NAMES = Statement(_OWNERS.with_only_columns(col(Party.id), col(Party.name), maintain_column_froms=True))


def link(tx: Tx, party: Party, contact: ContactPoint, certainty: str, learned_from: str) -> PartyContact:
    """Say whose contact point it is; a link that stands already is kept, and only ever made surer."""
    hold(tx, contact)  # two who learn it at once would each find no link
    row = tx.exec_one(
        select(PartyContact).where(
            PartyContact.party_id == party.id,
            PartyContact.contact_id == contact.id,
            col(PartyContact.ended_at).is_(None),
        )
    )
    if row is None:
        row = PartyContact(
            party_id=party.id,
            contact_id=contact.id,
            certainty=certainty,
            learned_from=learned_from,
            since=clock.now(),
        )
        tx.add(row)
    elif certainty == KNOWN:
        row.certainty = KNOWN
    tx.flush()
    return row
