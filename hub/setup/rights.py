"""Whose business the settings are: of one office, or of the whole company."""

from sqlmodel import select

from hub import access, standing
from hub.access import Actor
from hub.database import Tx
from hub.errors import NotFound
from hub.organisation import Office


def office_to_set_up(tx: Tx, me: Actor, code: str, step: str = "set up") -> Office:
    """The office with this code, held for a change of its settings. Raises like `office`.

    It is read anew under the lock, so that two who change two things of it at once lose neither. The lock
    lets new matters of the office pass (FOR NO KEY UPDATE).
    """
    query = select(Office).where(Office.code == code, access.offices(me)).with_for_update(key_share=True)
    found = tx.exec_one(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("there is no such office")
    me.require(step, found.id)
    return found


def administers_company(tx: Tx, me: Actor, company_id: int) -> bool:
    """Whether this person administers the company: as such, or each of its offices that still runs."""
    mine = {grant.office_id for grant in me.grants if grant.role == "admin"}
    if me.is_hub or (None in mine and me.company_id == company_id):
        return True
    running = [one for one in standing.of(tx).offices.values() if one.company_id == company_id]
    own = [one for one in running if one.ended_at is None and not one.is_replay]
    return bool(own) and me.company_id == company_id and all(one.id in mine for one in own)
