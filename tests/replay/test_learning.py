"""Learning on real texts: Chinese citizens' messages in 7 classes, English customers' questions in 77.

One method and one set of constants for both, and for the product. The whole tables: docs/evaluation.md.
"""

from random import Random

import pytest

from dispatch import evaluating, learning
from dispatch.evaluating import Evaluation
from dispatch.judging import LEAST_MARGIN, LEAST_P
from dispatch.learning import Example
from hub.models import LARGEST
from tests.web.replay.real import real
from web import labelled
from web.tables import open_table

pytestmark = pytest.mark.slow


def texts(name: str) -> list[Example]:
    file = real(name)
    return labelled.read(file, labelled.columns(open_table(file)))


def test_chinese_messages_are_told_apart_and_what_is_unsure_is_left_to_the_desk() -> None:
    messages = texts("text_zh/tipdm2020c_labelled_495.xlsx")
    assert len(messages) == 495
    found = evaluating.evaluate(messages, 5, LEAST_P, LEAST_MARGIN)
    assert found.accuracy >= 0.82
    assert found.macro_f1 >= 0.80
    assert found.accuracy_when_sure >= 0.90
    assert found.left <= 0.33


def test_english_questions_are_told_apart_and_the_model_is_small() -> None:
    questions = texts("text_en/banking77_train.csv")
    Random(0).shuffle(questions)
    fold = learning.folds([one.label for one in questions], 5)
    known = [one for one, held in zip(questions, fold, strict=True) if held]
    asked = [one for one, held in zip(questions, fold, strict=True) if not held]
    learned = learning.learn(known)
    found = Evaluation(tuple(evaluating.judge_with(learned, asked, LEAST_P, LEAST_MARGIN)))
    assert len(found.by_label()) == 77
    assert found.accuracy >= 0.86
    assert found.accuracy_when_sure >= 0.92
    assert found.left <= 0.30
    assert len(learning.dump(learned)) <= LARGEST / 5
