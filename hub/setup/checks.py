"""How one field of a form becomes a value, gathering every refusal so that all are mended at once."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hub.errors import BadInput, HubError
from hub.limits import Limit

LONGEST = 200
T = TypeVar("T")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def id_of(key: str) -> int:
    """The id that a key is, 0 for one that is none."""
    return int(key) if re.fullmatch("[0-9]{1,9}", key) else 0


class Said:
    """What was said, field by field. `finish` raises one BadInput for everything that is wrong."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said
        self._wrong: dict[str, HubError] = {}

    def text(self, name: str, required: bool = False, longest: int = LONGEST) -> str:
        value = self._kept(name, str(self._said.get(name) or "").strip())
        if required and not value:
            self.refuse(name, HubError("this is needed"))
        if len(value) > longest:
            self.refuse(name, HubError("this is longer than %(longest)s characters", longest=longest))
        return value

    def code(self, name: str) -> str:
        value = self.text(name, required=True)
        if value and not _CODE.fullmatch(value):
            self.refuse(name, HubError("a code is made of letters, digits, points and hyphens"))
        return value

    def one_of(self, name: str, allowed: Collection[str]) -> str:
        value = self.text(name)
        if value not in allowed:
            self.refuse(name, HubError("choose one of the list"))
        return value

    def several(self, name: str, allowed: Collection[str] | None = None) -> list[str]:
        """A list, or lines or a comma-separated text; each once, in the order given."""
        value = self._said.get(name) or []
        parts = re.split(r"[\n,，、;；]", value) if isinstance(value, str) else [str(one) for one in value]
        parts = [self._kept(name, part) for part in parts]
        found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        strange = [one for one in found if allowed is not None and one not in allowed]
        if strange:
            self.refuse(name, HubError("nobody knows: %(names)s", names=", ".join(strange[:3])))
        if any(len(one) > LONGEST for one in found):
            self.refuse(name, HubError("this is longer than %(longest)s characters", longest=LONGEST))
        return found

    def number(self, name: str, least: int, most: int) -> int:
        value = self.whole(name, least, most)
        if value is None and name not in self._wrong:
            self.refuse(name, HubError("this is needed"))
        return value or 0

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, None where nothing stands."""
        value = self.text(name) if not isinstance(self._said.get(name), int) else str(self._said[name])
        if not value:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not least <= int(value) <= most:
            self.refuse(
                name,
                HubError("this must be a whole number from %(least)s to %(most)s", least=least, most=most),
            )
            return None
        return int(value)

    def yes(self, name: str) -> bool:
        return self._said.get(name) in (True, "yes", "on", "1", "true")

    def limit(self, name: str) -> str:
        value = self.text(name)
        if value and self._read(Limit.parse, value) is None:
            self.refuse(name, HubError("write a time like 15m, 9h, 3d or 5wd"))
        return value

    def day(self, name: str, required: bool = False) -> str:
        """A date as ISO text, "" where none stands."""
        value = self.text(name, required)
        if value and self._read(date.fromisoformat, value) is None:
            self.refuse(name, HubError("this is not a date"))
        return value

    def moment(self, name: str, zone: ZoneInfo) -> str:
        """A local date and time, or an instant, as an ISO instant."""
        value = self.text(name, required=True)
        found = self._read(datetime.fromisoformat, value) if value else None
        if value and found is None:
            self.refuse(name, HubError("this is not a date and time"))
        if found is None:
            return ""
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC")).isoformat()

    def _kept(self, name: str, value: str) -> str:
        """The text, which both engines must be able to keep: no NUL, no half of a surrogate pair."""
        if not _UNKEPT.search(value):
            return value
        self.refuse(name, HubError("holds a character that cannot be kept"))
        return ""

    def refuse(self, name: str, reason: HubError) -> None:
        """Say why this field cannot be taken; the first reason stands."""
        self._wrong.setdefault(name, reason)

    def finish(self) -> None:
        """Raises BadInput naming every field that was refused."""
        if self._wrong:
            raise BadInput.of(self._wrong)

    @staticmethod
    def _read(parse: Callable[[str], T], value: str) -> T | None:
        try:
            return parse(value)
        except ValueError:
            return None
