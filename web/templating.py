"""Draws templates: one environment, the reader's words around each drawing."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import phonenumbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub import clock
from hub.errors import HubError
from web import candidates
from web.locales import translations
from web.words import ENDONYMS, LOCALES, N_, Words, negotiate, words_in

HERE = Path(__file__).parent
STATIC = HERE / "static"

LOCALE_COOKIE = "hub_locale"
THEME_COOKIE = "hub_theme"
THEMES = ("light", "dark")  # and neither: as the device has it

_words: ContextVar[Words] = ContextVar("words")


@dataclass(frozen=True)
class Screen:
    """One entry of the main navigation: address, label (a message), icon of icons.svg, key that opens it."""

    href: str
    label: str
    icon: str
    key: str


SCREENS = {
    "desk": Screen("/desk", N_("Desk"), "desk", "1"),
    "team": Screen("/team", N_("Team"), "team", "2"),
    "mine": Screen("/mine", N_("My work"), "tool", "3"),
    "office": Screen("/office", N_("Office"), "chart", "4"),
    "settings": Screen("/settings", N_("Settings"), "gear", "5"),
}


@dataclass(frozen=True)
class Shell:
    """What the frame of every page shows: the office, the person and the screens open to them.

    Put one on `request.state.shell` when somebody is signed in; without it the page has no navigation.
    """

    office: str = ""
    person: str = ""
    roles: tuple[str, ...] = ()
    screens: tuple[Screen, ...] = ()
    has_tour: bool = False


def render(
    request: Request,
    name: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Draw a page or fragment for this request, in its reader's words.

    Templates see `request`, `shell`, `theme` and what is given. A name that nobody gave is an error.
    """
    frame = {
        "request": request,
        "shell": getattr(request.state, "shell", None) or Shell(),
        "theme": theme_of(request),
    }
    return HTMLResponse(draw(words_of(request), name, **frame, **context), status_code, headers)


def draw(words: Words, name: str, **context: Any) -> str:
    """Draw a template without a request: a live fragment, once per language and zone."""
    token = _words.set(words)
    try:
        return environment().get_template(name).render(context)
    finally:
        _words.reset(token)


def words_of(request: Request) -> Words:
    """The words of this request: `request.state.words` of the signed-in person, else as the browser asks.

    The office's own default (language and zone) stands on `app.state.words`.
    """
    chosen = getattr(request.state, "words", None)
    if isinstance(chosen, Words):
        return chosen
    office = getattr(request.app.state, "words", None) or Words()
    cookie = request.cookies.get(LOCALE_COOKIE)
    locale = negotiate(cookie, request.headers.get("accept-language"), default=office.locale)
    return words_in(locale, office.zone)


def theme_of(request: Request) -> str:
    """ "light", "dark", or empty for as the device has it."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


@cache
def environment() -> Environment:
    """The one Jinja environment. It holds no reader: words are looked up through the drawing's context."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    forms = {name: partial(_raw, name) for name in ("gettext", "ngettext", "pgettext", "npgettext")}
    made.install_gettext_callables(**forms, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update({name: _at_drawing(say) for name, say in _spoken().items()})
    made.filters.update(phone=phone, iso=lambda when: when.isoformat(timespec="milliseconds"))
    made.globals.update(
        asset=asset,
        words=_words.get,
        now=clock.now,
        promise_state=promise_state,
        locales=[(locale, ENDONYMS[locale]) for locale in LOCALES],
        themes=THEMES,
    )
    return made


def _spoken() -> dict[str, Callable[..., str]]:
    """The filters whose answer depends on who reads."""
    return {
        "local": lambda when, form="auto": _words.get().moment(when, form),
        "day": lambda when: _words.get().day(when),
        "hour": lambda when: _words.get().hour(when),
        "ago": lambda when: _words.get().ago(when),
        "left": left,
        "duration": lambda length: _words.get().duration(length),
        "number": lambda value: _words.get().number(value),
        "percent": lambda numerator, denominator: _words.get().percent(numerator, denominator),
        "label": lambda value, context: _words.get().label(value, context),
        "said": said,
        "whys": lambda candidate: candidates.told(_words.get(), candidate.why()),
        "duties": lambda candidate: candidates.present(_words.get(), candidate.why()),
        "burden": lambda candidate: candidates.load(_words.get(), candidate.load, candidate.minutes),
    }


def _at_drawing(say: Callable[..., str]) -> Callable[..., str]:
    """Keeps Jinja from settling `"yes" | label("satisfied")` once, in the words of the first reader."""

    @pass_context
    def spoken(_: Context, *given: Any, **more: Any) -> str:
        return say(*given, **more)

    return spoken


def _raw(kind: str, *message: Any) -> str:
    """The translation with its places still open: Jinja fills them itself, escaping what is put in."""
    return str(getattr(translations(_words.get().locale), kind)(*message))


def promise_state(due: datetime, warn_at: datetime | None = None, kept_at: datetime | None = None) -> str:
    """Where a promise stands now: running, at_risk (past `warn_at`, its 80 %), overdue, kept or missed."""
    if kept_at:
        return "kept" if kept_at <= due else "missed"
    now = clock.now()
    if now > due:
        return "overdue"
    return "at_risk" if warn_at and now >= warn_at else "running"


def left(due: datetime, warn_at: datetime | None = None) -> str:
    """The time until a moment, or since it, as a promise says it: "1 hr 5 min left", "3 min overdue"."""
    words = _words.get()
    length = words.duration(due - clock.now())
    state = promise_state(due, warn_at)
    if state == "overdue":
        return words.gettext("%(time)s overdue", time=length)
    if state == "at_risk":
        return words.gettext("at risk, %(time)s left", time=length)
    return words.gettext("%(time)s left", time=length)


def phone(number: str, region: str | None = None) -> str:
    """A number as people read it aloud: national within `region` (ISO 3166), else international."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    home = region is not None and phonenumbers.region_code_for_number(parsed) == region
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def said(refusal: HubError) -> str:
    """A refusal in the reader's words. Plain text: what it quotes from the person is escaped when drawn."""
    return _words.get().gettext(refusal.message, **refusal.params)


@cache
def asset(path: str) -> str:
    """The address of a static file, with its content's mark, so browsers may keep it (web.safety)."""
    mark = sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={mark}"
