"""What a customer says, by whatever way it came: one value for every channel, checked before all else.

Source: seed 2-5 (K5.1 any way, K5.2 any employee, K5.3 name, room, phone and item; "unknown" only with a
reason).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.saying import ZONE, fault
from hub import clock, contacts
from hub.catalogue import KINDS
from hub.errors import BadInput, HubError
from hub.tickets import CHANNELS

MANDATORY = ("name", "room", "phone")  # and the item, which nobody may leave unknown
LONGEST = {"name": 100, "room": 40, "phone": 40, "item": 200, "description": 10_000, "place": 300}
LONGEST_REASON = 200  # and of a reference of another system


@dataclass(frozen=True)
class Complaint:
    """One complaint, repair or enquiry as it came in; times are timezone-aware.

    `unknown` maps name, room or phone to the reason why nobody could give it. `received_by` is the log-in of
    the employee who was told, when another registers it. `external` is (source, reference) of another system.
    `resolve_by` is a target date promised elsewhere. `marks` and `is_imported` are for replayed files.
    """

    item: str
    name: str = ""
    room: str = ""
    phone: str = ""
    unknown: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    channel: str = "phone"
    kind: str | None = None
    category: str | None = None
    place: str = ""
    received_by: str | None = None
    received_at: datetime | None = None
    external: tuple[str, str] | None = None
    resolve_by: datetime | None = None
    marks: tuple[str, ...] = ()
    is_imported: bool = False


def received_at(said: Complaint) -> datetime:
    """When the customer said it; now when nobody says. Raises BadInput like `clock.claimed`."""
    return clock.claimed(said.received_at, "received_at", clock.EARLIEST, is_from_file=said.is_imported)


def no_such_room() -> BadInput:
    """What a room that the register does not know is refused with."""
    return BadInput("caller.room", "there is no such room in this office's register")


def faults(said: Complaint) -> dict[str, HubError]:
    """What is wrong with it by itself: every bad field, in the names of the API's body, with its reason."""
    wrong: dict[str, HubError] = {}
    for name in MANDATORY:
        _check_mandatory(said, name, wrong)
    if not said.item.strip():
        wrong["item"] = HubError("say what is asked for")
    for name in ("item", "description", "place"):
        _check_text(getattr(said, name), name, name, wrong)
    if said.phone.strip() and not contacts.is_phone(said.phone):
        wrong.setdefault("caller.phone", HubError("a phone number has three digits or more"))
    if said.channel not in CHANNELS:
        wrong["channel"] = HubError("must be one of: %(channels)s", channels=", ".join(CHANNELS))
    if said.kind is not None and said.kind not in KINDS:
        wrong["kind"] = HubError("must be one of: %(kinds)s", kinds=", ".join(KINDS))
    _check_text(said.received_by or "", "received_by", "received_by", wrong)
    _check_external(said, wrong)
    _check_times(said, wrong)
    return wrong


def _check_mandatory(said: Complaint, name: str, wrong: dict[str, HubError]) -> None:
    given, reason = getattr(said, name).strip(), said.unknown.get(name, "")
    _check_text(given, name, f"caller.{name}", wrong)
    _check_text(reason, "reason", f"unknown.{name}", wrong)
    if not given and not reason.strip():
        wrong[f"caller.{name}"] = HubError("must be given, or be unknown with a reason")
    if given and reason:
        wrong[f"unknown.{name}"] = HubError("it was given, so it cannot be unknown")


def _check_text(text: str, name: str, field_name: str, wrong: dict[str, HubError]) -> None:
    found = fault(text, LONGEST.get(name, LONGEST_REASON))
    if found is not None:
        wrong[field_name] = found


def _check_external(said: Complaint, wrong: dict[str, HubError]) -> None:
    if said.external is None:
        return
    if not all(part.strip() for part in said.external):
        wrong["external_ref"] = HubError("both the source and its reference are needed")
    for part in said.external:
        _check_text(part, "external_ref", "external_ref", wrong)


def _check_times(said: Complaint, wrong: dict[str, HubError]) -> None:
    try:
        received_at(said)
    except BadInput as refused:
        wrong["received_at"] = refused.fields["received_at"]
    if said.resolve_by is not None and said.resolve_by.tzinfo is None:
        wrong["resolve_by"] = HubError(ZONE)
    unknown = set(said.unknown) - set(MANDATORY)
    if unknown:
        wrong["unknown"] = HubError("only name, room and phone may be unknown")
