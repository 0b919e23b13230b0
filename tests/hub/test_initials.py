"""The initials of names: every reading, both scripts, and nothing where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from hub import initials
from hub.estate import Party
from tests.house import House


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("王小明", {"wxm"}),
        ("陳大文", {"cdw"}),
        ("陈大文", {"cdw"}),
        ("曾詠詩", {"zys", "cys"}),
        ("單雄信", {"sxx", "dxx"}),
        ("Chan Siu Ming", {"csm"}),
        ("Clara Yip 葉詠詩", {"cy", "yys"}),
        ("歐陽娜娜", {"oynn"}),
    ],
)
def test_a_name_is_known_by_the_letters_people_type(name: str, some: set[str]) -> None:
    assert some <= set(initials.of(name))


@pytest.mark.parametrize("name", ["", "李", "Cher", "12 34", "あいう", "😀😀"])
def test_what_has_no_initials_has_none(name: str) -> None:
    assert initials.of(name) == []


@given(st.text(max_size=60))
def test_no_name_breaks_it_and_all_it_says_are_few_plain_letters(name: str) -> None:
    for letters in initials.of(name):
        assert letters.isascii() and letters.isalpha() and letters.islower()
        assert initials.FEWEST <= len(letters) <= initials.MOST


def test_a_party_keeps_them_by_itself_and_anew_with_its_name(hub: House) -> None:
    def kept(tx: object) -> str:
        return tx.scalars(select(Party).where(Party.name == "李小红")).one().initials  # type: ignore[attr-defined]

    assert " lxh " in hub.look(kept)

    def rename(tx: object) -> None:
        party = tx.scalars(select(Party).where(Party.name == "李小红")).one()  # type: ignore[attr-defined]
        party.name = "王大明"

    hub.do(rename)
    renamed = hub.look(lambda tx: tx.scalars(select(Party).where(Party.name == "王大明")).one())
    assert " wdm " in renamed.initials and "lxh" not in renamed.initials
