"""Where the bench's matters happen: a company of many offices with their people, rooms and residents.

Offices and people come by the same functions as anybody's; rooms and residents, which are many, in bulk.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import insert
from sqlmodel import col, select

from hub import access, clock, credentials, founding
from hub.access import Actor
from hub.contacts import ContactPoint, PartyContact
from hub.database import Database, Tx
from hub.duty import Duty
from hub.estate import Building, Occupancy, Party, Room
from hub.organisation import Company, Department, Office, Staff
from web.bench import matters

ZONE = "Asia/Hong_Kong"
# by office: (log-in, role, department)
HANDS = (
    ("director", "customer_director", None),
    ("clerk", "clerk", None),
    ("foreman", "supervisor", "ENG"),
    ("fitter", "worker", "ENG"),
    ("plumber", "worker", "ENG"),
    ("chief", "supervisor", "SEC"),
    ("guard", "guard", "SEC"),
    ("cleaner", "worker", "ENV"),
)


@dataclass(frozen=True)
class Ground:
    """What a bench needs to know of it: a clerk's access token for each office, and one signed-in clerk."""

    tokens: list[str]
    session: str


def lay(database: Database, offices: int, since: datetime) -> Ground:
    """Found the company with its offices as they stood at `since`."""
    with clock.at(since):
        company = database.write(lambda tx: founding.found_company(tx, "Bench Property", "en", ZONE))
        for number in range(offices):
            database.write(partial(_open, company=company, number=number))
    return database.write(lambda tx: _keys(tx, offices))


def clerk(tx: Tx, office: int) -> Actor:
    """The clerk of the n-th office (from 0)."""
    return access.actor_of(tx, tx.scalars(select(Staff).where(Staff.login == f"clerk{office}")).one())


def _open(tx: Tx, company: Company, number: int) -> None:
    office = founding.open_office(tx, company, f"B{number:02d}", f"Estate {number}", region="HK")
    office.households = matters.ROOMS
    departments = {
        row.code: row for row in tx.scalars(select(Department).where(Department.office_id == office.id))
    }
    departments["ENV"] = departments.get("ENV") or founding.add_department(tx, office, "ENV", "Environment")
    for login, role, code in HANDS:
        person = founding.add_staff(
            tx, company, f"{login}{number}", f"{login.title()} {number}", office=office
        )
        founding.give_role(tx, person, role, company, office, departments[code] if code else None)
        shifts = [
            {"staff_id": person.id, "office_id": office.id, "weekday": day, "starts": 0, "ends": 1440}
            for day in range(7)
        ]
        tx.execute(insert(Duty), shifts)
    _rooms(tx, company, office, number)


def _rooms(tx: Tx, company: Company, office: Office, number: int) -> None:
    blocks = [
        {
            "office_id": office.id,
            "code": chr(ord("A") + n),
            "name": f"Block {n}",
            "property_type": "residential",
        }
        for n in range(matters.BLOCKS)
    ]
    building_ids = list(
        tx.scalars(insert(Building).returning(col(Building.id), sort_by_parameter_order=True), blocks)
    )
    each = matters.FLOORS * matters.FLATS
    rooms = [
        {"office_id": office.id, "building_id": building_ids[n // each], "code": matters.room_code(n)}
        for n in range(matters.ROOMS)
    ]
    room_ids = list(tx.scalars(insert(Room).returning(col(Room.id), sort_by_parameter_order=True), rooms))
    _residents(tx, company, number, room_ids)


def _residents(tx: Tx, company: Company, number: int, room_ids: list[int]) -> None:
    present = clock.now()
    people = [matters.resident(number, n) for n in range(matters.ROOMS)]
    party_ids = list(
        tx.scalars(
            insert(Party).returning(col(Party.id), sort_by_parameter_order=True),
            [{"company_id": company.id, "name": name} for name, _ in people],
        )
    )
    contact_ids = list(
        tx.scalars(
            insert(ContactPoint).returning(col(ContactPoint.id), sort_by_parameter_order=True),
            [
                {"company_id": company.id, "value": phone, "raw": phone, "marks": {}, "created_at": present}
                for _, phone in people
            ],
        )
    )
    tx.execute(
        insert(Occupancy),
        [
            {"party_id": party, "room_id": room, "role": "owner", "since": present}
            for party, room in zip(party_ids, room_ids, strict=True)
        ],
    )
    tx.execute(
        insert(PartyContact),
        [
            {
                "party_id": party,
                "contact_id": contact,
                "certainty": "known",
                "learned_from": "import",
                "since": present,
            }
            for party, contact in zip(party_ids, contact_ids, strict=True)
        ],
    )


def _keys(tx: Tx, offices: int) -> Ground:
    people = {row.login: row for row in tx.scalars(select(Staff).where(col(Staff.login).startswith("clerk")))}
    tokens = [credentials.make_token(tx, people[f"clerk{number}"], None) for number in range(offices)]
    return Ground(tokens, credentials.begin_session(tx, people["clerk0"], 24))
