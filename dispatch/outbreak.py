"""Many reports of one cause: the hub notices and proposes an incident; a person says whether it is one.

So many households of one building saying the same within some hours (`office.policy`, hub.incidents).
Source: house.md (incidents); domain.md §4 (major: five households or more).
"""

from dispatch import leading
from dispatch.case import Case
from dispatch.likeness import ERRANDS
from hub import clock, founding, incidents, standing, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotNow
from hub.incidents import Incident, Report
from hub.organisation import Office
from hub.tickets import Ticket


def notice(case: Case) -> None:
    """Propose an incident when this ticket makes the households enough and nobody has said what it is."""
    ticket, tx = case.ticket, case.tx
    category = case.category
    if ticket.is_imported or ticket.building_id is None or category is None or ticket.kind in ERRANDS:
        return
    if ticket.lead_id is not None:
        return
    alike = sorted(
        [*incidents.like(tx, case.office, ticket), Report.of(ticket)], key=lambda one: one.received_at
    )
    households = len({one.household for one in alike})
    if households < incidents.enough(case.office):
        return
    if incidents.is_spoken_of(tx, case.office, ticket.building_id, category.id):
        return
    if not incidents.propose(tx, case.office, ticket.building_id, category.id, alike[0].received_at):
        return
    building = standing.of(tx).buildings[ticket.building_id]
    tickets.record(
        tx,
        "incident_proposed",
        ticket,
        None,
        ticket.registered_at,
        building=building.code,
        category=category.code,
        households=households,
        tickets=[one.number for one in alike],
    )


def confirm(tx: Tx, actor: Actor, incident: Incident, lead: Ticket, others: list[Ticket]) -> Incident:
    """It is one incident: the others are put behind the lead, their own open orders taken back.

    Raises NotNow when it was settled already, BadInput when nobody is put behind; and all that `put_behind`
    raises: then nothing has changed.
    """
    row, office = _unsettled(tx, actor, incident)
    behind = [one for one in others if one.id != lead.id]
    if not behind:
        raise BadInput("tickets", "choose at least one ticket besides the one that leads")
    for one in behind:
        leading.put_behind(tx, actor, one, lead, withdraw=True)
    row.lead_id = lead.id
    _settle(tx, actor, row, office, lead=lead.number, tickets=[one.number for one in behind])
    return row


def dismiss(tx: Tx, actor: Actor, incident: Incident) -> Incident:
    """It is not one incident; it is not proposed again for as long as the reports count together."""
    row, office = _unsettled(tx, actor, incident)
    _settle(tx, actor, row, office, lead=None, tickets=[])
    return row


def _unsettled(tx: Tx, actor: Actor, incident: Incident) -> tuple[Incident, Office]:
    row = tx.get_one(Incident, incident.id, with_for_update=True, populate_existing=True)
    actor.require("link", row.office_id)
    if row.settled_at is not None:
        raise NotNow("a colleague has settled this already")
    return row, tx.get_one(Office, row.office_id)


def _settle(tx: Tx, actor: Actor, row: Incident, office: Office, **facts: object) -> None:
    row.settled_at, row.settled_by = clock.now(), actor.staff_id
    founding.record(tx, "incident_settled", office, actor.staff_id, incident=row.id, **facts)
    tx.flush()
