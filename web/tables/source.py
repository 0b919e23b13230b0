"""The bytes of a file: what they are, and how far they can be read."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from web.tables.model import TableError

_GZIP = b"\x1f\x8b"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OTHERS = {
    b"%PDF": "a PDF document, not a table; export it as CSV or XLSX",
    b"\x89PNG": "a picture, not a table",
    b"\xff\xd8\xff": "a picture, not a table",
    b"GIF8": "a picture, not a table",
    b"Rar!": "a RAR archive; unpack it first",
    b"7z\xbc\xaf": "a 7-Zip archive; unpack it first",
    b"PAR1": "a Parquet file; export it as CSV",
    b"SQLite format": "a database, not a table; export it as CSV",
}
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table")
_BLOCK = 1 << 18
_LONGEST_LINE = 4_000_000  # characters; a line beyond it is no line of a table


class Unpacked(io.RawIOBase):
    """A gzip stream that ends quietly where the file was cut and remembers why."""

    def __init__(self, path: Path) -> None:
        self._file = gzip.open(path)  # noqa: SIM115 — closed with this stream
        self.cut: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.cut:
            return 0
        try:
            block = self._file.read1(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
            self.cut = str(broken)
            return 0
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()


def kind(path: Path) -> str:
    """ "gzip", "workbook" or "text", by the first bytes and never by the name.

    Raises TableError for an empty file and for what is no table at all, saying what it is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as problem:
        raise TableError(path.name, 0, problem.strerror or "cannot be opened") from problem
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_WORKBOOKS):
        return "workbook"
    refuse_strangers(path.name, head)
    return "text"


def refuse_strangers(name: str, head: bytes) -> None:
    """Raises TableError when these first bytes are those of something that is no table."""
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise TableError(name, 0, "the file is empty")
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise TableError(name, 0, what)
    if head.startswith(_WORKBOOKS):
        raise TableError(name, 0, "a workbook or archive inside gzip; unpack it first")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        raise TableError(name, 0, "a web page or XML document, not a table; export it as CSV or XLSX")
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _control(head) > 0.1:
        raise TableError(name, 0, "not a text file and not a workbook")


def _control(head: bytes) -> float:
    """The share of bytes no text holds. NULs count for a third: broken exports are full of them."""
    odd = sum(1 for byte in head if 0 < byte < 32 and byte not in b"\t\n\r\f\x1a\x1b")
    return (odd + head.count(0) / 3) / len(head)


def open_bytes(path: Path, packed: bool) -> tuple[IO[bytes], Unpacked | None]:
    """The readable bytes, and for gzip the stream that knows whether it was cut."""
    if not packed:
        return path.open("rb"), None
    raw = Unpacked(path)
    return io.BufferedReader(raw, _BLOCK), raw


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of the file in blocks of a quarter megabyte."""
    while block := file.read(_BLOCK):
        yield block


def lines(name: str, text: IO[str]) -> Iterator[str]:
    """The lines of a text. Raises TableError for one that never ends."""
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) >= _LONGEST_LINE:
            raise TableError(name, number, f"a line longer than {_LONGEST_LINE:,} characters")
        yield line
