"""What words may mean, whoever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import meaning
from hub import numbers

NUMBER = numbers.compose("10", 42)


@pytest.mark.parametrize(
    ("said", "digit"),
    [
        ("2", "2"),
        (" 2. ", "2"),
        ("２", "2"),
        ("(1)", "1"),
        ("選1", "1"),
        ("按 3", "3"),
        ("12", None),
        ("two", None),
    ],
)
def test_one_digit_in_any_dress(said: str, digit: str | None) -> None:
    assert meaning.digit(said) == digit


@given(st.text())
def test_a_digit_is_one_of_ten_or_nothing(said: str) -> None:
    assert meaning.digit(said) in (None, *"0123456789")


@given(
    st.integers(1, 999_999), st.sampled_from(["{}", "No. {}", "{} 怎么样了", "查{}进度", "({})", "Re: {}."])
)
def test_a_ticket_number_is_found_among_words(counter: int, around: str) -> None:
    number = numbers.compose("10", counter)
    found = meaning.ticket_number(around.format(number))
    assert found is not None and found[0] == number


@given(st.integers(1, 999_999))
def test_a_number_said_in_groups_is_the_same(counter: int) -> None:
    number = numbers.compose("10", counter)
    found = meaning.ticket_number(f"{number[:3]} {number[3:6]}-{number[6:]}")
    assert found is not None and found[0] == number


@given(st.text())
def test_what_is_found_is_a_number_with_its_check_digit(said: str) -> None:
    found = meaning.ticket_number(said)
    assert found is None or numbers.is_number(found[0])


@pytest.mark.parametrize("said", ["+85223456789", "2345 6789", "10000042", "call 98765432 please"])
def test_a_telephone_is_no_ticket(said: str) -> None:
    assert meaning.ticket_number(said) is None


@pytest.mark.parametrize(
    ("rest", "is_asking"),
    [
        ("", True),
        ("status?", True),
        ("How is it?", True),
        ("进度怎么样了?", True),
        ("the water is now on the floor", False),
        ("又漏水了", False),
    ],
)
def test_beside_a_number_some_words_only_ask(rest: str, is_asking: bool) -> None:
    assert meaning.is_asking(rest) is is_asking


@pytest.mark.parametrize(
    "said",
    [
        "thanks",
        "Thank you very much!",
        "OK",
        "ok 👍",
        "👍",
        "...",
        "收到",
        "好的,谢谢",
        "唔該晒",
        "收到,多謝師傅",
        "Noted, thx",
    ],
)
def test_thanks_in_three_languages(said: str) -> None:
    assert meaning.is_thanks(said)


@pytest.mark.parametrize(
    "said",
    [
        "the tap leaks",
        "very much water",
        "收到三只老鼠",
        "thanks but it still leaks",
        "好的,但是还在漏",
        "help",
        "2",
    ],
)
def test_what_says_more_is_no_thanks(said: str) -> None:
    assert not meaning.is_thanks(said)


@pytest.mark.parametrize(
    ("said", "told", "taken"),
    [
        ("STOP", "", "out"),
        ("Stop.", "", "out"),
        ("cancel", "", "out"),
        ("退订", "", "out"),
        ("退訂", "", "out"),
        ("T", "", "out"),
        ("anything", "STOP", "out"),
        ("START", "", "in"),
        ("yes", "", None),
        ("yes", "START", "in"),
        ("HELP", "", "help"),
        ("cancel my visit on Monday", "", None),
        ("stop the noise upstairs", "", None),
        ("help, the lift is stuck", "", None),
    ],
)
def test_only_the_word_alone_stops_our_messages(said: str, told: str, taken: str | None) -> None:
    assert meaning.opting(said, told) == taken


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("A-1203", "A-1203"),
        ("a1203", "a1203"),
        ("I live in A-1203, thanks", "A-1203"),
        ("A座12楼3室", "a-1203"),
        ("A座12樓03室", "a-1203"),
        ("我住B-0302", "B-0302"),
    ],
)
def test_a_room_is_found_among_words(said: str, code: str) -> None:
    assert code in meaning.rooms(said)


@given(st.text())
def test_whatever_is_said_of_a_room_is_short_enough_to_look_up(said: str) -> None:
    assert all(len(code) <= 40 for code in meaning.rooms(said))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Chan Tai Man", "Chan Tai Man"),
        ("My name is Rosa Diaz.", "Rosa Diaz"),
        ("我叫王小明", "王小明"),
        ("A-1203", None),
        ("The tap in the kitchen is leaking again", None),
        ("", None),
        ("!!!", None),
    ],
)
def test_a_name_is_short_and_has_no_figures(said: str, name: str | None) -> None:
    assert meaning.name(said) == name


@pytest.mark.parametrize(
    ("said", "office", "language"),
    [
        ("廁所漏水", "en", "zh-Hant"),
        ("厕所漏水", "en", "zh-Hans"),
        ("你好", "en", None),
        ("你好", "zh-Hant", "zh-Hant"),
        ("The kitchen tap is leaking a lot", "zh-Hans", "en"),
        ("ok", "zh-Hans", None),
    ],
)
def test_the_script_tells_the_language(said: str, office: str, language: str | None) -> None:
    assert meaning.language(said, office) == language
