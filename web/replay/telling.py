"""A case of a file as the complaint the hub receives: what it says, and why the rest is unknown."""

from dispatch.complaint import LONGEST, Complaint
from dispatch.deciding import Choice
from web.replay.case import Case
from web.replay.office import Place

NOT_IN_FILE = "not in the file"
SHORTENED = "%s shortened"


def complaint(case: Case, place: Place) -> Complaint:
    """The matter, with the file's target and marks. What is too long for its field is cut, and marked."""
    marks = list(case.marks)
    said = case.item or NOT_IN_FILE
    description = case.description or (said if len(said) > LONGEST["item"] else "")
    return Complaint(
        item=_fit(said, "item", marks),
        description=_fit(description, "description", marks),
        place=_fit(where(case), "place", marks),
        unknown={"name": NOT_IN_FILE, "room": NOT_IN_FILE, "phone": NOT_IN_FILE},
        channel=case.channel,
        category=place.categories.get(case.category),
        received_at=case.opened,
        external=(case.source, case.ref),
        resolve_by=case.target,
        marks=tuple(marks),
        is_imported=True,
    )


def choice(case: Case, place: Place) -> Choice:
    """The file's own dispatch: its department, whose supervisor holds the order."""
    return Choice("department", order=place.orders[case.department])


def where(case: Case) -> str:
    """The address with its postcode; the coordinates where there is none."""
    parts = [case.place, case.zip if case.zip not in case.place else ""]
    address = ", ".join(part for part in parts if part)
    if address or case.latitude is None or case.longitude is None:
        return address
    return f"{case.latitude:.5f}, {case.longitude:.5f}"


def _fit(text: str, field: str, marks: list[str]) -> str:
    if len(text) <= LONGEST[field]:
        return text
    marks.append(SHORTENED % field)
    return text[: LONGEST[field] - 1] + "…"
