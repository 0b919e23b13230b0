"""Listeners and push services are called at the address that was looked at, and never inside."""

import ssl
from collections.abc import Iterator

import pytest

from notifications.channels.contract import Permanent, Temporary
from notifications.channels.outward import Outward
from tests.web.doors.twilio.hosts import Host

OUTSIDE = "93.184.216.34"


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.mark.parametrize(
    "inward", ["127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1"], ids=("loopback", "private", "mapped")
)
def test_what_leads_inside_is_refused_for_good(host: Host, inward: str) -> None:
    out = Outward("the listener", (), lambda name, port: [inward])
    with pytest.raises(Permanent) as refused:
        out.post(f"http://hook.example.org:{host.port}/x", b"{}", {})
    assert refused.value.code == "inward" and host.asked == []


def test_a_name_that_turns_inward_on_its_second_look_up_reaches_nothing(host: Host) -> None:
    """DNS rebinding: one look-up, and the connection goes where it led."""
    answers = iter([["192.0.2.1", "127.0.0.1"], ["127.0.0.1"]])
    out = Outward("the listener", (), lambda name, port: next(answers))
    with pytest.raises(Permanent):
        out.post(f"http://rebind.example:{host.port}/x", b"{}", {})
    assert host.asked == [] and next(answers) == ["127.0.0.1"], "looked up once"


def test_the_name_stays_in_the_head_while_the_address_is_dialled(host: Host) -> None:
    out = Outward("the listener", {"hook.example.org"}, lambda name, port: ["127.0.0.1"])
    assert out.post(f"http://hook.example.org:{host.port}/x", b"{}", {}).status_code in (404, 405, 501)


def test_a_name_that_is_not_found_may_be_found_later() -> None:
    def nobody(name: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Temporary):
        Outward("the listener", (), nobody).post("https://hook.example.org/x", b"{}", {})


def test_the_certificate_is_asked_for_the_name(monkeypatch: pytest.MonkeyPatch, host: Host) -> None:
    asked: list[str | None] = []

    def wrap(
        self: ssl.SSLContext, sock: object, *_: object, server_hostname: str | None = None, **__: object
    ):  # type: ignore[no-untyped-def]
        asked.append(server_hostname)
        raise ssl.SSLError("enough")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    out = Outward("the listener", {"hook.example.org"}, lambda name, port: ["127.0.0.1"])
    with pytest.raises(Temporary):
        out.post(f"https://hook.example.org:{host.port}/x", b"{}", {})
    assert asked == ["hook.example.org"]
