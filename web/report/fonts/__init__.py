"""The fonts of the printed report, and which characters they have.

Noto Sans SC, regular and bold (SIL Open Font License 1.1, OFL.txt), from npm @expo-google-fonts/noto-sans-sc
0.4.3, cut down by fontTools' pyftsubset to GB 2312, Big5 level 1, Latin, Greek, Cyrillic and punctuation.
"""

import struct
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FAMILY = "Noto Sans SC"
FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
SUBSTITUTE = "□"
# layout characters that no font draws
INVISIBLE = frozenset("\n\t\u200b\u00ad")


def printable(text: str) -> str:
    """The text with a visible box for every character the fonts lack; controls become spaces."""
    return "".join(
        letter if letter in INVISIBLE or ord(letter) in covered() else _instead(letter) for letter in text
    )


@cache
def covered() -> frozenset[int]:
    """The code points that both weights have, read from the fonts themselves."""
    regular, bold = (frozenset(_code_points((FOLDER / name).read_bytes())) for name in FILES)
    return regular & bold


def _instead(letter: str) -> str:
    return " " if ord(letter) < 0x20 else SUBSTITUTE


def _code_points(font: bytes) -> list[int]:
    """Every mapped code point of a TrueType file, from its character map in format 4."""
    start = _table(font, b"cmap")
    count = struct.unpack_from(">H", font, start + 2)[0]
    offsets = {struct.unpack_from(">I", font, start + 4 + 8 * at + 4)[0] for at in range(count)}
    found: list[int] = []
    for offset in offsets:
        if struct.unpack_from(">H", font, start + offset)[0] == 4:
            found += _format_4(font, start + offset)
    return found


def _table(font: bytes, tag: bytes) -> int:
    for at in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * at)
        if name == tag:
            return int(offset)
    raise ValueError(f"no {tag!r} table in this font")


def _format_4(font: bytes, at: int) -> list[int]:
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, at + 14)
    starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
    return [
        code
        for start, end in zip(starts, ends, strict=True)
        for code in range(start, end + 1)
        if code < 0xFFFF
    ]
