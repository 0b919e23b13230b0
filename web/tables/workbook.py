"""Workbooks (XLSX, XLS, ODS) as records. The declared dimension is not believed: it is often wrong."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from web.tables.model import LONG_NUMBER, Record, TableError, as_cell

_LARGEST = 2_000_000_000  # bytes unpacked; more is a bomb or no office's table
_EXACT = 10**15  # a spreadsheet keeps 15 digits; what follows was rounded away


def records(sheet: CalamineSheet) -> Iterator[Record]:
    """Every row of the sheet with its row number."""
    for number, values in enumerate(sheet.iter_rows(), start=1):
        long = any(isinstance(value, float) and abs(value) >= _EXACT for value in values)
        yield Record(number, tuple(map(as_cell, values)), (LONG_NUMBER,) if long else ())


def open_sheet(path: Path, wanted: str | None = None) -> CalamineSheet:
    """The sheet of that name; by default the first visible one that holds anything.

    Raises TableError: not a workbook, damaged, locked by a password, no such sheet, nothing in it.
    """
    try:
        _refuse_bomb(path)
        book = CalamineWorkbook.from_path(path)
        if wanted is not None and wanted not in book.sheet_names:
            names = ", ".join(book.sheet_names)
            raise TableError(path.name, 0, f"no sheet named {wanted!r}; there are {names}")
        visible = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        for name in [wanted] if wanted else visible:
            sheet = book.get_sheet_by_name(name)
            if sheet.end is not None:
                return sheet
    except (TableError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as locked:
        raise TableError(path.name, 0, "locked by a password; save it without one") from locked
    except BaseException as broken:  # the reader is compiled code: its panics are no Exception
        raise TableError(path.name, 0, f"not a readable workbook ({broken})") from broken
    raise TableError(path.name, 0, "the workbook is empty")


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > _LARGEST:
            raise TableError(path.name, 0, "unpacks to more than two gigabytes")
