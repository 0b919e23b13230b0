"""The words of the hub: one PO file a language, keyed by the English sentence, compiled in memory."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent

# Language tag of the web -> name of its catalog and of its Babel locale.
CATALOGS = {"en": "en", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}


@cache
def translations(locale: str) -> GNUTranslations:
    """The compiled catalog of "en", "zh-Hans" or "zh-Hant". Raises KeyError for any other tag."""
    name = CATALOGS[locale]
    with (HERE / f"{name}.po").open("rb") as source:
        catalog = read_po(source, locale=name, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
