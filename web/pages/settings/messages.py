"""Who hears of what, by which way, and in which words."""

from typing import Any

from hub import deviations
from hub.setup import hearing
from hub.setup.change import Values
from hub.setup.hearing import HEARING
from notifications import rewording, segments
from notifications.rewording import WORDING
from web.pages.settings.topic import Desk, Field, Row, Topic
from web.words import ENDONYMS, N_, Locale, words_in

LOCALE_OF: dict[str, Locale] = {"text_en": "en", "text_zh_hans": "zh-Hans", "text_zh_hant": "zh-Hant"}
# What fills the places of a message in its preview.
EXAMPLE = {
    "number": "10000423",
    "place": "A-1203",
    "priority": "P2",
    "item": "水龙头漏水 tap leaks",
    "what": "✓",
    "answer": "…",
}


def _lines(desk: Desk) -> list[Row]:
    own = deviations.of(desk.office, hearing.KIND)
    return [
        Row(
            key=key,
            title=_line(desk, key),
            notes=(_way(desk, own.get(key, line)["way"]),),
            group=desk.words.label(line["event"], "event"),
            is_changed=key in own,
            is_off=own.get(key, line)["way"] == hearing.OFF,
        )
        for key, line in hearing.lines().items()
    ]


def _line(desk: Desk, key: str) -> str:
    line, say = hearing.lines()[key], desk.words
    when = f" ({say.label(line['when'], 'hearing when')})" if line["when"] else ""
    return f"{say.label(line['who'], 'hearing who')}{when}"


def _way(desk: Desk, way: str) -> str:
    """ "screen+sms>voice" in words: what goes at once, and what only follows when it was not brought."""
    if way == hearing.OFF:
        return desk.words.gettext("is not told")
    together = [
        f" {desk.words.gettext('or else')} ".join(
            desk.words.label(one, "channel out") for one in part.split(">")
        )
        for part in way.split("+")
    ]
    return " + ".join(together)


def _line_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    choices = tuple((way, _way(desk, way)) for way in hearing.ways(key)) if key in hearing.lines() else ()
    return (Field("line", "hidden"), Field("way", "choice", choices))


def _line_title(desk: Desk, key: str, values: Values) -> str:
    if key not in hearing.lines():
        return key
    return f"{desk.words.label(hearing.lines()[key]['event'], 'event')}: {_line(desk, key)}"


AUDIENCE = Topic(
    slug="audience",
    subject=HEARING,
    rows=_lines,
    fields=_line_fields,
    title=_line_title,
    about=N_("Who is told of what, and by which way. An emergency may go another way, never unheard."),
    ending="reset",
    delivered=lambda desk, key: hearing.delivered(key) if key in hearing.lines() else None,
)


# --- texts -------------------------------------------------------------------


def _texts(desk: Desk) -> list[Row]:
    own = deviations.of(desk.office, rewording.KIND)
    return [
        Row(
            key=name,
            title=desk.words.label(name, "message"),
            notes=(
                _preview(desk, name, WORDING.read(desk.tx, desk.office, name) or {}, desk.words.locale)[
                    "body"
                ],
            ),
            is_changed=name in own,
        )
        for name in rewording.wordings()
    ]


def _preview(desk: Desk, name: str, values: Values, locale: Locale) -> dict[str, Any]:
    """The message in one language with its places filled by an example, and how many texts it takes."""
    field = next(field for field, one in LOCALE_OF.items() if one == locale)
    words = words_in(locale)
    places = EXAMPLE | {"office": desk.office.name}
    own = values.get(field)
    body = str(own) % places if own else words.gettext(rewording.wordings()[name].says, **places)
    plain = segments.in_gsm(body)
    body = plain if segments.parts(plain) < segments.parts(body) else body
    return {"locale": locale, "language": ENDONYMS[locale], "body": body, "parts": segments.parts(body)}


def _text_fields(desk: Desk, key: str) -> tuple[Field, ...]:
    if key not in rewording.wordings():
        return ()
    message = rewording.wordings()[key].says
    hints = {field: words_in(one).gettext(message) for field, one in LOCALE_OF.items()}
    return (
        Field("text", "hidden"),
        *(Field(field, "area", hint=hints[field], label=ENDONYMS[one]) for field, one in LOCALE_OF.items()),
    )


def _previews(desk: Desk, key: str, draft: Values | None) -> dict[str, Any]:
    values = draft if draft is not None else WORDING.read(desk.tx, desk.office, key) or {}
    return {"previews": [_preview(desk, key, values, locale) for locale in LOCALE_OF.values()]}


WORDINGS = Topic(
    slug="texts",
    subject=WORDING,
    rows=_texts,
    fields=_text_fields,
    title=lambda desk, key, values: desk.words.label(key, "message"),
    about=N_("What messages say, in each language. A field left empty keeps the delivered words below it."),
    ending="reset",
    delivered=lambda desk, key: rewording.delivered(),
    beside=_previews,
    beside_template="settings/_previews.html",
)
