"""E-mail by SMTP, from the settings' address; one connection a letter, from the outbox's own thread.

A mail in doubt is sent again under the same Message-ID, by which mail systems know a double.
Source: RFC 5321, RFC 5322 (Message-ID), RFC 3834 (Auto-Submitted).
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from notifications.channels.contract import InDoubt, Letter, Permanent, Receipt, Temporary

SECONDS = 15.0
DOWN_SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}


class Email:
    """Mail from our address over one server. `smtp://user:password@host:587` uses STARTTLS where offered."""

    name = "email"
    hands = 2
    per_second = 5.0

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"

    def send(self, letter: Letter) -> Receipt:
        mail = self.written(letter)
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as refused:
            raise Temporary("auth", "the mail server does not accept us", 300) from refused
        except (OSError, smtplib.SMTPException) as failed:
            raise Temporary("down", "the mail server cannot be reached", DOWN_SECONDS) from failed
        try:
            server.send_message(mail, self._sender, [letter.address])
        except smtplib.SMTPRecipientsRefused as refused:
            raise _refused(next(iter(refused.recipients.values()))[0]) from refused
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code, is_recipient=False) from refused
        except (OSError, smtplib.SMTPException) as failed:
            raise InDoubt("broken", "the line to the mail server broke", DOWN_SECONDS) from failed
        finally:
            server.close()
        return Receipt(str(mail["Message-ID"]))

    def find(self, letter: Letter) -> list[Receipt]:
        return []

    def written(self, letter: Letter) -> EmailMessage:
        """The mail as it goes out: plain text, marked as written by a machine."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, letter.address, letter.subject
        mail["Message-ID"] = f"<delivery-{letter.id}@{self._domain}>"
        mail["Date"] = format_datetime(letter.since)
        mail["Auto-Submitted"] = "auto-generated"
        if letter.is_urgent:
            mail["Importance"] = "high"
        mail.set_content(letter.body)
        return mail

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or PORTS[self._url.scheme]
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def _refused(code: int, is_recipient: bool = True) -> Permanent | Temporary:
    """4xx may pass, 5xx will not; a refused recipient is a bad address, a refused letter is not."""
    if code < 500:
        return Temporary(str(code), "the mail server asks us to come later", DOWN_SECONDS)
    return Permanent(
        str(code),
        "the mail server refused it",
        ("email",) if is_recipient and code in (550, 551, 553) else (),
    )
