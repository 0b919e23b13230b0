"""The 25 people of the demo office: who they are, what they can do, when they are on duty.

Ten of them are the log-ins that `hub demo` prints; all share one password.
Source: domain.md §1.1 (F1 structure, K1.2, K1.5), P4.2.2b (skills and qualifications).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import select

from hub import clock, founding, organisation
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.estate import Building
from hub.organisation import Company, Office, Staff, StaffSkill
from hub.papers import Qualification
from hub.roster import StaffArea

LOGINS = (
    "admin",
    "director",
    "customer-director",
    "desk",
    "cashier",
    "supervisor",
    "worker",
    "guard",
    "quality",
    "leader",
)
# Weekly shifts by name: which weekdays (0 = Monday), from which hour to which; past 24 runs into the morning.
SHIFTS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "office": (("01234", 9, 18),),
    "early desk": (("01234", 8, 17), ("5", 8, 20)),
    "late desk": (("01234", 11, 20), ("6", 8, 20)),
    "director": (("01234", 9, 19), ("56", 10, 18)),
    "weekday": (("01234", 8, 18),),
    "early engineer": (("01234", 8, 17),),
    "late engineer": (("01234", 11, 20),),
    "weekend engineer": (("56", 8, 20), ("024", 9, 18)),
    "odd nights": (("024", 20, 32), ("6", 20, 32)),
    "even nights": (("135", 20, 32), ("1", 14, 20)),
    "early guard": (("01234", 7, 15),),
    "late guard": (("01234", 15, 23),),
    "night guard": (("01234", 23, 31),),
    "weekend guard": (("56", 7, 19), ("02", 15, 23)),
    "weekend nights": (("56", 19, 31), ("4", 17, 24)),
    "early cleaner": (("012345", 7, 15),),
    "late cleaner": (("01236", 11, 19), ("6", 7, 11)),
}


@dataclass(frozen=True)
class Person:
    """One member of the staff; `skills` are groups or leaves of the category tree."""

    login: str
    name: str
    role: str
    department: str = ""
    shift: str = "office"
    skills: tuple[str, ...] = ()
    papers: tuple[tuple[str, str, int], ...] = ()  # trade, certificate, the days it is still valid


PEOPLE = (
    Person("admin", "Adam Au 區志明", "admin"),
    Person("director", "Winnie Tong 湯慧儀", "director"),
    Person("customer-director", "Carmen Lau 劉嘉敏", "customer_director", shift="director"),
    Person("desk", "Clara Yip 葉詠詩", "clerk", shift="early desk"),
    Person("desk2", "Kelvin Mok 莫家輝", "clerk", shift="late desk"),
    Person("cashier", "Connie Sit 薛慧中", "cashier", "CASH"),
    Person(
        "supervisor",
        "Steven Ho 何永強",
        "supervisor",
        "ENG",
        "weekday",
        papers=(("supervision", "Works supervisor T3", 610),),
    ),
    Person(
        "worker",
        "Wing Cheung 張永榮",
        "worker",
        "ENG",
        "early engineer",
        ("01", "04-02", "14"),
        (("plumbing", "Licensed plumber", 420),),
    ),
    Person(
        "ming.lo",
        "Lo Ka Ming 羅家明",
        "worker",
        "ENG",
        "late engineer",
        ("02", "04-03", "04-04", "05", "14"),
        (("electric", "Registered electrical worker, grade A", 24), ("lift", "Lift rescue", 380)),
    ),
    Person(
        "raj.gurung",
        "Raj Gurung",
        "worker",
        "ENG",
        "weekend engineer",
        ("04", "05", "07-03", "09"),
        (
            ("height", "Working at height", 9),
            ("lift", "Lift rescue", 190),
            ("confined", "Confined space", 260),
        ),
    ),
    Person(
        "fai.kwok",
        "Kwok Wai Fai 郭偉輝",
        "worker",
        "ENG",
        "odd nights",
        ("01", "02", "03"),
        (("lift", "Lift rescue", 150), ("electric", "Registered electrical worker, grade A", 505)),
    ),
    Person(
        "chi.tam",
        "Tam Chi Kin 譚志健",
        "worker",
        "ENG",
        "even nights",
        ("01", "02", "03"),
        (("lift", "Lift rescue", 41),),
    ),
    Person(
        "sing.fok",
        "Fok Sing 霍星",
        "supervisor",
        "SEC",
        "weekday",
        papers=(("guard", "Security personnel permit", 700),),
    ),
    Person(
        "guard",
        "Gordon Pang 彭國棟",
        "guard",
        "SEC",
        "early guard",
        ("06", "07", "08-06"),
        (("guard", "Security personnel permit", 330), ("first aid", "First aid", 17)),
    ),
    Person(
        "ling.so",
        "So Mei Ling 蘇美玲",
        "guard",
        "SEC",
        "late guard",
        ("06", "08"),
        (("guard", "Security personnel permit", 88),),
    ),
    Person(
        "bo.rai",
        "Bo Rai",
        "guard",
        "SEC",
        "night guard",
        ("06", "07"),
        (("guard", "Security personnel permit", 512),),
    ),
    Person(
        "keung.ma",
        "Ma Keung 馬強",
        "guard",
        "SEC",
        "weekend guard",
        ("06", "07", "09"),
        (("guard", "Security personnel permit", 12),),
    ),
    Person(
        "hong.yu",
        "Yu Hong 余康",
        "guard",
        "SEC",
        "weekend nights",
        ("06", "07"),
        (("guard", "Security personnel permit", 230), ("first aid", "First aid", 301)),
    ),
    Person("lan.kan", "Kan Siu Lan 簡少蘭", "supervisor", "ENV", "weekday"),
    Person("fung.leung", "Leung Fung 梁鳳", "worker", "ENV", "early cleaner", ("08",)),
    Person(
        "tai.wu",
        "Wu Tai 胡泰",
        "worker",
        "ENV",
        "late cleaner",
        ("08-03", "08-04", "08-05"),
        (("pesticide", "Pesticide use", 63), ("chainsaw", "Chainsaw", 365)),
    ),
    Person("helen.siu", "Helen Siu 蕭凱倫", "supervisor", "CASH"),
    Person("ada.poon", "Ada Poon 潘雅達", "worker", "CASH", skills=("11",)),
    Person("quality", "Quentin Ng 吳啟賢", "quality"),
    Person("leader", "Louisa Fung 馮麗莎", "leader"),
)
COMPANY_WIDE = ("quality", "leader")
# who was or will be away: login, days before the demo's present, for how many days, why, who stands in
ABSENCES = (
    ("ming.lo", 52, 5, "annual leave", "fai.kwok"),
    ("guard", 33, 2, "sick leave", "ling.so"),
    ("fung.leung", 19, 1, "first-aid training", "tai.wu"),
    ("desk2", 11, 3, "annual leave", "desk"),
    ("tai.wu", 4, 2, "sick leave", ""),
    ("ada.poon", 1, 3, "sick leave", "helen.siu"),
    ("raj.gurung", -6, 4, "annual leave", "ming.lo"),
)
# who looks after which building, by its place in the list of buildings
AREAS = (("worker", 0), ("ming.lo", 1), ("fung.leung", 0), ("tai.wu", 1))


def phone_of(number: int) -> str:
    """The phone of the member of staff with this number: one that nobody has, like those of the residents."""
    return f"+852500990{number:02d}"


def hire(tx: Tx, company: Company, office: Office, password_hash: str, today: date) -> dict[str, Staff]:
    """Take on everybody, with roles, skills, papers, shifts and absences. Answers them by log-in."""
    hired: dict[str, Staff] = {}
    for number, person in enumerate(PEOPLE, start=1):
        hired[person.login] = _hire(tx, company, office, person, number, password_hash)
        _qualify(tx, hired[person.login], person, today)
        if person.role not in COMPANY_WIDE:
            tx.add_all(_shifts(person, hired[person.login], office))
    for login, back, days, reason, stand_in in ABSENCES:
        starts = clock.now().astimezone(office.tz).replace(hour=0, minute=0)
        starts += today - starts.date() - timedelta(days=back)
        tx.add(
            Absence(
                staff_id=hired[login].id,
                starts_at=starts,
                ends_at=starts + timedelta(days=days),
                reason=reason,
                stand_in_id=hired[stand_in].id if stand_in else None,
            )
        )
    tx.flush()
    return hired


def give_areas(tx: Tx, office: Office, hired: dict[str, Staff]) -> None:
    """Who looks after which building (責任區), once there are buildings."""
    buildings = tx.scalars(select(Building.id).where(Building.office_id == office.id).order_by("id")).all()
    for login, at in AREAS:
        if at < len(buildings):
            tx.add(StaffArea(staff_id=hired[login].id, building_id=buildings[at]))


def _hire(tx: Tx, company: Company, office: Office, person: Person, number: int, password_hash: str) -> Staff:
    home = None if person.role in COMPANY_WIDE else office
    department = organisation.department(tx, office.id, person.department) if person.department else None
    staff = founding.add_staff(
        tx,
        company,
        person.login,
        person.name,
        password_hash=password_hash,
        phone=phone_of(number),
        email=f"{person.login}@lotus-garden.example",
        staff_no=f"LG{number:03d}",
        office=home,
    )
    founding.give_role(tx, staff, person.role, company, home, department)
    return staff


def _qualify(tx: Tx, staff: Staff, person: Person, today: date) -> None:
    tx.add_all(StaffSkill(staff_id=staff.id, category=code) for code in person.skills)
    for trade, certificate, days in person.papers:
        until = today + timedelta(days=days)
        tx.add(
            Qualification(
                staff_id=staff.id,
                trade=trade,
                certificate=certificate,
                valid_from=until - timedelta(days=3 * 365),
                valid_until=until,
                tested_on=until - timedelta(days=3 * 365 + 14),
            )
        )


def _shifts(person: Person, staff: Staff, office: Office) -> Iterator[Duty]:
    for weekdays, starts, ends in SHIFTS[person.shift]:
        for weekday in weekdays:
            yield Duty(
                staff_id=staff.id,
                office_id=office.id,
                weekday=int(weekday),
                starts=starts * 60,
                ends=ends * 60,
            )
