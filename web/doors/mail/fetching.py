"""The mailbox is read (IMAP): each mail is kept on the disk first, and only then marked as read.

A process killed in between reads it again, and its Message-ID makes it the same row. Of what is too large
only the beginning is read, which holds the words; its sender is told that the files are missing.
Source: RFC 9051; house.md (nothing that came in is lost).
"""

import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from hub import attachments, inbound
from hub.attachments import Store
from hub.database import Database, Tx
from hub.errors import BadInput, HubError
from hub.settings import Settings
from web.doors.mail import reading
from web.doors.mail.reading import Mail

MAIL = "mail"
SECONDS = 20.0
AT_ONCE = 50
LARGEST = 25 * 2**20  # of a whole mail, files and all
BEGINNING = 256 * 2**10  # of a larger one: programs write the words before the files
PORTS = {"imap": 143, "imaps": 993}

log = structlog.get_logger("web.doors.mail")


def poll(database: Database, settings: Settings, store: Store) -> int:
    """Take in what is unread. Answers how many mails were new.

    Raises OSError or imaplib.IMAP4.error when the server does not answer; the next poll tries again.
    """
    if not settings.imap_url:
        return 0
    kept = 0
    with _mailbox(settings.imap_url) as box:
        for uid in _unread(box)[:AT_ONCE]:
            try:
                kept += _take(database, store, box, uid)
            except (HubError, ValueError, LookupError):
                log.exception("mail", uid=uid)  # it stays unread, and keeps no other waiting
                continue
            box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    return kept


def _take(database: Database, store: Store, box: imaplib.IMAP4, uid: str) -> bool:
    size = _size(box, uid)
    is_large = size > LARGEST
    mail = reading.read(_fetched(box, uid, f"(BODY.PEEK[]<0.{BEGINNING}>)" if is_large else "(BODY.PEEK[])"))
    said = _said(replace(mail, files=()) if is_large else mail, store)
    said["too_large"] = size // 2**20 if is_large else 0
    return database.write(partial(_keep, said))


def _said(mail: Mail, store: Store) -> dict[str, Any]:
    """What is kept of a mail: all its words; its files are in the store already."""
    files: list[dict[str, Any]] = []
    refused: list[str] = []
    for file in mail.files:
        try:
            kind = attachments.media_type(file.content)
        except BadInput as reason:
            refused.append(f"{file.name}: {reason}")
            continue
        size = len(file.content)
        files.append({"sha256": store.put(file.content), "name": file.name, "media_type": kind, "size": size})
    return {
        "id": mail.id,
        "from": mail.sender,
        "name": mail.name,
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "references": list(mail.references),
        "is_automatic": mail.is_automatic,
        "files": files,
        "refused": refused,
    }


def _keep(said: dict[str, Any], tx: Tx) -> bool:
    digest = hashlib.sha256(f"{said['id']} {said['from']}".encode()).hexdigest()[:40]
    return inbound.keep(tx, MAIL, f"{MAIL}:{digest}", said)


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    """The mailbox of imaps://user:password@host/INBOX, open; imap:// takes STARTTLS where it is offered."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if parts.scheme == "imaps":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS
        )
    else:
        box = imaplib.IMAP4(host, port, timeout=SECONDS)
        if "STARTTLS" in box.capabilities:
            box.starttls(ssl.create_default_context())
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        _asked(box.select(unquote(parts.path.strip("/")) or "INBOX"))
        yield box
    finally:
        try:
            box.logout()
        except (OSError, imaplib.IMAP4.error):
            log.info("mailbox", state="closed before we left")


def _unread(box: imaplib.IMAP4) -> list[str]:
    found = _asked(box.uid("SEARCH", "UNSEEN"))
    return found[0].decode().split() if found and found[0] else []


def _size(box: imaplib.IMAP4, uid: str) -> int:
    told = b" ".join(
        one if isinstance(one, bytes) else one[0] for one in _asked(box.uid("FETCH", uid, "(RFC822.SIZE)"))
    )
    _, _, after = told.partition(b"RFC822.SIZE ")
    digits = after.split(b")")[0].split(b" ")[0]
    return int(digits) if digits.isdigit() else 0


def _fetched(box: imaplib.IMAP4, uid: str, what: str) -> bytes:
    parts = _asked(box.uid("FETCH", uid, what))
    return next((bytes(one[1]) for one in parts if isinstance(one, tuple)), b"")


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    state, said = answer
    if state != "OK":
        raise imaplib.IMAP4.error(f"the mail server answered {state}")
    return [one for one in said if one is not None]
