import csv
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import data, words

ANY_TEXT = st.text(alphabet=st.characters(), max_size=80)  # lone surrogates, NUL, emoji and RTL included


def test_both_scripts_both_widths_and_both_cases_fold_to_one_form():
    assert words.fold("升降機 ＬＩＦＴ") == words.fold("升降机 lift") == "升降机 lift"


def test_a_lone_surrogate_and_a_nul_fold_without_an_error():
    assert words.fold("a\0\ud800水喉漏") == "a\0\ufffd水喉漏"


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("leak", "leaks leaking leaked"),
        ("drip", "drips dripping dripped"),
        ("smoke", "smokes smoked"),
        ("open", "opens opening opened"),
        ("battery", "batteries"),
        ("break", "broke broken breaks breaking"),
        ("child", "children child's"),
        ("glass", "glass"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(base, forms):
    assert {words.stem(form) for form in forms.split()} == {words.stem(base)}


@pytest.mark.parametrize(
    ("one", "other"),
    [("fired", "fire"), ("parking", "park"), ("rates", "rats"), ("living", "live"), ("building", "build")],
)
def test_words_of_different_matters_keep_different_stems(one, other):
    assert words.stem(one) != words.stem(other)


def test_tokens_are_stems_numbers_and_runs_of_characters():
    assert words.tokens("3號樓 lifts 壞了, B-12") == ["3", "号楼", "lift", "坏了", "b", "12"]


def test_an_index_gets_overlapping_pairs_and_a_lone_character_alone():
    assert words.bigrams("水龍頭 leaking 電") == ["水龙", "龙头", "leak", "电"]


def test_units_end_at_the_sentence_and_say_not_in_one_way():
    assert words.units("The lift won't stop. It isn't level! 漏了") == [
        ["lift", "not", "stop"],
        ["not", "level"],
        ["漏"],
    ]


def test_no_term_reaches_over_a_comma():
    terms = words.Terms()
    terms.add("断水")
    assert terms.find(words.units("水管断了,水喷出来")[0]) == {}
    assert terms.find(words.units("断水了")[0]) == {0: 0}


def test_a_decimal_point_ends_no_sentence():
    assert words.units("tap 2.5 cm wide") == [["tap", "2", "5", "cm", "wide"]]


def test_the_longest_term_hides_what_is_inside_it():
    terms = words.Terms()
    short, long, other = terms.add("消防"), terms.add("消防通道"), terms.add("灯")
    (sentence,) = words.units("消防通道的燈壞了")
    assert terms.find(sentence) == {long: 0, other: 4}
    assert short not in terms.find(sentence)


def test_spellings_with_the_same_units_are_one_term_named_by_the_shortest():
    terms = words.Terms()
    assert terms.add("the taps") == terms.add("tap")
    assert terms.text(0) == "tap"


def test_a_term_without_words_is_refused():
    with pytest.raises(ValueError, match="no words"):
        words.Terms().add(" … ")


@given(ANY_TEXT)
def test_no_text_breaks_folding_or_cutting(text):
    assert all(words.tokens(text))
    assert all(words.bigrams(text))
    assert all(unit for sentence in words.units(text) for unit in sentence)


@given(ANY_TEXT)
def test_width_and_latin_case_never_matter(text):
    assert words.fold(unicodedata.normalize("NFKC", text)) == words.fold(text)


@given(st.text(alphabet="水电漏门灯锁坏修梯火", min_size=5, max_size=12), st.integers(0, 3))
def test_any_two_neighbouring_characters_can_be_searched(run, start):
    assert set(words.bigrams(run[start : start + 2])) <= set(words.bigrams(run))


def test_every_table_of_the_hub_is_the_shared_one():
    shared = Path(__file__).parents[2] / ".." / "shared" / "data"
    if not shared.is_dir():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("needs ../shared/data")
    for name in ("categories", "glossary"):
        with (shared / f"{name}.csv").open(encoding="utf-8") as lines:
            assert data.read(name) == list(csv.DictReader(lines))


def test_a_row_with_a_cell_too_many_is_refused(tmp_path, monkeypatch):
    (tmp_path / "odd.csv").write_text("code,text\n01,a\n02,b,c\n", encoding="utf-8")
    monkeypatch.setattr(data, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="line 3"):
        data.read("odd")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Taps leaking", ["tap", "leak", "tap leak"]),
        ("廚房漏水", ["厨", "房", "漏", "水", "厨房", "房漏", "漏水"]),
        ("Flat 1203 漏", ["flat", "#", "flat #", "漏"]),
        ("", []),
    ],
)
def test_a_learner_counts_words_characters_and_their_neighbours(text: str, found: list[str]) -> None:
    assert words.grams(text) == found
