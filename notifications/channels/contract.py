"""What a channel is: it takes one letter and says what became of it. A new one is one file and one line.

A channel knows no table and no event; the outbox knows no provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Letter:
    """One message as it leaves the house.

    `address` is a number in E.164, a mail address, an endpoint's URL or nothing for browsers; `since` when it
    was first handed over (before a crash, if there was one); `key` says what pressing 1 does (accept | heard)
    and `key_says` tells it; `data` is what a machine gets to read.
    """

    id: int
    address: str
    locale: str
    body: str
    since: datetime
    subject: str = ""
    is_urgent: bool = False
    key: str = ""
    key_says: str = ""
    secret: str = ""
    browsers: tuple[Mapping[str, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """The provider has it: under which number, in which state (sent | delivered), in how many parts.

    `gone` are the browsers that listen no more, by their endpoints.
    """

    ref: str
    state: str = "sent"
    parts: int = 0
    made_at: datetime | None = None
    gone: tuple[str, ...] = ()


class Permanent(Exception):
    """It will never arrive this way. `spoils` names the channels on which this address is no good at all.

    `gone` are the browsers that listen no more, by their endpoints.
    """

    def __init__(self, code: str, why: str, spoils: tuple[str, ...] = (), gone: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.code, self.why, self.spoils, self.gone = code, why, spoils, gone


class Temporary(Exception):
    """It was not taken, and may be later. `rests` seconds the whole channel is left alone."""

    def __init__(self, code: str, why: str, rests: float = 0) -> None:
        super().__init__(why)
        self.code, self.why, self.rests = code, why, rests


class InDoubt(Temporary):
    """Nobody knows whether it was taken: the provider is asked before it is sent again."""


class Channel(Protocol):
    """One way out. `hands` letters are under way at once, `per_second` at most begin in a second."""

    name: str
    hands: int
    per_second: float

    def send(self, letter: Letter) -> Receipt:
        """Hand it over. Raises Permanent, Temporary or InDoubt; anything else is a fault, and is in doubt."""
        ...

    def find(self, letter: Letter) -> list[Receipt]:
        """What the provider has that looks like this letter, likeliest first; nothing without a list."""
        ...
