"""The stand-in speaks as Twilio does: held against its OpenAPI description and its own client."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from notifications.channels import twilio_api
from tests.web.replay.real import real
from web.standin import server
from web.standin.carrier import NUMBER, Carrier
from web.standin.records import Media
from web.standin.weather import Fault
from web.standin.webhooks import Reply

ROSA, LI = "+85261234567", "+85298765432"
A = "/2010-04-01/Accounts/{AccountSid}"


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier on loopback whose hub answers everything with nothing to say."""
    made = Carrier("https://hub.example", post=lambda *_: Reply(200, "<Response/>", "text/xml"))
    with server.serving(made):
        yield made
    made.close()


@pytest.fixture
def twilio(carrier: Carrier) -> Client:
    return twilio_api.client(carrier.account_sid, carrier.auth_token, carrier.address)


@pytest.fixture(scope="module")
def described() -> Callable[[str, str, int], jsonschema_rs.Draft4Validator]:
    """(path, method, status) -> the validator of that answer, by Twilio's own description."""
    description = json.loads(real("twilio/twilio_api_v2010.json").read_text("utf-8"))

    def validator(path: str, method: str, status: int) -> jsonschema_rs.Draft4Validator:
        answer = description["paths"][path][method]["responses"][str(status)]
        schema = answer["content"]["application/json"]["schema"]
        return jsonschema_rs.Draft4Validator(
            _plain({**schema, "components": {"schemas": description["components"]["schemas"]}})
        )

    return validator


def _plain(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema; and no field that is not described."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _plain(value) for key, value in schema.items() if key not in ("nullable", "format")}
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
    if made.get("type") in ("object", ["object", "null"]) and made.get("properties"):
        made["additionalProperties"] = False
    return made


def test_every_answer_fits_twilios_description(
    carrier: Carrier, twilio: Client, described: Callable[[str, str, int], jsonschema_rs.Draft4Validator]
) -> None:
    sent = twilio.messages.create(to=ROSA, from_=NUMBER, body="水管已修好")
    picture, _ = carrier.text_hub(LI, "漏水", media=[Media(b"\xff\xd8", "image/jpeg")])
    rung = twilio.calls.create(to=ROSA, from_=NUMBER, twiml="<Response><Say>Good day</Say></Response>")
    talk = carrier.ring_hub(LI)
    talk._recorded("My tap drips", 4, None, {}, goes_on=False)
    carrier.line.settle()
    kept = next(iter(carrier.recordings))
    asked = {
        f"{A}/Messages.json": "",
        f"{A}/Messages/{{Sid}}.json": sent.sid,
        f"{A}/Messages/{{MessageSid}}/Media.json": picture.sid,
        f"{A}/Messages/{{MessageSid}}/Media/{{Sid}}.json": (picture.sid, picture.media[0].sid),
        f"{A}/Calls.json": "",
        f"{A}/Calls/{{Sid}}.json": rung.sid,
        f"{A}/Calls/{{CallSid}}/Recordings.json": talk.call.sid,
        f"{A}/Recordings.json": "",
        f"{A}/Recordings/{{Sid}}.json": kept,
    }
    for path, sids in asked.items():
        address = path.replace("{AccountSid}", carrier.account_sid)
        for sid in (sids,) if isinstance(sids, str) else sids:
            address = address.replace(address[address.find("{") : address.find("}") + 1] or "\0", sid, 1)
        answer = _get(carrier, address)
        assert answer.status_code == 200, path
        described(path, "get", 200).validate(answer.json())


def test_what_is_made_fits_the_description_too(
    carrier: Carrier, described: Callable[[str, str, int], jsonschema_rs.Draft4Validator]
) -> None:
    forms = {
        "Messages": {"To": ROSA, "From": NUMBER, "Body": "Hello"},
        "Calls": {"To": ROSA, "From": NUMBER, "Twiml": "<Response/>"},
    }
    for name, form in forms.items():
        answer = httpx2.post(
            f"{carrier.address}/2010-04-01/Accounts/{carrier.account_sid}/{name}.json",
            data=form,
            auth=(carrier.account_sid, carrier.auth_token),
            trust_env=False,
        )
        assert answer.status_code == 201
        described(f"{A}/{name}.json", "post", 201).validate(answer.json())


def test_the_description_can_refuse(
    described: Callable[[str, str, int], jsonschema_rs.Draft4Validator],
) -> None:
    validator = described(f"{A}/Messages/{{Sid}}.json", "get", 200)
    assert not validator.is_valid({"status": "lost"})
    assert not validator.is_valid({"sid": "SM1"})
    assert not validator.is_valid({"invented": "field"})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "12"}, 21211),
        ({"from_": "+15550000000"}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_a_bad_message_is_refused_with_twilios_code(twilio: Client, said: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**{"to": ROSA, "from_": NUMBER, "body": "Hello", **said})
    assert (refused.value.code, refused.value.status) == (code, 400)


@pytest.mark.parametrize("code", [21610, 21614, 21408, 21612])
def test_what_a_telephone_cannot_take_is_refused(carrier: Carrier, twilio: Client, code: int) -> None:
    carrier.manner(ROSA).sms = code
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ROSA, from_=NUMBER, body="Hello")
    assert refused.value.code == code and not carrier.messages


def test_a_stranger_is_told_nothing(carrier: Carrier) -> None:
    stranger = twilio_api.client(carrier.account_sid, "wrong", carrier.address)
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=ROSA, from_=NUMBER, body="Hello")
    assert (refused.value.code, refused.value.status) == (20003, 401)


def test_a_lost_answer_leaves_the_message_kept(carrier: Carrier, twilio: Client) -> None:
    carrier.weather.faults = [Fault(kept=True)]
    with pytest.raises(TwilioRestException) as lost:
        twilio.messages.create(to=ROSA, from_=NUMBER, body="Hello")
    assert lost.value.status == 502
    assert [row.body for row in twilio.messages.list(to=ROSA)] == ["Hello"]


def test_too_many_requests_say_when_to_come_again(carrier: Carrier, twilio: Client) -> None:
    carrier.weather.faults = [Fault(status=429, code=20429, retry_after=7)]
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ROSA, from_=NUMBER, body="Hello")
    assert (refused.value.code, refused.value.status) == (20429, 429)
    assert twilio.messages.create(to=ROSA, from_=NUMBER, body="Hello").sid


def test_a_long_list_comes_in_pages(carrier: Carrier, twilio: Client) -> None:
    for n in range(23):
        twilio.messages.create(to=ROSA if n % 2 else LI, from_=NUMBER, body=str(n))
    found = [row.body for row in twilio.messages.list(to=LI, page_size=5)]
    assert found == [str(n) for n in range(22, -1, -2)]


def test_media_and_recordings_are_fetched_with_the_token_only(carrier: Carrier) -> None:
    picture, _ = carrier.text_hub(LI, "漏水", media=[Media(b"\xff\xd8picture", "image/jpeg")])
    address = carrier.media_url(picture, picture.media[0]).removeprefix(carrier.address)
    assert httpx2.get(carrier.address + address, trust_env=False).status_code == 401
    answer = _get(carrier, address)
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8picture", "image/jpeg")


def _get(carrier: Carrier, address: str) -> httpx2.Response:
    return httpx2.get(
        carrier.address + address,
        auth=(carrier.account_sid, carrier.auth_token),
        follow_redirects=True,
        trust_env=False,
    )
