"""What ids stand for, in the names people use: log-ins, codes and numbers. Each is read once."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from hub import standing
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.rows import table_of
from hub.statements import Statement, named, one_of, room_for
from hub.tickets import Ticket

Ids = Iterable[int | None]
# table -> the column people call its rows by
_NAME: Mapping[type[SQLModel], Any] = {
    Staff: Staff.login,
    Room: Room.code,
    Building: Building.code,
    Category: Category.code,
    Department: Department.code,
    Office: Office.code,
    Order: Order.number,
    Ticket: Ticket.number,
}
_OF_THE_DAY = (Order, Ticket)  # what this transaction made of them may be on its way still


@cache
def _query(model: type[SQLModel], size: int) -> Statement:
    columns = table_of(model).c
    called = columns[_NAME[model].key]
    return Statement(select(columns.id, called).where(one_of(columns.id, "id", size)))


class Names:
    """The names met in one answer."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[tuple[type[SQLModel], int], str | None] = {}

    def load(self, wanted: Mapping[type[SQLModel], Ids]) -> None:
        """Read all these names, those of one table with one question."""
        for model, ids in wanted.items():
            if model.__tablename__ in standing.CALLED:
                continue
            missing = list({id for id in ids if id is not None and (model, id) not in self._known})
            if missing:
                self._known.update({(model, id): None for id in missing})
                if model in _OF_THE_DAY:
                    self._tx.flush()
                for id, name in _query(model, room_for(missing)).rows(self._tx, named("id", missing)):
                    self._known[model, id] = name

    def load_for(self, rows: Iterable[Ticket], orders: Iterable[Order] = ()) -> None:
        """Read all names that these tickets and orders mention."""
        found, given = list(rows), list(orders)
        people = [id for row in found for id in (row.owner_id, row.registered_by, row.received_by)]
        people += [id for row in given for id in (row.worker_id, row.issued_by)]
        self.load(
            {
                Staff: people,
                Room: [row.room_id for row in found],
                Category: [row.category_id for row in found],
                Office: [row.office_id for row in found],
                Ticket: [row.lead_id for row in found],
                Department: [row.department_id for row in given],
            }
        )

    def login(self, id: int | None) -> str | None:
        return self._name(Staff, id)

    def office(self, id: int | None) -> str | None:
        return self._name(Office, id)

    def department(self, id: int | None) -> str | None:
        return self._name(Department, id)

    def category(self, id: int | None) -> str | None:
        return self._name(Category, id)

    def room(self, id: int | None) -> str | None:
        return self._name(Room, id)

    def building(self, id: int | None) -> str | None:
        return self._name(Building, id)

    def order(self, id: int | None) -> str | None:
        return self._name(Order, id)

    def ticket(self, id: int | None) -> str | None:
        return self._name(Ticket, id)

    def _name(self, model: type[SQLModel], id: int | None) -> str | None:
        if id is None:
            return None
        if model.__tablename__ in standing.CALLED:
            return standing.of(self._tx).names.get((str(model.__tablename__), id))
        if (model, id) not in self._known:
            self.load({model: [id]})
        return self._known[model, id]
