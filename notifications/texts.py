"""What a message says outside the screen: short, with the number of the matter, and nothing private.

A text to a customer says which matter and how it stands, never what it is about: who holds the telephone is
not known. A text to our own people adds place and item, never the customer's name or number.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ITEM, PLACE = 24, 16  # so many characters of what a matter is about, and where, fit a text of one part

# (language, message, places) -> the sentence in that language
Say = Callable[[str, str, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Text:
    """One message of the locale files, with its places."""

    says: str


TEXTS = {
    # to our own people
    "alarm": Text(says="URGENT %(number)s %(place)s: %(item)s"),
    "order": Text(says="%(priority)s order %(number)s %(place)s: %(item)s"),
    "escalated": Text(says="Escalated to you: %(number)s %(place)s: %(item)s"),
    "news": Text(says="%(number)s %(place)s: %(what)s"),
    "to_tell": Text(says="Please ring the customer of %(number)s: our message did not arrive"),
    # to the customer
    "received": Text(says="Registered under %(number)s. We are on it. %(office)s"),
    "departed": Text(says="%(number)s: our staff are on the way. %(office)s"),
    "answered": Text(says="%(number)s: %(answer)s %(office)s"),
    "closed": Text(says="%(number)s is closed. If it is not solved, please tell us. %(office)s"),
    "reopened": Text(says="%(number)s is open again; we are on it. %(office)s"),
    # as they were written
    "said": Text(says="%(text)s"),
}
# around a text that is spoken, or sent by mail
ACCEPT = Text(says="Press 1 to accept this order.")
HEARD = Text(says="Press 1 when you have understood.")
TAKEN = Text(says="Thank you. The order is yours.")
NOTED = Text(says="Thank you.")
NOT_TAKEN = Text(says="This order is not waiting for you any more.")
SUBJECT = Text(says="%(number)s: message from the service centre")


def plain(locale: str, message: str, places: Mapping[str, Any]) -> str:
    """The sentence as it stands here, in English: where nobody brings a translator."""
    return message % places if places else message


def short(text: str, most: int) -> str:
    """The beginning of the text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def aloud(text: str) -> str:
    """The text as it is read aloud: numbers of many digits one digit at a time."""
    return re.sub(r"\d{4,}", lambda found: " ".join(found.group()), text)
