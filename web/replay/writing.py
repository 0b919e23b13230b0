"""A profile written out, so that a guess mended once is kept."""

import json
from collections.abc import Iterable, Mapping

from web.replay.profile import OUTCOMES, Alternative, Profile


def as_toml(profile: Profile) -> str:
    """The profile as the TOML that `profile.parse` reads back to the same."""
    lines = [
        f"name = {_quoted(profile.name)}",
        f"source = {_quoted(profile.source)}",
        f"zone = {_quoted(profile.zone.key)}",
        f"dates = {_listed(profile.dates)}",
        f"recognised_by = {_listed(profile.recognised_by)}",
    ]
    if profile.within:
        lines.append(f"within = [{', '.join(map(repr, profile.within))}]")
    if profile.placeholders:
        lines.append(
            f"placeholders = [{', '.join(f'[{a!r}, {b!r}]' for a, b in sorted(profile.placeholders))}]"
        )
    if profile.zip_digits:
        lines.append(f"zip_digits = {profile.zip_digits}")
    lines += ["", "[columns]", *(f"{role} = {_role(found)}" for role, found in profile.columns.items())]
    lines += ["", "[status]", *_sections(profile.outcomes, OUTCOMES)]
    lines += ["", "[flag]", *_sections(profile.flags, {"on_time": True, "late": False})]
    lines += ["", "[channels]", f"default = {_quoted(profile.default_channel)}"]
    lines += [f"{_quoted(word)} = {_quoted(ours)}" for word, ours in profile.channels.items()]
    hours = profile.calendar
    lines += ["", "[calendar]", f"days = {_listed(hours.days)}"]
    lines += [f"{key} = {_quoted(getattr(hours, key))}" for key in ("opens", "closes", "region")]
    lines.append(f"open_even_so = {_listed(hours.open_even_so)}")
    return "\n".join(lines) + "\n"


def _sections(words: Mapping[str, object], means: Mapping[str, object]) -> Iterable[str]:
    """One line a kind: the words that mean it."""
    for kind, meaning in means.items():
        yield f"{kind} = {_listed(word for word, meant in words.items() if meant == meaning)}"


def _role(alternatives: tuple[Alternative, ...]) -> str:
    if len(alternatives) == 1 and len(alternatives[0]) == 1:
        return _quoted(alternatives[0][0])
    return f"[{', '.join(_quoted(one[0]) if len(one) == 1 else _listed(one) for one in alternatives)}]"


def _listed(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(word: str) -> str:
    """A TOML basic string; JSON escapes the same characters except DEL."""
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")
