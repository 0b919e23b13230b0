"""The printed report: every character has its letter, endless words break, nothing is lost unseen."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import data as tables
from hub.access import Actor
from tests.conftest import Clock
from tests.engines import IN_CI
from tests.house import House, leak, peddlers
from tests.web.report.making import document_of, facts_of, this_month
from web.locales import translations
from web.locales.extract import everything
from web.report import fonts
from web.report.pdf import LONGEST_RUN, breakable, data, pdf
from web.words import LOCALES, Locale


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in strings(part)]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_character_of_a_report_is_in_the_font(
    hub: House, time: Clock, clara: Actor, locale: Locale
) -> None:
    hub.receive(clara, leak(item="廚房水喉滴水 厨房水龙头漏水 ①℃😀𠮷"))
    hub.receive(clara, peddlers(item="裡面有人 — “喧哗” 吵鬧"))
    time.forward(hours=5)
    said = data(document_of(hub, facts_of(hub, this_month()), locale))
    texts = strings(said)
    lacking = {
        letter
        for text in texts
        for letter in text
        if letter not in fonts.INVISIBLE and ord(letter) not in fonts.covered()
    }
    assert lacking == set()
    assert any("裡面有人" in text for text in texts)


def test_the_words_of_all_three_languages_are_in_the_font() -> None:
    """Of the catalogs, the categories and the glossary: no label of ours ever shows as a box."""
    said = {row[name] for row in tables.read("categories") for name in ("zh_hans", "zh_hant", "en")}
    for locale in LOCALES:
        said |= {translations(locale).gettext(message.text) for message in everything().values()}
    lacking = {letter for text in said for letter in text if ord(letter) >= 0x20} - {
        chr(code) for code in fonts.covered()
    }
    assert lacking == set()


def test_gb_2312_and_big5_level_1_are_whole() -> None:
    for codec, firsts in (("gb2312", range(0xB0, 0xF8)), ("big5", range(0xA4, 0xC7))):
        for first in firsts:
            for second in range(0xA1, 0xFF):
                try:
                    letter = bytes((first, second)).decode(codec)
                except UnicodeDecodeError:
                    continue
                assert ord(letter) in fonts.covered(), letter


def test_what_the_font_lacks_is_shown_as_a_box() -> None:
    assert fonts.printable("a😀𠮷\x07b") == "a□□ b"
    assert fonts.SUBSTITUTE == "□" and ord("□") in fonts.covered()


@given(st.text(max_size=400))
def test_any_text_becomes_printable_and_breakable(text: str) -> None:
    said = breakable(fonts.printable(text))
    assert len(said.replace("\u200b", "")) == len(text.replace("\u200b", ""))
    for run in said.replace("\u200b", " ").split():
        latin = [letter for letter in run if ord(letter) < 0x2E80]
        assert len(latin) <= LONGEST_RUN or len(latin) < len(run)


def test_the_file_is_a_pdf_with_our_fonts_in_it_and_its_title(
    hub: House, tap_leaks: object, time: Clock
) -> None:
    time.forward(hours=1)
    made = pdf(document_of(hub, facts_of(hub, this_month()), "zh-Hans"))
    assert made.startswith(b"%PDF-") and b"NotoSansSC" in made.replace(b" ", b"")
    assert len(made) < 1_000_000


def read(path: Path, how: str) -> str:
    """What the page says, as a reader of PDF finds it."""
    return subprocess.run(["pdftotext", how, str(path), "-"], capture_output=True, check=True).stdout.decode()


@pytest.mark.skipif(shutil.which("pdftotext") is None and not IN_CI, reason="needs pdftotext (poppler-utils)")
def test_chinese_can_be_read_back_and_stays_on_the_page(
    hub: House, time: Clock, clara: Actor, tmp_path: Path
) -> None:
    hub.receive(clara, peddlers(item="楼道喧哗扰民" * 15))
    time.forward(hours=5)
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(document_of(hub, facts_of(hub, this_month()), "zh-Hans")))
    text = read(path, "-layout")
    assert "月度分析报告" in text and "全部未办结投诉" in text and "楼道喧哗" in text
    boxes = read(path, "-bbox")
    right = [float(line.split('xMax="')[1].split('"')[0]) for line in io.StringIO(boxes) if "<word" in line]
    assert right and max(right) <= 595.3 - 40
