"""Which column of a labelled file is what."""

from pathlib import Path

import pytest

from hub.errors import BadInput
from web import labelled
from web.labelled import Columns
from web.tables import open_table


def save(folder: Path, header: str, *rows: str, times: int = 6) -> Path:
    path = folder / "told.csv"
    path.write_text("\n".join([header, *(rows * times)]) + "\n", encoding="utf-8")
    return path


def numbered(header: str, folder: Path, form: str, labels: tuple[str, ...] = ("leak", "noise")) -> Path:
    rows = [form.format(n=n, label=labels[n % len(labels)]) for n in range(20)]
    return save(folder, header, *rows, times=1)


def guess(path: Path) -> tuple[str, str, str]:
    found = labelled.columns(open_table(path))
    return found.label, found.item, found.description


def test_the_recurring_column_is_the_label_and_the_running_text_the_item(tmp_path: Path) -> None:
    path = numbered("text,category", tmp_path, "The tap number {n} drips,{label}")
    assert guess(path) == ("category", "text", "")


def test_the_shorter_text_is_the_item_and_the_longer_the_description(tmp_path: Path) -> None:
    form = "{n},A000{n},第{n}栋漏水了,2020/1/{n} 12:09:38,第{n}栋漏水了，水流到楼道里，请尽快处理,{label}"
    path = numbered("留言编号,留言用户,留言主题,留言时间,留言详情,一级分类", tmp_path, form)
    assert guess(path) == ("一级分类", "留言主题", "留言详情")


def test_a_heading_that_says_label_goes_before_a_column_that_merely_recurs(tmp_path: Path) -> None:
    path = numbered("intent,text,block", tmp_path, "{label},The tap number {n} drips,B")
    assert guess(path)[0] == "intent"


def test_what_a_person_names_is_taken(tmp_path: Path) -> None:
    path = numbered("a,b,c", tmp_path, "{label},Drip number {n},Much water on floor {n}")
    said = labelled.columns(open_table(path), "a", ["c", "b"])
    assert said == Columns("a", "c", "b")
    assert "as said" in said.shown() and "description “b”" in said.shown()


@pytest.mark.parametrize(("label", "texts", "field"), [("x", [], "label"), ("a", ["y"], "text")])
def test_a_column_that_is_not_there_is_refused_naming_those_there_are(
    tmp_path: Path, label: str, texts: list[str], field: str
) -> None:
    path = numbered("a,b", tmp_path, "{label},Drip number {n}")
    with pytest.raises(BadInput, match="there are: a, b") as refused:
        labelled.columns(open_table(path), label, texts)
    assert field in refused.value.fields


def test_without_anything_like_a_label_or_a_text_it_asks(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="looks like a label"):
        labelled.columns(open_table(numbered("a,b", tmp_path, "Words of all sorts {n},More of them {n}")))
    with pytest.raises(BadInput, match="looks like a text"):
        labelled.columns(open_table(numbered("kind,number", tmp_path, "{label},{n}")))


def test_rows_without_a_label_or_a_text_are_left_out(tmp_path: Path) -> None:
    path = save(tmp_path, "text,label", "Tap  drips,leak", ",noise", "Loud,", times=1)
    (only,) = labelled.read(path, Columns("label", "text"))
    assert (only.item, only.label) == ("Tap drips", "leak")
