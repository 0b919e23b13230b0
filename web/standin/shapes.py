"""What the carrier's API answers, in the shapes of Twilio's OpenAPI description."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from web.standin.records import Call, Media, Message, Recording

VERSION = "2010-04-01"
PAGE = 50
MOST = 1000
Shape = dict[str, Any]


def base(account: str) -> str:
    return f"/{VERSION}/Accounts/{account}"


def message(row: Message, account: str) -> Shape:
    uri = f"{base(account)}/Messages/{row.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": row.body,
        "date_created": _moment(row.created_at),
        "date_sent": _moment(row.created_at),
        "date_updated": _moment(row.created_at),
        "direction": row.direction,
        "error_code": row.error,
        "error_message": f"Error {row.error}" if row.error else None,
        "from": row.from_,
        "messaging_service_sid": None,
        "num_media": str(len(row.media)),
        "num_segments": str(row.parts),
        "price": None,
        "price_unit": "USD",
        "sid": row.sid,
        "status": row.stage,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row.to,
        "uri": f"{uri}.json",
    }


def media(row: Media, parent: str, account: str) -> Shape:
    return {
        "account_sid": account,
        "content_type": row.content_type,
        "date_created": _moment(row.created_at),
        "date_updated": _moment(row.created_at),
        "parent_sid": parent,
        "sid": row.sid,
        "uri": f"{base(account)}/Messages/{parent}/Media/{row.sid}.json",
    }


def call(row: Call, account: str) -> Shape:
    uri = f"{base(account)}/Calls/{row.sid}"
    return {
        "account_sid": account,
        "answered_by": None,
        "api_version": VERSION,
        "caller_name": None,
        "date_created": _moment(row.created_at),
        "date_updated": _moment(row.ended_at or row.created_at),
        "direction": row.direction,
        "duration": str(row.seconds) if row.is_over else None,
        "end_time": _moment(row.ended_at) if row.ended_at else None,
        "forwarded_from": None,
        "from": row.from_,
        "from_formatted": row.from_,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": row.sid,
        "start_time": _moment(row.answered_at) if row.answered_at else None,
        "status": row.stage,
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        "to": row.to,
        "to_formatted": row.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def recording(row: Recording, account: str) -> Shape:
    uri = f"{base(account)}/Recordings/{row.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "call_sid": row.call_sid,
        "channels": 1,
        "conference_sid": None,
        "date_created": _moment(row.created_at),
        "date_updated": _moment(row.created_at),
        "duration": str(row.seconds),
        "encryption_details": None,
        "error_code": None,
        "media_url": None,
        "price": None,
        "price_unit": "USD",
        "sid": row.sid,
        "source": "RecordVerb",
        "start_time": _moment(row.created_at),
        "status": "completed",
        "subresource_uris": {"add_on_results": f"{uri}/AddOnResults.json"},
        "uri": f"{uri}.json",
    }


def page(name: str, rows: list[Shape], path: str, asked: dict[str, str]) -> Shape:
    """One page of a list, with the addresses of its neighbours. `asked` is the query of the request."""
    size = max(1, min(int(asked.get("PageSize", PAGE)), MOST))
    number = max(0, int(asked.get("Page", 0)))
    shown = rows[number * size : (number + 1) * size]

    def at(page_number: int) -> str:
        return f"{path}?{urlencode(asked | {'PageSize': str(size), 'Page': str(page_number)})}"

    return {
        name: shown,
        "end": number * size + max(0, len(shown) - 1),
        "first_page_uri": at(0),
        "next_page_uri": at(number + 1) if len(rows) > (number + 1) * size else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": at(number - 1) if number else None,
        "start": number * size,
        "uri": at(number),
    }


def refusal(status: int, code: int, words: str) -> Shape:
    return {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _moment(moment: datetime) -> str:
    return format_datetime(moment)
