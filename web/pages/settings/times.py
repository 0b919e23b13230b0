"""When the office is open and under which numbers, the figures it works by, and the ladder of reminders."""

from hub.calendar_data import WEEKDAYS
from hub.callbacks import BY_ITSELF, FIRST_TRY, WAITS
from hub.callers import LINES
from hub.setup import hours, ladders, practice, telephones
from hub.setup.change import Values
from hub.setup.hours import CLOCKS, HOURS, OF_CLOCK
from hub.setup.ladders import ACTIONS, LADDER, SINCE, STEPS
from hub.setup.practice import NUMBERS, PRACTICE, QUIET
from hub.setup.telephones import RUNG, TELEPHONES
from web.pages.settings.topic import Desk, Field, Row, Topic, deviations
from web.words import N_


def _hours(desk: Desk) -> list[Row]:
    values, say = HOURS.read(desk.tx, desk.office, hours.KEY) or {}, desk.words
    open_days = tuple(f"{say.label(day, 'setting field')} {values[day]}" for day in WEEKDAYS if values[day])
    closed = say.ngettext("%(num)s holiday", "%(num)s holidays", len(values["holidays"]))
    made_up = say.ngettext("%(num)s make-up workday", "%(num)s make-up workdays", len(values["workdays"]))
    return [Row(hours.KEY, say.gettext("Hours, holidays and clocks"), (*open_days, closed, made_up))]


def _hours_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    say = desk.words
    hint = say.gettext("like 08:30-12:00, 14:00-18:00; the gap is the break; empty: closed")
    days = tuple(Field(day, hint=hint if day == WEEKDAYS[0] else "") for day in WEEKDAYS)
    return (
        *days,
        *(Field(name, "choice", desk.coded(CLOCKS, "clock of a priority")) for name in OF_CLOCK),
        Field("makeup_like", "choice", desk.coded(WEEKDAYS, "setting field")),
        Field("holidays", "area", hint=say.gettext("one date a line, like 2026-12-25")),
        Field("workdays", "area", hint=say.gettext("open although it is a weekend or a holiday")),
        Field("fill_region", hint=say.gettext("CN, HK, TW, US-MA: its public holidays are added when saved")),
        Field("fill_year", "number"),
    )


CALENDAR = Topic(
    slug="hours",
    subject=HOURS,
    rows=_hours,
    fields=_hours_fields,
    title=lambda desk, key, values: desk.words.gettext("Hours, holidays and clocks"),
    about=N_("What comes in from now on is due by these hours; what runs already keeps its deadline."),
)


# --- the figures it works by -------------------------------------------------


def _practice(desk: Desk) -> list[Row]:
    values, say = PRACTICE.read(desk.tx, desk.office, practice.KEY) or {}, desk.words
    notes = tuple(f"{say.label(name, 'setting field')}: {value}" for name, value in values.items())
    is_changed = bool(deviations(practice.delivered(), values))
    return [Row(practice.KEY, say.label("practice", "settings topic"), notes, is_changed=is_changed)]


PRACTICES = Topic(
    slug="practice",
    subject=PRACTICE,
    rows=_practice,
    fields=lambda desk, key: (
        *(Field(name, "number") for name in NUMBERS),
        *(Field(name, "time") for name in QUIET),
    ),
    title=lambda desk, key, values: desk.words.label("practice", "settings topic"),
    about=N_("Reopening, callbacks, quiet hours, and when many reports are taken for one incident."),
    ending="reset",
    delivered=lambda desk, key: practice.delivered(),
)


# --- the telephones ----------------------------------------------------------


def _telephones(desk: Desk) -> list[Row]:
    values, say = TELEPHONES.read(desk.tx, desk.office, telephones.KEY) or {}, desk.words
    fields = {one.name: one for one in _telephone_fields(desk, telephones.KEY)}
    told = {name: field.word(values[name], desk.office) for name, field in fields.items()}
    notes = tuple(f"{say.label(name, 'setting field')}: {words}" for name, words in told.items() if words)
    is_changed = bool(deviations(telephones.delivered(), values))
    return [Row(telephones.KEY, say.label("telephones", "settings topic"), notes, is_changed=is_changed)]


def _telephone_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    say = desk.words
    on_duty = say.gettext("empty: the telephone of whoever is on duty")
    return (
        Field(LINES, "area", hint=say.gettext("one a line: the numbers and mail addresses people write to")),
        *(Field(name, "tel", hint=on_duty) for name in RUNG),
        Field(
            FIRST_TRY,
            "choice",
            desk.coded(BY_ITSELF, "channel out"),
            blank=say.gettext("a person rings"),
            hint=say.gettext("the satisfaction question; without an answer a person rings"),
        ),
        Field(WAITS, "number"),
    )


PHONES = Topic(
    slug="telephones",
    subject=TELEPHONES,
    rows=_telephones,
    fields=_telephone_fields,
    title=lambda desk, key, values: desk.words.label("telephones", "settings topic"),
    about=N_("Under which numbers the office is reached, who is rung, and how a callback begins."),
    ending="reset",
    delivered=lambda desk, key: telephones.delivered(),
)


# --- the ladder --------------------------------------------------------------


def _ladders(desk: Desk) -> list[Row]:
    return [
        Row(
            key=key,
            title=_promise(desk, key),
            notes=_steps(desk, values),
            group=desk.words.label(key.partition("-")[0], "priority"),
            is_changed=bool(deviations(ladders.delivered(key), values)),
        )
        for key in ladders.every()
        if (values := LADDER.read(desk.tx, desk.office, key)) is not None
    ]


def _promise(desk: Desk, key: str) -> str:
    priority, _, promise = key.partition("-")
    return f"{desk.words.label(priority, 'priority')} · {desk.words.label(promise, 'promise')}"


def _steps(desk: Desk, values: Values) -> tuple[str, ...]:
    """Each step in words: "80 % of its time: press, supervisor"."""
    say, told = desk.words, []
    for number in range(1, STEPS + 1):
        amount, since, action, whom = (values[name] for name in ladders.names(number))
        if amount != "":
            when = f"{amount} {say.label(since, 'ladder since')}"
            told.append(f"{when}: {say.label(action, 'ladder action')} → {say.label(whom, 'whom')}")
    return tuple(told) or (say.gettext("nobody is reminded"),)


def _ladder_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    choices = {
        "since": desk.coded(SINCE, "ladder since"),
        "action": desk.coded(ACTIONS, "ladder action"),
        "whom": desk.coded(ladders.ranks(), "whom"),
    }
    fields = []
    for number in range(1, STEPS + 1):
        for part, name in zip(ladders.PARTS, ladders.names(number), strict=True):
            label = f"{number} · {desk.words.label(part, 'ladder part')}"
            kind = "choice" if part in choices else "number"
            fields.append(Field(name, kind, choices.get(part, ()), label=label))
    return tuple(fields)


LADDERS = Topic(
    slug="ladder",
    subject=LADDER,
    rows=_ladders,
    fields=_ladder_fields,
    title=lambda desk, key, values: _promise(desk, key),
    about=N_("Who is reminded when a promise comes near or is past. A step without a number is left out."),
    ending="reset",
    delivered=lambda desk, key: ladders.delivered(key),
)
