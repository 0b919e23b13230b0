"""From a real IMAP server to a ticket: taken in once, joined where it answers us, its files looked at."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from hub import attachments, contacts, events
from hub.attachments import Store
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import Delivery
from hub.estate import Party
from hub.events import Event
from hub.inbound import Inbound
from hub.settings import Settings
from hub.tickets import Ticket
from notifications import outbox
from notifications.speaking import Open
from tests.house import House
from tests.web.doors.mail.test_reading import PNG, mail
from web.doors.mail import fetching
from web.doors.twilio import work

USER, PASSWORD = "centre", "s3cret word"
STARTS_WITHIN = 30.0
BY_MAIL = Open(frozenset({"email"}))


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """pymap, a whole IMAP server, on loopback."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("pymap")), "--no-tls", "--no-service", "managesieve"]
    command += ["--no-service", "admin", "--host", "127.0.0.1", "--port", str(port)]
    command += ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait()


@pytest.fixture
def box(server: int) -> Iterator[imaplib.IMAP4]:
    """The mailbox from the other side: emptied of what is unread."""
    made = imaplib.IMAP4("127.0.0.1", server)
    made.login(USER, PASSWORD)
    made.select("INBOX")
    made.store("1:*", "+FLAGS", r"(\Seen)")
    yield made
    made.logout()


@pytest.fixture
def polls(hub: House, server: int, box: imaplib.IMAP4, tmp_path: Path) -> Callable[[], int]:
    """Has the mailbox read and what came in worked, as the clockwork does."""
    url = f"imap://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{server}/INBOX"
    settings = Settings(_env_file=None, data_dir=tmp_path, imap_url=url)  # type: ignore[call-arg]
    store = Store(tmp_path / "files")

    def poll() -> int:
        found = fetching.poll(hub.database, settings, store)
        work.worker(hub.database, settings, store).drain()
        return found

    return poll


def arrives(box: imaplib.IMAP4, made: Any) -> None:
    assert box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), bytes(made))[0] == "OK"


def tickets(hub: House) -> list[Ticket]:
    return list(hub.look(lambda tx: tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()))


@pytest.mark.seed("K5.1")
def test_a_mail_is_a_ticket_once_and_its_file_is_kept(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    made = mail("The kitchen tap leaks day and night", Subject="Kitchen tap leaks")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="tap.png")
    arrives(box, made)
    arrives(box, made)
    assert polls() == 1 and polls() == 0
    [ticket] = tickets(hub)
    assert (ticket.item, ticket.channel, ticket.caller_name) == ("Kitchen tap leaks", "email", "陳小明")
    assert sorted(ticket.unknown) == ["phone", "room"] and "day and night" in ticket.description
    [file] = hub.look(attachments.of_ticket, ticket.id)
    assert (file.name, file.media_type) == ("tap.png", "image/png")


@pytest.mark.seed("K5.3")
def test_who_writes_from_an_address_nobody_knows_is_asked_and_the_answers_complete_the_ticket(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    arrives(box, mail("The kitchen tap leaks", Subject="Kitchen tap", From="ivy@example.org"))
    polls()
    [ticket] = tickets(hub)
    assert sorted(ticket.unknown) == ["name", "phone", "room"] and _asked(hub) == ["ask_room"]
    for n, words in enumerate(
        ("Room Z-9999", "Hello,\n\nsorry, it is B-0302.\n\nIvy", "Dear all,\n\nIvy Kwok")
    ):
        arrives(box, _reply(hub, words, f"<answer-{n}@x>"))
        polls()
    done = hub.again(ticket)
    assert (done.caller_name, sorted(done.unknown)) == ("Ivy Kwok", ["phone"]) and done.room_id is not None
    assert _asked(hub) == ["ask_room", "ask_room_again", "ask_name", "completed"]
    assert len(tickets(hub)) == 1
    said = [words for words in hub.look(_words_of, ticket.id) if words]
    assert any("Z-9999" in words for words in said), "what was no answer is on the matter"
    assert hub.verify().broken is None


def test_an_answer_that_says_more_is_on_the_matter_too(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    arrives(box, mail("The kitchen tap leaks", Subject="Kitchen tap", From="Ivy <ivy@example.org>"))
    polls()
    [ticket] = tickets(hub)
    arrives(box, _reply(hub, "It is worse now", "<a1@x>"))
    polls()
    assert _asked(hub) == ["ask_room"] and hub.again(ticket).room_id is None
    arrives(box, _reply(hub, "B-0302\n\nPlease come before noon", "<a2@x>"))
    polls()
    assert hub.again(ticket).room_id is not None and _asked(hub) == ["ask_room", "completed"]
    said = hub.look(_words_of, ticket.id)
    assert any("before noon" in words for words in said) and any("worse" in words for words in said)


def test_of_a_mail_that_is_too_large_the_words_are_kept_and_its_sender_is_told(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 300 * 2**10)
    monkeypatch.setattr(fetching, "BEGINNING", 4 * 2**10)
    made = mail("The kitchen tap leaks day and night", Subject="Kitchen tap leaks", From="ivy@example.org")
    made.add_attachment(PNG + b"0" * 2**20, maintype="image", subtype="png", filename="tap.png")
    arrives(box, made)
    polls()
    [ticket] = tickets(hub)
    assert "day and night" in ticket.description and hub.look(attachments.of_ticket, ticket.id) == []
    assert any("1 MB" in words and "was told" in words for words in hub.look(_words_of, ticket.id))
    assert "mail_too_large" in _asked(hub)
    told = outbox_of(hub)
    assert any("1 MB" in row.params["mb"] + " MB" and ticket.number == row.params["number"] for row in told)


def test_who_is_known_by_their_address_has_a_name_and_a_room(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    hub.do(_knows_rosa)
    arrives(box, mail("The lock is broken", From="rosa@example.org", Subject="My lock"))
    polls()
    [ticket] = tickets(hub)
    assert (ticket.caller_name, sorted(ticket.unknown)) == ("Rosa Diaz", ["phone"])
    assert ticket.room_id is not None


def test_a_reply_to_our_mail_joins_its_matter_without_what_it_quotes(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    arrives(box, mail("The kitchen tap leaks", Subject="Kitchen tap"))
    polls()
    [ticket] = tickets(hub)
    outbox.drain(hub.database, BY_MAIL)
    ours = hub.look(lambda tx: tx.scalars(select(Delivery).where(Delivery.channel == "email")).all())[0]
    reply = mail(
        "It is worse now\n\nOn Tue, Centre <c@x.org> wrote:\n> Registered",
        **{
            "Subject": "Re: your matter",
            "In-Reply-To": f"<delivery-{ours.id}@example.org>",
            "Message-ID": "<2@x>",
        },
    )
    arrives(box, reply)
    polls()
    assert len(tickets(hub)) == 1 and hub.kinds(ticket)[-1] == "customer_wrote"
    [words] = [row for row in hub.look(_words_of, ticket.id) if "worse" in row]
    assert words == "It is worse now"


@pytest.mark.parametrize("sender", ["mallory@example.org", "rosa@example.org"])
def test_only_the_one_we_wrote_to_joins_by_answering(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int], sender: str
) -> None:
    """Who guesses the name of a mail of ours, or the number of a matter, has a matter of their own."""
    hub.do(_knows_rosa)
    arrives(box, mail("The kitchen tap leaks", Subject="Kitchen tap"))
    polls()
    [ticket] = tickets(hub)
    outbox.drain(hub.database, BY_MAIL)
    guess = {"In-Reply-To": "<delivery-1@example.org>", "Message-ID": "<3@x>", "From": sender}
    arrives(box, mail("Withdraw it", Subject=f"Re: {ticket.number}", **guess))
    polls()
    assert len(tickets(hub)) == 2 and "customer_wrote" not in hub.kinds(ticket)


def test_a_machine_is_kept_and_not_answered(hub: House, box: imaplib.IMAP4, polls: Callable[[], int]) -> None:
    arrives(box, mail("I am on leave", **{"Auto-Submitted": "auto-replied"}))
    polls()
    [row] = hub.look(lambda tx: tx.scalars(select(Inbound)).all())
    assert row.meant == "automatic" and tickets(hub) == []


def test_a_file_we_do_not_keep_is_said_on_the_matter(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    made = mail("See the file", Subject="Kitchen tap leaks")
    made.add_attachment(b"MZ" + b"0" * 99, maintype="image", subtype="png", filename="tap.png")
    arrives(box, made)
    polls()
    [ticket] = tickets(hub)
    assert hub.look(attachments.of_ticket, ticket.id) == []
    assert any("tap.png" in words and "not kept" in words for words in hub.look(_words_of, ticket.id))


def test_a_mail_killed_between_keeping_and_marking_is_taken_once(
    hub: House, box: imaplib.IMAP4, polls: Callable[[], int]
) -> None:
    arrives(box, mail("The kitchen tap leaks"))
    assert polls() == 1
    box.select("INBOX")
    box.store("1:*", "-FLAGS", r"(\Seen)")
    polls()
    mine = [row for row in tickets(hub) if row.item == "廚房水管漏水"]
    assert len(mine) == 1


def test_without_a_mailbox_nothing_is_asked(hub: House, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    assert fetching.poll(hub.database, settings, Store(tmp_path)) == 0


def outbox_of(hub: House) -> list[Delivery]:
    """What goes out by mail, and names a size."""
    outbox.drain(hub.database, BY_MAIL)
    rows = hub.look(lambda tx: tx.scalars(select(Delivery).where(Delivery.channel == "email")).all())
    return [row for row in rows if "mb" in row.params]


def _asked(hub: House) -> list[str]:
    """What the hub has told by itself, first to last."""
    told = select(Event).where(Event.kind == "customer_told").order_by(col(Event.id))
    return [str(row.said["reply"]) for row in hub.look(lambda tx: tx.scalars(told).all())]


def _reply(hub: House, words: str, name: str) -> Any:
    """An answer to the last mail we sent, from where it went."""
    outbox.drain(hub.database, BY_MAIL)
    mails = select(Delivery).where(Delivery.channel == "email").order_by(col(Delivery.id).desc())
    ours = hub.look(lambda tx: tx.scalars(mails).first())
    assert ours is not None
    head = {"Subject": "Re: your matter", "In-Reply-To": f"<delivery-{ours.id}@example.org>"}
    return mail(words, **head, **{"Message-ID": name, "From": "ivy@example.org"})


def _knows_rosa(tx: Tx) -> None:
    rosa = tx.scalars(select(Party).where(Party.name == "Rosa Diaz")).one()
    point = contacts.keep(tx, contacts.mail_point(tx, rosa.company_id, "rosa@example.org"))
    contacts.link(tx, rosa, point, contacts.KNOWN, "import")
    assert tx.get(ContactPoint, point.id)


def _words_of(tx: Tx, ticket_id: int) -> list[str]:
    stream = events.stream_of_ticket(ticket_id)
    rows = tx.scalars(select(Event.id).where(Event.stream == stream).order_by(col(Event.seq))).all()
    return [str(events.words_of(tx, one).get("text", "")) for one in rows]
