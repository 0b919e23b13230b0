"""A call is followed as a telephone follows it: keys, silence, recordings, redirects, other telephones."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from twilio.request_validator import RequestValidator

from web.standin.carrier import NUMBER, Carrier
from web.standin.weather import Manner
from web.standin.webhooks import Reply

HUB, LI, GUARD = "https://hub.example", "+85298765432", "+85291112222"


class Hub:
    """A hub of a few lines: pages by address, and what was asked of them."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.signatures: list[bool] = []

    def __call__(self, address: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        self.asked.append((address.removeprefix(HUB), dict(fields)))
        signature = headers["X-Twilio-Signature"]
        self.signatures.append(RequestValidator(CARRIER_TOKEN).validate(address, dict(fields), signature))
        page = self.pages.get(address.removeprefix(HUB).partition("?")[0])
        return Reply(200, page, "text/xml") if page is not None else Reply(500)


CARRIER_TOKEN = "a token of the tests"


@pytest.fixture
def ring() -> Iterator[Callable[..., tuple[Carrier, Hub]]]:
    made: list[Carrier] = []

    def build(pages: dict[str, str]) -> tuple[Carrier, Hub]:
        hub = Hub(pages)
        made.append(Carrier(HUB, auth_token=CARRIER_TOKEN, post=hub))
        return made[-1], hub

    yield build
    for carrier in made:
        carrier.close()


VOICE, STEP = "/doors/twilio/voice", "/doors/twilio/voice/step"
MENU = f"""<Response><Gather numDigits="1" action="{STEP}"><Say language="zh-HK">緊急請按1</Say></Gather>
<Say>Nobody pressed</Say></Response>"""

Ring = Callable[[dict[str, str]], tuple[Carrier, Hub]]


def test_a_key_goes_to_the_action(ring: Ring) -> None:
    carrier, hub = ring({VOICE: MENU, STEP: "<Response><Say>Help is coming</Say></Response>"})
    talk = carrier.ring_hub(LI)
    assert talk.waits_for == "Gather" and talk.heard == ["緊急請按1"]
    talk.press("1")
    assert talk.heard[-1] == "Help is coming" and talk.call.stage == "completed"
    assert hub.asked[1][1]["Digits"] == "1" and all(hub.signatures)


def test_silence_runs_the_next_verb(ring: Ring) -> None:
    carrier, hub = ring({VOICE: MENU})
    talk = carrier.ring_hub(LI).wait()
    assert talk.heard[-1] == "Nobody pressed" and talk.call.is_over
    carrier.line.settle()
    assert [address for address, _ in hub.asked] == [VOICE, "/doors/twilio/status"]


def test_a_number_of_many_digits_ends_with_the_finishing_key_or_with_silence(ring: Ring) -> None:
    page = f'<Response><Gather action="{STEP}"><Say>Number</Say></Gather></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response/>"})
    carrier.ring_hub(LI).press("100017#")
    carrier.ring_hub(LI).press("42").wait()
    assert [fields["Digits"] for address, fields in hub.asked if address == STEP] == ["100017", "42"]


def test_words_after_the_tone_are_recorded(ring: Ring) -> None:
    page = f'<Response><Record action="{STEP}" recordingStatusCallback="/doors/twilio/recording"/></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response/>", "/doors/twilio/recording": ""})
    carrier.ring_hub(LI).speak("The lift is stuck", seconds=6)
    carrier.line.settle()
    asked = dict(hub.asked)
    assert asked[STEP]["RecordingDuration"] == "6"
    assert asked["/doors/twilio/recording"]["RecordingStatus"] == "completed"
    assert next(iter(carrier.recordings.values())).audio.startswith(b"RIFF")


def test_words_before_hanging_up_are_kept(ring: Ring) -> None:
    page = f'<Response><Record action="{STEP}"/></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response/>"})
    talk = carrier.ring_hub(LI).hang_up("Water every")
    assert dict(hub.asked)[STEP]["Digits"] == "hangup" and talk.call.stage == "completed"


def test_a_record_without_an_action_asks_the_same_address_again(ring: Ring) -> None:
    carrier, hub = ring({VOICE: "<Response><Record/></Response>"})
    talk = carrier.ring_hub(LI).speak("Again")
    assert talk.waits_for == "Record" and [address for address, _ in hub.asked] == [VOICE, VOICE]


@pytest.mark.parametrize(("answers", "told"), [("at once", "completed"), ("no-answer", "no-answer")])
def test_the_duty_telephone_answers_or_does_not(ring: Ring, answers: str, told: str) -> None:
    page = f'<Response><Dial action="{STEP}"><Number>{GUARD}</Number></Dial></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response/>"})
    carrier.manners[GUARD] = Manner(answers=answers)
    talk = carrier.ring_hub(LI)
    assert dict(hub.asked)[STEP]["DialCallStatus"] == told and GUARD in talk.heard


def test_a_queue_is_left_by_hand_or_by_hanging_up(ring: Ring) -> None:
    page = f'<Response><Enqueue action="{STEP}">desk</Enqueue></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response/>"})
    carrier.ring_hub(LI).leave_queue()
    carrier.ring_hub(LI).hang_up()
    assert [f["QueueResult"] for a, f in hub.asked if a == STEP] == ["bridged", "hangup"]


@pytest.mark.parametrize(
    ("page", "code"),
    [("<Response><Say>", 12100), ("<Html/>", 12200), ("<Response><Sing/></Response>", 12200)],
)
def test_a_broken_page_ends_in_an_apology(ring: Ring, page: str, code: int) -> None:
    carrier, _ = ring({VOICE: page})
    talk = carrier.ring_hub(LI)
    assert talk.call.error == code and talk.heard[-1].startswith("An application error")


def test_a_hub_that_is_down_ends_in_an_apology(ring: Ring) -> None:
    carrier, _ = ring({})
    assert carrier.ring_hub(LI).call.error == 11200


def test_a_ring_of_redirects_comes_to_an_end(ring: Ring) -> None:
    carrier, hub = ring({VOICE: f"<Response><Redirect>{VOICE}</Redirect></Response>"})
    assert carrier.ring_hub(LI).call.error == 11200 and len(hub.asked) < 60


def test_a_call_of_the_hubs_is_answered_and_keys_are_pressed(ring: Ring) -> None:
    page = f'<Response><Gather numDigits="1" action="{STEP}"><Say>Press 1</Say></Gather></Response>'
    carrier, hub = ring({VOICE: page, STEP: "<Response><Say>Thank you</Say></Response>", "/s": ""})
    carrier.manners[LI] = Manner(keys=["1"])
    said = {"To": LI, "From": NUMBER, "Url": HUB + VOICE, "StatusCallback": HUB + "/s"}
    call = carrier.take_call(said, ["ringing", "answered", "completed"])
    carrier.line.settle()
    assert [one.what for one in call.heard] == ["Press 1", "Thank you"]
    assert sorted(f["CallStatus"] for a, f in hub.asked if a == "/s") == [
        "completed",
        "in-progress",
        "ringing",
    ]


def test_a_call_that_nobody_answers_says_so(ring: Ring) -> None:
    carrier, hub = ring({"/s": ""})
    carrier.manners[LI] = Manner(answers="busy")
    carrier.take_call({"To": LI, "From": NUMBER, "Twiml": "<Response/>", "StatusCallback": HUB + "/s"}, [])
    carrier.line.settle()
    assert hub.asked[-1][1]["CallStatus"] == "busy"


def test_statuses_come_in_order_once_or_as_the_weather_will(ring: Ring) -> None:
    carrier, hub = ring({"/s": ""})
    said = {"To": LI, "From": NUMBER, "Body": "Hello", "StatusCallback": HUB + "/s"}
    carrier.take_message(said)
    carrier.line.settle()
    assert [f["MessageStatus"] for _, f in hub.asked] == ["sent", "delivered"]
    hub.asked.clear()
    carrier.weather.copies, carrier.weather.reversed = 2, True
    carrier.manners[LI] = Manner(sms=30003)
    carrier.take_message(said)
    carrier.line.settle()
    told = [(f["MessageStatus"], f.get("ErrorCode")) for _, f in hub.asked]
    assert told == [("undelivered", "30003")] * 2 + [("sent", None)] * 2


def test_the_same_text_can_be_brought_again(ring: Ring) -> None:
    carrier, hub = ring({"/doors/twilio/sms": "<Response/>"})
    message, reply = carrier.text_hub(LI, "漏水", times=5)
    assert reply.is_well and {f["MessageSid"] for _, f in hub.asked} == {message.sid} and len(hub.asked) == 5
