"""Charts as shapes: nothing is drawn over the edge, however long the labels, in any language."""

from itertools import pairwise

import pytest
from PIL import ImageFont

from web.report import drawing, fonts
from web.report.document import NUMBER, SHARE, Chart, Series
from web.words import words_in

FONT = ImageFont.truetype(str(fonts.FOLDER / "NotoSansSC-Regular.ttf"), 12)
LONG = (
    "Public facilities and low voltage in common parts",
    "公共设施及弱电系统的日常养护与紧急抢修工程",
    "WWW MMM WWW",
)
KINDS = ("bar", "column", "stacked", "line", "control", "heat")


def chart(kind: str, unit: str = NUMBER) -> Chart:
    values = tuple(0.9 if unit == SHARE else 12_345.0 for _ in LONG)
    names = {"heat": LONG, "stacked": ("Satisfied", "Fairly satisfied", "不满意")}.get(kind, LONG[:1])
    series = tuple(Series(name, values) for name in names)
    return Chart(id="c", kind=kind, title="T", labels=LONG, series=series, unit=unit, head="H")


@pytest.mark.parametrize("kind", ("bar", "stacked", "heat"))
def test_no_label_runs_over_the_edge_of_its_chart(kind: str) -> None:
    drawn = drawing.draw(chart(kind), words_in("en", "UTC"))
    texts = [shape for shape in drawn.shapes if shape.kind == "text"]
    assert any(shape.text.endswith("…") for shape in texts)
    for shape in texts:
        wide, (x, y) = FONT.getlength(shape.text), shape.numbers
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[shape.anchor]
        assert left >= 0 and left + wide <= drawn.width, (shape.text, left, left + wide)
        assert 0 < y <= drawn.height


def test_columns_of_a_heat_table_do_not_write_into_each_other() -> None:
    drawn = drawing.draw(chart("heat"), words_in("en", "UTC"))
    above = [shape for shape in drawn.shapes if shape.kind == "text" and shape.numbers[1] == drawing.TOP + 14]
    spans = [
        (shape.numbers[0] - FONT.getlength(shape.text) / 2, shape.numbers[0] + FONT.getlength(shape.text) / 2)
        for shape in above
    ]
    assert len(spans) == len(LONG)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_of_shares_and_of_counts(kind: str) -> None:
    for unit in (NUMBER, SHARE):
        assert drawing.draw(chart(kind, unit), words_in("zh-Hans", "UTC")).shapes
