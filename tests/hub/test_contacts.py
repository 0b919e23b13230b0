"""Phones as people say them, and whose they are: known, or maybe."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from hub import clock, contacts
from hub.contacts import KNOWN, MAYBE, ContactPoint, PartyContact
from hub.database import Tx
from hub.estate import Party
from tests.house import House


@pytest.mark.parametrize(
    ("said", "region", "number"),
    [
        ("2345 6789", "HK", "+85223456789"),
        ("(852) 2345-6789", "HK", "+85223456789"),
        ("+852 2345 6789", "CN", "+85223456789"),
        ("00852 2345 6789", "CN", "+85223456789"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("010-6552 9988", "CN", "+861065529988"),
        ("+86 138-0013-8000", "HK", "+8613800138000"),
        ("(617) 635-4500", "US", "+16176354500"),
        ("0912-345-678", "TW", "+886912345678"),
        ("２３４５６７８９", "HK", "+85223456789"),
    ],
)
def test_a_number_is_read_in_any_national_form(said: str, region: str, number: str) -> None:
    assert contacts.e164(said, region) == number


@pytest.mark.parametrize("said", ["", "none", "8001", "12", "+", "ask the guard", "1" * 40])
def test_what_is_no_number_of_the_region_is_not_made_one(said: str) -> None:
    assert contacts.e164(said, "HK") is None


@pytest.mark.parametrize(
    ("said", "is_one"), [("8001", True), ("ext. 123", True), ("12", False), ("none", False)]
)
def test_an_extension_may_be_a_phone(said: str, is_one: bool) -> None:
    assert contacts.is_phone(said) is is_one


def test_one_number_said_in_two_ways_is_one_contact_point(shared: House) -> None:
    first, second = (
        shared.do(contacts.contact_point, 1, raw, contacts.e164(raw, "HK"))
        for raw in ("9555 0001", "+852 95550001")
    )
    assert first.id == second.id
    assert (first.value, first.raw, first.parsed) == ("+85295550001", "9555 0001", True)


def test_a_phone_that_cannot_be_read_is_kept_as_it_was_said(shared: House) -> None:
    row = shared.do(contacts.contact_point, 1, "ext. 80 01", None)
    assert (row.value, row.raw, row.parsed) == ("ext.8001", "ext. 80 01", False)


def test_a_company_has_each_contact_point_once(shared: House) -> None:
    shared.do(contacts.contact_point, 1, "95550002", "+85295550002")
    double = ContactPoint(company_id=1, value="+85295550002", created_at=clock.now())
    with pytest.raises(IntegrityError):
        shared.database.write(lambda tx: tx.add(double))


def test_a_link_only_ever_gets_surer(shared: House) -> None:
    party, point = shared.do(_stranger, "Wong", "+85295550003")
    links = [
        shared.do(contacts.link, party, point, certainty, "intake") for certainty in (MAYBE, KNOWN, MAYBE)
    ]
    assert {link.id for link in links} == {links[0].id}
    assert [link.certainty for link in links] == [MAYBE, KNOWN, KNOWN]


def test_one_phone_may_be_several_peoples_the_surest_first(shared: House) -> None:
    maybe, point = shared.do(_stranger, "Maybe", "+85295550004")
    known, _ = shared.do(_stranger, "Known", "+85295550004")
    shared.do(contacts.link, maybe, point, MAYBE, "intake")
    shared.do(contacts.link, known, point, KNOWN, "import")
    said = [(party.name, certainty) for party, certainty in shared.look(contacts.parties_of, point.id)]
    assert said == [("Known", KNOWN), ("Maybe", MAYBE)]


def test_a_link_that_ended_counts_no_more_and_may_be_made_anew(shared: House) -> None:
    party, point = shared.do(_stranger, "Moved", "+85295550005")
    old = shared.do(contacts.link, party, point, KNOWN, "import")
    shared.do(_end_links, point)
    assert shared.look(contacts.parties_of, point.id) == []
    assert shared.do(contacts.link, party, point, KNOWN, "intake").id != old.id


def _stranger(tx: Tx, name: str, phone: str) -> tuple[Party, ContactPoint]:
    party = Party(company_id=1, name=name)
    tx.add(party)
    tx.flush()
    return party, contacts.contact_point(tx, 1, phone, phone)


def _end_links(tx: Tx, point: ContactPoint) -> None:
    for row in tx.scalars(select(PartyContact).where(PartyContact.contact_id == point.id)):
        row.ended_at = clock.now()
