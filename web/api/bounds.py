"""The bounds of every value that comes in: nothing is longer, larger or farther off than it may be.

What is out of bounds, or cannot be kept by both engines, is a 422 that names the field.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from dispatch.deciding import WAYS
from dispatch.saying import LONGEST_WORDS, is_storable
from hub.catalogue import KINDS, PRIORITIES
from hub.tickets import CHANNELS, OUTCOMES

NEAREST, FARTHEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


LARGEST_FIGURE = 10**12


@dataclass(frozen=True)
class OneOf:
    """One of these words; they stand in one place, and the OpenAPI document lists them."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.words))


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("holds a character that cannot be kept")
    return text


def _in_living_memory(moment: datetime) -> datetime:
    if not NEAREST <= moment <= FARTHEST:
        raise ValueError("lies outside of what a calendar of ours can hold")
    return moment.astimezone(UTC)


def _plain_value(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > LONGEST_WORDS:
            raise ValueError(f"is longer than {LONGEST_WORDS} characters")
        return _storable(value)
    if isinstance(value, bool | int | float) and abs(value) <= LARGEST_FIGURE:
        return value
    raise ValueError("must be a text, a number or true or false")


Storable = AfterValidator(_storable)
Code = Annotated[str, StringConstraints(min_length=1, max_length=40), Storable]
Login = Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
Line = Annotated[str, StringConstraints(max_length=200), Storable]
Words = Annotated[str, StringConstraints(max_length=LONGEST_WORDS), Storable]
Moment = Annotated[AwareDatetime, AfterValidator(_in_living_memory)]
Number = Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9]+$")]

# what a field of a form may hold
_VALUE = {
    "type": ["string", "number", "boolean"],
    "maxLength": LONGEST_WORDS,
    "minimum": -LARGEST_FIGURE,
    "maximum": LARGEST_FIGURE,
}
Value = Annotated[Any, AfterValidator(_plain_value), WithJsonSchema(_VALUE)]

Kind = Annotated[str, OneOf(KINDS)]
Priority = Annotated[str, OneOf(PRIORITIES)]
Channel = Annotated[str, OneOf(CHANNELS)]
Outcome = Annotated[str, OneOf(OUTCOMES)]
Way = Annotated[str, OneOf(WAYS)]


class Strict(BaseModel):
    """A body that takes no field it does not know: a slip in a name is told, not swallowed."""

    model_config = ConfigDict(extra="forbid")


class Kept(Strict):
    """A part of a body that nobody changes, so that one left out need not be made anew each time."""

    model_config = ConfigDict(frozen=True)


class Said(Strict):
    """What every verb takes: when it happened, as claimed by a device or a person; now when left out."""

    happened_at: Moment | None = None


NOTHING_SAID = Said()
