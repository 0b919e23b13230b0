"""One transaction in the hand of a verb: an ORM session that only `database.write` can end."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session
from sqlmodel.sql.expression import SelectOfScalar

from hub import engines
from hub.bell import Changed

if TYPE_CHECKING:
    from hub.database import Database

T = TypeVar("T")
Row = TypeVar("Row")
Last = Callable[[Connection], object]


class Collision(Exception):
    """Another transaction was faster; the work is run again from the start."""


@dataclass
class Done:
    """What the work of one commit leaves to do: `last` just before it, the topics to ring after it."""

    changed: Changed = field(default_factory=Changed)
    last: list[Last] = field(default_factory=list)

    def add(self, other: "Done") -> None:
        self.changed.add(other.changed)
        self.last += other.last

    def finish(self, connection: Connection) -> None:
        for do in self.last:
            do(connection)


class Tx(Session):
    """One transaction, handed to verbs. It cannot be committed by them."""

    def __init__(self, connection: Connection, database: "Database") -> None:
        super().__init__(
            bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only", autoflush=True
        )
        self.database = database
        self.done = Done()
        self._bound = connection
        self._driver: Any = None
        self.is_ending = False
        self._at_end: list[Callable[[], None]] = []
        self._before_flush: list[Callable[[], None]] = []
        self._at_flush: list[Callable[[], None]] = []

    @property
    def driver(self) -> Any:
        """The driver's own connection, in this transaction: for `hub.statements`, which skips the rest."""
        if self._driver is None:
            if not self._bound.in_transaction():
                self.connection()  # begins
            self._driver = self._bound.connection.dbapi_connection
        return self._driver

    def tell(self, *topics: str) -> None:
        """Have these topics rung once this transaction is durable (hub.bell). Events tell their own."""
        self.done.changed.topics.update(topics)

    def at_end(self, do: Callable[[], None]) -> None:
        """Have `do` run once, when the work is done and just before it is made durable."""
        self._at_end.append(do)

    def at_commit(self, do: Last) -> None:
        """Have `do` run as the very last before the commit, outside the savepoint of a gathered write.

        For what every savepoint would make dear: an index of words is written out whole with each of them.
        What is done so is seen by later transactions only.
        """
        self.done.last.append(do)

    def exec_one(self, query: SelectOfScalar[Row]) -> Row | None:
        """The one row of the query, or None."""
        return self.scalars(query).one_or_none()

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` answers the first time in this transaction: for what is set, not for what is done."""
        known: dict[Hashable, T] = self.info.setdefault("read once", {})
        if key not in known:
            known[key] = read()
        return known[key]

    def standing(self, table: type[Row], id: int) -> Row:
        """A row that stands above the matters (office, company): read once, kept to the transaction's end."""
        return self.once((table, id), lambda: self.get_one(table, id))

    def before_flush(self, do: Callable[[], None]) -> None:
        """Have `do` run ahead of every flush, for rows that those of the session may refer to."""
        self._before_flush.append(do)

    def at_flush(self, do: Callable[[], None]) -> None:
        """Have `do` run with every flush, for rows that are written past the session's own bookkeeping."""
        self._at_flush.append(do)

    def look(self) -> None:
        """Send what waits ahead of a look-up past the session, as the session does ahead of its own."""
        if self.autoflush:
            self.flush()

    def flush(self, objects: Any = None) -> None:
        for do in self._before_flush:
            do()
        super().flush(objects)
        for do in self._at_flush:
            do()

    def expunge_all_of(self, *rows: object) -> None:
        """Let these rows outlive the transaction, as values nobody writes back."""
        for row in rows:
            self.expunge(row)

    def commit(self) -> None:
        """Refused: the work of others may stand in the same transaction."""
        raise RuntimeError("only database.write ends a transaction")

    rollback = commit

    def together(self) -> AbstractContextManager[None]:
        """What is sent past the session meanwhile goes at once (engines.together).

        Not where the session has something to send: it counts what it meets as it goes.
        """
        waits = bool(self.new or self.dirty or self.deleted)
        return nullcontext() if waits else engines.together(self._bound)

    def finish(self) -> None:
        self.is_ending = True
        while self._at_end:
            self._at_end.pop(0)()
        self.flush()
