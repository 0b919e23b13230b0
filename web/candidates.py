"""What speaks for and against a person for an order, as one line in the reader's words.

Source: `dispatch.assignment.Candidate.why`, as it stands on screens and in the record alike.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.papers import EXPIRED, MISSING, NOT_YET, UNTESTED
from web.words import N_, Words

PAPERS = {
    MISSING: N_("no certificate for it"),
    EXPIRED: N_("certificate has run out"),
    NOT_YET: N_("certificate not valid yet"),
    UNTESTED: N_("test not passed"),
}


def told(words: Words, why: Mapping[str, Any]) -> str:
    """The reasons in their order of weight, those that say nothing left out."""
    return " · ".join(_parts(words, why))


def _parts(words: Words, why: Mapping[str, Any]) -> Iterator[str]:
    yield _duty(words, why)
    if why.get("paper") in PAPERS:
        yield words.gettext(PAPERS[why["paper"]])
    if why.get("unwelcome"):
        yield words.gettext("the customer was not satisfied last time (%(number)s)", number=why.get("before"))
    yield words.gettext("knows this work") if why.get("skill") else words.gettext("no special skill")
    if why.get("before") and not why.get("unwelcome"):
        yield words.gettext("was there before (%(number)s)", number=why["before"])
    if why.get("building"):
        yield words.gettext("looks after this building")
    yield load(words, int(why.get("load") or 0), int(why.get("minutes") or 0))
    if why.get("recent"):
        yield words.gettext("%(time)s given this week", time=_length(words, int(why["recent"])))


def load(words: Words, orders: int, minutes: int) -> str:
    """What somebody has in hand: how many orders, and about how long they take."""
    held = words.ngettext("%(num)s order in hand", "%(num)s orders in hand", orders)
    return f"{held} ({words.gettext('about %(time)s', time=_length(words, minutes))})" if minutes else held


def present(words: Words, why: Mapping[str, Any]) -> str:
    """The little that decides when work is handed over: on duty or not, and what is in hand."""
    held = load(words, int(why.get("load") or 0), int(why.get("minutes") or 0))
    return f"{_duty(words, why)} · {held}"


def _duty(words: Words, why: Mapping[str, Any]) -> str:
    if why.get("leaves_at"):
        return words.gettext("on duty only until %(time)s", time=_moment(words, why["leaves_at"]))
    if why.get("on_duty"):
        return words.gettext("on duty")
    if why.get("comes_at"):
        return words.gettext("on duty from %(time)s", time=_moment(words, why["comes_at"]))
    return words.gettext("not on duty")


def _moment(words: Words, said: datetime | str) -> str:
    return words.moment(datetime.fromisoformat(said) if isinstance(said, str) else said)


def _length(words: Words, minutes: int) -> str:
    return words.duration(timedelta(minutes=minutes))
