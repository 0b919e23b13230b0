"""An office's own wording of a message, in each of its languages, over what is delivered.

A wording keeps to the places that its message has, and says the number: so that what is filled in later can
never fail, and nobody is sent a message about nothing.
Source: screens.md (/settings: texts); notifications.texts (what may leave the house).
"""

import re
from collections.abc import Mapping
from typing import Any

from hub import deviations
from hub.access import Actor
from hub.database import Tx
from hub.errors import HubError
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said
from notifications.texts import TEXTS, Text

KIND = "texts"
LOCALE_OF = {"text_en": "en", "text_zh_hans": "zh-Hans", "text_zh_hant": "zh-Hant"}
LONGEST = 300
OURS = ("said",)  # what people wrote themselves is not reworded
_PLACE = re.compile(r"%\((\w+)\)s")


def own(office: Office, name: str, locale: str) -> str:
    """The office's wording of this message in this language, "" where it has none."""
    field = next((field for field, one in LOCALE_OF.items() if one == locale), "")
    return str(deviations.of(office, KIND).get(name, {}).get(field, ""))


def wordings() -> dict[str, Text]:
    """The messages an office may reword, by name."""
    return {name: text for name, text in TEXTS.items() if name not in OURS}


def places(message: str) -> tuple[str, ...]:
    """The places of a message, in its order."""
    return tuple(dict.fromkeys(_PLACE.findall(message)))


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key not in wordings():
        return None
    return {"text": key, **delivered(), **deviations.of(office, KIND).get(key, {})}


def delivered() -> Values:
    """No wording of one's own, in any language."""
    return dict.fromkeys(LOCALE_OF, "")


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    name = given.one_of("text", wordings())
    values: Values = {"text": name} | {
        field: " ".join(given.text(field, longest=LONGEST).split()) for field in LOCALE_OF
    }
    if name in wordings():
        for field in LOCALE_OF:
            _check_places(given, field, values[field], places(wordings()[name].says))
    given.finish()
    return values


def _check_places(given: Said, field: str, text: str, allowed: tuple[str, ...]) -> None:
    if not text:
        return
    used = set(_PLACE.findall(text))
    if "%" in _PLACE.sub("", text) or not used <= set(allowed):
        shown = ", ".join(f"%({name})s" for name in allowed)
        given.refuse(field, HubError("only these places can be filled: %(places)s", places=shown))
    elif "number" in allowed and "number" not in used:
        given.refuse(field, HubError("say the number of the matter, so that it can be found"))


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    deviations.put(office, KIND, key, values, {"text": key, **delivered()})
    return key


WORDING = Subject("wording", ("text", *LOCALE_OF), _read, _check, _write)
