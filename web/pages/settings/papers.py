"""Certificates, leave and the duty rota of the staff."""

from datetime import timedelta
from itertools import groupby

from hub import catalogue, clock
from hub.calendar_data import WEEKDAYS
from hub.setup import papers, people, rota
from hub.setup.change import Values
from hub.setup.papers import CERTIFICATE, LEAVE
from hub.setup.rota import DUTY
from web.pages.settings.people import colleagues
from web.pages.settings.topic import Desk, Field, Row, Topic
from web.words import N_

SOON = timedelta(days=30)


def _name(desk: Desk, login: str) -> str:
    return dict(colleagues(desk)).get(login, login)


# --- certificates ------------------------------------------------------------


def _certificates(desk: Desk) -> list[Row]:
    say, today = desk.words, clock.now().astimezone(desk.office.tz).date()
    rows = []
    for paper, person in papers.certificates(desk.tx, desk.office):
        until = say.day(paper.valid_until) if paper.valid_until else say.gettext("for good")
        ended = paper.valid_until is not None and paper.valid_until < today
        soon = paper.valid_until is not None and paper.valid_until <= today + SOON
        state = say.gettext("has run out") if ended else say.gettext("runs out soon") if soon else ""
        rows.append(
            Row(
                key=str(paper.id),
                title=f"{person.name} · {paper.certificate}",
                notes=(
                    paper.trade,
                    say.gettext("valid until %(day)s", day=until),
                    *(
                        (say.gettext("tested %(day)s", day=say.day(paper.tested_on)),)
                        if paper.tested_on
                        else ()
                    ),
                    *((state,) if state else ()),
                ),
                is_off=ended,
            )
        )
    return rows


def _certificate_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    book = catalogue.of(desk.tx, desk.office).categories.values()
    return (
        Field("staff", "choice", colleagues(desk), is_required=True),
        Field("trade", is_required=True, hint=", ".join(sorted({one.trade for one in book if one.trade}))),
        Field("certificate", is_required=True),
        Field("valid_from", "date", is_required=True),
        Field("valid_until", "date", hint=desk.words.gettext("empty: for good")),
        Field("tested_on", "date"),
    )


def _certificate_title(desk: Desk, key: str, values: Values) -> str:
    if not values.get("certificate"):
        return desk.words.gettext("New certificate")
    return f"{_name(desk, values['staff'])} · {values['certificate']}"


CERTIFICATES = Topic(
    slug="certificates",
    subject=CERTIFICATE,
    rows=_certificates,
    fields=_certificate_fields,
    title=_certificate_title,
    about=N_("Which papers people hold, and until when. Work that requires one goes to nobody without it."),
    fresh=lambda desk: {
        "staff": desk.query.get("person", ""),
        "valid_from": clock.now().astimezone(desk.office.tz).date().isoformat(),
    },
    ending="run out",
)


# --- leave -------------------------------------------------------------------


def _leaves(desk: Desk) -> list[Row]:
    say, names = desk.words, {one.id: one.name for one in people.of_office(desk.tx, desk.office)}
    return [
        Row(
            key=str(row.id),
            title=person.name,
            notes=(
                f"{say.moment(row.starts_at)} – {say.moment(row.ends_at)}",
                *((row.reason,) if row.reason else ()),
                *(
                    (say.gettext("%(name)s stands in", name=names[row.stand_in_id]),)
                    if row.stand_in_id in names
                    else ()
                ),
            ),
        )
        for row, person in papers.leaves(desk.tx, desk.office)
    ]


def _leave_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    return (
        Field("staff", "choice", colleagues(desk), is_required=True),
        Field("starts_at", "datetime-local", is_required=True),
        Field("ends_at", "datetime-local", is_required=True),
        Field("stand_in", "choice", colleagues(desk), blank=desk.words.gettext("nobody")),
        Field("reason"),
    )


LEAVES = Topic(
    slug="leave",
    subject=LEAVE,
    rows=_leaves,
    fields=_leave_fields,
    title=lambda desk, key, values: (
        _name(desk, values["staff"]) if values.get("staff") else desk.words.gettext("New leave")
    ),
    about=N_("Who is away and who stands in: nobody away is given work or woken."),
    fresh=lambda desk: {"staff": desk.query.get("person", "")},
    ending="call off",
)


# --- the duty rota -----------------------------------------------------------


def _rota(desk: Desk) -> list[Row]:
    week = rota.week(desk.tx, desk.office)
    return [
        Row(
            key=one.login,
            title=one.name,
            notes=_days(desk, week[one.id]) if one.id in week else (desk.words.gettext("never on duty"),),
        )
        for one in people.of_office(desk.tx, desk.office)
    ]


def _days(desk: Desk, week: dict[str, str]) -> tuple[str, ...]:
    """The shifts of a week in words; neighbouring days that are alike are told as one."""
    told = []
    for shifts, days in groupby(WEEKDAYS, key=lambda day: week[day]):
        names = [desk.words.label(day, "setting field") for day in days]
        if shifts:
            told.append(f"{names[0]} – {names[-1]} {shifts}" if len(names) > 1 else f"{names[0]} {shifts}")
    return tuple(told)


def _rota_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    hint = desk.words.gettext("like 08:00-12:00, 13:00-17:00 or 22:00-06:00; empty: not on duty")
    return tuple(Field(day, hint=hint if day == WEEKDAYS[0] else "") for day in WEEKDAYS)


ROTA = Topic(
    slug="duty",
    subject=DUTY,
    rows=_rota,
    fields=_rota_fields,
    title=lambda desk, key, values: _name(desk, key),
    about=N_("The weekly shifts: who is on duty is given work first."),
)
