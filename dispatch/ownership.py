"""Who answers for a matter, and who wants to hear of it.

Source: seed 2-3 (K2.2 跟蹤), K5.4 (the employee who was told hears how it ends); house.md (the first receiver
keeps the lead).
"""

from sqlmodel import col, select

from dispatch.case import change_owner, require, require_open, take
from hub import tickets, ties
from hub.access import DESK, Actor
from hub.database import Tx
from hub.errors import BadInput
from hub.organisation import Role, Staff
from hub.tickets import Ticket


def hand_over(tx: Tx, actor: Actor, ticket: Ticket, owner: Staff) -> Ticket:
    """Make another person of the centre answer for the ticket.

    Raises BadInput for somebody who does not work at the office's centre, NotNow on a closed ticket.
    """
    require(actor, "own", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    if not _is_of_centre(tx, owner, case.office.id):
        raise BadInput("owner", "%(name)s does not work at the centre", name=owner.name)
    change_owner(case, actor, owner.id, why="handed over")
    tx.flush()
    return case.ticket


def follow(tx: Tx, actor: Actor, ticket: Ticket, follower: Staff) -> Ticket:
    """Let a member of the staff hear of this ticket; a second time changes nothing."""
    require(actor, "follow", ticket)
    case = take(tx, ticket)
    if ties.follow(tx, case.ticket, follower.id):
        tickets.record(tx, "followed", case.ticket, actor.staff_id, follower=follower.id)
    return case.ticket


def _is_of_centre(tx: Tx, person: Staff, office_id: int) -> bool:
    held = select(Role.id).where(
        Role.staff_id == person.id,
        Role.office_id == office_id,
        col(Role.role).in_(DESK),
        col(Role.ended_at).is_(None),
    )
    return tx.scalars(held).first() is not None
