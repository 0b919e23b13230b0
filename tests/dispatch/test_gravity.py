"""Signs of a major complaint: by words in both languages, by households, and never of what is none."""

import pytest

from dispatch import gravity, leading, major
from dispatch.gravity import HOUSEHOLDS, Sign
from hub import defaults
from hub.access import Actor
from tests.house import House, leak, peddlers

ROOMS = ("A-1203", "A-0501", "A-0301", "A-0302", "A-0402")


@pytest.mark.parametrize(
    ("words", "grounds"),
    [
        ("My mother slipped on the wet floor and was taken to hospital", ["injury"]),
        ("The ceiling fell down, two people injured", ["injury"]),
        ("地面湿滑,老人摔伤送医", ["injury"]),
        ("隔離屋漏水,我要求賠償", ["loss"]),
        ("I will tell the newspaper and my lawyer", ["media"]),
        ("再不处理我就找记者曝光", ["media"]),
        ("The guard was drunk and threatened me", ["staff_offence"]),
        ("保安打人", ["staff_offence"]),
        ("All residents have signed a petition", ["households"]),
        ("Nobody was hurt when the tile fell", []),
        ("玻璃掉下来,没有人受伤", []),
        ("The television set makes noise at night", []),
        ("有人打骚扰电话", []),
        ("The corridor is dirty again", []),
        ("", []),
    ],
)
def test_words_that_tell_of_a_major_complaint(words: str, grounds: list[str]) -> None:
    assert [sign.grounds for sign in gravity.told(words, "")] == grounds
    assert [sign.grounds for sign in gravity.told("It happened again", words)] == grounds


def test_it_says_by_which_words(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers(description="He hurt my son. I told a reporter. He is injured."))
    found = hub.look(gravity.signs, ticket)
    assert found == (Sign("injury", "hurt my"), Sign("media", "reporter"))


def test_only_a_complaint_is_one(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(description="The pipe burst and I am injured"))
    assert ticket.kind != "complaint" and hub.look(gravity.signs, ticket) == ()


def test_what_staff_have_done_is_a_sign_in_an_emergency_too_and_who_was_hurt_is_none(
    hub: House, clara: Actor
) -> None:
    ticket = hub.receive(clara, leak(description="A guard hit my son, he is injured", kind="emergency"))
    assert ticket.kind == "emergency"
    assert hub.look(gravity.signs, ticket) == (Sign("staff_offence", "guard hit"),)


def test_five_households_behind_one_lead_are_a_sign(hub: House, clara: Actor) -> None:
    first, *others = (
        hub.receive(clara, peddlers(room=room, phone=f"2345 67{room[-2:]}", name="Somebody"))
        for room in ROOMS
    )
    for other in others[:-1]:
        hub.do(leading.put_behind, clara, other, first, True, False)
    assert hub.look(gravity.signs, first) == ()
    hub.do(leading.put_behind, clara, others[-1], first, True, False)
    assert hub.look(gravity.signs, first) == (Sign("households", households=HOUSEHOLDS),)


def test_every_phrase_speaks_for_a_ground_that_is_known_or_for_none() -> None:
    rows = list(defaults.rows("major"))
    assert {row["grounds"] for row in rows} == {"", *major.GROUNDS}
    assert len({row["phrase"] for row in rows}) == len(rows)
