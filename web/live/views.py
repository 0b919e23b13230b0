"""What can be looked on at: a view is a name, a rule of who may see it, and how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.access import Actor
from hub.database import Tx
from hub.errors import NotFound
from web.templating import draw
from web.words import Locale, words_in

LONGEST_NAME = 80
BEAT = 15.0  # promises fall due by themselves


@dataclass(frozen=True)
class Seen:
    """What a key means to somebody who may see it: the row, the topic that rings for it, its time zone."""

    id: int
    topic: str
    zone: str


@dataclass(frozen=True)
class View:
    """One kind of live part. Without `look` and `template` the page asks for its own, being told it changed.

    `find(tx, me, key)` raises NotFound and Forbidden. `beat`: the seconds after which it is drawn without a
    ring, for what the clock alone changes; None for what it does not. `is_presence`: looking on is itself
    seen by others.
    """

    find: Callable[[Tx, Actor, str], Seen]
    look: Callable[[Tx, int], Mapping[str, Any]] | None = None
    template: str = ""
    beat: float | None = BEAT
    is_presence: bool = False

    def draw(self, tx: Tx, seen: Seen, locales: list[Locale]) -> dict[Locale, str]:
        """The part in each of these languages, from one look; nothing for a part that is asked for."""
        if self.look is None:
            return {}
        context = self.look(tx, seen.id)
        return {locale: draw(words_in(locale, seen.zone), self.template, **context) for locale in locales}


Views = Mapping[str, View]


def find(tx: Tx, views: Views, me: Actor, name: str) -> tuple[View, Seen]:
    """The view `kind/key` for this person. Raises NotFound and Forbidden."""
    kind, _, key = name.partition("/")
    view = views.get(kind)
    if view is None or len(name) > LONGEST_NAME:
        raise NotFound("there is no such view")
    return view, view.find(tx, me, key)
