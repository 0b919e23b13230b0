"""Which encoding a text file is in, judged on all of it."""

import codecs
import re
from collections.abc import Iterable

# The characters Chinese forms are full of, simplified and traditional. A wrong decoding gives rare ones.
_USUAL = frozenset(
    "的一是不了在有人我他這这中大來来上個个國国到說说們们為为子和你地出道也時时年得就那要下以生會会自著着"
    "去之過过家學学對对可她里裡後后小麼么心多天而能好都然沒没日於于起還还發发成事只作當当想看文無无開开手"
    "十用主行方又如前所本見见經经頭头面公同三已老從从動动兩两長长知民樣样現现分將将外但身些與与高意進进"
    "編编號号時时間间內内容電电話话址姓名標标題题類类別别狀状態态部門门留言戶户詳详情單单位業业處处理投訴诉"
    "報报修樓楼層层棟栋房室住水管漏燈灯梯噪音車车停場场物業园園小區区街路市縣县鎮镇村請请問问反映結结完"
    "建議议申請受理日期來源源渠備备註注滿满意度數数點赞贊反對回覆复客服聯联繫系人負负責责，。、：；？！（）“”「」"
)
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_BROKEN = re.compile(r"[\udc80-\udcff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_SAMPLE = 400_000  # bytes of lines with anything beyond ASCII: plenty to tell the encodings apart
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect(blocks: Iterable[bytes]) -> str:
    """The encoding of a text given as consecutive blocks of bytes: one of utf-8-sig, utf-16, utf-8,
    gb18030, big5 (Hong Kong's superset) or cp1252.

    Every block is looked at, since one name in line 90,000 may be the first that is not ASCII.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    seen, broken, sample = 0, 0, bytearray()
    for position, block in enumerate(blocks):
        if position == 0:
            for bom, name in _BOMS:
                if block.startswith(bom):
                    return name
        text = decoder.decode(block)
        if not text.isascii():
            beyond = len(_BEYOND.findall(text))
            bad = len(_BROKEN.findall(text))
            broken, seen = broken + bad, seen + beyond - bad
        if len(sample) < _SAMPLE:
            sample += b"\n".join(line for line in block.split(b"\n") if _HIGH.search(line))[:_SAMPLE]
    # A few broken bytes in a text that is otherwise sound UTF-8 do not make it another encoding.
    if broken == 0 or broken * 8 < seen:
        return "utf-8"
    return _legacy(bytes(sample))


def _legacy(sample: bytes) -> str:
    """Tell Chinese from Western European by how bytes pair up, then by how usual the characters are."""
    high = len(_HIGH.findall(sample))
    if high and len(_ALONE.findall(sample)) / high > 0.6:
        return "cp1252"
    share, name = max((_share(sample, name), name) for name in ("gb18030", "big5hkscs"))
    return name if share >= 0.12 else "cp1252"


def _share(sample: bytes, name: str) -> float:
    beyond = [character for character in sample.decode(name, "replace") if character > "\x7f"]
    if not beyond:
        return 0.0
    return sum(character in _USUAL for character in beyond) / len(beyond)
