"""Signs that a complaint is a major one (重大投訴), which a person then declares.

Somebody hurt, a loss, the press, what staff have done, five households: the hub notices, says by which words,
and decides nothing. What a longer phrase takes back ("nobody hurt") says nothing.
Source: domain.md §4 (complaint overlay: injury, loss, five households, media, staff offence).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

from hub import defaults, incidents, words
from hub.database import Tx
from hub.tickets import Ticket

HOUSEHOLDS = 5
LONGEST = 4_000  # characters that are looked at


@dataclass(frozen=True)
class Sign:
    """One sign: the ground (dispatch.major.GROUNDS), and the words, or how many households, that say so."""

    grounds: str
    words: str = ""
    households: int = 0


def signs(tx: Tx, ticket: Ticket) -> tuple[Sign, ...]:
    """What speaks for a major complaint in this one, each ground once.

    Of an emergency only what staff are said to have done, for that is a complaint whatever else it is: who is
    hurt, or loses what, in an emergency accuses nobody. Nothing for other kinds.
    """
    if ticket.kind == "emergency":
        found = told(ticket.item, ticket.description)
        return tuple(sign for sign in found if sign.grounds == "staff_offence")
    if ticket.kind != "complaint":
        return ()
    households = incidents.count_behind(tx, [ticket.id]).get(ticket.id, 0) + 1
    counted = [Sign("households", households=households)] if households >= HOUSEHOLDS else []
    return _each_once([*counted, *told(ticket.item, ticket.description)])


def told(item: str, description: str) -> tuple[Sign, ...]:
    """The signs in these words in the order in which they come, each ground once."""
    terms, grounds = _phrases()
    sentences = chain(words.units(item[:LONGEST]), words.units(description[:LONGEST]))
    heard = chain.from_iterable(sorted(found.items(), key=_place) for found in map(terms.find, sentences))
    return _each_once(Sign(grounds[term], terms.text(term)) for term, _ in heard if grounds[term])


def _each_once(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    first: dict[str, Sign] = {}
    for sign in signs:
        first.setdefault(sign.grounds, sign)
    return tuple(first.values())


def _place(found: tuple[int, int]) -> int:
    return found[1]


@cache
def _phrases() -> tuple[words.Terms, dict[int, str]]:
    """Every phrase that is known, and the ground it speaks for: "" for one that says nothing."""
    terms = words.Terms()
    return terms, {terms.add(row["phrase"]): row["grounds"] for row in defaults.rows("major")}
