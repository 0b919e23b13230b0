"""What the verbs of the API take, in the names of the contract."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from dispatch.answering import ANSWERS
from dispatch.closing import LINKS
from dispatch.complaint import Complaint
from dispatch.deciding import Choice
from dispatch.major import GROUNDS
from hub.callbacks import MEANS, SATISFIED
from web.api.bounds import (
    Channel,
    Code,
    Kept,
    Kind,
    Line,
    Login,
    Moment,
    Number,
    OneOf,
    Outcome,
    Priority,
    Said,
    Storable,
    Strict,
    Value,
    Way,
    Words,
)

MANY = 200
FieldName = Annotated[str, StringConstraints(min_length=1, max_length=60), Storable]


class Caller(Kept):
    """Who says it; what nobody could give is left out here and explained in `unknown`."""

    name: Annotated[Line, Field(max_length=100)] = ""
    phone: Annotated[Line, Field(max_length=40)] = ""
    room: Annotated[Line, Field(max_length=40)] = ""


class Unknown(Kept):
    """Why a mandatory field could not be given, one reason for each."""

    name: Line = ""
    phone: Line = ""
    room: Line = ""


class ExternalRef(Strict):
    """What another system calls this matter; the same reference is the same ticket."""

    source: Annotated[Line, Field(min_length=1)]
    ref: Annotated[Line, Field(min_length=1)]


class Dispatch(Kept):
    """How it is sent on its way: by the rules, by the desk, to a department, straight to a worker; or not.

    Behind another household's ticket (`lead`, its number) it waits for that one's outcome.
    """

    way: Way = "rules"
    department: Code | None = None
    worker: Login | None = None
    instruction: Words = ""
    appointment: Moment | None = None
    lead: Number | None = None

    def choice(self) -> Choice:
        return Choice(
            self.way,
            self.department,
            self.worker if self.way == "worker" else None,
            self.instruction,
            self.appointment,
            lead=self.lead,
        )


BY_RULES = Dispatch()


class TicketIn(Said):
    """One matter of one customer, by whatever way it came. Four fields are mandatory (K5.3)."""

    caller: Caller = Caller()
    unknown: Unknown = Unknown()
    item: Line
    description: Words = ""
    channel: Channel
    kind: Kind | None = None
    category: Code | None = None
    place: Annotated[Line, Field(max_length=300)] = ""
    received_by: Login | None = None
    received_at: Moment | None = None
    external_ref: ExternalRef | None = None
    office: Code | None = None
    dispatch: Dispatch = BY_RULES

    def complaint(self) -> Complaint:
        reasons = {name: why for name, why in self.unknown.model_dump().items() if why}
        known = self.external_ref
        return Complaint(
            item=self.item,
            name=self.caller.name,
            room=self.caller.room,
            phone=self.caller.phone,
            unknown=reasons,
            description=self.description,
            channel=self.channel,
            kind=self.kind,
            category=self.category,
            place=self.place,
            received_by=self.received_by,
            received_at=self.received_at or self.happened_at,
            external=(known.source, known.ref) if known else None,
        )


class To(Strict):
    """Whom an order goes to: a department's supervisor, or straight to a worker (K1.7)."""

    department: Code | None = None
    worker: Login | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "To":
        if self.department is None and self.worker is None:
            raise ValueError("name a department or a worker")
        return self


NOBODY = To.model_construct(department=None, worker=None)


class OrderIn(Said):
    to: To
    instruction: Words = ""
    appointment: Moment | None = None

    def choice(self) -> Choice:
        way = "worker" if self.to.worker else "department"
        return Choice(way, self.to.department, self.to.worker, self.instruction, self.appointment)


class AssignmentIn(Said):
    """`instead_of` is who had the order when it was looked at, "" for nobody: a log-in.

    When somebody else has it by now, the answer says who. Left out, the moment of the request counts.
    """

    worker: Login
    instead_of: Annotated[Line, Field(max_length=100)] | None = None


class DepartureIn(Strict):
    """`heir` takes over what the person had, where they may; else the hub chooses. A log-in."""

    heir: Login | None = None


class RoleEndingIn(DepartureIn):
    """`hand_over`: what only this role lets the person hold goes to somebody, instead of a refusal."""

    hand_over: bool = False


class DeclarationIn(Said):
    grounds: Annotated[str, OneOf(GROUNDS)]
    text: Words = ""


class HoldIn(Said):
    """`reason` is one of the office's list; `until` brings the order back by itself."""

    reason: Code
    until: Moment | None = None
    note: Words = ""


class ReasonIn(Said):
    reason: Words


class WithdrawalIn(Said):
    reason: Words = ""


class RulingIn(Said):
    """`{"ruling": "reissue", "to"?: …}` or `{"ruling": "withdraw"}`.

    The short forms `{"reissue": true | {department | worker}}` and `{"withdraw": true}` are taken too.
    """

    ruling: Literal["reissue", "withdraw"]
    to: To | None = None
    reason: Words = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, said: Any) -> Any:
        if not isinstance(said, dict) or "ruling" in said:
            return said
        for ruling in ("reissue", "withdraw"):
            if said.get(ruling):
                rest = {name: value for name, value in said.items() if name != ruling}
                whom = {"to": said[ruling]} if isinstance(said[ruling], dict) else {}
                return {"ruling": ruling, **whom, **rest}
        return said


class Material(Strict):
    """Something used up in the work."""

    name: Annotated[Line, Field(min_length=1)]
    quantity: Line = ""
    unit: Annotated[Line, Field(max_length=40)] = ""


class CompletionIn(Said):
    """What was done, with what, and the fields that this kind of work must state."""

    done: Words
    materials: Annotated[list[Material], Field(default_factory=list, max_length=MANY)]
    fields: Annotated[dict[FieldName, Value], Field(default_factory=dict, max_length=60)]


class AnswerIn(Said):
    """Either `{text, outcome?}`, said to the customer now, or `{promised_for, owner?}`, an answer to come."""

    text: Words = ""
    outcome: Annotated[str, OneOf(ANSWERS)] = "answered"
    promised_for: Moment | None = None
    owner: Login | None = None


class TriageIn(Said):
    kind: Kind | None = None
    category: Code | None = None
    priority: Priority | None = None
    dispatch: Dispatch | None = None


class CallbackIn(Said):
    """One try: `satisfied` must be said of a customer who was reached."""

    reached: bool
    solved: bool | None = None
    satisfied: Annotated[str, OneOf(SATISFIED)] | None = None
    comment: Words = ""
    means: Annotated[str, OneOf(MEANS)] = "phone"


class FollowerIn(Said):
    """`staff` is a log-in; oneself when left out."""

    staff: Login | None = None


class UrgingIn(Said):
    text: Words = ""


class SupervisionIn(Said):
    text: Words
    reply_by: Moment | None = None


class EscalationIn(Said):
    whom: Literal["customer_director", "director"]
    text: Words = ""


class NoteIn(Said):
    text: Words


class LinkIn(Said):
    """`number` is the other ticket's."""

    number: Number
    kind: Annotated[str, OneOf(LINKS)] = "related"


class ClosureIn(Said):
    outcome: Outcome
    note: Words = ""
    duplicate_of: Number | None = None


class ClosuresIn(Said):
    numbers: Annotated[list[Number], Field(min_length=1, max_length=MANY)]
    outcome: Outcome
