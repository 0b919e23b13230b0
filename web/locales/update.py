"""`python -m web.locales.update [WORDS.tsv]`: brings the catalogs up to what the code says.

New messages are added, unused ones dropped, translations kept. WORDS.tsv, when given, has lines of
message TAB zh-Hans [TAB zh-Hant [TAB en]], a stored code written as "context|code"; existing translations
are replaced, an empty column changes nothing. Traditional characters that nobody wrote are drafted from the
Simplified ones by OpenCC: read them over, the glossary has the last word. Ends with the list of what still
wants a translation.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from opencc import OpenCC

from web.locales import HERE, po
from web.locales.check import Wanted, shown
from web.locales.extract import everything

Given = dict[po.Key, str]

# The seed's own forms where OpenCC keeps to the dictionary's.
USUAL = str.maketrans("爲啓裏衆羣賬", "為啟裡眾群帳")


def renew(wanted: Wanted, folder: Path = HERE, words: Iterable[str] = ()) -> list[str]:
    """Rewrite the three catalogs in `folder`; returns the messages that still want a translation."""
    hans, hant, english_words = _given(words, wanted)
    simplified = _renewed(folder / "zh_Hans.po", wanted, hans)
    traditional = _renewed(folder / "zh_Hant.po", wanted, hant)
    _draft(simplified, traditional)
    spoken = {key: message for key, message in wanted.items() if message.context or message.plural}
    english = _renewed(folder / "en.po", spoken, english_words)
    _say_plurals(english)
    for name, catalog in (("en", english), ("zh_Hans", simplified), ("zh_Hant", traditional)):
        po.write(folder / f"{name}.po", catalog)
    return [
        f"{catalog.locale}: {want}"
        for catalog in (english, simplified, traditional)
        for want in _wants(catalog)
    ]


def _given(lines: Iterable[str], wanted: Wanted) -> tuple[Given, Given, Given]:
    columns: tuple[Given, Given, Given] = ({}, {}, {})
    for line in lines:
        name, *translated = line.rstrip("\n").split("\t")
        context, _, code = name.partition("|")
        key = (context, code) if (context, code) in wanted else (None, name)
        for words, translation in zip(columns, translated, strict=False):
            if translation:
                words[key] = translation
    return columns


def _renewed(path: Path, wanted: Wanted, given: Given) -> Catalog:
    old = po.read(path) if path.exists() else Catalog(locale=path.stem)
    new = Catalog(locale=path.stem, fuzzy=False)
    for key, message in wanted.items():
        entry = old.get(message.text, message.context)
        kept = entry.string if entry else ""
        string = given.get(key) or kept
        flags = entry.flags - {"python-format"} if entry and key not in given else ()
        new.add(
            _id(message.text, message.plural),
            _fitting(string, message.plural, new),
            context=message.context,
            flags=flags,
        )
    return new


def _id(text: str, plural: str | None) -> po.Forms:
    return (text, plural) if plural else text


def _fitting(string: po.Forms | None, plural: str | None, catalog: Catalog) -> po.Forms:
    """The translation with as many forms as the message now has."""
    forms = po.texts(string)
    if not plural:
        return forms[-1]
    return tuple(forms[min(i, len(forms) - 1)] for i in range(catalog.num_plurals))


def _draft(simplified: Catalog, traditional: Catalog) -> None:
    converter = OpenCC("s2t")
    for entry in simplified:
        twin = traditional.get(po.texts(entry.id)[0], entry.context) if entry.id else None
        if twin and not any(po.texts(twin.string)):
            forms = tuple(str(converter.convert(form)).translate(USUAL) for form in po.texts(entry.string))
            twin.string = forms if isinstance(entry.id, tuple | list) else forms[0]


def _say_plurals(english: Catalog) -> None:
    for entry in english:
        if isinstance(entry.id, tuple | list) and not any(po.texts(entry.string)):
            entry.string = tuple(entry.id)


def _wants(catalog: Catalog) -> list[str]:
    entries = [entry for entry in catalog if entry.id and not all(po.texts(entry.string))]
    return [shown((entry.context, po.texts(entry.id)[0])) for entry in entries]


def main(arguments: list[str]) -> int:
    """Renew the project's own catalogs."""
    words = Path(arguments[0]).read_text("utf-8").splitlines() if arguments else []
    wants = renew(everything(), words=words)
    print("\n".join(wants) or "every message is translated")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
