"""Everything about one matter on one page: who, where, what was promised and done, what may be done now."""

from dataclasses import dataclass

from sqlmodel import col, select

from dispatch import duplicates, gravity
from dispatch.assignment import Job
from dispatch.case import Case
from dispatch.gravity import Sign
from dispatch.major import GROUNDS
from hub import access, attachments, callbacks, catalogue, meanwhile, orders, promises, ties
from hub.access import Actor
from hub.attachments import Attachment
from hub.callbacks import Callback
from hub.catalogue import Catalogue, Category
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Building, Room
from hub.orders import Hold, Order
from hub.organisation import Department, Office, Staff
from hub.promises import Promise
from hub.tickets import Ticket
from web.pages import choices, offers, reasons, resembling, timeline
from web.pages.cards import Due
from web.pages.choices import Choices
from web.pages.offers import Offer
from web.pages.resembling import Shown
from web.pages.shell import SignedIn
from web.pages.timeline import Told
from web.words import Words


@dataclass(frozen=True)
class Clocked:
    """A promise that is drawn as a clock: running, kept or missed."""

    due: Due
    kept: bool

    @property
    def promise(self) -> Promise:
        return self.due.promise


@dataclass(frozen=True)
class Placed:
    """An order with its department, worker, hold and promises, and the steps open to the reader."""

    order: Order
    department: Department
    worker: Staff | None
    hold: Hold | None
    promises: tuple[Clocked, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """One matter as its reader may see it."""

    ticket: Ticket
    office: Office
    book: Catalogue
    category: Category | None
    room: Room | None
    building: Building | None
    contact: ContactPoint | None
    owner: Staff | None
    receiver: Staff | None
    promises: tuple[Clocked, ...]
    orders: tuple[Placed, ...]
    callbacks: tuple[Callback, ...]
    links: tuple[tuple[Ticket, str], ...]
    lead: Ticket | None
    behind: tuple[tuple[Ticket, Room | None], ...]
    resembling: tuple[Shown, ...]
    files: tuple[Attachment, ...]
    followers: tuple[str, ...]
    gravity: tuple[Sign, ...]  # why it may be a major complaint, where somebody here may say so
    history: tuple[Told, ...]
    offer: Offer
    choices: Choices
    seen: int  # the number of the last event that is shown

    @property
    def grounds(self) -> tuple[str, ...]:
        """On what a complaint may be declared major."""
        return GROUNDS

    def warning(self, words: Words) -> str:
        """That it may be a major complaint, and what says so; "" where nothing does."""
        return reasons.grave(words, self.gravity, is_complaint=self.ticket.kind == "complaint")

    @property
    def call(self) -> str:
        """The number to ring: as the exchange takes it where it could be read, else as it was said."""
        return self.contact.value if self.contact else "".join(self.ticket.caller_phone.split())


def of(tx: Tx, reader: SignedIn, words: Words, number: str) -> Dossier:
    """The matter with this number. Raises NotFound when it is not this reader's to see."""
    ticket = access.ticket(tx, reader.me, number)
    office = tx.get_one(Office, ticket.office_id)
    book = catalogue.of(tx, office)
    case = Case(tx, office, book, ticket)
    offer = offers.of(case, reader.me)
    room = tx.get(Room, ticket.room_id) if ticket.room_id else None
    known = timeline.names(tx, office.id, office.company_id, book)
    clocked = _clocked(tx, ticket)
    return Dossier(
        ticket=ticket,
        office=office,
        book=book,
        category=case.category,
        room=room,
        building=tx.get(Building, room.building_id) if room and room.building_id else None,
        contact=tx.get(ContactPoint, ticket.contact_id) if ticket.contact_id else None,
        owner=tx.get(Staff, ticket.owner_id) if ticket.owner_id else None,
        receiver=tx.get(Staff, ticket.received_by) if ticket.received_by else None,
        promises=tuple(one for one in clocked if one.promise.order_id is None),
        orders=_placed(tx, ticket, offer, clocked),
        callbacks=tuple(callbacks.of_ticket(tx, ticket.id)),
        links=_links(tx, reader, ticket),
        lead=tx.get(Ticket, ticket.lead_id) if ticket.lead_id else None,
        behind=_behind(tx, reader, ticket),
        resembling=_resembling(tx, reader, words, case),
        files=tuple(attachments.of_ticket(tx, ticket.id)),
        gravity=_signs(case, reader.me, offer),
        followers=tuple(known.person(ident) for ident in ties.followers(tx, ticket.id)),
        history=tuple(timeline.of_ticket(tx, words, known, ticket.id)),
        offer=offer,
        choices=choices.of(tx, office, book, job=Job(case.category, ticket.priority, ticket.kind, room)),
        seen=meanwhile.mark(tx, ticket.id),
    )


def _signs(case: Case, me: Actor, offer: Offer) -> tuple[Sign, ...]:
    """What speaks for a major complaint, to who may declare it: now, or once its kind is changed."""
    ticket, may_triage = case.ticket, "triage" in offer and me.may("declare major", case.office.id)
    may_change = may_triage and ticket.kind == "emergency" and ticket.major_since is None
    return gravity.signs(case.tx, ticket) if "declare" in offer or may_change else ()


def _clocked(tx: Tx, ticket: Ticket) -> list[Clocked]:
    """The promises that still say something: those running, and those kept in the present round."""
    rows = [
        row
        for row in promises.of_ticket(tx, ticket.id)
        if row.is_running or (row.kept_at is not None and row.round == ticket.round)
    ]
    return [Clocked(Due(row), row.kept_at is not None) for row in rows]


def _placed(tx: Tx, ticket: Ticket, offer: Offer, clocked: list[Clocked]) -> tuple[Placed, ...]:
    """The orders, the newest first."""
    rows = tx.execute(
        select(Order, Department, Staff)
        .join(Department, col(Department.id) == col(Order.department_id))
        .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
        .where(Order.ticket_id == ticket.id)
        .order_by(col(Order.seq).desc())
    )
    return tuple(
        Placed(
            order,
            department,
            worker,
            orders.running_hold(tx, order.id),
            tuple(one for one in clocked if one.promise.order_id == order.id),
            offer.orders.get(order.number, ()),
        )
        for order, department, worker in rows
    )


def _behind(tx: Tx, reader: SignedIn, ticket: Ticket) -> tuple[tuple[Ticket, Room | None], ...]:
    """The households that stand behind this ticket, as far as this reader may see them."""
    rows = tx.execute(
        select(Ticket, Room)
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .where(Ticket.lead_id == ticket.id, access.tickets_seen(reader.me))
        .order_by(col(Ticket.id))
    )
    return tuple((one, room) for one, room in rows)


def _resembling(tx: Tx, reader: SignedIn, words: Words, case: Case) -> tuple[Shown, ...]:
    """What may be the same matter as this one, while there is something to be decided about it."""
    if not case.ticket.is_open or case.ticket.lead_id or not reader.me.may("link", case.office.id):
        return ()
    likely = duplicates.of_ticket(tx, case.office, case.book, case.ticket, reader.me)
    return tuple(resembling.shown(words, case.book, likely))


def _links(tx: Tx, reader: SignedIn, ticket: Ticket) -> tuple[tuple[Ticket, str], ...]:
    """The linked tickets this reader may see."""
    joined = ties.links(tx, ticket.id)
    seen = select(Ticket.id).where(
        access.tickets_seen(reader.me), col(Ticket.id).in_([other.id for other, _ in joined])
    )
    allowed = set(tx.scalars(seen))
    return tuple((other, kind) for other, kind in joined if other.id in allowed)
