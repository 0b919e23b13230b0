"""Reasons out of what was learned, as each reader sees them."""

from typing import Any

import pytest

from hub import catalogue
from tests.house import House
from web.pages import reasons
from web.words import LOCALES, Locale, words_in


def told(hub: House, locale: Locale, **reason: Any) -> str:
    book = hub.look(catalogue.of, hub.office())
    (sentence,) = reasons.told(words_in(locale), book, [{"what": "category", **reason}])
    return sentence


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "Category: from earlier matters here, 91.0% likely (quonk, 漏水)"),
        ("zh-Hans", "分类：按本处以往事项判断，可能性 91.0%（quonk, 漏水）"),
        ("zh-Hant", "分類：按本處以往事項判斷，可能性 91.0%（quonk, 漏水）"),
    ],
)
def test_what_was_learned_says_p_and_the_words(hub: House, locale: Locale, sentence: str) -> None:
    said = told(hub, locale, source="learned", because="quonk, 漏水", p=0.91)
    assert said.replace(": ", "：") == sentence.replace(": ", "：")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_left_open_names_the_categories(hub: House, locale: Locale) -> None:
    said = told(hub, locale, source="learned unsure", because="01-03: 41%; 01-06: 38%", p=0.41)
    book = hub.look(catalogue.of, hub.office())
    assert book.categories["01-03"].name(locale) in said and "41%" in said
    assert "01-06" not in said


def test_what_stays_urgent_says_by_what(hub: House) -> None:
    said = told(hub, "en", what="priority", source="stays urgent", because="01-02")
    assert said == "Priority: as urgent as the words have it: No water supply"
