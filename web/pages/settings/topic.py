"""What a page of the settings is made of: a topic lists its things and describes the form of one.

One template draws every list and one every form, so a new topic is a description and a line in the index.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import StringConstraints
from starlette.datastructures import FormData

from hub.access import Actor
from hub.database import Tx
from hub.organisation import Office
from hub.setup.change import Subject, Values
from web.api.bounds import Storable
from web.pages.shell import SignedIn
from web.words import Words

ADD = "+"  # in an address: what is not there yet
# Parts of an address, no longer and no stranger than what both engines can be asked.
Key = Annotated[str, StringConstraints(max_length=200), Storable]
Id = Annotated[int, Path(ge=1, le=2**62)]

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """One field of a form, labelled by its name (context "setting field").

    `kind`: text | area | choice | several | yes, or the type of an input. `choices` are (code, word);
    `blank` is the word of the empty choice. A hint is a sentence in the reader's language.
    """

    name: str
    kind: str = "text"
    choices: Choices = ()
    blank: str | None = None
    hint: str = ""
    is_required: bool = False
    label: str = ""  # in place of its name's

    def sent(self, form: FormData) -> Any:
        """What the form says of this field."""
        if self.kind == "several":
            return [str(one) for one in form.getlist(self.name)]
        return str(form.get(self.name) or "")

    def shown(self, value: Any, office: Office) -> Any:
        """A kept value as the form shows it."""
        if self.kind == "area" and isinstance(value, list):
            return "\n".join(map(str, value))
        if self.kind == "datetime-local" and value:
            moment = datetime.fromisoformat(value)
            return f"{moment.astimezone(office.tz) if moment.tzinfo else moment:%Y-%m-%dT%H:%M}"
        return "" if value is None else value

    def word(self, value: Any, office: Office) -> str:
        """A kept value as the history says it."""
        words = dict(self.choices)
        if isinstance(value, list):
            return ", ".join(words.get(str(one), str(one)) for one in value)
        shown = str(self.shown(value, office))
        return words.get(shown, shown.replace("T", " ") if self.kind == "datetime-local" else shown)


@dataclass(frozen=True)
class Row:
    """One thing in a list: what it is called, what is said of it, whether it is other than delivered."""

    key: str
    title: str
    notes: tuple[str, ...] = ()
    group: str = ""
    is_changed: bool = False
    is_off: bool = False


@dataclass(frozen=True)
class Desk:
    """Who sets what, where, in which words."""

    tx: Tx
    reader: SignedIn
    office: Office
    words: Words
    query: Mapping[str, str] = field(default_factory=dict)

    def coded(self, codes: Iterable[str], context: str) -> Choices:
        """Stored codes with their words."""
        return tuple((code, self.words.label(code, context)) for code in codes)


@dataclass(frozen=True)
class Topic:
    """One kind of page. `slug` stands in the address and names the topic (context "settings topic").

    `fresh` is what the form of a new one begins with, None where none can be added; `ending` is what the
    button says that ends a thing or takes it back to the delivered (context "setting act"), "" for none.
    `beside` draws more below the form: a template's name and what it needs. `adding` is the verb that makes
    a new one where that is more than putting its values there, `resetting` the one that takes all of them
    back to what was delivered.
    """

    slug: str
    subject: Subject
    rows: Callable[[Desk], list[Row]]
    fields: Callable[[Desk, str], tuple[Field, ...]]
    title: Callable[[Desk, str, Values], str]
    about: str = ""
    fresh: Callable[[Desk], Values] | None = None
    ending: str = ""
    delivered: Callable[[Desk, str], Values | None] = lambda desk, key: None
    beside: Callable[[Desk, str, Values | None], dict[str, Any]] | None = None
    beside_template: str = ""
    adding: Callable[[Tx, Actor, str, Values], object] | None = None
    resetting: Callable[[Tx, Actor, str], object] | None = None
    can_reset: Callable[[Desk], bool] = lambda desk: False
    can_search: bool = False
    can_look: bool = True  # what stands beside can be looked at before saving


def deviations(delivered: Values | None, values: Values) -> dict[str, Any]:
    """Field by field what was delivered, where the values are others."""
    return {name: value for name, value in (delivered or {}).items() if values.get(name) != value}
