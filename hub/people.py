"""Who holds which role in an office, with their telephones and languages: read once, for every message sent.

Kept per office until the company's settings move, like the roster. The rows are nobody's session's: they are
read, never changed. A verb that must have the latest word of its own transaction asks `hub.organisation`.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select

from hub import standing
from hub.database import Tx
from hub.organisation import Office, Role, Staff


@dataclass(frozen=True)
class People:
    """Everybody with a role in one office or above it, the longest-serving first.

    `roles` are by role and department (None: in the whole office), `above` by role alone.
    """

    version: int
    by_id: dict[int, Staff]
    roles: dict[tuple[str, int | None], tuple[int, ...]]
    above: dict[str, tuple[int, ...]]

    def holders(self, role: str, department_id: int | None = None) -> tuple[int, ...]:
        """Who holds this role in the office, or in one of its departments."""
        return self.roles.get((role, department_id), ())


def of(tx: Tx, office: Office) -> People:
    """The office's people, from the cache while nothing has changed."""
    return standing.kept(tx, "people", office, lambda version: _read(tx, office, version))


def _read(tx: Tx, office: Office, version: int) -> People:
    rows = tx.execute(
        select(Staff, Role)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(
            Staff.company_id == office.company_id,
            or_(col(Role.office_id) == office.id, col(Role.office_id).is_(None)),
            col(Role.ended_at).is_(None),
            col(Staff.ended_at).is_(None),
        )
        .order_by(col(Role.since), col(Role.id))
    ).all()
    roles: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    above: dict[str, list[int]] = defaultdict(list)
    for person, role in rows:
        if role.office_id is None:
            above[role.role].append(person.id)
            continue
        for department_id in {None, role.department_id}:
            roles[role.role, department_id].append(person.id)
    by_id = {person.id: person for person, _ in rows}
    tx.expunge_all_of(*by_id.values())
    return People(
        version=version,
        by_id=by_id,
        roles={key: tuple(dict.fromkeys(ids)) for key, ids in roles.items()},
        above={key: tuple(dict.fromkeys(ids)) for key, ids in above.items()},
    )
