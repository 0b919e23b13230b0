"""The bell: after a commit it says what changed, so that whoever looks on draws it anew.

What changed is said in topics, short names of what somebody may look at: "office:1", "ticket:7", "staff:3".
A topic carries ids and nothing else. The tables are the truth and the bell only saves time: a ring that is
lost costs freshness, never a fact, and who has been cut off draws everything anew (EVERYTHING).

Verbs do not ring. What they record names its topics by itself (`hub.events`); what changes without an event
says so with `tx.tell(topic)`. Inside the process hearers are called at once; a wire (`hub.wires`) carries
topics to the other processes and brings theirs.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

EVERYTHING = "*"

Topics = frozenset[str]
Hearer = Callable[[Topics], None]

_ABOUT = re.compile(r'"staff":(\d+)')  # in facts as events write them, without spaces

_log = logging.getLogger(__name__)


@dataclass
class Changed:
    """What one transaction changed: the topics to ring, and the ids of the events it wrote."""

    topics: set[str] = field(default_factory=set)
    events: set[int] = field(default_factory=set)

    def add(self, other: "Changed") -> None:
        self.topics |= other.topics
        self.events |= other.events


def topics_of(stream: str, office_id: int | None, ticket_id: int | None, facts: str) -> Iterator[str]:
    """The topics an event rings: its stream, its office, its ticket, and the person it is about (`staff`
    among its facts), whose rights may be others from now on.
    """
    yield stream
    if office_id is not None:
        yield f"office:{office_id}"
    if ticket_id is not None:
        yield f"ticket:{ticket_id}"
    about = _ABOUT.search(facts)
    if about:
        yield f"staff:{about[1]}"


class Wire(Protocol):
    """The way to other processes on the same database."""

    def listen(self, heard: Hearer) -> None:
        """Begin to bring what others ring; EVERYTHING after a break."""

    def send(self, changed: Changed) -> None:
        """Carry a ring of ours, without waiting for it to arrive."""

    def close(self) -> None:
        """Carry what still waits, and stop."""


class Bell:
    """The bell of one process. Hearers are called in the ringer's thread and must be quick."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []
        self._wire: Wire | None = None
        self._is_listening = False

    @property
    def is_wired(self) -> bool:
        return self._wire is not None

    def carry(self, wire: Wire) -> None:
        """Carry every ring over this wire too."""
        self._wire = wire

    def listen(self) -> None:
        """Hear the rings of other processes from now on; asked again, it does already."""
        if self._wire and not self._is_listening:
            self._is_listening = True
            self._wire.listen(self._heard)

    def hear(self, do: Hearer) -> Callable[[], None]:
        """Have `do` called with the topics of every ring. Answers how to stop that."""
        self._hearers.append(do)
        return lambda: self._hearers.remove(do)

    def ring(self, changed: Changed) -> None:
        """Tell everybody, here and elsewhere. Nothing that fails in a hearer reaches the ringer."""
        if not changed.topics:
            return
        self._heard(frozenset(changed.topics))
        if self._wire:
            self._wire.send(changed)

    def close(self) -> None:
        if self._wire:
            self._wire.close()
            self._wire = None

    def _heard(self, topics: Topics) -> None:
        for do in tuple(self._hearers):
            try:
                do(topics)
            except Exception:
                _log.exception("a hearer of the bell failed")
