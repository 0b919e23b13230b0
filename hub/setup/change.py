"""Change what is set: hold the office, check, write, and put before and after on record in one event.

Values are plain JSON, so that what was before can be brought back from the record alone. What is personal
among them stands with the event's words, which can be erased.
Source: screens.md (/settings), house.md (streams: office), K1.6 (the director's settings).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hub import canonical, catalogue, event_kinds, events
from hub.access import Actor
from hub.database import Tx
from hub.errors import ChangedMeanwhile, Forbidden, NotFound, NotNow
from hub.events import Event
from hub.organisation import Office, Staff
from hub.setup import rights

Values = dict[str, Any]
CHANGED = "settings_changed"
NEW = ""  # the key of what is not there yet
LISTED = 100


@dataclass(frozen=True)
class Subject:
    """One kind of thing that is set: a category, a rule, somebody's certificate.

    `read` answers the values under a key, None where nothing stands (any more). `check` turns what was said
    into values, or raises BadInput naming every bad field. `write` puts values there (None: it ends, or goes
    back to what was delivered) and answers the key. `personal` names the fields that can be erased. `about`
    is the person it concerns, whose open pages are then drawn anew.
    """

    name: str
    fields: tuple[str, ...]
    read: Callable[[Tx, Office, str], Values | None]
    check: Callable[[Tx, Office, Mapping[str, Any]], Values]
    write: Callable[[Tx, Actor, Office, str, Values | None], str]
    personal: frozenset[str] = frozenset()
    about: Callable[[Tx, Office, str], int | None] = lambda tx, office, key: None
    step: str = "set up"  # of hub.access.MAY: whose business it is
    is_company: bool = False  # set for every office at once, by who administers the whole company


@dataclass(frozen=True)
class Change:
    """One change on record: by whom, when, of what, and how it stood before and after (None: not at all).

    What was done about a person is an event of another `kind`, with nothing before or after; `what` is "".
    """

    event_id: int
    at: datetime
    by: str
    what: str
    key: str
    before: Values | None
    after: Values | None
    is_erased: bool = False
    undoes: int | None = None
    kind: str = CHANGED
    about: str = ""  # the person it concerns, where it is more than values in a place
    role: str = ""

    def differences(self) -> list[tuple[str, Any, Any]]:
        """(field, before, after) of each field that is not what it was."""
        old, new = self.before or {}, self.after or {}
        return [
            (name, old.get(name), new.get(name))
            for name in dict.fromkeys((*old, *new))
            if old.get(name) != new.get(name)
        ]


def change(
    tx: Tx,
    actor: Actor,
    office_code: str,
    subject: Subject,
    key: str,
    said: Mapping[str, Any] | None,
    seen: str | None = None,
) -> str:
    """Set it, or with None end it or go back to what was delivered. Answers its key.

    `seen` is the `mark` of what stood on the page. Raises NotFound for another office or an unknown key,
    Forbidden for another's step, BadInput naming every bad field, ChangedMeanwhile when somebody was faster.
    """
    office = rights.office_to_set_up(tx, actor, office_code, subject.step)
    _require_company(tx, actor, office, subject)
    before = _standing(tx, office, subject, key)
    if seen is not None and seen != mark(before):
        raise ChangedMeanwhile("somebody else changed this while you were looking; look at it again")
    values = subject.check(tx, office, said) if said is not None else None
    return _put(tx, actor, office, subject, key, before, values)


def undo(tx: Tx, actor: Actor, office_code: str, event_id: int, subjects: Iterable[Subject]) -> str:
    """Bring back what stood before a change. Answers the name of what was changed.

    Raises NotFound for a change that is not this office's, NotNow when it was changed again since or its
    words were erased, and whatever the check of the former values says today.
    """
    office = rights.office_to_set_up(tx, actor, office_code)
    made = _change(tx, office, event_id)
    subject = next((one for one in subjects if one.name == made.what), None)
    if subject is None:
        raise NotFound("there is no such change")
    actor.require(subject.step, office.id)
    _require_company(tx, actor, office, subject)
    if made.is_erased:
        raise NotNow("the words of this change were erased; it cannot be brought back")
    present = subject.read(tx, office, made.key)
    if mark(present) != mark(made.after):
        raise NotNow("this was changed again since; take the later change back first")
    values = subject.check(tx, office, made.before) if made.before is not None else None
    _put(tx, actor, office, subject, made.key, present, values, undoes=event_id)
    return subject.name


def history(tx: Tx, office: Office, what: str = "", key: str = "", limit: int = LISTED) -> list[Change]:
    """The changes of this office's settings, newest first; of one kind of thing, or of one thing.

    Without either, what was done about its people stands among them: taken on, given a role, left.
    """
    rows = [row for stream in _streams(office) for row in _of_stream(tx, stream, what, key, limit)]
    rows = sorted(rows, key=lambda row: row.id, reverse=True)[:limit]
    people = {row.by_id for row in rows} | {row.said.get("staff") for row in rows}
    found = tx.scalars(select(Staff).where(col(Staff.id).in_(people - {None})))
    staff: dict[int | None, Staff] = {person.id: person for person in found}
    return [_read(tx, row, staff) for row in rows]


def _of_stream(tx: Tx, stream: str, what: str, key: str, limit: int) -> Sequence[Event]:
    query = select(Event).where(Event.stream == stream, event_kinds.IS_OF_SETTINGS)
    # beside the changes not what was done by nobody: an office as it was founded, or imported
    by_person = col(Event.by_id).is_not(None)
    query = query.where(Event.kind == CHANGED if what or key else by_person)
    for name, value in (("what", what), ("key", key)):
        if value:
            fact = canonical.canonical({name: value})[1:-1]
            query = query.where(col(Event.facts).contains(fact, autoescape=True))
    return tx.scalars(query.order_by(col(Event.seq).desc()).limit(limit)).all()


def may(tx: Tx, actor: Actor, office: Office, subject: Subject) -> bool:
    """Whether it is this person's business to set that here."""
    whole = not subject.is_company or rights.administers_company(tx, actor, office.company_id)
    return whole and actor.may(subject.step, office.id)


def mark(values: Values | None) -> str:
    """A short sign of these values: the same for the same, to see whether they have changed."""
    return canonical.commit_to("", canonical.canonical(values or {}))[:16]


def _standing(tx: Tx, office: Office, subject: Subject, key: str) -> Values | None:
    before = subject.read(tx, office, key) if key else None
    if key and before is None:
        raise NotFound("there is no such thing in this office's settings")
    return before


def _put(
    tx: Tx,
    actor: Actor,
    office: Office,
    subject: Subject,
    key: str,
    before: Values | None,
    values: Values | None,
    undoes: int | None = None,
) -> str:
    about = subject.about(tx, office, key) if key else None
    key = subject.write(tx, actor, office, key, values)
    tx.flush()
    after = subject.read(tx, office, key)
    if mark(after) == mark(before):
        return key
    catalogue.changed(tx, office.company_id)
    _record(tx, actor, office, subject, key, before, after, about, undoes)
    return key


def _record(
    tx: Tx,
    actor: Actor,
    office: Office,
    subject: Subject,
    key: str,
    before: Values | None,
    after: Values | None,
    about: int | None,
    undoes: int | None,
) -> None:
    staff_id = about or subject.about(tx, office, key)
    facts: dict[str, Any] = {"what": subject.name, "key": key}
    facts |= {"before": _open(subject, before), "after": _open(subject, after)}
    if staff_id is not None:
        facts["staff"] = staff_id
    if undoes is not None:
        facts["undoes"] = undoes
    words = {"before": _personal(subject, before), "after": _personal(subject, after)}
    events.record(
        tx,
        CHANGED,
        stream=f"company:{office.company_id}" if subject.is_company else f"office:{office.id}",
        office_id=None if subject.is_company else office.id,
        by_id=actor.staff_id,
        words=words if subject.personal else None,
        facts=facts,
    )


def _open(subject: Subject, values: Values | None) -> Values | None:
    if values is None:
        return None
    return {name: value for name, value in values.items() if name not in subject.personal}


def _personal(subject: Subject, values: Values | None) -> Values:
    return {name: value for name, value in (values or {}).items() if name in subject.personal}


def _change(tx: Tx, office: Office, event_id: int) -> Change:
    row = tx.get(Event, event_id)
    if row is None or row.stream not in _streams(office) or row.kind != CHANGED or "what" not in row.said:
        raise NotFound("there is no such change")
    return _read(tx, row, {})


def _read(tx: Tx, row: Event, staff: Mapping[int | None, Staff]) -> Change:
    said, by = row.said, staff.get(row.by_id)
    about = staff.get(said.get("staff"))
    words = events.words_of(tx, row.id) if row.commitment else {}
    return Change(
        event_id=row.id,
        at=row.happened_at,
        by=by.name if by else "",
        what=said.get("what", ""),
        key=said.get("key", about.login if about else ""),
        before=_whole(said.get("before"), words.get("before", {})),
        after=_whole(said.get("after"), words.get("after", {})),
        is_erased=bool(row.commitment) and not words,
        undoes=said.get("undoes"),
        kind=row.kind,
        about=about.name if about else "",
        role=str(said.get("role", "")),
    )


def _whole(facts: Values | None, words: Values) -> Values | None:
    return None if facts is None else facts | words


def _streams(office: Office) -> tuple[str, str]:
    return f"office:{office.id}", f"company:{office.company_id}"


def _require_company(tx: Tx, actor: Actor, office: Office, subject: Subject) -> None:
    """Raises Forbidden when this is set for the whole company, and the actor does not administer that."""
    if subject.is_company and not rights.administers_company(tx, actor, office.company_id):
        raise Forbidden("this is set for the whole company, by who administers all of it")
