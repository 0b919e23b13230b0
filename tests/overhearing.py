"""Every statement that is sent to a database, by whichever of the two ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from hub import statements

Sent = list[tuple[str, Any]]  # each statement with its values, or those of its first row


@contextmanager
def overheard(*engines: Engine) -> Iterator[Sent]:
    """What is sent meanwhile through these engines, and straight to any driver (`hub.statements`)."""
    sent: Sent = []

    def hear(_: Any, __: object, statement: str, values: Any, ___: object, many: bool) -> None:
        sent.append((statement, values[0] if many else values))

    def straight(how: Callable[[str, Any], object], text: Any, values: Any) -> None:
        sent.append((text.said, values[0] if how.__name__ == "executemany" else values))
        send(how, text, values)

    send = statements._send
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    with patch.object(statements, "_send", straight):
        yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)
