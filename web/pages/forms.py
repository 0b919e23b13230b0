"""A form as it was filled: what stands in each field and what is wrong with it; nothing is typed twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe

from hub.errors import BadInput, HubError

# The names refusals have for a field (those of the API's body) -> the field of our forms.
FIELD_OF = {
    "caller.name": "name",
    "caller.room": "room",
    "caller.phone": "phone",
    "unknown.name": "unknown_name",
    "unknown.room": "unknown_room",
    "unknown.phone": "unknown_phone",
    "to.department": "to",
    "to.worker": "to",
    "photo": "file",
}


@dataclass(frozen=True)
class Filled:
    """The texts of one form and the refusal it met. `key` makes a second sending harmless;
    `seen` is the last event of the matter that stood on the page with it (hub.meanwhile).
    """

    values: Mapping[str, str] = field(default_factory=dict)
    refusal: HubError | None = None
    key: str = field(default_factory=lambda: token_urlsafe(12))
    seen: int = 0

    @property
    def errors(self) -> dict[str, HubError]:
        """The reason under each bad field's name in the form."""
        if not isinstance(self.refusal, BadInput):
            return {}
        return {FIELD_OF.get(name, name): reason for name, reason in self.refusal.fields.items()}

    def unplaced(self, *shown: str) -> HubError | None:
        """The refusal, when none of the fields that are shown can carry it."""
        return None if self.refusal is None or set(self.errors) & set(shown) else self.refusal

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)
