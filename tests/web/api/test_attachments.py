"""Files over HTTP: what they are is told from their content, and a browser never runs them."""

from typing import Any

import pytest

from hub import attachments
from tests.web.api.caller import Api, ApiOf

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def _send(api: Api, ticket: str, content: bytes, key: str = "", name: str = "tap.png", **form: str) -> Any:
    headers = api.headers | ({"idempotency-key": key} if key else {})
    return api.client.post(
        f"/api/v1/tickets/{ticket}/attachments",
        files={"file": (name, content, "image/png")},
        data=form,
        headers=headers,
    )


def test_a_picture_is_kept_listed_and_given_back_as_it_was(client: Api, leaking: dict[str, Any]) -> None:
    answer = _send(client, leaking["number"], PNG, purpose="before", order=leaking["orders"][0]["number"])
    file = answer.json()
    assert (answer.status_code, file["media_type"], file["size"], file["purpose"]) == (
        201,
        "image/png",
        len(PNG),
        "before",
    )
    path = f"/tickets/{leaking['number']}/attachments"
    assert client.get(path)["items"] == [file]
    assert client.get(f"/tickets/{leaking['number']}")["attachments"] == [file]
    content = client.ask("GET", f"{path}/{file['id']}")
    assert (content.content, content.headers["content-type"]) == (PNG, "image/png")
    assert content.headers["content-disposition"] == "attachment"
    assert content.headers["x-content-type-options"] == "nosniff"


def test_a_picture_sent_twice_under_one_key_is_one(client: Api, leaking: dict[str, Any]) -> None:
    first, second = (_send(client, leaking["number"], PNG, "photo-1") for _ in range(2))
    assert first.json() == second.json()
    assert len(client.get(f"/tickets/{leaking['number']}/attachments")["items"]) == 1
    assert _send(client, leaking["number"], PNG + b"x", "photo-1").json()["code"] == "key_reused"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"<script>alert(1)</script>", 422),
        (b"MZ\x90\x00", 422),
        (PNG + b"\x00" * attachments.LARGEST, 413),
    ],
    ids=["empty", "script", "program", "large"],
)
def test_what_is_no_picture_is_refused(
    content: bytes, status: int, client: Api, leaking: dict[str, Any]
) -> None:
    answer = _send(client, leaking["number"], content)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert status == 413 or set(answer.json()["errors"]) == {"file"}
    assert client.get(f"/tickets/{leaking['number']}/attachments")["items"] == []


def test_a_name_is_only_for_reading(client: Api, leaking: dict[str, Any]) -> None:
    file = _send(client, leaking["number"], PNG, name="../../etc/passwd\x07" + "x" * 300).json()
    assert len(file["name"]) <= 200
    assert client.ask("GET", f"/tickets/{leaking['number']}/attachments/{file['id']}").content == PNG


def test_a_file_belongs_to_its_ticket_and_office(
    client: Api, api: ApiOf, leaking: dict[str, Any], knocking: dict[str, Any]
) -> None:
    file = _send(client, leaking["number"], PNG).json()
    assert client.ask("GET", f"/tickets/{knocking['number']}/attachments/{file['id']}").status_code == 404
    assert api("mia").ask("GET", f"/tickets/{leaking['number']}/attachments/{file['id']}").status_code == 404
    assert _send(api("mia"), leaking["number"], PNG).status_code == 404
    assert _send(api(""), leaking["number"], PNG).status_code == 401
    assert _send(client, leaking["number"], PNG, order="999000008-1").json()["errors"].keys() == {"order"}
    assert _send(client, leaking["number"], PNG, order=knocking["orders"][0]["number"]).status_code == 422
