"""Fetching files from outside: what points inward is never asked, and what is too much is not read."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.settings import Settings
from tests.web.doors.twilio.carrier import ACCOUNT, TOKEN, configured
from tests.web.doors.twilio.hosts import PNG, Host
from web.doors.twilio import media
from web.doors.twilio.media import NoFile, NotYet

OUTSIDE = "93.184.216.34"


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.fixture
def settings(host: Host, tmp_path: Path) -> Settings:
    """Of a hub whose carrier is that host."""
    return configured(tmp_path, twilio_api_url=f"http://127.0.0.1:{host.port}")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Of a hub whose carrier is another."""
    return configured(tmp_path, twilio_api_url="https://api.twilio.com")


def at(host: Host, path: str) -> str:
    return f"http://127.0.0.1:{host.port}{path}"


def test_the_carriers_own_file_is_fetched_with_our_credentials(host: Host, settings: Settings) -> None:
    host.gives("/Media/ME1", PNG)
    file = media.fetch(at(host, "/Media/ME1"), settings)
    assert (file.content, file.media_type, file.name) == (PNG, "image/png", "ME1")
    assert host.asked[0][2].startswith("Basic ")


def test_a_redirect_is_followed_and_looked_at_anew(host: Host, settings: Settings) -> None:
    host.gives("/Media/ME1", b"", 307, Location="/store/ME1")
    host.gives("/store/ME1", PNG)
    assert media.fetch(at(host, "/Media/ME1"), settings).content == PNG
    host.gives("/Media/ME2", b"", 302, Location="http://169.254.169.254/latest/meta-data")
    with pytest.raises(NoFile, match="inside our own network"):
        media.fetch(at(host, "/Media/ME2"), settings)


@pytest.mark.parametrize("location", ["/Media/ME1", "file:///etc/passwd", "gopher://x/", "//"])
def test_redirects_end(host: Host, settings: Settings, location: str) -> None:
    host.gives("/Media/ME1", b"", 302, Location=location)
    with pytest.raises(NoFile):
        media.fetch(at(host, "/Media/ME1"), settings)
    assert len(host.asked) <= media.MOST_REDIRECTS + 1


def test_the_same_host_on_another_port_is_not_the_carrier(host: Host, settings: Settings) -> None:
    with pytest.raises(NoFile, match="inside our own network"):
        media.fetch(f"http://127.0.0.1:{host.port + 1}/Media/ME1", settings)
    assert host.asked == []


def test_100_mb_announced_is_not_read(host: Host, settings: Settings) -> None:
    host.gives("/Media/ME1", PNG, Content_Length=str(100 * 2**20))
    with pytest.raises(NoFile, match="larger than 10 MB"):
        media.fetch(at(host, "/Media/ME1"), settings)


def test_100_mb_unannounced_is_let_go_after_ten(host: Host, settings: Settings) -> None:
    host.pours("/Media/ME1", 100 * 2**20)
    with pytest.raises(NoFile, match="larger than 10 MB"):
        media.fetch(at(host, "/Media/ME1"), settings)


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"", b"#!/bin/sh"])
def test_a_wrong_kind_is_refused_whatever_it_is_called(
    host: Host, settings: Settings, content: bytes
) -> None:
    host.gives("/Media/ME1", content, Content_Type="image/png")
    with pytest.raises(NoFile):
        media.fetch(at(host, "/Media/ME1"), settings)


@pytest.mark.parametrize(("status", "refusal"), [(403, NoFile), (410, NoFile), (503, NotYet), (404, NotYet)])
def test_what_may_come_later_is_asked_for_again(
    host: Host, settings: Settings, status: int, refusal: type[Exception]
) -> None:
    host.gives("/Media/ME1", b"", status)
    with pytest.raises(refusal):
        media.fetch(at(host, "/Media/ME1"), settings)


def test_a_carrier_that_is_away_is_asked_again(settings: Settings, host: Host) -> None:
    host.close()
    with pytest.raises(NotYet):
        media.fetch(at(host, "/Media/ME1"), settings)


def spelled(address: str) -> str:
    """An address as the name of a test, which takes no colon."""
    return address.replace(":", ".")


INWARD = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:0:0:0:0:80ff:fffe",
    "not an address",
]


@pytest.mark.parametrize("address", INWARD, ids=spelled)
def test_an_address_that_points_inward_is_never_asked(elsewhere: Settings, address: str) -> None:
    assert not media.is_outside(address)
    with pytest.raises(NoFile, match="inside our own network"):
        media.fetch("http://media.example/x", elsewhere, lambda host, port: [OUTSIDE, address])


@pytest.mark.parametrize(
    "address", [OUTSIDE, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"], ids=spelled
)
def test_the_internet_is_outside(address: str) -> None:
    assert media.is_outside(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost:8000/api/v1/tickets",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://0/x",
        "http://127.1/x",
        "http://2130706433/x",
        "http://0x7f000001/x",
        "http://017700000001/x",
    ],
    ids=spelled,
)
def test_loopback_in_any_spelling_is_never_asked(elsewhere: Settings, url: str) -> None:
    """The real resolver reads these as 127.0.0.1, or as nothing at all."""
    with pytest.raises((NoFile, NotYet)):
        media.fetch(url, elsewhere)


def test_a_name_that_turns_inward_on_its_second_look_up_reaches_nothing(
    host: Host, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the connection goes to the address that was looked at, never to the name."""
    answers = iter([[OUTSIDE], ["127.0.0.1"]])
    went: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        went.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotYet):
        media.fetch(f"http://rebind.example:{host.port}/x", elsewhere, lambda name, port: next(answers))
    assert went == [OUTSIDE] and host.asked == []


def test_our_token_goes_to_our_carrier_alone(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another host, even one of the same name, never sees it."""
    monkeypatch.setattr(media, "is_outside", lambda address: True)
    host.gives("/x", PNG)
    media.fetch(at(host, "/x"), configured(tmp_path, twilio_api_url="https://api.twilio.com"))
    [(_, named, token)] = host.asked
    assert token == "" and named == f"127.0.0.1:{host.port}"
    assert ACCOUNT not in named and TOKEN not in token


@given(st.text(max_size=60))
def test_no_address_is_a_failure(url: str) -> None:
    settings = Settings(twilio_api_url="https://api.twilio.com")
    with pytest.raises((NoFile, NotYet)):
        media.fetch(url, settings, lambda host, port: ["127.0.0.1"])
