"""The history of a matter in words: who, when, what; what was inferred or self-approved is marked.

Facts stand in the event for ever; personal words stand apart and may have been erased, which is said.
Source: house.md (the chain, two times); screens.md (the open ticket with its timeline).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from dispatch import leaving
from hub import events, replies
from hub.catalogue import Catalogue
from hub.database import Tx
from hub.events import Event, EventWords
from hub.organisation import Department, Staff
from web.candidates import PAPERS
from web.pages import reasons, resembling
from web.words import Words

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """The people and departments an office's events speak of, by id."""

    staff: dict[int, str]
    departments: dict[int, str]
    book: Catalogue

    def person(self, ident: Any) -> str:
        return self.staff.get(ident, "–") if ident is not None else "–"

    def people(self, idents: Any) -> str:
        return ", ".join(self.person(ident) for ident in idents or ())

    def department(self, ident: Any) -> str:
        return self.departments.get(ident, "–")

    def category(self, code: Any, locale: str) -> str:
        row = self.book.categories.get(str(code or ""))
        return row.name(locale) if row else "–"


@dataclass(frozen=True)
class Told:
    """One event to be drawn. `lines` are facts in words, `quotes` what people said, as plain text."""

    kind: str
    happened_at: datetime
    recorded_at: datetime
    by: str
    order: str
    lines: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    is_inferred: bool = False
    is_self_approved: bool = False
    is_erased: bool = False

    @property
    def is_told_later(self) -> bool:
        """Whether it was recorded noticeably after it is said to have happened."""
        return (self.recorded_at - self.happened_at).total_seconds() > 120


def names(tx: Tx, office_id: int, company_id: int, book: Catalogue) -> Names:
    """Everybody and every department an event of this office may name."""
    staff = tx.scalars(select(Staff).where(Staff.company_id == company_id))
    departments = tx.scalars(select(Department).where(Department.office_id == office_id))
    return Names({row.id: row.name for row in staff}, {row.id: row.name for row in departments}, book)


def of_ticket(tx: Tx, words: Words, known: Names, ticket_id: int) -> list[Told]:
    """The ticket's events, the newest first."""
    rows = tx.execute(
        select(Event, EventWords)
        .outerjoin(EventWords, col(EventWords.event_id) == col(Event.id))
        .where(Event.stream == events.stream_of_ticket(ticket_id))
        .order_by(col(Event.seq).desc())
    )
    return [_told(words, known, event, personal) for event, personal in rows]


def _told(words: Words, known: Names, event: Event, personal: EventWords | None) -> Told:
    facts = event.said
    tell = TELLS.get(event.kind)
    return Told(
        kind=event.kind,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        by=known.person(event.by_id) if event.by_id is not None else words.gettext("the hub"),
        order=str(facts.get("order") or ""),
        lines=[line for line in tell(words, known, facts) if line] if tell else [],
        quotes=_replied(words, facts, personal) if "reply" in facts else _quotes(event.kind, personal),
        is_inferred=bool(facts.get("inferred")),
        is_self_approved=bool(facts.get("self_approved")),
        is_erased=personal is not None and personal.words is None,
    )


def _quotes(kind: str, personal: EventWords | None) -> list[str]:
    """What was said; the words of the intake stand at the head of the ticket already."""
    if personal is None or personal.words is None or kind == "received":
        return []
    said: dict[str, Any] = json.loads(personal.words)
    return [str(text) for text in said.values() if text]


def _replied(words: Words, facts: Facts, personal: EventWords | None) -> list[str]:
    """What the hub itself said to the customer, as it was said, in the reader's language."""
    reply = replies.REPLIES.get(str(facts["reply"]))
    places = json.loads(personal.words) if personal is not None and personal.words else {}
    try:
        return [words.gettext(reply.says, **places)] if reply is not None else []
    except KeyError:  # the places were erased
        return []


def _received(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("channel"), "channel")
    yield words.gettext("told to %(name)s", name=known.person(facts.get("received_by")))
    for name in facts.get("unknown") or ():
        labels = {
            "name": words.gettext("Name"),
            "room": words.gettext("Room"),
            "phone": words.gettext("Phone"),
        }
        # why stands at the head of the ticket: it is personal, and the fact holds only that it was unknown
        yield words.gettext("%(field)s unknown", field=labels.get(name, name))


def _triaged(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield _judgement(words, known, facts)
    yield from reasons.told(words, known.book, facts.get("why") or ())


def _retriaged(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    was, now = _judgement(words, known, facts.get("was") or {}), _judgement(words, known, facts)
    yield f"{was} → {now}"


def _judgement(words: Words, known: Names, facts: Facts) -> str:
    kind = words.label(facts["kind"], "kind") if facts.get("kind") else "–"
    priority = words.label(facts.get("priority"), "priority")
    return f"{kind} · {known.category(facts.get('category'), words.locale)} · {priority}"


def _routed(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield from reasons.told(words, known.book, [facts])


def _ordered(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    department = known.department(facts.get("department"))
    if facts.get("worker") is not None:
        name = known.person(facts["worker"])
        yield words.gettext("straight to %(name)s, %(department)s", name=name, department=department)
    else:
        yield words.gettext("to the supervisor of %(department)s", department=department)
    if facts.get("chosen_by") == "rule":
        yield words.gettext("chosen by the rules")
    yield _when(words, words.gettext("Appointment"), facts.get("appointment_at"))
    yield from _warned(words, facts)


def _warned(words: Words, facts: Facts) -> Iterable[str]:
    """What of the worker's certificate was let pass, and that somebody had left."""
    paper = (facts.get("unqualified") or {}).get("paper")
    if paper in PAPERS:
        yield words.gettext("Certificate advised: %(state)s", state=words.gettext(PAPERS[paper]))
    if facts.get("why") == leaving.LEFT:
        yield words.gettext("handed on, as somebody has left")


def _assigned(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    now = known.person(facts.get("worker"))
    yield f"{known.person(facts['was'])} → {now}" if facts.get("was") else now
    yield from _warned(words, facts)


def _pressed(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    whom = words.label(facts.get("whom"), "whom")
    people = known.people(facts.get("staff"))
    yield f"{whom}: {people}" if people else whom
    if facts.get("promise"):
        yield words.label(facts["promise"], "promise")
    yield _when(words, words.gettext("Reply by"), facts.get("reply_by"))


def _declared_major(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("grounds"), "grounds")
    yield known.people(facts.get("staff"))


def _answered(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("outcome"), "outcome")


def _answer_promised(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield _when(words, words.gettext("Promised for"), facts.get("promised_for"))
    yield words.gettext("owner: %(name)s", name=known.person(facts.get("owner")))


def _called_back(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("means"), "means")
    if not facts.get("reached"):
        yield words.gettext("not reached, try %(attempt)s", attempt=facts.get("attempt"))
        return
    yield words.gettext("solved") if facts.get("solved") else words.gettext("not solved")
    satisfied = words.label(facts.get("satisfied"), "satisfied")
    yield words.gettext("Satisfied: %(answer)s", answer=satisfied)


def _closed(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("outcome"), "outcome")
    yield words.label(facts.get("callback"), "callback")


def _owned(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield f"{known.person(facts.get('was'))} → {known.person(facts.get('owner'))}"


def _followed(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield known.person(facts.get("follower"))


def _linked(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield f"{words.label(facts.get('link'), 'link')} {facts.get('other')}"


def _resembles(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    for one in facts.get("tickets") or ():
        why = resembling.told(words, known.book, one.get("why") or ())
        likely = words.gettext("%(percent)s %% likely", percent=round(100 * one.get("score", 0)))
        yield f"{one.get('number')} {likely} ({', '.join(why)})"


def _led(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield str(facts.get("lead") or facts.get("was") or "")
    if facts.get("outcome"):
        yield words.label(facts["outcome"], "outcome")
    if facts.get("told"):
        yield words.gettext("the customer was told")


def _incident(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield known.category(facts.get("category"), words.locale)
    yield words.ngettext("%(num)s household", "%(num)s households", int(facts.get("households") or 0))
    yield ", ".join(facts.get("tickets") or ())


def _held(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("reason"), "hold reason")
    yield _when(words, words.gettext("Until"), facts.get("until"))
    yield words.gettext("the clock stands") if facts.get("pauses") else words.gettext("the clock runs on")


def _ruled(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    ruling = words.label(facts.get("ruling"), "verb")
    named = facts.get("department")
    yield f"{ruling} → {known.department(named)}" if named else ruling


def _done(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    for line in facts.get("materials") or ():
        yield f"{line.get('name', '')} × {line.get('qty', 1)}" if isinstance(line, dict) else str(line)
    for name, value in (facts.get("fields") or {}).items():
        yield f"{name}: {value}"


def _when(words: Words, label: str, moment: Any) -> str:
    return f"{label}: {words.moment(datetime.fromisoformat(moment))}" if moment else ""


def _wrote(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    if facts.get("channel"):
        yield words.label(facts["channel"], "channel")


def _rang(words: Words, known: Names, facts: Facts) -> Iterable[str]:
    yield words.label(facts.get("why"), "why a customer rang")


TELLS: dict[str, Callable[[Words, Names, Facts], Iterable[str]]] = {
    "received": _received,
    "triaged": _triaged,
    "retriaged": _retriaged,
    "routed": _routed,
    "ordered": _ordered,
    "assigned": _assigned,
    "accepted": lambda words, known, facts: _warned(words, facts),
    "returned": lambda words, known, facts: _warned(words, facts),
    "urged": _pressed,
    "pressed": _pressed,
    "escalated": _pressed,
    "supervised": _pressed,
    "declared_major": _declared_major,
    "answered": _answered,
    "answer_promised": _answer_promised,
    "called_back": _called_back,
    "closed": _closed,
    "owned": _owned,
    "followed": _followed,
    "linked": _linked,
    "resembles": _resembles,
    "joined": _led,
    "left": _led,
    "took_lead": _led,
    "shared": _led,
    "incident_proposed": _incident,
    "held": _held,
    "ruled": _ruled,
    "done": _done,
    "customer_wrote": _wrote,
    "customer_rang": _rang,
}
