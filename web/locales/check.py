"""`python -m web.locales.check`: names every fault of the catalogs and exits 1 when there is one."""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from opencc import OpenCC

from web.locales import HERE, po
from web.locales.extract import Message, everything, interpolated_everywhere

# What must stand unchanged in a translation: %(name)s of our sentences, {name} of texts filled by format().
PLACES = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")

# A per cent sign that is neither a place nor doubled breaks the sentence when it is filled.
LONE_PERCENT = re.compile(r"%(?!\(\w+\)[a-z])")

# Script conversion that leaves a right text alone, and the message for one it changes.
SCRIPTS = {"zh_Hant": ("s2t", "Simplified characters"), "zh_Hans": ("t2s", "Traditional characters")}

# Catalogs in which every message needs a translation; en needs one for the stored codes only.
COMPLETE = ("zh_Hans", "zh_Hant")

Wanted = Mapping[po.Key, Message]


def faults(wanted: Wanted, folder: Path = HERE) -> list[str]:
    """Every fault of the three catalogs in `folder`, one line each: file, message, what is wrong."""
    found = []
    for name in ("en", *COMPLETE):
        path = folder / f"{name}.po"
        catalog = po.read(path)
        here = [*_duplicates(path), *_absent(name, catalog, wanted), *_present(name, catalog, wanted)]
        found += [f"{path.name}: {fault}" for fault in here]
    return found


def _duplicates(path: Path) -> Iterator[str]:
    for key in po.twice(path.read_text("utf-8")):
        yield f"{shown(key)}: stands twice"


def _absent(name: str, catalog: Catalog, wanted: Wanted) -> Iterator[str]:
    for key, message in wanted.items():
        if name not in COMPLETE and message.context is None:
            continue
        entry = catalog.get(message.text, message.context)
        if entry is None:
            yield f"{shown(key)}: missing (used in {message.where})"
        elif not all(po.texts(entry.string)):
            yield f"{shown(key)}: empty (used in {message.where})"


def _present(name: str, catalog: Catalog, wanted: Wanted) -> Iterator[str]:
    for old in catalog.obsolete.values():
        yield f"{shown(_key(old))}: obsolete"
    for entry in catalog:
        if not entry.id:
            continue
        key = _key(entry)
        if key not in wanted:
            yield f"{shown(key)}: obsolete, nothing says it any more"
        if entry.fuzzy:
            yield f"{shown(key)}: fuzzy, confirm it and drop the mark"
        for text in filter(None, po.texts(entry.string)):
            yield from (f"{shown(key)}: {fault}" for fault in _wrong(name, entry, text))


def _wrong(name: str, entry: Entry, text: str) -> Iterator[str]:
    allowed = [set(PLACES.findall(form)) for form in po.texts(entry.id)]
    places = set(PLACES.findall(text))
    if places not in allowed:
        yield f"places differ: {_listed(places)} for {_listed(allowed[-1])}"
    if places and LONE_PERCENT.search(text.replace("%%", "")):
        yield "a per cent sign beside places must be doubled"
    if name in SCRIPTS:
        config, what = SCRIPTS[name]
        strangers = [
            mine for mine, right in zip(text, _converted(config, text), strict=False) if mine != right
        ]
        if strangers:
            yield f"{what}: {' '.join(strangers)}"


def _converted(config: str, text: str) -> str:
    return str(_converter(config).convert(text))


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def _key(entry: Entry) -> po.Key:
    return (entry.context, po.texts(entry.id)[0])


def _listed(places: set[str]) -> str:
    return " ".join(sorted(places)) or "none"


def shown(key: po.Key) -> str:
    """A message as a fault line names it."""
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)


def main() -> int:
    """Check the project's own catalogs."""
    wanted = everything()
    found = faults(wanted) + [
        f"{place}: an f-string cannot be translated" for place in interpolated_everywhere()
    ]
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(wanted)} messages, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
