"""Files are kept whole under the hash of their content, and only the kinds we keep."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub import attachments
from hub.attachments import LARGEST, Attachment, Store
from hub.errors import BadInput, NotFound
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House

PICTURE = b"\xff\xd8\xff" + b"picture" * 1000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def files(store: Store) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_what_is_put_in_comes_out_under_its_hash(store: Store) -> None:
    sha256 = store.put(PICTURE)
    assert sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert store.get(sha256) == PICTURE
    assert files(store) == [store.root / sha256[:2] / sha256[2:4] / sha256]


def test_the_same_content_is_kept_once_however_many_bring_it(store: Store) -> None:
    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(store.put, [PICTURE] * 64))) == 1
    assert len(files(store)) == 1


def test_a_write_that_fails_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(PICTURE)
    assert files(store) == []
    monkeypatch.undo()
    assert store.get(store.put(PICTURE)) == PICTURE


def test_a_file_that_is_gone_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.get(hashlib.sha256(b"never").hexdigest())


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-1.7", "application/pdf"),
        (b"ID3\x04", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
    ],
)
def test_a_file_is_what_it_begins_with(begins: bytes, kind: str) -> None:
    assert attachments.media_type(begins + b"rest") == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\0", b"<html><script>", b"<svg xmlns=", b"#!/bin/sh", b"RIFF\0\0\0\0AVI ", b"x"],
)
def test_what_we_do_not_keep_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        attachments.media_type(content)
    assert list(refused.value.fields) == ["file"]


def test_a_file_too_large_is_refused_with_the_limit() -> None:
    assert attachments.media_type(b"%PDF-" + bytes(LARGEST - 5)) == "application/pdf"
    with pytest.raises(BadInput, match="10 MB"):
        attachments.media_type(b"%PDF-" + bytes(LARGEST - 4))


def test_the_files_of_a_ticket_are_listed_in_the_order_they_came(
    hub: House, time: Clock, tap_leaks: Ticket
) -> None:
    for name in ("before.jpg", "after.jpg"):
        row = Attachment(
            ticket_id=tap_leaks.id,
            sha256="0" * 64,
            name=name,
            media_type="image/jpeg",
            size=3,
            created_at=time.now(),
        )
        hub.database.write(lambda tx, row=row: tx.add(row))
    listed = hub.look(attachments.of_ticket, tap_leaks.id)
    assert [row.name for row in listed] == ["before.jpg", "after.jpg"]
