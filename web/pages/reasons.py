"""Why the hub decided so, in the reader's words: the reasons it recorded as data, one sentence each.

Source: screens.md (category suggested with why, candidates with reasons); `dispatch.triage.Why`,
`dispatch.routing.Route.why`, `dispatch.assignment.Candidate.why`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dispatch import deciding
from dispatch.gravity import Sign
from hub.catalogue import Catalogue
from web import candidates
from web.words import N_, Words

# Where a judgement came from (Why.source) -> what is said of it.
SOURCES = {
    "desk": N_("chosen at the desk"),
    "caller": N_("as the caller said"),
    "words": N_("from the words: %(because)s"),
    "category": N_("goes with the category"),
    "default": N_("the usual one, as nothing else is said"),
    "no words": N_("no word points to a category: the desk decides"),
    "weak words": N_("the words say too little (%(because)s): the desk decides"),
    "two fit": N_("two categories fit (%(because)s): the desk decides"),
    "maybe emergency": N_("it may be an emergency: %(because)s"),
    "learned": N_("from earlier matters here, %(p)s likely (%(because)s)"),
    "learned unsure": N_("earlier matters leave it open (%(because)s): the desk decides"),
    "stays urgent": N_("as urgent as the words have it: %(because)s"),
}
# What routing says where no department was found (dispatch.routing).
NO_ROUTE = {
    "no category yet: the desk decides": N_("no category yet: the desk decides"),
    "no rule fits: the desk decides": N_("no rule fits: the desk decides"),
    "the centre handles this itself": N_("the centre handles this itself"),
}
# Why the supervisor has to choose where the rules would go straight to a worker (dispatch.deciding).
TO_SUPERVISOR = {
    deciding.SUPERVISORS: N_("To the supervisor, who chooses in this category"),
    deciding.NOBODY: N_("To the supervisor, as nobody can be there in time"),
}


def told(words: Words, book: Catalogue, reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason as a sentence, in the order given; one of an unknown form is left out."""
    sentences = (_told(words, book, reason) for reason in reasons)
    return [sentence for sentence in sentences if sentence]


def _told(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    ways: dict[str, Callable[[Words, Catalogue, Mapping[str, Any]], str]] = {
        "category": _judged,
        "kind": _judged,
        "priority": _judged,
        "department": _routed,
        "worker": _chosen,
        "candidate": _proposed,
        "supervisor": _left_to_supervisor,
    }
    way = ways.get(str(reason.get("what")))
    return way(words, book, reason) if way else ""


def _judged(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    sentence = SOURCES.get(str(reason.get("source")))
    if sentence is None:
        return ""
    heads = {
        "category": words.gettext("Category"),
        "kind": words.gettext("Kind"),
        "priority": words.gettext("Priority"),
    }
    because = _named(words, book, str(reason.get("because") or ""))
    likely = words.percent(reason.get("p") or 0, 1)
    said = words.gettext(sentence, because=because, p=likely) if "%(" in sentence else words.gettext(sentence)
    return f"{heads[reason['what']]}: {said}"


def _routed(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    rule, because = str(reason.get("rule") or ""), str(reason.get("because") or "")
    if not reason.get("department"):
        known = NO_ROUTE.get(because)
        said = words.gettext(known) if known else because
        return f"{rule}: {said}" if rule else said
    way = words.label(reason.get("mode"), "whom" if reason.get("mode") == "supervisor" else "role")
    return words.gettext("To %(whom)s by the rule “%(rule)s”", whom=way, rule=rule)


def _chosen(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    return f"{reason.get('name') or reason.get('worker')}: {candidates.told(words, reason)}"


def _proposed(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    return words.gettext("Proposed: %(whom)s", whom=_chosen(words, book, reason))


def _left_to_supervisor(words: Words, book: Catalogue, reason: Mapping[str, Any]) -> str:
    because = str(reason.get("because") or "")
    return words.gettext(TO_SUPERVISOR[because]) if because in TO_SUPERVISOR else because


def _named(words: Words, book: Catalogue, because: str) -> str:
    """Category codes as their names; everything else as it stands."""
    parts = []
    for part in because.split("; "):
        code, colon, rest = part.partition(": ")
        row = book.categories.get(code)
        parts.append(f"{row.name(words.locale)}{colon}{rest}" if row else part)
    return "; ".join(parts)


def grave(words: Words, signs: Iterable[Sign], is_complaint: bool) -> str:
    """That a matter may be a major complaint, each ground with the words or the number that speaks for it."""
    parts = [
        words.ngettext("%(num)s household", "%(num)s households", sign.households)
        if sign.households
        else f"{words.label(sign.grounds, 'grounds')} (“{sign.words}”)"
        for sign in signs
    ]
    if not parts:
        return ""
    if not is_complaint:
        return words.gettext(
            "This may be a major complaint too: %(signs)s. "
            "Once nobody is in danger, change its kind to complaint and declare it.",
            signs=", ".join(parts),
        )
    return words.gettext(
        "This may be a major complaint: %(signs)s. Declare it if it is one.", signs=", ".join(parts)
    )
