"""Whom a step reaches: the people named, whoever stands in for those on leave, and not at night.

Somebody on leave hears nothing; their stand-in does, else the next rank up: never nobody.
Source: seed K1.5 (代收: the stand-in is named), K2.5; peers.md §5-4 (not at midnight), §5-7 (leave).
"""

from collections.abc import Callable
from datetime import datetime

from dispatch.case import Case
from hub import clock, quiet_hours, roster

# who hears when nobody of a rank is there
ABOVE = {
    "holder": "supervisor",
    "supervisor": "customer_director",
    "customer_director": "director",
    "leader": "director",
}
# Nobody is pressed at night for what can wait until the morning; an emergency never waits.
NEVER_QUIET = ("P1",)
Named = Callable[[str], list[int]]


def reached(case: Case, whom: str, named: Named) -> list[int]:
    """Who hears of a step meant for this rank. `named` answers whom a rank names, present or not."""
    meant = named(whom)
    rank: str | None = whom
    while rank is not None:
        there = present(case, named(rank))
        if there:
            return there
        rank = ABOVE.get(rank)
    return meant


def present(case: Case, staff_ids: list[int]) -> list[int]:
    """These people, each on leave replaced by whoever stands in; those without anybody left out."""
    known, now = roster.of(case.tx, case.office), clock.now()
    found = (known.instead(staff_id, now) for staff_id in staff_ids)
    return list(dict.fromkeys(one for one in found if one is not None))


def quiet_until(case: Case, staff_ids: list[int]) -> datetime | None:
    """Until when these people are left in peace; None by day, for an emergency, and while one is on duty."""
    if case.ticket.priority in NEVER_QUIET:
        return None
    now = clock.now()
    ends = quiet_hours.end(case.office, now)
    if ends is None:
        return None
    known = roster.of(case.tx, case.office)
    return None if any(known.leaves_at(one, now) for one in staff_ids) else ends
