"""What one cell says, cleaned, and what a whole row says, as a hash."""

import hashlib
import json
import re
import unicodedata
from datetime import datetime

from web.replay.profile import squash
from web.tables import Cell, Row

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NOTHING = {"null", "nan", "none", "n/a", "<null>"}


def clean(cell: Cell) -> str:
    """The text of a cell without control characters and outer blanks; "" for the words that mean nothing."""
    if not isinstance(cell, str):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return "" if text.casefold() in _NOTHING else text


def degrees(text: str) -> float | None:
    """A coordinate in degrees; None where the text is no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= 1e6 else None


def digest(row: Row) -> bytes:
    """What the row says, as a hash: the same wherever it stands and whichever way it was saved."""
    said = sorted((squash(name), clean(value)) for name, value in row.cells.items())
    extra = [clean(value) for value in row.extra]
    return hashlib.sha256(json.dumps([said, extra], ensure_ascii=False).encode("utf-8", "replace")).digest()[
        :16
    ]
