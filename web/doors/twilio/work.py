"""What came in is worked: each row in one transaction that does its work and settles it.

One row that fails keeps no other waiting and is tried again later; nothing that came in is given up, but a
file that cannot be had, which its ticket is then told.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import structlog

from dispatch import answering, arriving, attaching, calling, conversation
from dispatch.calling import Step
from dispatch.conversation import Heard
from hub import inbound, questions, setaside
from hub.access import HUB
from hub.attachments import Store
from hub.database import Database, Tx
from hub.errors import HubError
from hub.inbound import REFUSED, Inbound
from hub.organisation import Office
from hub.questions import WHICH
from hub.settings import Settings
from hub.tickets import Ticket
from web.doors.mail import work as mail
from web.doors.mail.fetching import MAIL
from web.doors.twilio import media
from web.doors.twilio.knocking import DOORS
from web.doors.twilio.media import NoFile, NotYet
from web.words import N_, known, words_in

AT_ONCE = 100
TURN_SECONDS = 20.0  # shorter than the lease under which it is done
HANDS = 4  # files that are fetched at once
MOST_PICTURES = 10
MOST_FETCHES = 8
GONE = N_("it could not be fetched")
NOT_KEPT = N_("A file the customer sent was not kept: %(reason)s")

log = structlog.get_logger("web.doors.twilio")

Work = Callable[[Database, Inbound], bool]


class Worker:
    """Works the rows that wait: one function a kind, the slow ones in a lane of their own.

    A call never waits behind a file that comes slowly.
    """

    def __init__(
        self,
        database: Database,
        works: dict[str, Work],
        slow: dict[str, Work],
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._works, self._slow = works, slow
        self._is_over = is_over

    def drain(self) -> int:
        """Work everything that is due now, in both lanes. Answers how many rows were worked."""
        return self.hear() + self.fetch()

    def hear(self) -> int:
        """Work what people said, in the order in which it came; for a while at most.

        What is left then waits for the next tick: a lease is renewed between two, and a hub that stops does
        not work off first what came in overnight.
        """
        worked, until = 0, time.monotonic() + TURN_SECONDS
        while ids := self._database.read(lambda tx: inbound.due(tx, self._works, AT_ONCE)):
            for ident in ids:
                if self._is_over() or time.monotonic() > until:
                    return worked
                DOORS.let_answer()
                worked += self._one(ident)
        return worked + self._tidy()

    def fetch(self) -> int:
        """Fetch the files that came with it, some at a time: one host that is slow keeps not all waiting."""
        worked = 0
        while ids := self._database.read(lambda tx: inbound.due(tx, self._slow, AT_ONCE)):
            if self._is_over():
                break
            with ThreadPoolExecutor(HANDS, thread_name_prefix="fetch") as hands:
                fetching = [hands.submit(copy_context().run, self._one, ident) for ident in ids]
                worked += sum(future.result() for future in fetching)
        return worked

    def _one(self, ident: int) -> bool:
        row = self._database.read(lambda tx: tx.get_one(Inbound, ident))
        try:
            return (self._works | self._slow)[row.kind](self._database, row)
        except Exception as failed:
            fault = setaside.reason(failed)
            if not isinstance(failed, NotYet):
                log.exception("inbound", kind=row.kind, id=row.id)
            self._database.write(partial(_put_off, ident, fault))
            return False

    def _tidy(self) -> int:
        """Words that waited for an answer in vain go where they most likely belong."""
        lapsed = self._database.read(lambda tx: questions.lapsed(tx, WHICH, AT_ONCE))
        return setaside.each(self._database, questions.LAPSED, lapsed, _release)


def worker(
    database: Database, settings: Settings, store: Store, is_over: Callable[[], bool] = lambda: False
) -> Worker:
    """The worker of this hub, until it `is_over`."""
    return Worker(
        database,
        {"sms": hear, "call": follow, MAIL: mail.hear},
        {arriving.MEDIA: lambda db, row: fetch(db, row, settings, store)},
        is_over,
    )


def hear(database: Database, row: Inbound) -> bool:
    """One text message: judged first, then decided and settled in one transaction."""
    heard = heard_of(row)
    prepared = database.read(lambda tx: conversation.think(tx, heard))

    def act(tx: Tx) -> bool:
        mine = inbound.take(tx, row.id)
        if mine is None:
            return False
        meant = conversation.hear(tx, heard, prepared)
        inbound.settle(mine, meant.what, meant.ticket.id if meant.ticket else None)
        return True

    return database.write(act)


def follow(database: Database, row: Inbound) -> bool:
    """One step of a telephone call."""
    step = step_of(row)

    def act(tx: Tx) -> bool:
        mine = inbound.take(tx, row.id)
        if mine is None:
            return False
        ticket = calling.work(tx, step)
        inbound.settle(mine, step.name, ticket.id if ticket else None)
        return True

    return database.write(act)


def fetch(database: Database, row: Inbound, settings: Settings, store: Store) -> bool:
    """One file of a ticket: fetched and kept before the transaction that lists it.

    Raises NotYet while it may still come.
    """
    try:
        file = media.fetch(row.said["url"], settings)
    except NoFile as refused:
        return database.write(partial(_refuse, row, refused))
    except NotYet:
        if row.tries < MOST_FETCHES:
            raise
        return database.write(partial(_refuse, row, NoFile(GONE)))
    sha256 = store.put(file.content)

    def act(tx: Tx) -> bool:
        mine = inbound.take(tx, row.id)
        if mine is None:
            return False
        ticket = tx.get_one(Ticket, row.said["ticket"])
        attaching.attach(
            tx,
            HUB,
            ticket,
            sha256,
            file.name,
            file.media_type,
            len(file.content),
            purpose="received",
        )
        inbound.settle(mine, "kept", ticket.id)
        return True

    return database.write(act)


def heard_of(row: Inbound) -> Heard:
    """The message in a kept row."""
    said = row.said
    count = said.get("NumMedia", "0")
    pictures = range(min(int(count), MOST_PICTURES) if count.isdecimal() else 0)
    addresses = (said.get(f"MediaUrl{n}", "") for n in pictures)
    return Heard(
        sid=row.name.partition(":")[2],
        sender=said.get("From", ""),
        to=said.get("To", ""),
        text=said.get("Body", ""),
        pictures=tuple(address for address in addresses if address),
        opting=said.get("OptOutType", ""),
        received_at=row.received_at,
    )


def step_of(row: Inbound) -> Step:
    """The step of a call in a kept row."""
    said = row.said
    return Step(
        sid=said.get("CallSid", "").strip()[:80],
        name=said["hub_step"],
        sender=said.get("From", ""),
        to=said.get("To", ""),
        digits=said.get("Digits", ""),
        wanted=said.get("hub_wanted", ""),
        speech=said.get("hub_speech", ""),
        told=said.get("hub_told", ""),
        status=said.get("DialCallStatus", ""),
        recording=said.get("RecordingSid", "")[:40],
        address=said.get("RecordingUrl", ""),
        at=row.received_at,
    )


def _refuse(row: Inbound, refused: HubError, tx: Tx) -> bool:
    """Say on the ticket, in the office's language, why a file is not there."""
    mine = inbound.take(tx, row.id)
    if mine is None:
        return False
    ticket = tx.get_one(Ticket, row.said["ticket"])
    words = words_in(known(tx.get_one(Office, ticket.office_id).locale) or "en")
    reason = words.gettext(refused.message, **refused.params)
    answering.note(tx, HUB, ticket, words.gettext(NOT_KEPT, reason=reason))
    inbound.settle(mine, str(refused), ticket.id, REFUSED)
    return True


def _release(ident: int, tx: Tx) -> bool:
    return conversation.tidy(tx, ident)


def _put_off(ident: int, fault: str, tx: Tx) -> None:
    row = inbound.take(tx, ident)
    if row is not None:
        inbound.put_off(row, fault)
