"""The carrier's signature: every vector of its own libraries, and what strangers try."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.web.replay.real import real
from web.doors.twilio import signature

URL = "https://hub.example.org/doors/twilio/sms"


def _fields(params: dict[str, Any] | None) -> list[tuple[str, str]]:
    pairs = []
    for name, value in (params or {}).items():
        pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return pairs


def test_every_vector_is_judged_as_listed() -> None:
    vectors = json.loads(real("twilio/signature_vectors.json").read_text("utf-8"))
    assert len(vectors) >= 10
    for one in vectors:
        token, url, signed = one["auth_token"], one["url"], one["signature"]
        if one["body"] is not None:
            judged = signature.is_signed_body(token, url, one["body"].encode(), signed)
        else:
            judged = signature.is_signed(token, url, _fields(one["params"]), signed)
        assert judged is one["expect_valid"], one["id"]


text = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(text.filter(bool), text, max_size=6), text)
def test_we_sign_as_twilio_does_and_believe_what_it_signed(fields: dict[str, str], token: str) -> None:
    theirs = RequestValidator(token).compute_signature(URL, fields)
    assert signature.sign(token, URL, fields.items()) == theirs
    assert signature.is_signed(token, URL, fields.items(), theirs) is bool(token)


@given(st.text(), st.text(), st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_what_strangers_send_is_refused_and_never_an_error(
    token: str, url: str, signed: str, fields: list[tuple[str, str]]
) -> None:
    encodable = all(one.encode(errors="ignore").decode() == one for pair in fields for one in pair)
    if encodable and url.encode(errors="ignore").decode() == url:
        assert signature.is_signed(token, url, fields, signed) is False
        assert signature.is_signed_body(token, url, b"body", signed) is False


@pytest.mark.parametrize("url", ["https://hub.example.org:443/a?b=1", "https://hub.example.org/a?b=1"])
def test_the_usual_port_may_be_said_or_left_out(url: str) -> None:
    other = url.replace(":443", "") if ":443" in url else url.replace(".org", ".org:443")
    assert signature.is_signed("t", url, [], signature.sign("t", other))


def test_a_tampered_body_is_not_signed() -> None:
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    url = f"https://mycompany.com/myapp.php?bodySHA256={digest}"
    signed = signature.sign("t", url)
    assert signature.is_signed_body("t", url, b'{"property": "value", "boolean": true}', signed)
    assert not signature.is_signed_body("t", url, b'{"property": "other", "boolean": true}', signed)
