"""A mail is read as its writer meant it, whatever program wrote it; what strangers send never raises."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.doors.mail import quoting, reading

OWN = "It still leaks"
OURS = "Your repair is registered."
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def mail(text: str = "水管漏水", **heads: str) -> EmailMessage:
    made = EmailMessage()
    said = {
        "From": "陳小明 <Chan@Example.org>",
        "To": "centre@example.org",
        "Subject": "廚房水管漏水",
        "Message-ID": "<1@example.org>",
        **heads,
    }
    for name, value in said.items():
        made[name] = value
    made.set_content(text)
    return made


def test_who_what_and_in_answer_to_what() -> None:
    made = mail("水管漏水\n", References="<a@x.org> <delivery-7@hub.example>")
    found = reading.read(bytes(made))
    assert (found.sender, found.name, found.subject) == ("chan@example.org", "陳小明", "廚房水管漏水")
    assert found.text.strip() == "水管漏水" and found.references == ("<a@x.org>", "<delivery-7@hub.example>")
    assert found.id == "<1@example.org>" and not found.is_automatic


def test_files_are_apart_from_the_words() -> None:
    made = mail()
    made.add_attachment(PNG, maintype="image", subtype="png", filename="廚房.png")
    [file] = reading.read(bytes(made)).files
    assert (file.name, file.content) == ("廚房.png", PNG)


def test_html_alone_is_read_without_its_tags() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "rosa@example.org", "Tap"
    made.set_content(
        "<html><head><style>p{}</style></head><body><p>Tap &amp; drain</p><script>x()</script><p>leak</p>",
        subtype="html",
    )
    assert reading.read(bytes(made)).text.split() == ["Tap", "&", "drain", "leak"]


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List-Id": "<list.example.org>"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "No-Reply <no-reply@shop.example>"},
        {"From": ""},
    ],
    ids=["auto", "bulk", "list", "bounce", "no reply", "nobody"],
)
def test_what_a_machine_wrote_is_told_apart(heads: dict[str, str]) -> None:
    assert reading.read(bytes(mail(**heads))).is_automatic
    assert not reading.read(bytes(mail(**{"Auto-Submitted": "no"}))).is_automatic


@given(st.binary(max_size=400))
def test_no_bytes_are_a_failure(raw: bytes) -> None:
    found = reading.read(raw)
    assert found.id and "\x00" not in found.text + found.subject + found.sender


QUOTED = {
    "gmail": f"{OWN}\n\nOn Tue, 3 Mar 2026 at 10:00, Centre <c@x.org> wrote:\n> {OURS}",
    "gmail broken in two": f"{OWN}\n\nOn Tue, 3 Mar 2026 at 10:00,\nCentre <c@x.org> wrote:\n\n> {OURS}",
    "gmail zh": f"{OWN}\n\n在 2026年3月3日周二 10:00，客户中心 <c@x.org> 写道：\n> {OURS}",
    "gmail hant": f"{OWN}\n\n客服中心 <c@x.org> 於 2026年3月3日 週二 上午10:00寫道：\n\n> {OURS}",
    "outlook": f"{OWN}\n\nFrom: Centre <c@x.org>\nSent: Tuesday\nTo: me\nSubject: x\n\n{OURS}",
    "outlook zh": f"{OWN}\n\n发件人：客户中心\n发送时间：2026年3月3日\n收件人: 我\n主题: x\n\n{OURS}",
    "outlook hant": f"{OWN}\n\n寄件者: 客服中心\n傳送時間: 2026年3月3日\n收件者: 我\n主旨: x\n\n{OURS}",
    "qq": f"{OWN}\n\n------------------ 原始邮件 ------------------\n发件人: x\n{OURS}",
    "apple": f"{OWN}\n\nSent from my iPhone\n\n> On 3 Mar 2026, at 10:00, C wrote:\n> {OURS}",
    "apple hant": f"{OWN}\n\n從我的 iPhone 傳送\n\n> 於 2026年3月3日 寫道：\n> {OURS}",
    "line": f"{OWN}\n________________________________\n{OURS}",
    "signature": f"{OWN}\n-- \nChan Siu Ming\nLotus Garden",
}


@pytest.mark.parametrize("program", QUOTED)
def test_what_is_quoted_is_cut(program: str) -> None:
    assert quoting.own_words(QUOTED[program]) == OWN


@pytest.mark.parametrize(
    "text",
    ["From: the kitchen, water runs", "On Monday I wrote to you", "在厨房漏水，昨天写道了", "5 > 3\nreally"],
    ids=["from", "on", "zai", "sign"],
)
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert quoting.own_words(text) == text


def test_of_a_mail_that_only_quotes_everything_stays() -> None:
    assert quoting.own_words(f"> {OURS}") == f"> {OURS}"
