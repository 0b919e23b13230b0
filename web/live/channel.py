"""One view under one key with everybody who looks on: drawn once per language, handed to each."""

import asyncio

from web.live.line import Line
from web.live.views import Seen, View
from web.live.wire import Told
from web.words import Locale


class Channel:
    """One view under one key, and the lines that look on, by their language."""

    def __init__(self, name: str, view: View, seen: Seen) -> None:
        self.name = name
        self.view = view
        self.seen = seen
        self.lines: dict[Locale, set[Line]] = {}
        self.latest: dict[Locale, tuple[str, Told]] = {}
        self.dirty = asyncio.Event()
        self.changed = Told({"changed": name})

    def join(self, line: Line) -> None:
        self.lines.setdefault(line.locale, set()).add(line)
        drawn = self.latest.get(line.locale)
        if drawn and not self.dirty.is_set():
            line.put(self.name, drawn[1])
        elif self.view.look is None:
            line.put(self.name, self.changed)
        else:
            self.dirty.set()

    def leave(self, line: Line) -> None:
        mates = self.lines.get(line.locale, set())
        mates.discard(line)
        if not mates:
            self.lines.pop(line.locale, None)
            self.latest.pop(line.locale, None)
        if not self.lines:
            self.dirty.set()  # its keeper wakes, finds nobody and goes

    def show(self, drawn: dict[Locale, str]) -> None:
        """Hand each language's drawing to its lines, unless it is the one they have."""
        for locale, html in drawn.items():
            known = self.latest.get(locale)
            if known and known[0] == html:
                continue
            made = Told({"view": self.name, "html": html})
            self.latest[locale] = (html, made)
            for line in self.lines.get(locale, ()):
                line.put(self.name, made)

    def tell(self) -> None:
        """Say to everybody that it changed; each asks for its own."""
        for lines in self.lines.values():
            for line in lines:
                line.put(self.name, self.changed)

    @property
    def locales(self) -> list[Locale]:
        return sorted(self.lines)
