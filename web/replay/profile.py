"""A city is data: which column says what, in which words, zone and calendar."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.errors import BadInput

# One way to read a role: the columns joined. A role has alternatives, the first with any text wins.
Alternative = tuple[str, ...]

REQUIRED = ("id", "opened")
TIMES = ("opened", "target", "closed", "reopened")
ROLES = (
    *(
        "id",
        "opened",
        "target",
        "closed",
        "reopened",
        "status",
        "item",
        "description",
        "category",
        "department",
    ),
    *("channel", "place", "zip", "latitude", "longitude", "resolution", "flag"),
)
CHANNELS = ("phone", "walk_in", "sms", "letter", "fax", "email", "portal", "employee", "open311")
OUTCOMES = {"closed": "solved", "duplicate": "duplicate", "not_ours": "not_ours", "withdrawn": "withdrawn"}
BY_CONTENT = "-"  # in place of the id column: number the rows by what they say


@dataclass(frozen=True)
class WorkingHours:
    """When the city works: days mon…sun, opens and closes HH:MM local ("24:00" = end of day).

    region: whose public holidays are closed, as ISO country or country-part ("US-MA"), "" for none.
    open_even_so: MM-DD of holidays of the region that the city does not keep.
    """

    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    opens: str = "00:00"
    closes: str = "24:00"
    region: str = ""
    open_even_so: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """How to read one city's file.

    columns: role → alternatives.  dates: strptime formats, "iso", "excel" (days since 1899-12-30) or "epoch".
    outcomes: a closed status, folded → our outcome.  channels: the file's word → ours ("" = not stated).
    flags: the city's on-time word, folded → True for on time.  within: south, north, west, east in degrees.
    """

    name: str
    source: str
    zone: ZoneInfo
    dates: tuple[str, ...]
    columns: Mapping[str, tuple[Alternative, ...]]
    recognised_by: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    default_channel: str = "portal"
    flags: Mapping[str, bool] = field(default_factory=dict)
    within: tuple[float, float, float, float] | None = None
    placeholders: frozenset[tuple[float, float]] = frozenset()
    zip_digits: int = 0
    calendar: WorkingHours = WorkingHours()


def squash(name: str) -> str:
    """A column name without case, blanks and punctuation, so `Open DT` meets `OPEN_DT`."""
    return re.sub(r"[\W_]+", "", name.casefold()) or name.strip()


def known() -> dict[str, Profile]:
    """Every city that came with the product, by its short name."""
    folder = files("web.replay") / "profiles"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): parse((folder / name).read_text("utf-8")) for name in names}


def load(name: str) -> Profile:
    """A profile by its short name, or from a TOML file of that path.

    Raises BadInput when there is none, or when the file says something a profile cannot.
    """
    cities = known()
    if name in cities:
        return cities[name]
    path = Path(name)
    if not path.is_file():
        raise BadInput(
            "profile", "no profile named %(name)s; there are %(known)s", name=name, known=", ".join(cities)
        )
    return parse(path.read_text("utf-8"))


def parse(text: str) -> Profile:
    """A profile from its TOML. Raises BadInput naming the first thing that is wrong."""
    try:
        data = tomllib.loads(text)
        return _profile(data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadInput("profile", "not a profile: %(wrong)s", wrong=str(wrong)) from wrong


def _profile(data: dict[str, Any]) -> Profile:
    columns = {role: _alternatives(given) for role, given in data["columns"].items()}
    if strange := set(columns) - set(ROLES):
        raise ValueError(f"no such role: {', '.join(sorted(strange))}")
    if missing := [role for role in REQUIRED if not columns.get(role)]:
        raise ValueError(f"no column named for {', '.join(missing)}")
    channels = {word.casefold(): ours for word, ours in data.get("channels", {}).items()}
    default = channels.pop("default", "portal")
    if strange := {default, *channels.values()} - {*CHANNELS, ""}:
        raise ValueError(f"no such channel: {', '.join(sorted(strange))}")
    flags = {
        word.casefold(): side == "on_time" for side, words in data.get("flag", {}).items() for word in words
    }
    return Profile(
        name=data["name"],
        source=data["source"],
        zone=ZoneInfo(data["zone"]),
        dates=tuple(data["dates"]),
        columns=columns,
        recognised_by=tuple(data.get("recognised_by", ())),
        outcomes=_outcomes(data.get("status", {})),
        channels=channels,
        default_channel=default,
        flags=flags,
        within=tuple(data["within"]) if "within" in data else None,
        placeholders=frozenset((float(south), float(east)) for south, east in data.get("placeholders", ())),
        zip_digits=data.get("zip_digits", 0),
        calendar=_hours(data.get("calendar", {})),
    )


def _alternatives(given: str | Sequence[str | Sequence[str]]) -> tuple[Alternative, ...]:
    if isinstance(given, str):
        return ((given,),)
    return tuple((one,) if isinstance(one, str) else tuple(one) for one in given)


def _outcomes(status: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {word.casefold(): OUTCOMES[kind] for kind, words in status.items() for word in words}


def _hours(given: Mapping[str, Any]) -> WorkingHours:
    lists = ("days", "open_even_so")
    fields: dict[str, Any] = {key: tuple(value) if key in lists else value for key, value in given.items()}
    return WorkingHours(**fields)
