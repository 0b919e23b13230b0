"""Tables as people save them: every encoding, delimiter and kind of damage."""

import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.tables import Row, TableError, open_table, rows

CHINESE = "编号,内容,时间\n1,三号楼电梯停了，请来人处理,2024/1/2\n2,地下车库漏水已经两天,2024/1/3\n"
TRADITIONAL = "編號,內容,時間\n1,三號樓電梯停了，請來人處理,2024/1/2\n2,地下車庫漏水已經兩天,2024/1/3\n"
WESTERN = "id,name,note\n1,Café Müller,façade cassée\n2,Señor Peña,£20 – “déjà vu”\n"


def put(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: bytes | str, name: str = "table.csv") -> list[Row]:
    return list(rows(put(folder, content, name)))


def book(folder: Path, lines: list[list[object]], name: str = "table.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    workbook.save(folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_found_by_reading(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    table = open_table(put(tmp_path, text.encode(encoding)))
    assert table.encoding == found
    assert table.header == tuple(text.splitlines()[0].split(","))
    assert [list(row.cells.values()) for row in table.rows()] == [
        line.split(",") for line in text.splitlines()[1:]
    ]


def test_one_foreign_name_far_down_still_decides_the_encoding(tmp_path: Path) -> None:
    plain = "id,name\n" + "".join(f"{number},Smith\n" for number in range(40_000))
    got = read(tmp_path, (plain + "40000,Müller-Lüdenscheidt\n").encode("cp1252"))
    assert got[-1].cells["name"] == "Müller-Lüdenscheidt"


def test_a_broken_byte_does_not_change_the_encoding_and_is_marked(tmp_path: Path) -> None:
    got = read(tmp_path, CHINESE.encode() + b"3,\xff\xfe,2024/1/4\n")
    assert got[0].cells["内容"] == "三号楼电梯停了，请来人处理"
    assert [row.marks for row in got] == [(), (), ("characters lost",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "what", "cost"], ["1", "lift, stuck; again", "1,50"], ["2", "pipe", "2,75"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    assert [list(row.cells.values()) for row in read(tmp_path, text)] == lines[1:]


def test_a_page_break_inside_a_cell_ends_no_line(tmp_path: Path) -> None:
    """Taken for ends of lines, they would make six lines with one stroke each of it."""
    strokes = "|\x0c" * 6
    rows = read(tmp_path, f"a;b;c;d\n1;2;3;4\n{strokes};2;3;4\n")
    assert [list(row.cells.values()) for row in rows] == [["1", "2", "3", "4"], [strokes, "2", "3", "4"]]


def test_a_row_is_named_by_the_line_it_starts_on(tmp_path: Path) -> None:
    got = read(tmp_path, 'id,what\r\n1,"two\r\nlines"\r\n\r\n2,one\r\n')
    assert [(row.number, row.cells["what"]) for row in got] == [(2, "two\r\nlines"), (5, "one")]


def test_a_quote_never_closed_swallows_no_row(tmp_path: Path) -> None:
    got = read(tmp_path, 'id,what,who\n1,lift,Ann\n2,"the 5" pipe,Bob\n3,"lamp, hall",Cy\n4,door,Di\n')
    assert [row.cells["id"] for row in got] == ["1", "2", "3", "4"]
    assert got[2].cells["what"] == "lamp, hall"
    opened = read(tmp_path, 'id,what,who\n1,lift,Ann\n2,"pipe,Bob\n3,lamp,Cy\n4,door,Di\n')
    assert [(row.number, row.cells["id"]) for row in opened] == [(2, "1"), (3, "2"), (4, "3"), (5, "4")]
    assert opened[1].marks == ("stray quote",)


def test_too_few_and_too_many_cells_are_kept_and_marked(tmp_path: Path) -> None:
    few, many = read(tmp_path, "a,b,c\n1,2\n1,2,3,4,\n")
    assert (few.cells, few.marks) == ({"a": "1", "b": "2", "c": ""}, ("too few cells",))
    assert (many.extra, many.marks) == (("4", ""), ("too many cells",))


def test_nul_bytes_are_taken_out_and_marked(tmp_path: Path) -> None:
    (row,) = read(tmp_path, b"id,what\n1,li\0ft\n")
    assert (row.cells["what"], row.marks) == ("lift", ("NUL removed",))


def test_doubled_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    assert open_table(put(tmp_path, "id,date,date,,date\n1,a,b,c,d\n")).header == (
        *("id", "date", "date (2)", "column 4", "date (3)"),
    )


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    table = open_table(put(tmp_path, "Complaints of March\n\nid,what,when\n1,lift,today\n2,pipe,today\n"))
    assert (table.header, table.header_row) == (("id", "what", "when"), 3)


def test_half_a_gzip_gives_what_can_be_read_and_says_where_it_ends(tmp_path: Path) -> None:
    text = "id,what\n" + "".join(f"{number},{number * 7919 % 10007}\n" for number in range(20_000))
    whole = gzip.compress(text.encode())
    assert len(read(tmp_path, whole, "whole.csv.gz")) == 20_000
    half = read(tmp_path, whole[: len(whole) // 2], "half.csv.gz")
    assert 5_000 < len(half) < 15_000
    assert half[-1].marks[-1] == "file cut off here"
    assert all(not row.marks for row in half[:-1])


def test_a_last_row_not_written_to_its_end_is_marked_as_cut_off(tmp_path: Path) -> None:
    whole = "id,what,who\n1,lift,Ann\n2,pipe,Bob"
    assert [row.marks for row in read(tmp_path, whole)] == [(), ()]
    assert read(tmp_path, whole[:-4])[-1].marks == ("file cut off here", "too few cells")
    assert read(tmp_path, 'id,what,who\n1,lift,Ann\n2,"pipe\nburst')[-1].marks[0] == "file cut off here"


def test_a_workbook_keeps_dates_and_whole_numbers(tmp_path: Path) -> None:
    path = book(
        tmp_path, [["id", "when", "size"], [7, datetime(2024, 1, 2, 3, 4, 5), 1.5], [8, "2024/1/2", None]]
    )
    first, second = rows(path)
    assert first.cells == {"id": "7", "when": datetime(2024, 1, 2, 3, 4, 5), "size": "1.5"}
    assert second.cells == {"id": "8", "when": "2024/1/2", "size": ""}
    assert open_table(book(tmp_path, [["id", "day"], [1, date(2024, 1, 2)]])).header == ("id", "day")


def test_blank_rows_and_a_title_do_not_shift_the_row_numbers_of_a_workbook(tmp_path: Path) -> None:
    path = book(
        tmp_path, [[], ["Complaints"], [], ["id", "what", "who"], [1, "lift", "Ann"], [], [2, "pipe", "Bob"]]
    )
    assert [(row.number, row.cells["id"]) for row in rows(path)] == [(5, "1"), (7, "2")]


def test_a_wrong_dimension_and_thousands_of_empty_rows_do_not_matter(tmp_path: Path) -> None:
    lines: list[list[object]] = [["id", "what"], [1, "lift"], [2, "pipe"], *([""] for _ in range(9_000))]
    path = book(tmp_path, lines)
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B9003"' in content
                content = content.replace(b'<dimension ref="A1:B9003"', b'<dimension ref="A1:A1"')
            new.writestr(part, content)
    assert [row.cells["what"] for row in rows(lying)] == ["lift", "pipe"]


def test_a_number_longer_than_a_spreadsheet_keeps_is_marked(tmp_path: Path) -> None:
    (row,) = rows(book(tmp_path, [["id", "what"], [1234567890123456789, "lift"]]))
    assert row.marks == ("number longer than a spreadsheet keeps",)


def test_the_kind_of_file_is_told_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = book(tmp_path, [["id", "what"], [1, "lift"]])
    assert [row.cells["what"] for row in rows(path.rename(tmp_path / "really.csv"))] == ["lift"]


@pytest.mark.parametrize(
    ("content", "row", "reason"),
    [
        (b"", 0, "the file is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", 0, "the file is empty"),
        (b",,,\n,,,\n", 0, "the file is empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", 0, "a PDF document"),
        (b"<html><body><table>", 0, "a web page"),
        (b"1,2024-01-02,lift\n2,2024-01-03,pipe\n", 1, "no header"),
        (b"\x89PNG\r\n\x1a\n", 0, "a picture"),
        (b"PK\x03\x04 and then nothing", 0, "not a readable workbook"),
        (b"\x01\x02\x03\x04\x05\x06" * 40, 0, "not a text file"),
        (gzip.compress(b"%PDF-1.7", mtime=0), 0, "a PDF document"),
        (b"\x1f\x8b\x08\x00", 0, "the file is empty"),
        (b"id,what\n1," + b"x" * 4_100_000, 2, "a line longer than"),
    ],
)
def test_what_is_no_table_is_refused_with_file_row_and_reason(
    tmp_path: Path, content: bytes, row: int, reason: str
) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path, content, "given.csv")
    assert (refused.value.file, refused.value.row) == ("given.csv", row)
    assert reason in str(refused.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"gone\.csv: No such file"):
        open_table(tmp_path / "gone.csv")


def exhaust(folder: Path, content: bytes) -> None:
    """Read all of it, whatever it is; only a TableError may come out."""
    try:
        for row in rows(put(folder, content)):
            assert row.number > 0
    except TableError as refused:
        assert refused.reason


@settings(max_examples=200, deadline=None)
@given(
    head=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", b"id,what\n", b"\xff\xfe", b'a;"']),
    tail=st.binary(),
)
def test_random_bytes_raise_nothing_but_a_table_error(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes
) -> None:
    exhaust(tmp_path_factory.mktemp("noise"), head + tail)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), packed=st.booleans())
def test_a_damaged_workbook_or_gzip_raises_nothing_but_a_table_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, packed: bool
) -> None:
    whole = bytearray(gzip.compress(CHINESE.encode() * 20) if packed else SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    exhaust(tmp_path_factory.mktemp("damage"), bytes(whole[:cut] if data.draw(st.booleans()) else whole))


def _sound() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for line in (["id", "when"], [1, datetime(2024, 1, 2)], [2, "2024/1/3"]):
        sheet.append(line)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


SOUND = _sound()
