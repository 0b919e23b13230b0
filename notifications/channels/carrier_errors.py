"""What a carrier's error code means to us: hub/data/carrier_errors.csv, one line a code.

`mark` spoils the number for the channels named, `next` only this message for this channel; `retry` and `once`
try again later (once: one time), `slow` and `rest` leave the whole channel alone for a while.
Source: Twilio's error dictionary; domain.md §6 (errors to handle).
"""

from dataclasses import dataclass
from functools import cache

from hub import data
from notifications.channels.contract import Permanent, Temporary

SLOW_SECONDS, REST_SECONDS = 10.0, 300.0
# what the channels call a failure that has no code of a carrier's
OURS = (
    *(
        "down",
        "broken",
        "silent",
        "fault",
        "auth",
        "url",
        "inward",
        "key",
        "none",
        "stale",
    ),
    *("busy", "no-answer", "failed", "canceled"),
)


@dataclass(frozen=True)
class Meaning:
    """One line of the table."""

    code: str
    does: str
    spoils: tuple[str, ...]
    means: str


UNKNOWN = Meaning("", "next", (), "the carrier refused it")


@cache
def table() -> dict[str, Meaning]:
    """The whole table by code."""
    rows = data.read("carrier_errors")
    return {
        row["code"]: Meaning(row["code"], row["does"], tuple(row["spoils"].split()), row["means"])
        for row in rows
    }


def meaning(code: str | int | None) -> Meaning:
    """What this code means; one we do not know spoils this message here, and nothing else."""
    return table().get(str(code), UNKNOWN)


def refusal(code: str | int | None, retry_after: float = 0) -> Permanent | Temporary:
    """The refusal the outbox understands."""
    known = meaning(code)
    said = str(code or "")
    if known.does in ("mark", "next"):
        return Permanent(said, known.means, known.spoils)
    rests = {"slow": retry_after or SLOW_SECONDS, "rest": REST_SECONDS}.get(known.does, 0)
    return Temporary(said, known.means, rests)
