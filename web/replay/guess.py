"""An unknown file: which column is what, and why; shown, mended by flags, kept as a profile."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.errors import BadInput, HubError
from web.replay import wording
from web.replay.case import inside
from web.replay.clues import Column, date_forms, with_clocks
from web.replay.columns import Finding, assign, look
from web.replay.profile import BY_CONTENT, OUTCOMES, ROLES, TIMES, Alternative, Profile, known, squash
from web.tables import Table, open_table

_NAMES = {"id": "the case number", "opened": "the time a case was opened"}


@dataclass(frozen=True)
class Guess:
    """What is believed of a file. city: the known city's short name, None for a guess."""

    profile: Profile
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]
    city: str | None = None

    def table(self) -> str:
        """Role → column → why, one line each, then what is not used."""
        width = max(len(finding.column) for finding in self.findings)
        lines = [f"{one.role:<12} {one.column:<{width}}  {one.why}" for one in self.findings]
        return "\n".join([*lines, f"{'not used':<12} {', '.join(self.unused) or '–'}"])


def override(text: str) -> tuple[str, str]:
    """`opened=Created` as (role, column). Raises BadInput for anything else."""
    role, equals, column = (part.strip() for part in text.partition("="))
    if not equals or role not in ROLES:
        raise BadInput("column", "write ROLE=HEADER; the roles are %(roles)s", roles=", ".join(ROLES))
    return role, column


def guess(
    path: Path | str,
    columns: Mapping[str, str] | None = None,
    zone: str | None = None,
    source: str | None = None,
) -> Guess:
    """Recognise the file's city by its columns, or guess each column's role from heading and cells.

    columns: role → header, as given by the person; "" takes a role away, id="-" numbers the rows by content.
    zone: IANA name of the file's local times.  source: name of the external reference.
    Raises TableError for no table; BadInput for an unknown column or zone, and while id or opened are not
    found.
    """
    table = open_table(path)
    given = _checked(columns or {}, table)
    sample = look(table)
    city = recognise(table.header, sample)
    if city:
        profile = known()[city]
        found = {role: _present(profile, role, table) for role in profile.columns}
        findings = {
            role: Finding(role, column, f"{profile.name}") for role, column in found.items() if column
        }
    else:
        forms, certain = date_forms(sample)
        findings = assign(sample, forms, given)
        profile = _profile(table, findings, forms)
        if not certain:
            findings["dates"] = Finding("dates", "month first", "day and month cannot be told apart")
    if zone or not city:
        profile = replace(profile, zone=_zone(zone, table))
    profile = _with_given(profile, given, findings)
    _refuse_gaps(profile, findings, table)
    if not city:
        profile = _with_words(profile, table, findings)
        findings["zone"] = Finding("zone", profile.zone.key, "given" if zone else _why_zone(profile))
    used = {name for role in profile.columns.values() for one in role for name in one}
    unused = tuple(name for name in table.header if squash(name) not in map(squash, used))
    order = {role: number for number, role in enumerate((*ROLES, "zone", "dates"))}
    shown = tuple(sorted(findings.values(), key=lambda finding: order[finding.role]))
    return Guess(replace(profile, source=source) if source else profile, shown, unused, city)


def recognise(header: tuple[str, ...], sample: tuple[Column, ...] = ()) -> str | None:
    """The known city whose columns these are, and whose place the coordinates are in; None for a stranger."""
    have = {squash(name) for name in header}
    for city, profile in known().items():
        if profile.recognised_by and all(squash(name) in have for name in profile.recognised_by):
            points = [_middle(profile.columns.get(axis), sample) for axis in ("latitude", "longitude")]
            if not profile.within or None in points or inside(points[0] or 0, points[1] or 0, profile.within):
                return city
    return None


def _middle(alternatives: tuple[Alternative, ...] | None, sample: tuple[Column, ...]) -> float | None:
    names = {squash(one[0]) for one in alternatives or ()}
    numbers = [
        number for column in sample if squash(column.name) in names for number in column.numbers if number
    ]
    return median(numbers) if numbers else None


def _checked(given: Mapping[str, str], table: Table) -> dict[str, Alternative]:
    """The person's choices with the header's own spelling; `DATE + TIME` joins two columns."""
    spelled = {squash(name): name for name in table.header} | {squash(BY_CONTENT): BY_CONTENT}
    chosen: dict[str, Alternative] = {}
    for role, text in given.items():
        if role not in ROLES:
            known_roles = ", ".join(ROLES)
            raise BadInput("column", "no role %(role)s; there are: %(roles)s", role=role, roles=known_roles)
        names = [text] if squash(text) in spelled else [part.strip() for part in text.split(" + ")]
        strange = [name for name in names if name and squash(name) not in spelled]
        if strange:
            header = ", ".join(table.header)
            raise BadInput(
                "column", "no column %(name)s; there are: %(header)s", name=strange[0], header=header
            )
        chosen[role] = tuple(spelled[squash(name)] for name in names if name)
    return chosen


def _profile(table: Table, findings: Mapping[str, Finding], forms: tuple[str, ...]) -> Profile:
    """The profile these findings make. Its source is a hash of the header, so that a shuffled, renamed or
    cut copy of the file speaks of the same matters."""
    shape = hashlib.sha256("|".join(sorted(map(squash, table.header))).encode("utf-8", "replace")).hexdigest()
    columns = {
        role: ((one.column, one.clock) if one.clock else (one.column,),) for role, one in findings.items()
    }
    return Profile(table.path.name, f"file-{shape[:8]}", ZoneInfo("UTC"), forms or ("iso",), columns)


def _with_given(profile: Profile, given: Mapping[str, Alternative], findings: dict[str, Finding]) -> Profile:
    columns = dict(profile.columns)
    for role, names in given.items():
        findings[role] = Finding(role, " + ".join(names), "given" if names else "taken away")
        columns[role] = (names,) if names else ()
    joined = any(len(one) > 1 for role in TIMES for one in columns.get(role, ()))
    dates = with_clocks(profile.dates) if joined else profile.dates
    return replace(profile, dates=dates, columns={role: found for role, found in columns.items() if found})


def _refuse_gaps(profile: Profile, findings: Mapping[str, Finding], table: Table) -> None:
    header = ", ".join(table.header)
    gaps = {role: what for role, what in _NAMES.items() if not profile.columns.get(role)}
    message = (
        "no column looks like %(what)s; name it with --column %(role)s=HEADER%(or)s. "
        "The columns are: %(header)s"
    )
    more = {"id": ", or --column id=- to number the rows by what they say", "opened": ""}
    refusals = {
        role: HubError(message, what=what, role=role, header=header, **{"or": more[role]})
        for role, what in gaps.items()
    }
    if refusals:
        raise BadInput.of(refusals)


def _with_words(profile: Profile, table: Table, findings: dict[str, Finding]) -> Profile:
    """What the whole file's statuses, channels and flags mean."""
    columns = {
        role: profile.columns[role][0][0] for role in ("status", "channel", "flag") if role in profile.columns
    }
    said: dict[str, dict[str, None]] = {role: {} for role in columns}
    for row in table.rows() if columns else ():
        for role, name in columns.items():
            said[role][str(row.cells[name]).strip()] = None
    words = {role: [word for word in values if word][:500] for role, values in said.items()}
    closed = wording.outcomes(words.get("status", ()))
    flags = wording.flags(columns.get("flag", ""), words.get("flag", ()))
    if "status" in columns:
        _explain(findings, "status", "closed: " + (", ".join(closed) or "no word of it means closed"))
    kept = dict(profile.columns)
    if "flag" in columns and not flags:
        del kept["flag"]
        findings.pop("flag", None)
    kinds = {"solved": "closed"}
    return replace(
        profile,
        columns=kept,
        outcomes={status.casefold(): OUTCOMES[kinds.get(kind, kind)] for status, kind in closed.items()},
        channels={word.casefold(): ours for word, ours in wording.channels(words.get("channel", ())).items()},
        flags={word.casefold(): on_time for word, on_time in flags.items()},
    )


def _explain(findings: dict[str, Finding], role: str, more: str) -> None:
    old = findings[role]
    findings[role] = replace(old, why=f"{old.why}; {more}")


def _present(profile: Profile, role: str, table: Table) -> str:
    have = {squash(name): name for name in table.header}
    return next((have[squash(one[0])] for one in profile.columns[role] if squash(one[0]) in have), "")


def _why_zone(profile: Profile) -> str:
    if profile.zone.key == "UTC":
        return "nothing in the file tells it; set it with --zone"
    return "from the language of the headings; --zone to change"


def _zone(zone: str | None, table: Table) -> ZoneInfo:
    """The given zone; else that of the headings' language, for want of anything better."""
    heads = "".join(table.header)
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in heads)
    traditional = any(letter in "時間類別電話號標題狀態門員處樓報詳" for letter in heads)
    name = zone or (("Asia/Hong_Kong" if traditional else "Asia/Shanghai") if chinese else "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise BadInput("zone", "no time zone named %(zone)s", zone=name) from unknown
