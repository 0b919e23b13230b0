"""Keyset paging: a page, and a cursor that says where the next one begins.

A cursor is opaque. It names its list and carries a check, so that one cut short, mixed up or made by hand
is refused instead of answering a wrong page; it opens nothing that its bearer could not find anyway.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from hub.errors import BadInput
from web.api.bounds import Line, Storable, Strict
from web.deps import LONGEST_PAGE, PAGE_OF

Item = TypeVar("Item")
Row = TypeVar("Row")
_CHECK = 6


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None


class Paged(Strict):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = PAGE_OF
    cursor: Annotated[str, Field(max_length=500), Storable] | None = None

    def after(self, name: str, kind: type[Any]) -> Any:
        """The place where this page begins, None for the first. Raises BadInput for a foreign cursor."""
        return None if self.cursor is None else read(name, self.cursor, kind)


class Searched(Paged):
    """A list that can be searched, perhaps in one office."""

    q: Line = ""
    office: Annotated[str, Field(max_length=40), Storable] | None = None


ByPage = Annotated[Paged, Query()]
BySearch = Annotated[Searched, Query()]


def cut(
    name: str, rows: Sequence[Row], limit: int, place: Callable[[Row], int | str]
) -> tuple[Sequence[Row], str | None]:
    """The page out of up to `limit` + 1 rows, and the cursor when there is more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write(name, place(rows[limit - 1]))


def write(name: str, place: int | str) -> str:
    """The cursor of this place in the list of this name."""
    body = json.dumps([name, place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(body) + body).decode().rstrip("=")


def read(name: str, cursor: str, kind: type[Any]) -> Any:
    """The place this cursor names. Raises BadInput for one that is not of this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        check, body = raw[:_CHECK], raw[_CHECK:]
        told, place = json.loads(body) if check == _check(body) else (None, None)
    except ValueError:
        told, place = None, None
    if told != name or type(place) is not kind:
        raise BadInput("cursor", "this cursor is not one of this list")
    return place


def _check(body: bytes) -> bytes:
    return hashlib.blake2s(body, digest_size=_CHECK, person=b"cursor").digest()
