"""Words, times and figures in the reader's language and the office's time zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from hub import clock
from web.locales import CATALOGS, translations

Locale = Literal["en", "zh-Hans", "zh-Hant"]
LOCALES: tuple[Locale, ...] = ("en", "zh-Hans", "zh-Hant")

# What each language calls itself: a reader who cannot read the page still finds the way out.
ENDONYMS: dict[Locale, str] = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}

# Lists are drawn over and over with the same times in them, and Babel takes longer than all else of a page.
REMEMBERED = 8_192

NOTHING = "–"  # where there is nothing to count or to tell

_TRADITIONAL = {"hant", "tw", "hk", "mo"}
_UNITS: tuple[tuple[Literal["day", "hour", "minute"], int], ...] = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)

# The desk reads times to the minute and never in halves of a day; Babel's own short forms differ on both.
_MOMENTS: dict[Locale, dict[str, str]] = {
    "en": {"short": "d MMM HH:mm", "long": "EEE d MMM yyyy, HH:mm:ss", "year": "d MMM yyyy HH:mm"},
    "zh-Hans": {"short": "M月d日 HH:mm", "long": "yyyy年M月d日 EEE HH:mm:ss", "year": "yyyy年M月d日 HH:mm"},
    "zh-Hant": {"short": "M月d日 HH:mm", "long": "yyyy年M月d日 EEE HH:mm:ss", "year": "yyyy年M月d日 HH:mm"},
}
_DAYS: dict[Locale, str] = {"en": "d MMM yyyy", "zh-Hans": "yyyy年M月d日", "zh-Hant": "yyyy年M月d日"}


def N_(message: str) -> str:
    """Marks a sentence that is written here and translated where it is shown."""
    return message


def negotiate(*wishes: str | None, default: Locale = "en") -> Locale:
    """The first language we speak among the wishes, the strongest wish first.

    A wish is a language tag ("zh-HK", "zh_TW", as a person or a cookie chose it) or a whole Accept-Language
    header; what cannot be read counts as no wish. Pass the person's choice, then the cookie, then the header.
    """
    for wish in wishes:
        for tag in _tags_by_weight(wish or ""):
            spoken = _spoken(tag)
            if spoken:
                return spoken
    return default


def _tags_by_weight(header: str) -> list[str]:
    weighed = []
    for part in header.split(","):
        tag, _, options = part.partition(";")
        weight = _weight(options)
        if weight > 0:
            weighed.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _weight(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def _spoken(tag: str) -> Locale | None:
    language, *subtags = tag.lower().replace("_", "-").split("-")
    if language == "en":
        return "en"
    if language != "zh":
        return None
    if "hans" in subtags:  # zh-Hans-HK: the script outranks the region
        return "zh-Hans"
    return "zh-Hant" if _TRADITIONAL.intersection(subtags) else "zh-Hans"


@dataclass(frozen=True)
class Words:
    """One language in one IANA time zone. Immutable; shared between threads through `words_in`."""

    locale: Locale = "en"
    zone: str = "UTC"

    def gettext(self, message: str, **values: Any) -> str:
        """The sentence in this language with its %(name)s places filled. A sentence we lack stays English."""
        return _filled(translations(self.locale).gettext(message), values)

    def ngettext(self, one: str, many: str, number: int, **values: Any) -> str:
        """The sentence for this number of things; %(num)s is the number."""
        return _filled(translations(self.locale).ngettext(one, many, number), {"num": number, **values})

    def pgettext(self, context: str, message: str, **values: Any) -> str:
        """The sentence as it is meant in this context."""
        return _filled(translations(self.locale).pgettext(context, message), values)

    def npgettext(self, context: str, one: str, many: str, number: int, **values: Any) -> str:
        """The sentence as meant in this context, for this number of things."""
        said = translations(self.locale).npgettext(context, one, many, number)
        return _filled(said, {"num": number, **values})

    def label(self, value: object, context: str) -> str:
        """The word for a stored code (enum member or string), for example ("on_hold", "order state")."""
        code = str(getattr(value, "value", value))
        word = translations(self.locale).pgettext(context, code)
        return code.replace("_", " ") if word == code else word

    def moment(self, when: datetime, form: Literal["short", "long", "year", "auto"] = "auto") -> str:
        """A moment in the office's zone, to the minute; "auto" names the year when it is not this one."""
        if form == "auto":
            form = "short" if self.day_of(when).year == self.day_of(clock.now()).year else "year"
        return self._dated(format_datetime, self._on_the_wall(when), _MOMENTS[self.locale][form])

    def day(self, when: date) -> str:
        """A calendar day; a moment is taken to the office's zone first."""
        day = self.day_of(when) if isinstance(when, datetime) else when
        return self._dated(format_date, day, _DAYS[self.locale])

    def hour(self, when: datetime) -> str:
        """The time of day in the office's zone, 24 hours."""
        return self._dated(format_time, self._on_the_wall(when), "HH:mm")

    def day_of(self, when: datetime) -> date:
        """The office's calendar day on which this moment falls."""
        return self._local(when).date()

    def ago(self, when: datetime) -> str:
        """How far a moment lies from now, in its largest unit: "3 hr ago", "in 5 min", "now"."""
        gap = (_aware(when) - clock.now()).total_seconds()
        for unit, seconds in _UNITS:
            count = int(abs(gap) // seconds)
            if count:
                return _distance(self._babel, unit, count * seconds if gap > 0 else -count * seconds)
        return self.gettext("now")

    def duration(self, length: timedelta | float) -> str:
        """A length of time (timedelta or seconds) in its two largest units, without sign: "1 hr 35 min"."""
        seconds = int(abs(length.total_seconds() if isinstance(length, timedelta) else length))
        parts: list[str] = []
        for unit, size in _UNITS:
            count, seconds = divmod(seconds, size)
            if count or (unit == "minute" and not parts):
                parts.append(_length(self._babel, unit, count))
            elif parts:
                break  # "2 days, 5 min" would claim a precision nobody reads
        return " ".join(parts[:2])

    def number(self, value: float) -> str:
        """A number with this language's grouping and decimal sign."""
        return _number(self._babel, value)

    def percent(self, numerator: float, denominator: float) -> str:
        """numerator / denominator as a percentage with one decimal; a dash when nothing was counted."""
        if not denominator:
            return NOTHING
        return format_percent(numerator / denominator, format="0.0%", locale=self._babel)

    @property
    def _babel(self) -> str:
        return CATALOGS[self.locale]

    def _local(self, when: datetime) -> datetime:
        return _aware(when).astimezone(ZoneInfo(self.zone))

    def _on_the_wall(self, when: datetime) -> datetime:
        """The moment as the office's clock shows it; without the zone, in which one moment equals another."""
        return self._local(when).replace(tzinfo=None)

    def _dated(self, form: Callable[..., str], when: date, pattern: str) -> str:
        return _dated(form, when, pattern, self._babel)


@lru_cache(REMEMBERED)
def _dated(form: Callable[..., str], when: date, pattern: str, locale: str) -> str:
    return form(when, pattern, locale=locale)


@lru_cache(REMEMBERED)
def _distance(locale: str, unit: Literal["day", "hour", "minute"], seconds: int) -> str:
    """ "3 hr ago", "in 5 min"."""
    return format_timedelta(
        timedelta(seconds=seconds),
        granularity=unit,
        threshold=10_000,  # else forty days become "1 month"
        add_direction=True,
        format="short",
        locale=locale,
    )


@lru_cache(REMEMBERED)
def _length(locale: str, unit: str, count: int) -> str:
    return format_unit(count, f"duration-{unit}", length="short", locale=locale)


@lru_cache(REMEMBERED, typed=True)
def _number(locale: str, value: float) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=256)
def words_in(locale: Locale, zone: str = "UTC") -> Words:
    """The shared Words of one language and zone."""
    return Words(locale, zone)


def say(locale: str, message: str, places: Mapping[str, Any]) -> str:
    """A message of the locale files in this language, for those who are told away from the screen."""
    return words_in(negotiate(locale)).gettext(message, **places)


def known(locale: str | None) -> Locale | None:
    """The tag itself when it is exactly one of ours, else None (for what a form or cookie claims)."""
    return next((ours for ours in LOCALES if ours == locale), None)


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _filled(sentence: str, values: dict[str, Any]) -> str:
    """Without values a message is taken as it stands, as the refusals of the hub are (hub.errors)."""
    return sentence % values if values else sentence.replace("%%", "%")
