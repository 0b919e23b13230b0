"""A report's facts in the hand of a reader: names, words and figures for the sections to lay out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.statistics.definitions import DEFINITIONS, RATIOS
from hub.statistics.targets import Target
from web.report import cells, finding
from web.report.document import Change, Length, Light, Sentence, Share
from web.words import N_, Words

Row = dict[str, Any]

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
WAITS = {
    "untouched": N_("nobody has it in hand yet"),
    "returned": N_("returned, awaiting a ruling"),
    "unassigned": N_("with the department, nobody sent yet"),
    "unaccepted": N_("sent to a worker, not accepted yet"),
    "working": N_("in work"),
    "promised": N_("an answer is promised"),
    "callback": N_("work done, callback to be made"),
    "in_hand": N_("in hand at the centre"),
    "closed_since": N_("closed since then"),
}
CAUSES = {
    "ping_pong": N_("returned again and again"),
    "wrong_dispatch": N_("sent to the wrong department first"),
    "unassigned": N_("nobody sent"),
    "unaccepted": N_("not accepted"),
    "reopened": N_("reopened"),
    "unstated": N_("no cause on record"),
}
HOLD = "hold:"


@dataclass(frozen=True)
class Reading:
    """The facts with the reader's words; `texts` are the items of tickets by number, where they may show."""

    facts: dict[str, Any]
    words: Words
    texts: Mapping[str, str] = field(default_factory=dict)

    def say(self, message: str, **values: Any) -> str:
        return self.words.gettext(message, **values)

    def rows(self, by: str) -> list[Row]:
        """The parts of a division in which anything was counted."""
        return [one for one in self.facts["divisions"].get(by, []) if one["counts"] or one["medians"]]

    def before(self, by: str) -> dict[str, Row]:
        """The same parts one period earlier, by key."""
        return {one["key"]: one for one in self.facts["divisions_before"].get(by, [])}

    # --- names ---------------------------------------------------------------------

    def name(self, by: str, key: str | None, label: str = "") -> str:
        """What a part is called: a code of ours in the reader's words, else the office's own name."""
        if not key or key == "-":
            return self.say(_NOBODY[by]) if by in _NOBODY else self.say(N_("not stated"))
        if by in ("category", "group"):
            return str(self.facts["names"][by].get(key, {}).get(self.words.locale) or label or key)
        if by in ("channel", "kind", "priority"):
            return self.words.label(key, by)
        if by == "weekday":
            return self.say(WEEKDAYS[int(key) - 1])
        if by == "hour":
            return f"{key}:00"
        return label or self._label(by, key)

    def _label(self, by: str, key: str) -> str:
        return next(
            (one["label"] or key for one in self.facts["divisions"].get(by, ()) if one["key"] == key), key
        )

    def named(self, by: str, row: Row) -> str:
        return self.name(by, row["key"], row["label"])

    def waits(self, matter: Row) -> str:
        """What an open matter waits for, and since or until when."""
        code = matter["waits"]
        if code.startswith(HOLD):
            reason = self.words.label(code.removeprefix(HOLD), "hold reason")
            said = self.say(N_("on hold: %(reason)s"), reason=reason)
        else:
            said = self.say(WAITS[code])
        if code == "callback" and matter["tries"]:
            tries = self.words.ngettext("%(num)s try so far", "%(num)s tries so far", matter["tries"])
            return f"{said} ({tries})"
        dated = code in ("promised", "closed_since") or code.startswith(HOLD)
        if matter["since"] and dated:
            return f"{said} ({self.words.day(moment(matter['since']))})"
        return said

    def cause(self, code: str) -> str:
        """Why a matter is late, in words."""
        return self.say(CAUSES[code]) if code in CAUSES else self.words.label(code, "hold reason")

    # --- figures ----------------------------------------------------------------------

    def label(self, name: str) -> str:
        """The name of an indicator."""
        return self.say(DEFINITIONS[name].label)

    def share(self, row: Row | None, name: str) -> Share:
        return Share(*finding.share(row, name))

    def count(self, row: Row | None, name: str) -> int:
        return finding.count(row, name)

    def length(self, row: Row | None, name: str) -> Length:
        return Length(row["medians"].get(name) if row else None)

    def light(self, name: str, row: Row | None) -> Light:
        """The traffic light of an indicator."""
        if name not in self.facts["targets"]:
            return Light("unknown")
        return Light(Target(*self.facts["targets"][name]).light(*finding.share(row, name)))

    def target(self, name: str) -> str:
        """The target as a reader sees it: at least, or at most."""
        if name not in self.facts["targets"]:
            return ""
        value, better = self.facts["targets"][name]
        sign = "≥" if better == "more" else "≤"
        return f"{sign} {self.words.percent(value, 1)}"

    def change(self, name: str, earlier: Row | None, row: Row | None) -> Change:
        """From an earlier row to this one: of a share where the name is a ratio's, else of a count."""
        if name in RATIOS:
            return Change(self.share(row, name), self.share(earlier, name) if earlier else None)
        return Change(self.count(row, name), self.count(earlier, name) if earlier else None)

    def ratio_change(self, name: str, earlier: Row | None) -> Change:
        """From an earlier whole to this one, of a ratio."""
        return Change(self.share(self.facts["whole"], name), self.share(earlier, name) if earlier else None)

    # --- findings -----------------------------------------------------------------------

    def sentence(self, found: dict[str, Any]) -> Sentence:
        """A finding in the reader's language."""
        values = {name: self._value(value) for name, value in found["values"].items()}
        return Sentence(self.say(found["says"], **values), found["figure"], found["tone"])

    def request(self, found: dict[str, Any]) -> Sentence:
        """What a finding asks to be decided."""
        values = {name: self._value(value) for name, value in found["values"].items()}
        said = self.words.gettext(found["asks"], **values)
        return Sentence(said, found["figure"], found["tone"])

    def _value(self, value: Any) -> str:
        if isinstance(value, int | float):
            return self.words.number(value)
        if not isinstance(value, dict):
            return str(value)
        ((kind, given),) = value.items()
        match kind:
            case "share":
                return cells.say(self.words, Share(*given))
            case "percent":
                return self.words.percent(given, 1)
            case "name":
                return self.name(*given)
            case "code":
                return self.cause(given[1])
            case "change":
                return cells.say(self.words, Change(*given))
            case "day":
                return self.words.day(date.fromisoformat(given))
            case "between":
                start, end = map(moment, given)
                return self.words.duration(end - start)
            case _:
                raise ValueError(f"a finding cannot say {kind}")


_NOBODY = {
    "department": N_("no department yet"),
    "worker": N_("nobody yet"),
    "category": N_("no category yet"),
    "group": N_("no category yet"),
    "building": N_("no room"),
    "kind": N_("undecided"),
}


def moment(text: str) -> datetime:
    """A moment of the facts."""
    return datetime.fromisoformat(text)
