"""A row of a city's file as a case: its times in UTC, its words cleaned, its dirt kept and named."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hub import clock
from hub.errors import BadInput
from web.replay import times
from web.replay.cells import clean, degrees, digest
from web.replay.profile import BY_CONTENT, REQUIRED, ROLES, Alternative, Profile, squash
from web.tables import CUT_OFF, Row, Table, open_table

_SKEW = timedelta(minutes=5)  # the city's clock may run ahead of ours by this much


@dataclass(frozen=True, slots=True)
class Case:
    """One matter as the city's file tells it.

    row: its line in the file.  source, ref: the external reference.  Texts are cleaned, "" where the file
    says nothing; channel is one of ours, channel_text the file's word.  Times are UTC.
    ended: the file says it is closed.  outcome: ours, "" while open.  flag: "on_time", "late" or None where
    the city gave none.  latitude, longitude: degrees WGS 84, None where unknown.  marks: the dirt, in words.
    """

    row: int
    source: str
    ref: str
    item: str
    description: str
    category: str
    department: str
    channel: str
    channel_text: str
    place: str
    zip: str
    latitude: float | None
    longitude: float | None
    opened: datetime
    target: datetime | None
    closed: datetime | None
    reopened: datetime | None
    status_text: str
    ended: bool
    outcome: str
    resolution: str
    flag: str | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be a case, with why and what it held."""

    row: int
    reason: str
    cells: Mapping[str, str]


def read(path: Path | str, profile: Profile, now: datetime | None = None) -> Iterator[Case | Rejected]:
    """Every row of the file in its order, as a case or rejected with a reason; none is left out.

    `now` (default: the clock's) tells which dates lie in the future. The file is read twice, so that rows
    sharing one id are known before the first of them is told.
    Raises TableError for a file that is no table, BadInput when the columns for id or opened are not in it.
    """
    table = open_table(path)
    reader = _Reader(table, profile, now or clock.now())
    shared = reader.shared_ids()
    seen: dict[str, int] = {}
    for row in table.rows():
        yield reader.told(row, shared, seen)


class _Reader:
    """One profile resolved against one header."""

    def __init__(self, table: Table, profile: Profile, now: datetime) -> None:
        self.table, self.profile, self.now = table, profile, now
        present = {squash(name): name for name in reversed(table.header)}
        self.columns = {role: _present(profile.columns.get(role, ()), present) for role in ROLES}
        for role in REQUIRED:
            if not self.columns[role] and profile.columns[role] != ((BY_CONTENT,),):
                wanted = " or ".join(" + ".join(one) for one in profile.columns[role])
                raise BadInput(role, "the file has no column %(wanted)s", wanted=wanted)

    def shared_ids(self) -> frozenset[str]:
        """The ids that stand on rows of different content."""
        ids: set[str] = set()
        again: set[str] = set()
        for row in self.table.rows():
            ref = self.text(row, "id")
            (again if ref in ids else ids).add(ref)
        first: dict[str, bytes] = {}
        shared: set[str] = set()
        for row in self.table.rows() if again - {""} else ():
            ref = self.text(row, "id")
            if ref in again and first.setdefault(ref, content := digest(row)) != content:
                shared.add(ref)
        return frozenset(shared - {""})

    def told(self, row: Row, shared: frozenset[str], seen: dict[str, int]) -> Case | Rejected:
        if CUT_OFF in row.marks:
            # half an id would be another case, and half a row would hide the whole one later
            return _rejected(row, "the file is cut off in this row")
        ref, marks = self.text(row, "id"), list(row.marks)
        if not ref:
            ref = f"content-{digest(row).hex()[:16]}"
            if self.columns["id"]:
                marks.append("no id")
        elif ref in shared:
            ref = f"{ref}~{digest(row).hex()[:8]}"
            marks.append("duplicate id, other content")
        if ref in seen:
            return _rejected(row, f"the same as row {seen[ref]}")
        moments = {role: self.time(row, role, marks) for role in ("opened", "target", "closed", "reopened")}
        opened = moments["opened"] or moments["closed"] or moments["reopened"]
        if opened is None:
            return _rejected(row, "no opened date" if self.text(row, "id") else "no id and no opened date")
        seen[ref] = row.number
        if moments["opened"] is None:
            marks.append("no opened date, a later one taken")
        return self.case(row, ref, opened, moments, marks)

    def case(
        self, row: Row, ref: str, opened: datetime, moments: Mapping[str, datetime | None], marks: list[str]
    ) -> Case:
        _mark_times(opened, moments, self.now, marks)
        status = self.text(row, "status")
        ended, outcome = self.ending(status, moments, marks)
        latitude, longitude = self.point(row, marks)
        channel, channel_text = self.channel(row, marks)
        category, description = self.text(row, "category"), self.text(row, "description")
        item = self.text(row, "item") or category or description[:120]
        if not item:
            marks.append("no item")
        if self.columns["category"] and not category:
            marks.append("no category")
        return Case(
            row=row.number,
            source=self.profile.source,
            ref=ref,
            item=item,
            description=description,
            category=category,
            department=self.text(row, "department"),
            channel=channel,
            channel_text=channel_text,
            place=self.text(row, "place"),
            zip=self.zip(row),
            latitude=latitude,
            longitude=longitude,
            opened=opened,
            target=moments["target"],
            closed=moments["closed"],
            reopened=moments["reopened"],
            status_text=status,
            ended=ended,
            outcome=outcome,
            resolution=self.text(row, "resolution"),
            flag=self.flag(row, marks),
            marks=tuple(dict.fromkeys(marks)),
        )

    def text(self, row: Row, role: str) -> str:
        """The first alternative of the role that says anything."""
        for alternative in self.columns[role]:
            words = [clean(row.cells[name]) for name in alternative]
            if words[0]:
                return ", ".join(word for word in words if word)
        return ""

    def time(self, row: Row, role: str, marks: list[str]) -> datetime | None:
        for alternative in self.columns[role]:
            cells = [row.cells[name] for name in alternative]
            if times.is_blank(cells[0]):
                continue
            cell = cells[0] if len(cells) == 1 else " ".join(map(clean, cells))
            moment, odd = times.read(cell, self.profile.dates, self.profile.zone)
            marks.extend(odd)
            if moment is None:
                marks.append(f"{role} unreadable")
            return moment
        return None

    def ending(
        self, status: str, moments: Mapping[str, datetime | None], marks: list[str]
    ) -> tuple[bool, str]:
        """Whether the case is closed, and how. The status decides; without a status column the date does."""
        closed, reopened = moments["closed"], moments["reopened"]
        outcome = self.profile.outcomes.get(status.casefold(), "")
        if not self.columns["status"] or not status:
            ended = closed is not None and (reopened is None or reopened <= closed)
            return ended, "solved" if ended else ""
        if outcome and closed is None:
            marks.append("closed but no closing time")
        if not outcome and closed is not None and (reopened is None or reopened <= closed):
            marks.append("closing time but not closed")
        return bool(outcome), outcome

    def channel(self, row: Row, marks: list[str]) -> tuple[str, str]:
        said = self.text(row, "channel")
        ours = self.profile.channels.get(said.casefold(), "")
        if self.columns["channel"] and not ours:
            known = not said or said.casefold() in self.profile.channels
            marks.append("no channel" if known else "channel unknown")
        return ours or self.profile.default_channel, said

    def flag(self, row: Row, marks: list[str]) -> str | None:
        if not self.columns["flag"]:
            return None
        said = self.text(row, "flag")
        on_time = self.profile.flags.get(said.casefold())
        if on_time is None:
            marks.append("flag unknown" if said else "flag blank")
            return None
        return "on_time" if on_time else "late"

    def zip(self, row: Row) -> str:
        digits = re.sub(r"\.0+$", "", self.text(row, "zip"))
        return digits.zfill(self.profile.zip_digits) if digits.isdigit() else digits

    def point(self, row: Row, marks: list[str]) -> tuple[float | None, float | None]:
        if not (self.columns["latitude"] and self.columns["longitude"]):
            return None, None
        latitude, longitude = degrees(self.text(row, "latitude")), degrees(self.text(row, "longitude"))
        if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
            marks.append("no coordinates")
            return None, None
        if abs(latitude) > 90 or abs(longitude) > 180:
            marks.append("coordinates impossible")
            return None, None
        if (latitude, longitude) in self.profile.placeholders:
            marks.append("placeholder coordinates")
            return None, None
        if self.profile.within and not inside(latitude, longitude, self.profile.within):
            marks.append("coordinates outside the city")
        return latitude, longitude


def inside(latitude: float, longitude: float, box: tuple[float, float, float, float]) -> bool:
    """Whether a point lies in the box (south, north, west, east), degrees."""
    south, north, west, east = box
    return south <= latitude <= north and west <= longitude <= east


def _present(alternatives: tuple[Alternative, ...], header: Mapping[str, str]) -> tuple[Alternative, ...]:
    named = [tuple(header[squash(name)] for name in one if squash(name) in header) for one in alternatives]
    # without its first column an alternative has lost what it was about
    return tuple(
        got for got, one in zip(named, alternatives, strict=True) if got and squash(one[0]) in header
    )


def _mark_times(
    opened: datetime, moments: Mapping[str, datetime | None], now: datetime, marks: list[str]
) -> None:
    closed, target, reopened = moments["closed"], moments["target"], moments["reopened"]
    if closed and closed < opened:
        marks.append("closed before opened")
    if target and target < opened:
        marks.append("target before opened")
    if reopened and reopened < opened:
        marks.append("reopened before opened")
    if any(moment and moment > now + _SKEW for moment in (opened, closed, reopened)):
        marks.append("date in the future")


def _rejected(row: Row, reason: str) -> Rejected:
    cells = {name: clean(value) for name, value in row.cells.items()}
    cells.update({f"extra {number}": clean(value) for number, value in enumerate(row.extra, start=1)})
    return Rejected(row.number, reason, cells)
