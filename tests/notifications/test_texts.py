"""What is said outside is short, and tells a stranger who holds the telephone nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import segments, texts
from notifications.segments import GSM, GSM_TWO, in_gsm, parts
from notifications.texts import TEXTS
from web.timetable import say
from web.words import LOCALES

PLACES = {
    "number": "100000011",
    "office": "荷花園管理處",
    "priority": "P1",
    "place": "A-1203",
    "item": "x" * texts.ITEM,
    "what": "x" * 12,
    "text": "",
    "answer": "",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_takes_one_part(name: str, locale: str) -> None:
    office = "Lotus Garden" if locale == "en" else PLACES["office"]
    said = say(locale, TEXTS[name].says, {**PLACES, "office": office})
    assert parts(in_gsm(said)) <= 1, said


@pytest.mark.parametrize("name", ["received", "departed", "closed", "reopened"])
def test_a_customers_text_has_no_place_for_what_it_is_about(name: str) -> None:
    assert not {"item", "place", "what", "by"} & {
        place for place in PLACES if f"%({place})s" in TEXTS[name].says
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("水" * 70, 1),
        ("水" * 71, 2),
        ("水" * 134, 2),
        ("水" * 135, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_carrier_counts_them(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(max_size=400))
def test_one_letter_more_never_makes_fewer_parts(text: str) -> None:
    text = text.encode("utf-16", "ignore").decode("utf-16")
    assert 0 <= parts(text + "x") - parts(text) <= max(1, parts(text + "x"))
    if text:
        assert parts(text) >= 1


def test_the_alphabet_is_the_standards() -> None:
    """GSM 03.38: 128 codes, one of which is the escape to the second table."""
    assert len(GSM) == 127 and len(GSM_TWO) == 10 and not GSM & GSM_TWO


def test_typographers_signs_do_not_halve_the_room() -> None:
    said = "It’s done – thank you…" + "x" * 120
    assert (parts(said), parts(in_gsm(said))) == (3, 1)


@pytest.mark.parametrize(
    ("text", "aloud"),
    [("100000011 A-12", "1 0 0 0 0 0 0 1 1 A-12"), ("2026", "2 0 2 6"), ("at 12", "at 12")],
)
def test_numbers_are_read_digit_by_digit(text: str, aloud: str) -> None:
    assert texts.aloud(text) == aloud


def test_what_is_cut_says_so() -> None:
    assert texts.short("a  b\nc", 10) == "a b c" and texts.short("abcdef", 4) == "abc…"
    assert segments.LONGEST == 1600
