"""One mail as it came, read: who wrote it, what, in answer to what, with which files. Pure.

Source: RFC 5322, RFC 2045-2047; RFC 3834 (mail written by machines).
"""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from html import unescape

MOST_FILES = 20
LONGEST_TEXT = 100_000
_TAGS = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<[^>]*>")
_BREAKS = re.compile(r"(?i)<(br|/p|/div|/tr|/li)\b[^>]*>")
_IDS = re.compile(r"<[^<>\s]{3,250}>")
_BY_MACHINES = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "donotreply@")


@dataclass(frozen=True)
class File:
    """What was attached: the name it was given, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail. `references` are the mails it answers; `is_automatic`: a machine wrote it."""

    id: str
    sender: str
    name: str
    to: tuple[str, ...]
    subject: str
    text: str
    references: tuple[str, ...]
    is_automatic: bool
    files: tuple[File, ...]


def read(raw: bytes) -> Mail:
    """The mail in these bytes. Never raises: what cannot be read is empty or replaced."""
    mail = message_from_bytes(raw, policy=policy.default)
    name, sender = parseaddr(_head(mail, "From"))
    digest = hashlib.sha256(raw).hexdigest()
    found = _IDS.search(_head(mail, "Message-ID"))
    body = _body(mail)
    return Mail(
        id=found[0] if found else f"<{digest}@nowhere>",
        sender=_plain(sender).strip().lower()[:254],
        name=_plain(name).strip()[:100],
        to=tuple(address.lower() for _, address in getaddresses([_head(mail, "To"), _head(mail, "Cc")])),
        subject=" ".join(_plain(_head(mail, "Subject")).split())[:300],
        text=_plain(body)[:LONGEST_TEXT],
        references=tuple(_IDS.findall(f"{_head(mail, 'In-Reply-To')} {_head(mail, 'References')}")),
        is_automatic=_is_automatic(mail, sender.lower()),
        files=tuple(_files(mail)),
    )


def _head(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except Exception:  # the parser raises all sorts of things on what strangers send
        return ""


def _body(mail: EmailMessage) -> str:
    try:
        part = mail.get_body(preferencelist=("plain", "html"))
        said = str(part.get_content()) if part is not None else ""
    except Exception:
        payload = mail.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return _without_tags(said) if part is not None and part.get_content_subtype() == "html" else said


def _without_tags(html: str) -> str:
    text = unescape(_TAGS.sub("", _BREAKS.sub("\n", html)))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _files(mail: EmailMessage) -> list[File]:
    found: list[File] = []
    for part in mail.walk():
        is_file = part.get_content_disposition() == "attachment" or (
            part.get_filename() is not None and part.get_content_maintype() != "multipart"
        )
        content = part.get_payload(decode=True) if is_file else None
        if isinstance(content, bytes) and len(found) < MOST_FILES:
            found.append(File(_plain(part.get_filename() or ""), content))
    return found


def _is_automatic(mail: EmailMessage, sender: str) -> bool:
    """Answering a machine would go in circles, and its words are no matter of anybody's."""
    auto = _head(mail, "Auto-Submitted").strip().lower()
    bulk = _head(mail, "Precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply")
    return (
        (bool(auto) and auto != "no")
        or bulk
        or bool(_head(mail, "List-Id"))
        or not sender
        or sender.startswith(_BY_MACHINES)
    )


def _plain(text: str) -> str:
    """What both engines can keep."""
    return text.encode(errors="surrogateescape").decode(errors="replace").replace("\x00", "\ufffd")
