"""The words' verdict and what was learned, weighed against each other. The database's part: test_training."""

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from dispatch.judging import Likely, hints, is_alarm, weigh
from dispatch.learning import Opinion
from dispatch.triage import Judgement, Why

LEAVES: Any = {
    code: SimpleNamespace(code=code, kind=kind, priority=priority)
    for code, kind, priority in (
        ("01-03", "repair", "P3"),
        ("01-06", "repair", "P2"),
        ("06-01", "emergency", "P1"),
        ("11-01", "enquiry", "P4"),
    )
}
BY_WORDS = (
    Why("category", "tap leak", "words"),
    Why("kind", "01-03", "category"),
    Why("priority", "01-03", "category"),
)
TAP = Judgement("repair", "01-03", "P3", True, BY_WORDS, (("01-06", 1.0),))
UNSURE = Judgement(
    None, None, "P3", False, (Why("category", "", "no words"), Why("priority", "P3", "default"))
)


def judged(heard: Judgement, *ranked: tuple[str, float], words: tuple[str, ...] = ("drip",)) -> Judgement:
    return weigh(heard, Opinion(ranked, words), LEAVES, None, 0.6, 0.2)


def test_an_opinion_that_agrees_adds_its_reason() -> None:
    said = judged(TAP, ("01-03", 0.9), ("01-06", 0.05))
    assert (said.category, said.sure) == ("01-03", True)
    assert said.why == (BY_WORDS[0], Likely("category", "drip", "learned", 0.9), *BY_WORDS[1:])
    assert said.runners_up == (("01-06", 0.05),)


def test_a_sure_opinion_overrules_the_words() -> None:
    said = judged(TAP, ("11-01", 0.8), ("01-03", 0.1))
    assert (said.category, said.kind, said.priority) == ("11-01", "enquiry", "P4")


@pytest.mark.parametrize(("first", "second"), [(0.59, 0.1), (0.65, 0.5)])
def test_an_unsure_one_leaves_it_to_the_desk(first: float, second: float) -> None:
    said = judged(TAP, ("11-01", first), ("01-03", second))
    assert (said.category, said.kind, said.sure) == (None, None, False)
    assert said.why[0].source == "learned unsure"
    assert said.priority == "P3"
    assert [code for code, _ in said.runners_up] == ["11-01", "01-03"]


def test_an_opinion_without_words_of_its_own_changes_nothing() -> None:
    assert judged(TAP, ("11-01", 0.9), words=()) is TAP
    assert weigh(UNSURE, Opinion((), ()), LEAVES, None, 0.6, 0.2) is UNSURE


def test_it_decides_what_the_words_left_open() -> None:
    said = judged(UNSURE, ("01-06", 0.7), ("01-03", 0.1))
    assert (said.category, said.kind, said.priority, said.sure) == ("01-06", "repair", "P2", True)


def test_a_likely_emergency_is_urgent_and_the_desks() -> None:
    said = judged(TAP, ("11-01", 0.7), ("06-01", 0.25))
    assert (said.category, said.priority) == (None, "P1")
    assert ("priority", "maybe emergency") in {(why.what, why.source) for why in said.why}


def test_a_sure_emergency_is_one() -> None:
    said = judged(TAP, ("06-01", 0.9), ("01-03", 0.05))
    assert (said.category, said.kind, said.priority) == ("06-01", "emergency", "P1")


def test_what_the_words_make_urgent_stays_so() -> None:
    urgent = Judgement("repair", "01-02", "P1", True, BY_WORDS)
    assert judged(urgent, ("01-03", 0.9)).priority == "P1"
    assert judged(urgent, ("01-03", 0.4)).priority == "P1"


def test_the_callers_kind_stays() -> None:
    said = weigh(TAP, Opinion((("01-06", 0.9),), ("drip",)), LEAVES, "complaint", 0.6, 0.2)
    assert (said.category, said.kind) == ("01-06", "complaint")
    assert said.why[1] == Why("kind", "complaint", "caller")


@pytest.mark.parametrize(
    ("heard", "alarm"),
    [
        (TAP, False),
        (Judgement("emergency", "06-01", "P1", True, ()), True),
        (Judgement(None, None, "P1", False, (Why("priority", "06-01: fire", "maybe emergency"),)), True),
    ],
)
def test_an_alarm_is_heard(heard: Judgement, alarm: bool) -> None:
    assert is_alarm(heard) is alarm


def test_hints_of_the_words() -> None:
    assert hints(TAP) == {"01-03": 1.0, "01-06": 0.25}
    assert hints(UNSURE) == {}


def test_a_reason_with_its_p_goes_into_json() -> None:
    said = judged(TAP, ("01-03", 0.9))
    assert json.loads(json.dumps([asdict(why) for why in said.why]))[1]["p"] == 0.9
