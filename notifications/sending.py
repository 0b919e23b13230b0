"""Sends what is due on one channel: claim, commit, call, settle.

A claim is a conditional UPDATE and its row count is believed, so any number of processes may share the
outbox. The claim is on the disk before the provider is called. A process that dies in between leaves a claim
that nobody settles; after a while it is in doubt, and the provider's list is asked before it is sent again.
Source: house.md rule 4; domain.md §6 (no idempotency key).
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from hub import clock
from hub.database import Database, Tx
from hub.deliveries import SENDING, WAITING, Delivery
from notifications import letters, settling
from notifications.channels.contract import Channel, InDoubt, Letter, Permanent, Temporary
from notifications.speaking import Open
from notifications.texts import Say, plain

log = structlog.get_logger("notifications.sending")
T = TypeVar("T")

STILL_OURS = 0.75  # the share of the doubt after which a claim is not begun any more
GATE_SECONDS = 10.0  # no more is claimed than may begin within so many seconds
MOST_REST = 60.0  # seconds a provider that fails again and again is left alone between two tries


@dataclass(frozen=True)
class Pace:
    """How long a claim nobody settles stays unasked, and how far a provider's clock may lie behind ours.

    `doubt` must be longer than any call takes (twilio_api.SECONDS and its kin).
    """

    doubt: timedelta = timedelta(seconds=45)
    skew: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """A letter that is ours to hand over, at which of its tries; in doubt, the provider is asked first."""

    letter: Letter
    is_in_doubt: bool
    tries: int


class Sender:
    """One channel of one process. `work` may be called again at once; it never runs twice at a time."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        ways: Open,
        *,
        holder: str,
        say: Say = plain,
        pace: Pace | None = None,
    ) -> None:
        self._database, self._channel, self._ways = database, channel, ways
        self._holder, self._say, self._pace = holder, say, pace or Pace()
        self._gate = Gate(channel.per_second)
        self._hands = ThreadPoolExecutor(channel.hands, thread_name_prefix=f"send {channel.name}")
        self._rests_until, self._downs = clock.now(), 0
        self._in_hand: set[int] = set()  # a list that is read slowly makes none of ours look left behind
        self._stopping = threading.Event()

    @property
    def channel(self) -> str:
        return self._channel.name

    def work(self) -> int:
        """Send everything that is due now, the most urgent first. Answers how many were tried.

        A hand that is free takes the next letter at once: an emergency waits for one letter, not for eight.
        """
        tried, under_way = 0, set[Future[None]]()
        while not self._stopping.is_set():
            if clock.now() < self._rests_until:
                self._give_way()
                break
            begun = self._begin(self._most() - len(under_way))
            tried, under_way = tried + len(begun), under_way | begun
            if not under_way:
                break
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            _settled(done)
        _settled(under_way)
        return tried

    def _begin(self, most: int) -> set[Future[None]]:
        until = time.monotonic() + self._pace.doubt.total_seconds() * STILL_OURS
        claims = self._claim(most) if most > 0 else []
        self._in_hand.update(claim.letter.id for claim in claims)
        return {self._hands.submit(copy_context().run, self._one, claim, until) for claim in claims}

    def stop(self) -> None:
        """Begin nothing more; what is claimed is finished."""
        self._stopping.set()

    def close(self) -> None:
        """Stop, and let go of the hands once they are done."""
        self.stop()
        self._hands.shutdown(wait=True)

    # ---- claim

    def _claim(self, most: int | None = None) -> list[Claim]:
        """As many letters as hands are free, claimed by us on the disk."""
        ids = self._database.read(partial(self._due, most=self._most() if most is None else most))
        return self._database.write(partial(self._take, ids=ids)) if ids else []

    def _due(self, tx: Tx, most: int) -> list[int]:
        present = clock.now()
        waiting = (col(Delivery.state) == WAITING) & (col(Delivery.next_at) <= present)
        left = (col(Delivery.state) == SENDING) & (col(Delivery.claimed_at) <= present - self._pace.doubt)
        query = (
            select(Delivery.id)
            .where(Delivery.channel == self._channel.name, waiting | left)
            .order_by(col(Delivery.rank), col(Delivery.next_at), col(Delivery.id))
            .limit(most)
        )
        return list(tx.scalars(query))

    def _most(self) -> int:
        """How many are under way at once; after a failure of the provider one, to see whether it is back.

        So an outage puts no more than a handful in doubt.
        """
        if self._downs:
            return 1
        return min(self._channel.hands, max(1, int(self._channel.per_second * GATE_SECONDS)))

    def _take(self, tx: Tx, ids: list[int]) -> list[Claim]:
        free = (one for one in ids if one not in self._in_hand)
        return [taken for one in free if (taken := self._take_one(tx, one)) is not None]

    def _take_one(self, tx: Tx, delivery_id: int) -> Claim | None:
        row = tx.get(Delivery, delivery_id, populate_existing=True)
        present = clock.now()
        if row is None or not self._is_due(row, present):
            return None  # another took it since we looked, and may be calling at this moment
        if settling.is_closed(tx, row, self._ways):
            return None
        is_in_doubt = row.state == SENDING or row.is_in_doubt
        body = row.body or letters.body(row, self._say)
        mine = tx.execute(
            update(Delivery)
            .where(
                col(Delivery.id) == row.id,
                col(Delivery.state) == row.state,
                col(Delivery.tries) == row.tries,
            )
            .values(
                state=SENDING,
                tries=row.tries + 1,
                body=body,
                is_in_doubt=is_in_doubt,
                claimed_at=present,
                claimed_by=self._holder,
                handed_at=row.handed_at if is_in_doubt else present,
            )
        )
        if getattr(mine, "rowcount", 0) != 1:
            return None
        tx.refresh(row)
        return Claim(letters.letter(tx, row, self._say), is_in_doubt, row.tries)

    def _renew(self, tx: Tx, claim: Claim) -> bool:
        """Whether it is still ours after the list was read, however long that took; then from now on anew."""
        mine = tx.execute(
            update(Delivery)
            .where(
                col(Delivery.id) == claim.letter.id,
                col(Delivery.state) == SENDING,
                col(Delivery.tries) == claim.tries,
                col(Delivery.claimed_by) == self._holder,
            )
            .values(claimed_at=clock.now())
        )
        return getattr(mine, "rowcount", 0) == 1

    def _is_due(self, row: Delivery, present: datetime) -> bool:
        """The question of `_due`, of one row as it is now."""
        if row.state == SENDING:
            return row.claimed_at is not None and row.claimed_at <= present - self._pace.doubt
        return row.state == WAITING and row.next_at is not None and row.next_at <= present

    # ---- call and settle

    def _one(self, claim: Claim, until: float) -> None:
        try:
            self._hand_over(claim, until)
        finally:
            self._in_hand.discard(claim.letter.id)

    def _hand_over(self, claim: Claim, until: float) -> None:
        letter, is_in_doubt = claim.letter, claim.is_in_doubt
        self._gate.wait()
        if time.monotonic() > until:
            log.warning("too late", channel=self._channel.name, delivery=letter.id)
            return  # we were held up so long that another may take it for left behind: it is asked for then
        try:
            if is_in_doubt and (self._found(letter) or not self._write(self._renew, claim)):
                return
            is_in_doubt = False  # the list was asked, and does not hold it
            receipt = self._channel.send(letter)
            self._write(settling.took, letter.id, receipt)
            self._downs = 0
        except Permanent as refusal:
            self._write(settling.refused, letter.id, refusal, self._ways)
        except Temporary as refusal:
            self._rest(refusal.rests)
            doubt = is_in_doubt or isinstance(refusal, InDoubt)
            self._write(settling.put_off, letter.id, refusal, self._ways, doubt)
        except Exception as fault:
            log.exception("send", channel=self._channel.name, delivery=letter.id)
            unknown = InDoubt("fault", type(fault).__name__)
            self._write(settling.put_off, letter.id, unknown, self._ways, True)

    def _found(self, letter: Letter) -> bool:
        """Whether the provider has it already, under a number that stands for no other message of ours."""
        earliest = letter.since - self._pace.skew
        for receipt in self._channel.find(letter):
            if receipt.made_at is not None and receipt.made_at < earliest:
                continue
            if self._write(settling.took, letter.id, receipt):
                return True
        return False

    def _write(self, settle: Callable[..., T], *said: object) -> T:
        return self._database.write(lambda tx: settle(tx, *said))

    # ---- rest

    def _rest(self, seconds: float) -> None:
        """Leave the provider alone for a while, all of us, and longer each time it fails again."""
        present = clock.now()
        if seconds > 0:
            self._downs += present >= self._rests_until
            rests = max(seconds, min(MOST_REST, seconds * 2 ** min(self._downs - 1, 10)))
            self._rests_until = max(self._rests_until, present + timedelta(seconds=rests))

    def _give_way(self) -> None:
        """While the channel rests, what has waited too long goes the next way, or to a person."""
        for delivery_id in self._database.read(self._due_elsewhere):
            self._write(settling.give_way, delivery_id, "down the channel rests", self._ways)

    def _due_elsewhere(self, tx: Tx) -> Iterable[int]:
        present = clock.now()
        return tx.scalars(
            select(Delivery.id).where(
                Delivery.channel == self._channel.name,
                Delivery.state == WAITING,
                (col(Delivery.way) != "") | col(Delivery.is_in_doubt),
                col(Delivery.next_at) <= present,
                col(Delivery.created_at) <= present - min(settling.PATIENCE.values()),
            )
        ).all()


def _settled(futures: Iterable[Future[None]]) -> None:
    for future in futures:
        future.result()


class Gate:
    """Lets so many through in a second, one after another."""

    def __init__(self, per_second: float) -> None:
        self._between = 1 / per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            at = max(self._next, time.monotonic())
            self._next = at + self._between
        time.sleep(max(0.0, at - time.monotonic()))


def senders(
    database: Database, channels: Iterable[Channel], ways: Open, *, holder: str, say: Say = plain
) -> list[Sender]:
    """One sender for each channel."""
    return [Sender(database, channel, ways, holder=holder, say=say) for channel in channels]
