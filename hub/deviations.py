"""Where an office deviates from what is delivered: kept in its policy, by kind of thing and by key.

Only the fields that differ are kept; with none left the thing is as delivered again.
"""

from collections.abc import Mapping
from typing import Any

from hub.organisation import Office

CATEGORIES = "categories"
# What an office may set otherwise for a category of its company, beside its own words for it.
OF_CATEGORY = (
    *("department", "priority", "respond", "on_site", "resolve"),
    *("callback", "assign", "trade", "paper", "minutes"),
)


def of(office: Office, kind: str) -> dict[str, dict[str, Any]]:
    """Every deviation of this kind, by key."""
    found: dict[str, dict[str, Any]] = office.policy.get(kind, {})
    return found


def put_on(row: object, own: Mapping[str, Any]) -> None:
    """The category as this office has it. The row is nobody's session's, so the company's is left alone."""
    for name in OF_CATEGORY:
        if name in own:
            setattr(row, name, own[name])


def put(
    office: Office, kind: str, key: str, values: Mapping[str, Any] | None, delivered: Mapping[str, Any]
) -> None:
    """Keep how the values differ from what is delivered; None goes back to it."""
    own = {name: value for name, value in (values or {}).items() if value != delivered.get(name)}
    kept = {name: value for name, value in of(office, kind).items() if name != key}
    if own:
        kept[key] = own
    policy = {name: value for name, value in office.policy.items() if name != kind}
    office.policy = policy | ({kind: kept} if kept else {})
