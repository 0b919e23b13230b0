"""What others name for us to call: never inward, in whatever spelling, unless the setting names that host."""

import pytest

from hub import outside
from hub.errors import BadInput
from hub.outside import Inward, NoAddress

OUTSIDE = "93.184.216.34"
INSIDE = ("loopback", "private", "link local", "loopback 6", "private 6")
HOOK = "https://hook.example.org/x"


def _at(*found: str) -> outside.Resolve:
    return lambda host, port: list(found)


def test_the_address_that_was_looked_at_is_the_one_to_dial() -> None:
    assert outside.dialled(HOOK, (), _at(OUTSIDE, "93.184.216.35")) == OUTSIDE


@pytest.mark.parametrize("inward", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1"], ids=INSIDE)
def test_one_inward_address_among_many_is_enough_to_refuse(inward: str) -> None:
    with pytest.raises(Inward):
        outside.dialled(HOOK, (), _at(OUTSIDE, inward))
    with pytest.raises(BadInput, match="url"):
        outside.refuse_inward("url", HOOK, (), _at(inward))


@pytest.mark.parametrize("allowed", [{"hook.example.org"}, {"hook.example.org:443"}])
def test_a_host_the_settings_name_may_be_inside(allowed: set[str]) -> None:
    assert outside.dialled(HOOK, allowed, _at("10.1.2.3")) == "10.1.2.3"


def test_another_port_of_an_allowed_host_and_port_is_refused() -> None:
    with pytest.raises(Inward):
        outside.dialled("https://hook.example.org:8443/x", {"hook.example.org:443"}, _at("10.1.2.3"))


def test_what_names_no_host_is_refused() -> None:
    for url in ("", "hook", "https://", "http://[::1", "http://x:99999/", "ftp://x/"):
        with pytest.raises(NoAddress):
            outside.dialled(url, (), _at(OUTSIDE))


def test_a_name_that_is_not_found_is_looked_at_again_when_it_is_called() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise OSError

    outside.refuse_inward("url", HOOK, (), nobody)
    with pytest.raises(OSError):
        outside.dialled(HOOK, (), nobody)
