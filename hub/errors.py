"""The family of refusals. Each carries its HTTP status and is drawn once, by the web."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil
from typing import Any


class HubError(Exception):
    """A refusal said in one plain sentence to the person who gets it.

    `message` is a message of the locale files; `params` fill its %(name)s places.
    """

    status = 500
    code = "error"

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class BadInput(HubError):
    """What was given cannot be taken; every bad field is named with its reason."""

    status = 422
    code = "bad_input"

    def __init__(self, field: str, reason: str, **params: Any) -> None:
        super().__init__(reason, **params)
        self.fields: dict[str, HubError] = {field: HubError(reason, **params)}

    @classmethod
    def of(cls, fields: Mapping[str, HubError]) -> "BadInput":
        """One refusal for several fields, so the person mends all of them at once."""
        first, reason = next(iter(fields.items()))
        whole = cls(first, reason.message, **reason.params)
        whole.fields = dict(fields)
        return whole

    def __str__(self) -> str:
        return "; ".join(f"{field}: {reason}" for field, reason in self.fields.items())


class NotFound(HubError):
    """There is no such thing, or not for this person: the two are never told apart."""

    status = 404
    code = "not_found"


class Unknown(HubError):
    """Nobody is signed in."""

    status = 401
    code = "unknown"


class Forbidden(HubError):
    """The person sees it but this step is another role's."""

    status = 403
    code = "forbidden"


class NotNow(HubError):
    """The step is not among the legal ones at this moment; those are named."""

    status = 409
    code = "not_now"

    def __init__(self, message: str, legal: Iterable[str] = (), **params: Any) -> None:
        super().__init__(message, **params)
        self.legal = tuple(legal)


class AlreadyTaken(NotNow):
    """A colleague was first."""

    code = "already_taken"


class CallbackOwed(NotNow):
    """The customer is still to be called back (seed 2-(2): no closing without it)."""

    code = "callback_owed"


class KeyReused(HubError):
    """The same idempotency key came with another body."""

    status = 422
    code = "key_reused"


class StillRunning(HubError):
    """The first request under this idempotency key has not been answered yet."""

    status = 409
    code = "still_running"


class TooMany(HubError):
    """Tried too often; `wait` is how long it is to be left alone."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, wait: timedelta, **params: Any) -> None:
        super().__init__(message, **params)
        self.wait = wait

    @property
    def seconds(self) -> str:
        """The wait as the header Retry-After has it, in whole seconds."""
        return str(ceil(self.wait.total_seconds()))


class ChangedMeanwhile(NotNow):
    """Somebody else decided something while this person was looking; pressed again, the step goes through."""
