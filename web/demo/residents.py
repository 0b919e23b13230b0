"""The 300 rooms of Lotus Garden and the people who live in them: the same ones for the same seed.

Every phone begins with 20 or 500: the Hong Kong numbering plan lets them be dialled but has given them to
nobody, and libphonenumber calls them possible, not valid. So no demo message can reach a real person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hub import clock, contacts
from hub.contacts import ContactPoint, PartyContact
from hub.database import Tx
from hub.estate import Building, Occupancy, Party, Room
from hub.organisation import Company, Office

# building -> its name, its property type, floors, flats a floor
BUILDINGS = {
    "A": ("Lotus Court 蓮花閣", "residential", 16, 8),
    "B": ("Jade Court 翠玉閣", "residential", 16, 6),
    "C": ("Harbour Court 海濤閣", "residential", 12, 4),
}
SHOPS, SHOP = 12, "C-S"
COMMON = ("LOBBY", "LIFT1", "LIFT2", "ROOF")
ESTATE_PLACES = ("C-CARPARK", "C-GARDEN", "C-PLAYGROUND", "C-REFUSE")
EMPTY_FLATS, EMPTY_SHOPS = 7, 1
SECOND_PEOPLE = 54
SHARED_PHONES, SECOND_PHONES = 25, 40
SURNAMES = (
    ("Chan", "陳"),
    ("Wong", "黃"),
    ("Lee", "李"),
    ("Cheung", "張"),
    ("Lam", "林"),
    ("Leung", "梁"),
    ("Ng", "吳"),
    ("Lau", "劉"),
    ("Ho", "何"),
    ("Tsang", "曾"),
    ("Kwan", "關"),
    ("Yeung", "楊"),
)
GIVEN = (
    ("Siu Ming", "小明"),
    ("Mei Yee", "美儀"),
    ("Ka Wai", "家偉"),
    ("Wing Sze", "詠詩"),
    ("Chi Keung", "志強"),
    ("Suk Fan", "淑芬"),
    ("Tsz Ching", "子晴"),
    ("Yat Long", "逸朗"),
    ("Lai Wah", "麗華"),
    ("Kwok Wah", "國華"),
    ("Hoi Lam", "凱琳"),
    ("Man Kit", "文傑"),
    ("Pui Shan", "佩珊"),
    ("Chun Hei", "俊熙"),
    ("Yuk Lan", "玉蘭"),
    ("Ho Yin", "浩賢"),
)
MAINLANDERS = ("李小红", "王建国", "刘晓燕", "陈志刚", "赵丽", "孙伟", "周敏", "吴国强", "郑爱华", "冯军")
OTHERS = (
    "Rosa Diaz",
    "Peter Hughes",
    "Anita Sharma",
    "Imran Khan",
    "Yuki Tanaka",
    "Maria Santos",
    "Tom Becker",
)
TRADES = (
    "Lotus Café",
    "Golden Wok 金鑊小廚",
    "Wing Fat Laundry 榮發洗衣",
    "City Dental",
    "Happy Pets",
    "Sun Tat Realty 新達地產",
    "Fresh Mart 鮮生活",
    "Bright Minds Tuition",
    "Kam Kee Bakery 錦記餅店",
    "Dr Au Clinic",
    "Fit Box Gym",
)


@dataclass(frozen=True)
class Resident:
    """A party of the estate as the office knows it: name, room, phones, the language they write in."""

    name: str
    room: str
    phones: tuple[str, ...]
    locale: str
    role: str = "owner"
    since_days: int = 0


def rooms() -> Iterator[tuple[str, str, str, str, float]]:
    """Every room as (building, code, floor, kind, m²): 272 flats, 12 shops, 16 common places."""
    for block, (_, _, floors, flats) in BUILDINGS.items():
        for floor in range(1, floors + 1):
            for flat in range(1, flats + 1):
                yield block, f"{block}-{floor:02d}{flat:02d}", str(floor), "flat", 38.0 + 9 * (flat % 4)
        for place in COMMON:
            yield block, f"{block}-{place}", "", "common", 0.0
    for shop in range(1, SHOPS + 1):
        yield "C", f"{SHOP}{shop:02d}", "G", "shop", 25.0 + 10 * (shop % 3)
    for code in ESTATE_PLACES:
        yield "C", code, "", "common", 0.0


def of(seed: int) -> list[Resident]:
    """The residents of this seed, in the order of their rooms."""
    rng = Random(f"residents:{seed}")
    flats = [code for _, code, _, kind, _ in rooms() if kind == "flat"]
    empty = set(rng.sample(flats, EMPTY_FLATS))
    homes = [code for code in flats if code not in empty]
    names = _names(rng)
    phones = _phones(rng)
    first = [_resident(rng, code, next(names), (next(phones),)) for code in homes]
    living = list(first)
    for place, home in enumerate(rng.sample(range(len(first)), SECOND_PEOPLE)):
        own = first[home].phones if place < SHARED_PHONES else (next(phones),)
        living.append(_resident(rng, first[home].room, next(names), own, "tenant" if place % 3 else "owner"))
    for place in rng.sample(range(len(living)), SECOND_PHONES):
        one = living[place]
        living[place] = Resident(
            one.name, one.room, (*one.phones, next(phones)), one.locale, one.role, one.since_days
        )
    for place, trade in enumerate(TRADES[: SHOPS - EMPTY_SHOPS], start=1):
        living.append(
            Resident(trade, f"{SHOP}{place:02d}", (next(phones),), "en", "tenant", 900 + 31 * place)
        )
    return sorted(living, key=lambda one: one.room)


def settle_in(tx: Tx, company: Company, office: Office, seed: int) -> None:
    """Write the buildings, the rooms and everybody who lives there, each from the day they moved in."""
    founded, homes, living = clock.now(), _build(tx, office), of(seed)
    parties = [
        Party(
            company_id=company.id,
            name=one.name,
            kind="body" if one.room.startswith(SHOP) else "person",
            locale=one.locale,
        )
        for one in living
    ]
    points = {
        phone: ContactPoint(
            company_id=company.id,
            value=contacts.e164(phone, office.region) or phone,
            raw=phone,
            created_at=founded,
        )
        for one in living
        for phone in one.phones
    }
    # all rows of a kind at once: on a database across a network every trip counts
    tx.add_all([*parties, *points.values()])
    tx.flush()
    for one, party in zip(living, parties, strict=True):
        since = founded - timedelta(days=one.since_days)
        tx.add(Occupancy(party_id=party.id, room_id=homes[one.room].id, role=one.role, since=since))
        tx.add_all(
            PartyContact(
                party_id=party.id,
                contact_id=points[phone].id,
                certainty=contacts.KNOWN,
                learned_from="move-in",
                since=since,
            )
            for phone in one.phones
        )
    tx.flush()


def _build(tx: Tx, office: Office) -> dict[str, Room]:
    blocks = {
        code: Building(office_id=office.id, code=code, name=name, property_type=kind)
        for code, (name, kind, _, _) in BUILDINGS.items()
    }
    tx.add_all(blocks.values())
    tx.flush()
    made = {
        code: Room(
            office_id=office.id, building_id=blocks[block].id, code=code, floor=floor, kind=kind, area_m2=area
        )
        for block, code, floor, kind, area in rooms()
    }
    tx.add_all(made.values())
    tx.flush()
    return made


def _resident(rng: Random, room: str, name: str, phones: tuple[str, ...], role: str = "") -> Resident:
    role = role or ("tenant" if rng.random() < 0.3 else "owner")
    return Resident(name, room, phones, _locale(name), role, rng.randint(20, 4000))


def _locale(name: str) -> str:
    if name in MAINLANDERS:
        return "zh-Hans"
    return "en" if name.isascii() else "zh-Hant"


def _names(rng: Random) -> Iterator[str]:
    """Names that differ, romanised and written, with a few from elsewhere among them."""
    local = [
        f"{sur} {given}" if rng.random() < 0.5 else written + called
        for sur, written in SURNAMES
        for given, called in GIVEN
    ]
    doubled = [f"{sur} {given} {letter}" for letter in "KT" for sur, _ in SURNAMES for given, _ in GIVEN]
    rng.shuffle(local)
    rng.shuffle(doubled)
    others = [*MAINLANDERS, *OTHERS]
    rng.shuffle(others)
    mixed = others + local
    rng.shuffle(mixed)
    yield from mixed
    yield from doubled


def _phones(rng: Random) -> Iterator[str]:
    """Numbers nobody has: see the head of this file."""
    tails = rng.sample(range(100_000), 600)
    for place, tail in enumerate(tails):
        yield f"+852200{tail:05d}" if place % 4 == 0 else f"+852500{tail:05d}"
