"""Files of a ticket or an order: kept on disk under the hash of their content, listed in a table."""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlmodel import Field, SQLModel, col, select

from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.errors import BadInput, NotFound

LARGEST = 10 * 1024 * 1024
# what a file begins with -> its media type; anything else is refused, whatever its name says
_MAGICS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)


class Attachment(SQLModel, table=True):
    """One file of a ticket; `sha256` names its content in the store."""

    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    ticket_id: int = Field(foreign_key="ticket.id", sa_type=BigKey, index=True)
    order_id: int | None = Field(default=None, foreign_key="work_order.id", sa_type=BigKey)
    sha256: str
    name: str
    media_type: str
    size: int
    purpose: str = ""
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = Field(sa_type=Moment)


class Store:
    """The files on disk: `<root>/ab/cd/<sha256>`, written whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Keep the content and return its hash; it is on the disk when this returns."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{sha256}.{secrets.token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        for folder in (path.parent, path.parent.parent, self.root):
            _sync(folder)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content under this hash. Raises NotFound when the file is gone."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound("this file is no longer in the store") from None

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256


def _sync(folder: Path) -> None:
    """A new name in a folder is on the disk only when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def media_type(content: bytes) -> str:
    """What the content is, by its first bytes. Raises BadInput for a kind we do not keep or a large file."""
    if not content:
        raise BadInput("file", "the file is empty")
    if len(content) > LARGEST:
        raise BadInput("file", "the file is larger than %(mb)s MB", mb=LARGEST // 2**20)
    if content[:4] == b"RIFF" and content[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if content[8:12] == b"WEBP" else "audio/wav"
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:12] in (b"heic", b"heix", b"mif1") else "video/mp4"
    for magic, kind in _MAGICS:
        if content.startswith(magic):
            return kind
    raise BadInput("file", "only pictures, PDF, sound and short video are kept")


def of_ticket(tx: Tx, ticket_id: int) -> list[Attachment]:
    return list(
        tx.scalars(select(Attachment).where(Attachment.ticket_id == ticket_id).order_by(col(Attachment.id)))
    )
