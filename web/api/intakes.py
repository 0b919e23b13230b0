"""A matter is registered: judged, routed and dispatched in the same step, with every reason."""

from fastapi import APIRouter

from dispatch import duplicates, intake
from dispatch.duplicates import Likely
from dispatch.intake import Prepared
from hub import access
from hub.access import Actor
from hub.database import Tx
from web.api.bodies import TicketIn
from web.api.shapes import ResembleOut, TicketOut
from web.api.steps import naming, under
from web.deps import Db, Me, Once
from web.quick import Way


def registered(tx: Tx, me: Actor, said: TicketIn) -> TicketOut:
    """The matter as it stands once it is registered."""
    prepared, seen = thought_over(tx, me, said)
    with under("dispatch"):
        out = TicketOut.of(tx, intake.receive(tx, me, prepared))
    # the record keeps only how many words are shared; whoever has just said them may see which
    told = {one.number: resembling(one) for one in seen}
    out.resembles = [told[one.number] for one in out.resembles if one.number in told]
    return out


router = APIRouter(prefix="/tickets", tags=["tickets"])
QUICK = Way("/api/v1/tickets", TicketIn, registered, 201)


@router.post("", status_code=201)
def receive(said: TicketIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Register a matter; it is triaged, routed and dispatched in the same step, with every reason.

    The same external reference is the same ticket. `resembles` says which tickets may be the same matter; to
    register it behind one of them, send it with `dispatch: {way: "behind", lead: NUMBER}`.
    """
    return db.write(lambda tx: registered(tx, me, said), once)


def thought_over(tx: Tx, me: Actor, said: TicketIn) -> tuple[Prepared, list[Likely]]:
    """The matter prepared, and which of those it resembles the asker may find. Writes nothing."""
    prepared = _prepare(tx, me, said)
    return prepared, duplicates.seen_by(tx, me, prepared.resembles)


def resembling(one: Likely) -> ResembleOut:
    """A likely matter as it is answered."""
    return ResembleOut(number=one.number, score=one.score, why=one.why)


def _prepare(tx: Tx, me: Actor, said: TicketIn) -> Prepared:
    with naming("office"):
        office = (
            access.standing_office(tx, me, said.office, "receive")
            if said.office
            else access.standing_home(tx, me)
        )
    if said.dispatch.worker is not None and said.dispatch.way == "worker":
        with naming("dispatch.worker"):
            access.colleague(tx, me, said.dispatch.worker, office.id)
    return intake.prepare(tx, office, said.complaint(), said.dispatch.choice())
