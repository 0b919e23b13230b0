"""Finding matters by what was said: one index of our own terms, the same on both engines, newest first.

Terms are stems and pairs of Chinese characters (`words.bigrams`), the ticket's number, the room's code
without its marks, the ends of the phone, the caller's initials (`hub.initials`), and the office: permission
narrows the look-up, not its result. SQLite holds them in FTS5, PostgreSQL in a tsvector that its parser never
sees. The table is derived: it is not in the archive, and `rebuild` makes it again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub import initials, words
from hub.database import Tx

TABLE = "ticket_words"
KNOWN = f"{TABLE}_known"  # SQLite's list of the terms that stand in the index
LONGEST = 64  # characters of a term: a longer one says no more, and PostgreSQL refuses very long ones
MOST_TERMS = 20  # of one question
SHORTEST_END = 4  # people know the last four digits of a phone
SHORTEST_START = 3  # of a word that is still being typed: two letters begin a tenth of all there are
MOST_ENDINGS = 64  # of a beginning: with so many each is rare, and their lists are short
ERAS, EIGHT = (13, 16, 19, 22), 8  # a look-up on PostgreSQL goes back by blocks of so many bits of the id
PAGE = 200
OFFICE, OF_ERA, STARTS = "§", "¶", "*"  # no word holds these signs, so nobody can ask for these by typing

CREATE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(terms, tokenize='ascii', detail=none, columnsize=0)",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (ticket_id bigint PRIMARY KEY, terms tsvector NOT NULL)",
        f"CREATE INDEX ix_{TABLE} ON {TABLE} USING gin (terms) WITH (fastupdate = off)",
    ),
}
CREATE_KNOWN = f"CREATE VIRTUAL TABLE {KNOWN} USING fts5vocab({TABLE}, row)"
_BEGUN = text(f"SELECT term FROM {KNOWN} WHERE term >= :first AND term < :beyond LIMIT :most")
_ADD = text(f"INSERT INTO {TABLE} (ticket_id, terms) VALUES (:id, array_to_tsvector(:terms))")
_ADD_TO_SQLITE = f"INSERT INTO {TABLE} (rowid, terms) VALUES (?, ?)"
_KEYS = {"sqlite": "rowid", "postgresql": "ticket_id"}
_FORGET = {name: text(f"DELETE FROM {TABLE} WHERE {key} = :id") for name, key in _KEYS.items()}
_FIND = {
    "sqlite": text(
        f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :asked AND rowid < :before "
        "ORDER BY rowid DESC LIMIT :page"
    ),
    "postgresql": text(
        f"SELECT ticket_id FROM {TABLE} WHERE terms @@ CAST(:asked AS tsquery) AND ticket_id < :before "
        "ORDER BY ticket_id DESC"
    ),
}
# joined to nothing, the terms are no longer the index's, and are looked through in the rows it found
_FIND_AMONG = text(
    f"SELECT ticket_id FROM {TABLE} WHERE terms @@ CAST(:there AS tsquery) AND ticket_id < :before "
    "AND (terms || CAST('' AS tsvector)) @@ CAST(:asked AS tsquery) ORDER BY ticket_id DESC"
)
_WHOLE = text(
    "SELECT ticket.id, ticket.office_id, ticket.number, ticket.words, room.code, contact_point.value, "
    "ticket.caller_name FROM ticket LEFT JOIN room ON room.id = ticket.room_id "
    "LEFT JOIN contact_point ON contact_point.id = ticket.contact_id "
    "WHERE ticket.id > :after AND ticket.words <> '' ORDER BY ticket.id LIMIT :page"
)


@dataclass(frozen=True)
class Entry:
    """What of a ticket can be found. `words` are folded already; `phone` is E.164 or as it was said."""

    id: int
    office_id: int
    number: str
    words: str
    room: str | None
    phone: str | None
    name: str = ""


@dataclass(frozen=True)
class Question:
    """Any of these lists of terms, all of each; `runs` of Chinese must stand in the words as said.

    A term that ends in STARTS is the beginning of one.
    """

    ways: tuple[tuple[str, ...], ...]
    runs: tuple[str, ...] = ()


def add(tx: Tx, entry: Entry) -> None:
    """Make the ticket findable, once the transaction is durable."""
    tx.at_commit(partial(_add, entries=[entry]))


def forget(tx: Tx, ticket_id: int) -> None:
    """Let nothing of the ticket be found: its words are erased."""
    tx.at_commit(lambda connection: connection.execute(_FORGET[connection.dialect.name], {"id": ticket_id}))


def question(said: str, phones: Iterable[str] = ()) -> Question:
    """What `said` asks for. `phones` are the readings of it as a number, E.164."""
    spoken = _terms(said)[:MOST_TERMS]
    ways = [tuple(spoken)] if spoken else []
    ways += [(_digits(phone),) for phone in phones]
    ways += [(whole,) for whole in _unspaced(said) if [whole] != spoken]
    runs = tuple(run for run in words.cjk_runs(said) if len(run) > 2) if len(ways) == 1 else ()
    return Question(tuple(dict.fromkeys(ways)), runs)


def begun(said: str) -> Question:
    """What `said` asks for when its last word goes on: "kitchen lea" finds leaks, "a-12" the room A-1203.

    Nothing where too little of it is typed, or where a word begins like this that everybody says.
    """
    found = re.search(r"[a-z0-9]+$", words.fold(said).strip())
    last = found[0][:LONGEST] if found else ""
    ways: list[tuple[str, ...]] = [
        (f"{whole}{STARTS}",) for whole in _unspaced(said) if re.search(r"\d", whole)
    ]
    if len(last) >= SHORTEST_START and not words.begins_filler(last):
        ways.append((*_terms(said)[: MOST_TERMS - 1][:-1], f"{last}{STARTS}"))
    long_enough = [way for way in ways if len(way[-1]) > SHORTEST_START]
    return Question(tuple(dict.fromkeys(long_enough)), tuple(r for r in words.cjk_runs(said) if len(r) > 2))


def _unspaced(said: str) -> list[str]:
    """What was said as one: a room's code without its marks, a phone without its spaces."""
    compact, digits = _bare(said), _digits(said)
    found = [compact] if compact and not re.search(r"\s", said.strip()) else []
    if len(digits) >= SHORTEST_END and re.fullmatch(r"[\d\s+().-]+", said.strip()):
        found.append(digits)
    return list(dict.fromkeys(found))


def newest(
    tx: Tx, asked: Question, office_ids: Sequence[int] | None, before: int | None
) -> Iterator[list[int]]:
    """The ids of the tickets asked for in these offices (None: in all), newest first, some at a time."""
    if not asked.ways or office_ids == []:
        return
    terms = [tuple(f"{OFFICE}{office_id}" for office_id in office_ids)] if office_ids is not None else []
    connection = tx.connection()
    if tx.database.is_sqlite:
        ways = [spelt for way in asked.ways if all(spelt := [_endings(connection, term) for term in way])]
        if ways:
            yield from _back(connection, _fts5(terms, ways), before or 1 << 62)
    else:
        yield from _by_eras(connection, terms, asked.ways, before)


def rebuild(connection: Connection) -> None:
    """Make the whole index again from the tickets."""
    connection.execute(text(f"DELETE FROM {TABLE}"))
    after = 0
    while rows := connection.execute(_WHOLE, {"after": after, "page": 20 * PAGE}).all():
        _add(connection, [Entry(*row) for row in rows])
        after = rows[-1][0]


def _add(connection: Connection, entries: Sequence[Entry]) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    rows = []
    for entry in entries:
        terms = list(dict.fromkeys(_entry_terms(entry, has_era=not is_sqlite)))
        rows.append({"id": entry.id, "terms": " ".join(terms) if is_sqlite else terms})
    if is_sqlite:
        # straight to the driver, as all that is written with every matter (hub.statements)
        driver: Any = connection.connection.dbapi_connection
        driver.executemany(_ADD_TO_SQLITE, [(row["id"], row["terms"]) for row in rows])
    else:
        connection.execute(_ADD, rows)


def _entry_terms(entry: Entry, has_era: bool) -> Iterator[str]:
    yield f"{OFFICE}{entry.office_id}"
    yield entry.number
    if has_era:
        yield from (_era(bits, entry.id >> bits) for bits in ERAS)
    yield from _terms(entry.words)
    if entry.room:
        yield _bare(entry.room)
    digits = _digits(entry.phone or "")
    yield from (digits[start:] for start in range(len(digits) - SHORTEST_END + 1))
    yield from map(words.stem, initials.of(entry.name))


def _terms(said: str) -> list[str]:
    return [term[:LONGEST] for term in dict.fromkeys(words.bigrams(said))]


def _bare(said: str) -> str:
    return "".join(sign for sign in words.fold(said) if sign.isalnum())[:LONGEST]


def _digits(said: str) -> str:
    return "".join(sign for sign in words.fold(said) if sign.isascii() and sign.isdigit())[:LONGEST]


def _endings(connection: Connection, term: str) -> tuple[str, ...]:
    """The terms that begin like this one does, where it is only a beginning: none when nobody said any.

    FTS5 itself copies all their lists into one before it begins; those of whole terms it only walks.
    """
    if not term.endswith(STARTS):
        return (term,)
    first = term.removesuffix(STARTS)
    most = {"first": first, "beyond": f"{first}\U0010ffff", "most": MOST_ENDINGS + 1}
    known = tuple(row[0] for row in connection.execute(_BEGUN, most).all())
    return known if len(known) <= MOST_ENDINGS else (term,)


def _fts5(narrowed: Sequence[tuple[str, ...]], ways: Sequence[Sequence[tuple[str, ...]]]) -> str:
    """Any of the ways; of a way all, each any of its terms.

    Every term in quotes: it holds letters and digits only, so no quote can end early.
    """

    def quoted(terms: Iterable[str], by: str) -> str:
        said = (f'"{one.removesuffix(STARTS)}"' + (" *" if one.endswith(STARTS) else "") for one in terms)
        return "(" + f" {by} ".join(said) + ")"

    def all_of(way: Sequence[tuple[str, ...]]) -> str:
        return "(" + " AND ".join(quoted(any_of, "OR") for any_of in way) + ")"

    return " AND ".join(
        [*(quoted(any_of, "OR") for any_of in narrowed), f"({' OR '.join(map(all_of, ways))})"]
    )


def _tsquery(narrowed: Sequence[tuple[str, ...]], ways: Sequence[tuple[str, ...]]) -> str:
    def quoted(terms: Iterable[str], by: str) -> str:
        said = (f"'{one.removesuffix(STARTS)}'" + (":*" if one.endswith(STARTS) else "") for one in terms)
        return "(" + f" {by} ".join(said) + ")"

    spoken = ["(" + " | ".join(quoted(way, "&") for way in ways) + ")"] if ways else []
    return " & ".join([quoted(any_of, "|") for any_of in narrowed] + spoken)


def _back(connection: Connection, asked: str, before: int) -> Iterator[list[int]]:
    """FTS5 walks its lists backwards and stops where we stop."""
    while True:
        page = {"asked": asked, "before": before, "page": PAGE}
        ids = [row[0] for row in connection.execute(_FIND["sqlite"], page)]
        if ids:
            yield ids
        if len(ids) < PAGE:
            return
        before = ids[-1]


def _by_eras(
    connection: Connection,
    narrowed: list[tuple[str, ...]],
    ways: Sequence[tuple[str, ...]],
    before: int | None,
) -> Iterator[list[int]]:
    """GIN knows no order: the newest ids are asked for first, then ever longer stretches before them.

    For a beginning GIN gathers all lists of words that begin so; it is found among an office's newest rows.
    """
    last = connection.execute(text(f"SELECT max(ticket_id) FROM {TABLE}")).scalar_one() or 0
    is_begun = any(term.endswith(STARTS) for way in ways for term in way)
    for bits, blocks in _stretches(min(last, (before or last + 1) - 1)):
        eras = tuple(_era(bits, block) for block in blocks)
        page = {"before": before or last + 1}
        if is_begun and narrowed and bits == ERAS[0]:
            page |= {"there": _tsquery([*narrowed, eras], ()), "asked": _tsquery((), ways)}
            rows = connection.execute(_FIND_AMONG, page)
        else:
            rows = connection.execute(
                _FIND["postgresql"], page | {"asked": _tsquery([*narrowed, eras], ways)}
            )
        ids = [row[0] for row in rows]
        if ids:
            yield ids


def _stretches(newest: int) -> Iterator[tuple[int, list[int]]]:
    """All ids from `newest` down, as blocks of 2^bits of them: at most EIGHT to a stretch, since a search
    reads each block's list for every candidate. The newest block stands alone, for most answers are in it.
    """
    at = newest
    for bits in ERAS:
        if at < 0:
            return
        block = at >> bits
        lowest = 0 if bits == ERAS[-1] else block - block % EIGHT
        if bits == ERAS[0]:
            yield bits, [block]
            block -= 1
        for first in range(block, lowest - 1, -EIGHT):
            yield bits, list(range(first, max(lowest - 1, first - EIGHT), -1))
        at = (lowest << bits) - 1


def _era(bits: int, block: int) -> str:
    return f"{OF_ERA}{bits}.{block}"
