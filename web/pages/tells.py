"""What each kind of event says in detail, one function a kind: its facts in the reader's words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch import leaving
from hub.catalogue import Catalogue
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
