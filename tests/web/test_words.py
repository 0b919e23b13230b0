"""Language, time and figures as a reader meets them."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import clock
from web.locales.labels import LABELS
from web.words import ENDONYMS, LOCALES, Words, known, negotiate, words_in

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)  # twelve o'clock in Hong Kong
HONG_KONG = "Asia/Hong_Kong"

TAGS = st.from_regex(r"[a-zA-Z]{1,8}([-_][a-zA-Z0-9]{1,8}){0,3}", fullmatch=True)


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh_MO", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("ZH-hk", "zh-Hant"),
        ("fr, en-GB;q=0.5, zh;q=0.4", "en"),
        ("en;q=0.1, zh-TW;q=0.9", "zh-Hant"),
        ("zh;q=0, en", "en"),
        ("de-DE", "en"),
        ("zh;q=much, *;q=0.1", "en"),
        ("", "en"),
    ],
)
def test_a_browser_is_answered_in_the_language_it_asks_for(header, locale):
    assert negotiate(header) == locale


def test_what_the_person_chose_outranks_the_cookie_and_the_browser():
    assert negotiate("zh-Hant", "en", "zh-CN") == "zh-Hant"
    assert negotiate(None, "zh-Hans", "en") == "zh-Hans"
    assert negotiate(None, "klingon", "zh-HK") == "zh-Hant"
    assert negotiate(None, None, "fr", default="zh-Hans") == "zh-Hans"


@given(st.lists(st.one_of(st.none(), st.text()), max_size=4))
def test_any_wish_at_all_ends_in_a_language_we_speak(wishes):
    assert negotiate(*wishes) in LOCALES


@given(TAGS, st.sampled_from(["tw", "HK", "mo", "Hant"]), st.sampled_from("-_"))
def test_every_traditional_region_reads_traditional_whatever_follows(tail, region, joint):
    subtags = tail.lower().replace("_", "-").split("-")
    expected = "zh-Hans" if "hans" in subtags else "zh-Hant"
    assert negotiate(f"zh{joint}{region}{joint}{tail}") == expected


@given(st.permutations(["en", "zh-CN", "zh-HK"]))
def test_the_heaviest_language_wins_in_any_order(tags):
    weighed = {"en": 0.3, "zh-CN": 0.7, "zh-HK": 0.9}
    assert negotiate(",".join(f"{tag};q={weighed[tag]}" for tag in tags)) == "zh-Hant"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("context", "code"), [(c, code) for c, codes in LABELS.items() for code in codes])
def test_every_stored_code_has_a_word_in_every_language(locale, context, code):
    word = Words(locale).label(code, context)
    assert word
    assert "_" not in word
    if locale != "en" and code != "open311":
        assert any("\u4e00" <= char <= "\u9fff" for char in word)


def test_one_code_may_be_two_words_in_two_contexts():
    chinese = words_in("zh-Hans")
    assert chinese.label("accepted", "order state") == "已接单"
    assert chinese.label("accepted", "event") == "接单"


def test_an_enum_member_is_labelled_by_its_value():
    class Satisfied(StrEnum):
        FAIRLY = "fairly"

    assert words_in("zh-Hant").label(Satisfied.FAIRLY, "satisfied") == "基本滿意"


def test_a_code_nobody_named_is_still_readable():
    assert words_in("zh-Hans").label("left_at_gate", "order state") == "left at gate"


def test_a_sentence_is_translated_and_its_places_filled():
    assert words_in("zh-Hant").gettext("%(time)s overdue", time="3 分鐘") == "超時 3 分鐘"


def test_a_sentence_without_translation_stays_english():
    assert words_in("zh-Hans").gettext("nobody says %(what)s", what="this") == "nobody says this"


def test_one_and_many_are_told_apart_in_english():
    assert words_in("en").ngettext("%(num)s order", "%(num)s orders", 1) == "1 order"
    assert words_in("en").ngettext("%(num)s order", "%(num)s orders", 2) == "2 orders"


def test_a_moment_is_shown_in_the_zone_of_the_office():
    with clock.at(NOON):
        assert words_in("en", HONG_KONG).moment(NOON) == "1 Mar 12:00"
        assert words_in("zh-Hant", HONG_KONG).moment(NOON) == "3月1日 12:00"
        assert words_in("en", "America/New_York").moment(NOON) == "28 Feb 23:00"


def test_one_moment_is_each_office_s_own_hour_however_often_it_was_asked_for():
    london, hong_kong = Words("en", "Europe/London"), Words("en", HONG_KONG)
    for _ in range(2):
        assert (london.hour(NOON), hong_kong.hour(NOON)) == ("04:00", "12:00")
        assert hong_kong.hour(NOON.astimezone(ZoneInfo("Europe/London"))) == "12:00"
        assert london.moment(NOON, "long") == "Sun 1 Mar 2026, 04:00:00"
        assert Words("zh-Hant", HONG_KONG).hour(NOON) == "12:00"
    assert (hong_kong.number(1), hong_kong.number(1.5), hong_kong.number(1_000)) == ("1", "1.5", "1,000")


def test_a_moment_of_another_year_names_its_year():
    with clock.at(NOON):
        assert words_in("zh-Hans", HONG_KONG).moment(NOON - timedelta(days=300)) == "2025年5月5日 12:00"


def test_a_calendar_day_has_no_zone_but_a_moment_falls_on_the_office_day():
    assert words_in("en", HONG_KONG).day(date(2026, 3, 1)) == "1 Mar 2026"
    assert words_in("en", HONG_KONG).day(datetime(2026, 2, 28, 20, tzinfo=UTC)) == "1 Mar 2026"


@pytest.mark.parametrize(
    ("gap", "english", "chinese"),
    [
        (timedelta(seconds=-20), "now", "刚刚"),
        (timedelta(minutes=-5, seconds=-59), "5 min. ago", "5分钟前"),
        (timedelta(hours=23, minutes=59), "in 23 hr.", "23小时后"),
        (timedelta(days=-40), "40 days ago", "40天前"),
    ],
)
def test_relative_time_names_the_largest_whole_unit(gap, english, chinese):
    with clock.at(NOON):
        assert words_in("en").ago(NOON + gap) == english
        assert words_in("zh-Hans").ago(NOON + gap) == chinese


@pytest.mark.parametrize(
    ("length", "english", "traditional"),
    [
        (timedelta(hours=1, minutes=35, seconds=59), "1 hr 35 min", "1 小時 35 分鐘"),
        (timedelta(days=2, minutes=5), "2 days", "2 天"),
        (-90, "1 min", "1 分鐘"),
        (0, "0 min", "0 分鐘"),
    ],
)
def test_a_duration_has_at_most_two_neighbouring_units(length, english, traditional):
    assert words_in("en").duration(length) == english
    assert words_in("zh-Hant").duration(length) == traditional


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)), st.sampled_from(LOCALES))
def test_a_duration_always_says_something(length, locale):
    assert any(char.isdigit() for char in words_in(locale).duration(length))


def test_a_rate_of_nothing_is_a_dash_and_not_a_hundred_per_cent():
    assert words_in("en").percent(0, 0) == "–"
    assert words_in("en").percent(7, 8) == "87.5%"
    assert words_in("zh-Hans").number(1234567) == "1,234,567"


def test_only_our_own_tags_are_known():
    assert known("zh-Hant") == "zh-Hant"
    assert known("zh-TW") is None
    assert known(None) is None
    assert set(ENDONYMS) == set(LOCALES)
