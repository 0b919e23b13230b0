"""The people and places every test knows. Built once, copied for each test.

Lotus Garden (LG) is a whole office in Hong Kong; its neighbour Maple Court (MC) shows what must not be seen.
"""

from datetime import UTC, datetime

from hub import clock, contacts, credentials, estate, founding
from hub.database import Tx
from hub.duty import Duty
from hub.estate import Building, Party, Room
from hub.organisation import Company, Department, Office, Staff, StaffSkill

FOUNDED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9 in the morning in Hong Kong
PASSWORD = "correct horse battery"
# cheap on purpose: the real cost is tested once, in tests/hub/test_credentials.py
PEOPLE = (
    # login, name, role, office, department
    ("dora", "Dora Director", "director", "LG", None),
    ("cody", "Cody Customer-Director", "customer_director", "LG", None),
    ("clara", "Clara Clerk", "clerk", "LG", None),
    ("cash", "Cash Cashier", "cashier", "LG", "CASH"),
    ("adam", "Adam Admin", "admin", "LG", None),
    ("sue", "Sue Supervisor", "supervisor", "LG", "ENG"),
    ("wes", "Wes Worker", "worker", "LG", "ENG"),
    ("wen", "Wen Worker", "worker", "LG", "ENG"),
    ("gus", "Gus Guard", "guard", "LG", "SEC"),
    ("sid", "Sid Security", "supervisor", "LG", "SEC"),
    ("quinn", "Quinn Quality", "quality", None, None),
    ("mia", "Mia Maple-Clerk", "clerk", "MC", None),
    ("max", "Max Maple-Director", "customer_director", "MC", None),
)
RESIDENTS = (
    ("Chan Siu Ming", "A-1203", "+85223456789"),
    ("李小红", "A-0501", "+85298765432"),
    ("Rosa Diaz", "B-0302", "+85261234567"),
)


def build(tx: Tx) -> None:
    """Write the whole cast."""
    with clock.at(FOUNDED):
        company = founding.found_company(tx, "Harbour Property", "en", "Asia/Hong_Kong")
        lotus = founding.open_office(tx, company, "LG", "Lotus Garden", region="HK")
        maple = founding.open_office(tx, company, "MC", "Maple Court", region="HK")
        _people(tx, company, {"LG": lotus, "MC": maple})
        _places(tx, company, lotus)
        _rooms(tx, maple, "M", 1, 2)


def _people(tx: Tx, company: Company, offices: dict[str, Office]) -> None:
    departments = {(row.office_id, row.code): row for row in tx.query(Department)}
    hashed = credentials.hash_password(PASSWORD)
    for login, name, role, office_code, department_code in PEOPLE:
        office = offices.get(office_code or "")
        person = founding.add_staff(tx, company, login, name, password_hash=hashed, office=office)
        department = departments[(office.id, department_code)] if office and department_code else None
        founding.give_role(tx, person, role, company, office, department)
        if office is not None:
            _on_duty_always(tx, person, office)
    _skill(tx, "wes", "01")
    _skill(tx, "wen", "02")


def _on_duty_always(tx: Tx, person: Staff, office: Office) -> None:
    for weekday in range(7):
        tx.add(Duty(staff_id=person.id, office_id=office.id, weekday=weekday, starts=0, ends=1440))


def _skill(tx: Tx, login: str, category: str) -> None:
    person = tx.query(Staff).filter_by(login=login).one()
    tx.add(StaffSkill(staff_id=person.id, category=category))


def _places(tx: Tx, company: Company, office: Office) -> None:
    for block in ("A", "B"):
        _rooms(tx, office, block, 12, 4)
    for name, code, phone in RESIDENTS:
        party = Party(company_id=company.id, name=name)
        tx.add(party)
        tx.flush()
        room = estate.room_by_code(tx, office.id, code)
        assert room is not None
        estate.move_in(tx, party, room)
        contacts.link(
            tx, party, contacts.contact_point(tx, company.id, phone, phone), contacts.KNOWN, "import"
        )


def _rooms(tx: Tx, office: Office, block: str, floors: int, each: int) -> None:
    building = Building(office_id=office.id, code=block, name=f"Block {block}")
    tx.add(building)
    tx.flush()
    for floor in range(1, floors + 1):
        for flat in range(1, each + 1):
            code = f"{block}-{floor:02d}{flat:02d}"
            tx.add(Room(office_id=office.id, building_id=building.id, code=code, floor=str(floor)))
    tx.flush()
