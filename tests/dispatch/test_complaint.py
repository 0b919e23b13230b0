"""What a customer says is checked before all else, and every bad field is named at once."""

from datetime import datetime, timedelta

import pytest

from dispatch.complaint import Complaint, faults
from hub.tickets import CHANNELS
from tests.conftest import MORNING, Clock
from tests.house import leak


def refused(said: Complaint) -> dict[str, str]:
    return {field: str(why) for field, why in faults(said).items()}


@pytest.mark.seed("K5.3", "F4")
def test_name_room_phone_and_item_are_all_asked_for_at_once() -> None:
    assert refused(Complaint(item=" ")) == {
        "caller.name": "must be given, or be unknown with a reason",
        "caller.room": "must be given, or be unknown with a reason",
        "caller.phone": "must be given, or be unknown with a reason",
        "item": "say what is asked for",
    }


@pytest.mark.seed("K5.3")
@pytest.mark.parametrize("field", ["name", "room", "phone"])
def test_a_mandatory_field_may_be_unknown_only_with_a_reason(field: str) -> None:
    assert faults(leak(**{field: "", "unknown": {field: "rang off at once"}})) == {}
    assert list(refused(leak(**{field: "", "unknown": {field: "  "}}))) == [f"caller.{field}"]


def test_a_field_cannot_be_given_and_unknown() -> None:
    assert refused(leak(unknown={"name": "would not say"})) == {
        "unknown.name": "it was given, so it cannot be unknown"
    }


def test_the_item_cannot_be_unknown() -> None:
    assert refused(leak(unknown={"item": "mumbled"})) == {
        "unknown": "only name, room and phone may be unknown"
    }


@pytest.mark.seed("K5.1")
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_taken(channel: str) -> None:
    assert faults(leak(channel=channel)) == {}


def test_an_unheard_of_channel_or_kind_is_refused_with_the_list() -> None:
    wrong = refused(leak(channel="pigeon", kind="wish"))
    assert "walk_in, phone, sms, letter" in wrong["channel"]
    assert "emergency, repair, complaint" in wrong["kind"]


@pytest.mark.parametrize("phone", ["(852) 2345-6789", "0086 139 1234 5678", "ext. 301", "+1 617 555 0100"])
def test_a_phone_in_any_form_people_write_is_taken(phone: str) -> None:
    assert faults(leak(phone=phone)) == {}


def test_a_phone_without_digits_is_none() -> None:
    assert refused(leak(phone="call me")) == {"caller.phone": "a phone number has three digits or more"}


@pytest.mark.parametrize("text", ["漏水 🚿💧", "تسرب المياه", "\u202eright to left", "é" * 10_000, "a\nb\tc"])
def test_emoji_right_to_left_and_long_words_are_taken(text: str) -> None:
    assert faults(leak(description=text)) == {}


@pytest.mark.parametrize("text", ["nul\x00here", "half \ud83d a pair"])
@pytest.mark.parametrize("field", ["item", "description", "place", "name", "room", "phone"])
def test_what_no_database_can_keep_is_named(field: str, text: str) -> None:
    name = f"caller.{field}" if field in ("name", "room", "phone") else field
    assert refused(leak(**{field: text}))[name] == "holds a character that cannot be kept"


@pytest.mark.parametrize("text", ["nul\x00here", "half \ud83d a pair"])
def test_references_and_log_ins_that_cannot_be_kept_are_named_too(text: str) -> None:
    wrong = refused(leak(external=("boston", text), received_by=text, unknown={"room": text}, room=""))
    assert set(wrong) == {"external_ref", "received_by", "unknown.room"}


def test_what_is_too_long_is_refused_with_its_limit() -> None:
    wrong = refused(leak(item="x" * 201, description="x" * 10_001, external=("a", "x" * 201)))
    assert wrong == {
        "item": "is longer than 200 characters",
        "description": "is longer than 10000 characters",
        "external_ref": "is longer than 200 characters",
    }


@pytest.mark.parametrize("external", [("", "7"), ("boston", " ")])
def test_an_external_reference_has_both_halves(external: tuple[str, str]) -> None:
    assert refused(leak(external=external)) == {
        "external_ref": "both the source and its reference are needed"
    }


@pytest.mark.parametrize(
    ("received_at", "why"),
    [
        (MORNING + timedelta(hours=1), "this time lies in the future"),
        (MORNING - timedelta(days=367), "this time lies more than 366 days back"),
        (datetime(2026, 3, 3, 9, 0), "a time needs its zone, for example 2026-03-01T09:30:00Z"),
    ],
)
def test_a_time_received_that_cannot_be_is_refused(time: Clock, received_at: datetime, why: str) -> None:
    assert refused(leak(received_at=received_at)) == {"received_at": why}


def test_a_letter_that_lay_in_a_drawer_is_taken(time: Clock) -> None:
    assert faults(leak(channel="letter", received_at=MORNING - timedelta(days=20))) == {}


def test_a_target_date_promised_elsewhere_needs_its_zone(time: Clock) -> None:
    assert list(refused(leak(resolve_by=datetime(2026, 3, 9, 9, 0)))) == ["resolve_by"]
