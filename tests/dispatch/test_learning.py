"""Learning without a database: what is told apart, what decides, what is not known."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import learning, signs
from dispatch.learning import Example, Learned, learn
from dispatch.separating import Row, separate

LEAKS = (
    "Kitchen tap leaks",
    "Water drips from the tap",
    "厨房水龙头漏水",
    "水管漏水，地上都是水",
    "Tap drips all night",
)
LIGHTS = (
    "Corridor lamp is dark",
    "The lamp flickers",
    "楼道灯不亮",
    "走廊的灯坏了，晚上很黑",
    "Lamp out again",
)
NOISE = (
    "Neighbour is noisy at night",
    "Loud music every night",
    "楼上噪音很大",
    "半夜有噪音，睡不着",
    "Noise again",
)


def examples(copies: int = 4) -> list[Example]:
    said = [("leak", LEAKS), ("light", LIGHTS), ("noise", NOISE)]
    return [Example(text, "", label) for _ in range(copies) for label, texts in said for text in texts]


@pytest.fixture(scope="module")
def taught() -> Learned:
    return learn(examples())


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The tap in my bathroom leaks", "leak"),
        ("客厅水龙头在漏水", "leak"),
        ("路灯不亮", "light"),
        ("隔壁噪音", "noise"),
    ],
)
def test_both_languages_are_learned_in_one(taught: Learned, text: str, label: str) -> None:
    said = taught.weigh(text)
    assert said.label == label
    assert said.is_sure(0.6, 0.2)


def test_it_says_the_words_that_decided(taught: Learned) -> None:
    assert "漏水" in taught.weigh("客厅水龙头在漏水").words
    assert any("tap" in word for word in taught.weigh("The tap leaks").words)


def test_the_longer_word_stands_for_its_parts(taught: Learned) -> None:
    words = taught.weigh("楼上噪音").words
    assert "噪音" in words and "噪" not in words and "音" not in words


@pytest.mark.parametrize("text", ["", "   ", "Xylophone quartz", "！！！", "12345"])
def test_of_unknown_words_it_is_unsure_and_names_none(taught: Learned, text: str) -> None:
    said = taught.weigh(text)
    assert not said.is_sure(0.6, 0.2)
    assert said.words == ()
    assert said.p < 0.3


def test_traditional_characters_are_the_same_words(taught: Learned) -> None:
    simplified, traditional = taught.weigh("厨房水龙头漏水，楼道灯"), taught.weigh("廚房水龍頭漏水，樓道燈")
    assert simplified == traditional


def test_the_item_weighs_more_than_the_story(taught: Learned) -> None:
    asked = taught.weigh("水龙头漏水", "楼道灯不亮").ranked[0][0]
    told = taught.weigh("楼道灯不亮", "水龙头漏水").ranked[0][0]
    assert (asked, told) == ("leak", "light")


def test_the_same_examples_teach_the_same(taught: Learned) -> None:
    assert learning.dump(learn(examples())) == learning.dump(taught)


def test_what_was_learned_comes_back_whole(taught: Learned) -> None:
    back = learning.load(learning.dump(taught))
    for text in (*LEAKS, *NOISE, "", "something else"):
        assert back.weigh(text).label == taught.weigh(text).label
        assert back.weigh(text).p == pytest.approx(taught.weigh(text).p, abs=1e-3)


@pytest.mark.parametrize("blob", [b"", b"not zlib", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_no_model_is_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="not what triage learned"):
        learning.load(blob)


def test_nothing_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to learn from"):
        learn([])


def test_one_label_alone_is_never_certain_of_strange_words() -> None:
    only = learn([Example(text, "", "leak") for text in LEAKS * 3])
    assert only.weigh("Tap leaks").label == "leak"
    assert only.weigh("Lamp flickers").p < 0.5


def test_other_labels_are_left_out_when_asked(taught: Learned) -> None:
    said = taught.weigh("水龙头漏水", among={"light", "noise"})
    assert "leak" not in dict(said.ranked)
    assert not said.is_sure(0.6, 0.2)


def test_a_hint_decides_where_nothing_was_learned(taught: Learned) -> None:
    assert taught.weigh("Xylophone", hint={"piano": 1.0}).label == "piano"
    assert taught.weigh("水龙头漏水", hint={"noise": 0.3}).label == "leak"


def test_hints_that_were_wrong_are_trusted_less() -> None:
    right = learn([Example(t.item, "", t.label, hint={t.label: 1.0}) for t in examples()])
    wrong = learn([Example(t.item, "", t.label, hint={"other": 1.0}) for t in examples()])
    assert wrong.trust < right.trust


def test_an_example_that_counts_more_moves_more() -> None:
    torn = [Example("Lift bell rings", "", "alarm"), Example("Lift bell rings", "", "lift")] * 5
    heavy = [Example(t.item, "", t.label, 3.0 if t.label == "alarm" else 1.0) for t in torn]
    light = [Example(t.item, "", t.label, 3.0 if t.label == "lift" else 1.0) for t in torn]
    assert learn(heavy).weigh("Lift bell rings").label == "alarm"
    assert learn(light).weigh("Lift bell rings").label == "lift"


def test_names_that_one_text_alone_has_are_not_kept(taught: Learned) -> None:
    once = learn([*examples(), Example("Mr Featherstonehaugh's tap leaks", "", "leak")])
    assert not any("featherstone" in sign for sign in once.vocabulary.signs)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_shares_that_are_shares(item: str, description: str) -> None:
    said = _TAUGHT.weigh(item, description)
    shares = [p for _, p in said.ranked]
    assert shares == sorted(shares, reverse=True)
    assert 0 <= sum(shares) < 1
    assert 0 <= said.margin <= said.p <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=60), st.integers(2, 7))
def test_folds_deal_every_label_evenly(labels: list[str], number: int) -> None:
    dealt = learning.folds(labels, number)
    for label in set(labels):
        sizes = [
            sum(1 for one, fold in zip(labels, dealt, strict=True) if (one, fold) == (label, k))
            for k in range(number)
        ]
        assert max(sizes) - min(sizes) <= 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_machine_parts_what_can_be_parted(seed: int) -> None:
    """Rows of two kinds that share no feature: each kind scores on its own side, whatever the noise."""
    chance = random.Random(seed)
    kinds = [chance.random() < 0.5 for _ in range(30)]
    rows = [Row((1 if kind else 0, chance.randrange(2, 6)), (0.8, 0.6)) for kind in kinds]
    weights = separate(rows, kinds, 6, 10.0)
    scores = [sum(weights[j] * v for j, v in zip(row.index, row.value, strict=True)) for row in rows]
    of_kind = [score for score, kind in zip(scores, kinds, strict=True) if kind]
    others = [score for score, kind in zip(scores, kinds, strict=True) if not kind]
    assert not of_kind or not others or min(of_kind) > max(others)


def test_a_long_story_is_read_to_its_limit_only() -> None:
    assert signs.read("a" * 5_000, "")[0].keys() == {"a" * signs.LONGEST}


_TAUGHT = learn(examples())
