"""How likely two matters are one, and why: where they are, what they are, when they were told.

Pure comparison, no look-up. The weights were chosen on one half of the pairs in
tests/dispatch/alike_pairs.csv and measured on the other.
Source: domain.md §3.2 (one matter through several doors is one case), §3.4 (suggest duplicates).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from hub import places, words

LIKELY = 0.5
LONG = timedelta(days=30)
AFTER = timedelta(days=1)  # what comes later than this after the closing is the trouble again, not the same

# How much the place says: one's own room or spot all of it, one's own phone nearly, a neighbour's room less.
ROOM, PHONE, BUILDING = 1.0, 0.9, 0.8
CATEGORY, GROUP, UNDECIDED, OTHER = 0.72, 0.42, 0.3, 0.1  # what the category alone says; words say the rest
CLOSED = 0.7
# What people ask for themselves: the counter where they ask is no sign that two ask the same.
ERRANDS = ("service", "enquiry")
_ERRAND = frozenset(
    words.stem(word)
    for word in (
        *("refund", "payment", "permit", "certificate", "appointment", "schedule"),
        *("booking", "application", "registration", "transfer", "reversal", "trial", "appeal", "sticker"),
        *("退款", "退费", "缴费", "预约", "办证"),
        *("申请", "过户", "发票"),
    )
)
AT_ONCE = timedelta(hours=1)


@dataclass
class Matter:
    """A matter as it is compared: where, what, when. `closed_at` is None while it is open.

    Not frozen, for dozens are made with every intake, and freezing trebles what one costs.
    """

    at: datetime
    item: str
    description: str = ""
    category: str | None = None
    group: str | None = None
    kind: str | None = None
    room_id: int | None = None
    building_id: int | None = None
    contact_id: int | None = None
    place: str = ""
    closed_at: datetime | None = None

    @cached_property
    def said(self) -> frozenset[str]:
        return words.telling(self.item)

    @property
    def is_errand(self) -> bool:
        return self.kind in ERRANDS or bool(self.said & _ERRAND)

    @cached_property
    def told(self) -> frozenset[str]:
        return self.said | words.telling(self.description)


def compare(new: Matter, old: Matter) -> tuple[float, list[dict[str, Any]]]:
    """How likely two matters are one, 0 to 1, and why. 0 for another place, or when it was over long ago."""
    where, here = _where(new, old)
    if not where:
        return 0.0, []
    what, about = _what(new, old)
    when, then = _when(new, old, is_own=where > BUILDING, what=what)
    return round(where * what * when, 2), [*here, *about, *then]


def _where(new: Matter, old: Matter) -> tuple[float, list[dict[str, Any]]]:
    """The strongest thing that both places share."""
    is_elsewhere = new.room_id is not None and old.room_id is not None and new.room_id != old.room_id
    is_apart = new.is_errand and abs(new.at - old.at) > AT_ONCE
    place = 0.0 if is_elsewhere or is_apart else places.alike(new.place, old.place)
    ways = (
        (ROOM if _same(new.room_id, old.room_id) else 0.0, "room"),
        (place, "place"),
        (0.0 if is_elsewhere else PHONE if _same(new.contact_id, old.contact_id) else 0.0, "phone"),
        (BUILDING if _same(new.building_id, old.building_id) and not new.is_errand else 0.0, "building"),
    )
    best, what = max(ways, key=lambda way: way[0])
    reasons = [{"what": what}] if best else []
    if what == "room" and _same(new.contact_id, old.contact_id):
        reasons.append({"what": "phone"})
    return best, reasons


def _what(new: Matter, old: Matter) -> tuple[float, list[dict[str, Any]]]:
    reasons: list[dict[str, Any]]
    shared = sorted(new.told & old.told, key=lambda word: (word not in new.said, word))
    likeness = max(_likeness(new.said, old.said), _likeness(new.told, old.told))
    if new.category is None or old.category is None:
        base, reasons = UNDECIDED, []
    elif new.category == old.category:
        base, reasons = CATEGORY, [{"what": "category", "category": new.category}]
    elif new.group is not None and new.group == old.group:
        base, reasons = GROUP, [{"what": "group", "category": old.category}]
    else:
        base, reasons = OTHER, []
    if shared:
        reasons.append({"what": "words", "words": shared[:5]})
    return base + (1 - base) * likeness, reasons


def _when(new: Matter, old: Matter, is_own: bool, what: float) -> tuple[float, list[dict[str, Any]]]:
    """An own matter stays the same while it is open; a neighbour's the less, the longer ago it was said."""
    ago = abs(new.at - old.at)
    reasons: list[dict[str, Any]] = [{"what": "ago", "minutes": int(ago.total_seconds() // 60)}]
    if old.closed_at is not None and old.closed_at <= new.at:
        since = new.at - old.closed_at
        reasons.append({"what": "closed", "minutes": int(since.total_seconds() // 60)})
        return (CLOSED if since <= AFTER else 0.0), reasons
    if is_own:
        return 1.0 - 0.2 * min(1.0, ago / LONG), reasons
    likeness = max(0.0, what - CATEGORY) / (1 - CATEGORY)
    reach = timedelta(hours=3 + 45 * likeness**2)
    return 1.0 - 0.5 * min(1.0, ago / reach), reasons


def _likeness(some: frozenset[str], others: frozenset[str]) -> float:
    """Of two sets of words: the mean of the share of the shorter one and of both together."""
    if not some or not others:
        return 0.0
    shared = len(some & others)
    return (shared / min(len(some), len(others)) + 2 * shared / (len(some) + len(others))) / 2


def _same(one: int | None, other: int | None) -> bool:
    return one is not None and one == other
