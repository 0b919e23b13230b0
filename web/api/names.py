"""What ids stand for, in the names people use: log-ins, codes and numbers. Each row is read once."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.organisation import Department, Office, Staff
from hub.tickets import Ticket

Row = TypeVar("Row", bound=SQLModel)


class Names:
    """The names met in one answer."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[tuple[type[SQLModel], int], Any] = {}

    def load(self, model: type[Row], ids: Iterable[int | None]) -> None:
        """Read these rows in one go, those that are not known yet."""
        missing = {id for id in ids if id is not None and (model, id) not in self._known}
        if missing:
            key = col(model.id)  # type: ignore[attr-defined]
            rows = self._tx.scalars(select(model).where(key.in_(missing)))
            self._known.update({(model, row.id): row for row in rows})  # type: ignore[attr-defined]

    def load_for(self, rows: Iterable[Ticket]) -> None:
        """Read all names that these tickets mention."""
        found = list(rows)
        self.load(Staff, [id for row in found for id in (row.owner_id, row.registered_by, row.received_by)])
        self.load(Room, [row.room_id for row in found])
        self.load(Category, [row.category_id for row in found])
        self.load(Office, [row.office_id for row in found])
        self.load(Ticket, [row.lead_id for row in found])

    def row(self, model: type[Row], id: int | None) -> Row | None:
        if id is None:
            return None
        if (model, id) not in self._known:
            self._known[model, id] = self._tx.get(model, id)
        found: Row | None = self._known[model, id]
        return found

    def login(self, id: int | None) -> str | None:
        found = self.row(Staff, id)
        return found.login if found else None

    def office(self, id: int | None) -> str | None:
        return self._code(Office, id)

    def department(self, id: int | None) -> str | None:
        return self._code(Department, id)

    def category(self, id: int | None) -> str | None:
        return self._code(Category, id)

    def room(self, id: int | None) -> str | None:
        return self._code(Room, id)

    def building(self, id: int | None) -> str | None:
        return self._code(Building, id)

    def ticket(self, id: int | None) -> str | None:
        found = self.row(Ticket, id)
        return found.number if found else None

    def _code(self, model: type[Any], id: int | None) -> str | None:
        found = self.row(model, id)
        return found.code if found else None
