"""The places: buildings and rooms, and who lives in them.

Source: seed K5.3 (房號 from the register), K7.1 (property types by configuration).
"""

from datetime import datetime

from sqlalchemy import Index, bindparam, event, func
from sqlalchemy import select as rows_of
from sqlmodel import Field, SQLModel, col, select

from hub import clock, initials
from hub.columns import Moment
from hub.database import Tx
from hub.rows import seen, table_of
from hub.statements import Statement


class Building(SQLModel, table=True):
    """A building (樓棟) of an office's estate."""

    __table_args__ = (Index("uq_building_office_id_code", "office_id", "code", unique=True),)
    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    code: str
    name: str
    property_type: str = "residential"


class Room(SQLModel, table=True):
    """A room, flat, shop, or a common place such as a lobby (`kind` = common); `code` is what people say."""

    __table_args__ = (Index("uq_room_office_id_code", "office_id", "code", unique=True),)
    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    building_id: int | None = Field(default=None, foreign_key="building.id", index=True)
    code: str
    floor: str = ""
    kind: str = "flat"
    area_m2: float = 0.0
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Party(SQLModel, table=True):
    """A person or body the centre deals with. Stands at company level; found only through an occupancy."""

    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    name: str
    initials: str = ""  # " wxm yxm ": kept by itself from the name
    kind: str = "person"
    locale: str = ""
    erased_at: datetime | None = Field(default=None, sa_type=Moment)


@event.listens_for(Party, "before_insert")
@event.listens_for(Party, "before_update")
def _keep_initials(_: object, __: object, party: Party) -> None:
    party.initials = f" {' '.join(initials.of(party.name))} "


class Occupancy(SQLModel, table=True):
    """Who lives in or owns a room, from when to when (入住)."""

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    room_id: int = Field(foreign_key="room.id", index=True)
    role: str = "owner"
    since: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


def fold_code(code: str) -> str:
    """A room code as people may type it: spaces and case do not matter."""
    return "".join(code.split()).upper()


def room_by_code(tx: Tx, office_id: int, said: str) -> Room | None:
    """The running room with this code in the office; said without its hyphens when only one room fits so.

    It is for reading: whoever changes a room takes it by its id.
    """
    exact = _ROOM.first(tx, {"office": office_id, "code": fold_code(said)})
    if exact is not None:
        return seen(Room, exact)
    running = select(Room).where(Room.office_id == office_id, col(Room.ended_at).is_(None))
    bare = func.replace(Room.code, "-", "") == fold_code(said).replace("-", "")
    near = tx.scalars(running.where(bare).limit(2)).all()
    return near[0] if len(near) == 1 else None


def occupants(tx: Tx, room_id: int) -> list[Party]:
    """Who lives in the room now."""
    return list(tx.scalars(_LIVING, {"room": room_id}))


def names_in(tx: Tx, room_id: int) -> dict[int, str]:
    """Who lives in the room now, by name: party id -> name."""
    return dict(_NAMES.rows(tx, {"room": room_id}))


# Made once: building a query costs as much as running it, and these run with every matter.
_ROOM = Statement(
    rows_of(table_of(Room)).where(
        col(Room.office_id) == bindparam("office"),
        col(Room.code) == bindparam("code"),
        col(Room.ended_at).is_(None),
    )
)
_LIVING = (
    select(Party)
    .join(Occupancy, col(Occupancy.party_id) == col(Party.id))
    .where(Occupancy.room_id == bindparam("room"), col(Occupancy.ended_at).is_(None))
    .order_by(col(Occupancy.id))
)
_NAMES = Statement(_LIVING.with_only_columns(col(Party.id), col(Party.name), maintain_column_froms=True))


def move_in(tx: Tx, party: Party, room: Room, role: str = "owner") -> Occupancy:
    """Write down that the party lives in the room from now."""
    row = Occupancy(party_id=party.id, room_id=room.id, role=role, since=clock.now())
    tx.add(row)
    tx.flush()
    return row
