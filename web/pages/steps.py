"""What may be done with a matter from its page: one line a step, each one verb of `dispatch`.

A step reads its form and calls its verb; whether it is legal is the verb's business.
"""

from dataclasses import dataclass

from dispatch import (
    answering,
    callback,
    closing,
    deciding,
    escalation,
    leading,
    major,
    ordering,
    ownership,
    reaching,
    retriage,
    work,
)
from dispatch.deciding import Choice
from hub import access
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.organisation import Office
from hub.tickets import Ticket
from web.pages import order_steps, posted
from web.pages.order_steps import Act
from web.pages.said import Said, colleague
from web.words import N_, Words


def triage(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    then = Choice() if said.text("send") else None
    kind, category, priority = (said.text(name) or None for name in ("kind", "category", "priority"))
    retriage.judge_by_hand(tx, me, ticket, kind, category, priority, then)


def order(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    choice = order_steps.hands(said.text("to"), said.text("instruction"), said.moment("appointment_at"))
    instruction = deciding.chosen(tx, tx.get_one(Office, ticket.office_id), me, choice)
    ordering.order(tx, me, ticket, instruction)


def answer(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    answering.answer(tx, me, ticket, said.text("text"), said.text("outcome") or "answered")


def answer_later(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    promised_for = said.moment("promised_for")
    if promised_for is None:
        raise BadInput("promised_for", "say by when the customer will be answered")
    answering.answer_later(tx, me, ticket, promised_for, colleague(tx, me, ticket, said, "owner"))


def urge(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    escalation.urge(tx, me, ticket, said.text("note"))


def tell(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    reaching.tell(tx, me, ticket, said.text("text"), said.text("channel") or "sms")


def escalate(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    escalation.escalate(tx, me, ticket, said.text("whom"), said.text("note"))


def supervise(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    escalation.supervise(tx, me, ticket, said.text("text"), said.moment("reply_by"))


def reply(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    escalation.reply(tx, me, ticket, said.text("text"))


def declare_major(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    major.declare(tx, me, ticket, said.text("grounds"), said.text("note"))


def plan(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    major.plan(tx, me, ticket, said.text("text"))


def note(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    answering.note(tx, me, ticket, said.text("text"))


def attach(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    if not said.files:
        raise BadInput("file", "choose a file")
    posted.attach(tx, me, ticket, said.files)


def follow(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    ownership.follow(tx, me, ticket, colleague(tx, me, ticket, said, "follower"))


def hand_over(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    ownership.hand_over(tx, me, ticket, colleague(tx, me, ticket, said, "owner"))


def link(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    closing.link(tx, me, ticket, _other(tx, me, said, "other"), said.text("link"))


def put_behind(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    lead = leading.lead(tx, me, said.text("lead"))
    withdraw, told = bool(said.text("withdraw")), bool(said.text("told"))
    leading.put_behind(tx, me, ticket, lead, withdraw, told)


def take_off(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    leading.take_off(tx, me, ticket)


def promote(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    leading.promote(tx, me, ticket, bool(said.text("withdraw")))


def close(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    other = _other(tx, me, said, "duplicate_of") if said.text("duplicate_of") else None
    closing.close(tx, me, ticket, said.text("outcome"), said.text("note"), other)


def reopen(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    closing.reopen(tx, me, ticket, said.text("reason"))


def call_back(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> None:
    reached = said.text("reached")
    if reached not in ("yes", "no"):
        raise BadInput("reached", "say whether the customer was reached")
    means = said.text("means") or "phone"
    if reached == "no":
        callback.call_back(tx, me, ticket, False, comment=said.text("comment"), means=means)
        return
    if said.text("solved") not in ("yes", "no"):
        raise BadInput("solved", "ask whether the matter is solved")
    solved, satisfied = said.text("solved") == "yes", said.text("satisfied") or None
    callback.call_back(tx, me, ticket, True, solved, satisfied, said.text("comment"), means)


def _other(tx: Tx, me: Actor, said: Said, name: str) -> Ticket:
    try:
        return access.ticket(tx, me, said.text(name))
    except NotFound as missing:
        raise BadInput(name, missing.message) from None


@dataclass(frozen=True)
class Step:
    """One step: what it does, and the sentence that says it is done."""

    act: Act
    says: str

    def done(self, words: Words, ticket: Ticket) -> str:
        """What the person is told; a callback nobody answered says when the next try is."""
        if self.act is call_back and ticket.status == "awaiting_callback" and ticket.callback_at:
            return words.gettext("Next try: %(when)s", when=words.moment(ticket.callback_at))
        if self.act is call_back and ticket.status == "in_hand":
            return words.gettext("Reopened: the customer is not content")
        return words.gettext(self.says)


STEPS = {
    "triage": Step(triage, says=N_("Triage changed")),
    "order": Step(order, says=N_("Dispatched")),
    "answer": Step(answer, says=N_("Answer recorded")),
    "later": Step(answer_later, says=N_("Answer promised")),
    "urging": Step(urge, says=N_("Urged")),
    "escalation": Step(escalate, says=N_("Escalated")),
    "message": Step(tell, says=N_("On its way to the customer")),
    "supervision": Step(supervise, says=N_("Put under supervision")),
    "reply": Step(reply, says=N_("Replied")),
    "declaration": Step(declare_major, says=N_("Declared a major complaint")),
    "plan": Step(plan, says=N_("Plan written down")),
    "note": Step(note, says=N_("Note kept")),
    "attachment": Step(attach, says=N_("File attached")),
    "follower": Step(follow, says=N_("Will hear of this matter")),
    "owner": Step(hand_over, says=N_("Handed over")),
    "link": Step(link, says=N_("Linked")),
    "lead": Step(put_behind, says=N_("It waits for the outcome of the other ticket now")),
    "separation": Step(take_off, says=N_("A matter of its own again: say what becomes of it")),
    "promotion": Step(promote, says=N_("This ticket leads now")),
    "closure": Step(close, says=N_("Closed")),
    "reopening": Step(reopen, says=N_("Reopened")),
    "callback": Step(call_back, says=N_("Called back and closed")),
    "assignment": Step(order_steps.assign, says=N_("Assigned")),
    "ruling": Step(order_steps.rule, says=N_("Ruled on the return")),
    "withdrawal": Step(order_steps.withdraw, says=N_("Order withdrawn")),
    "acceptance": Step(order_steps.tap(work.accept), says=N_("Order accepted")),
    "contact": Step(order_steps.tap(work.contact), says=N_("Contact recorded")),
    "departure": Step(order_steps.tap(work.depart), says=N_("On the way")),
    "arrival": Step(order_steps.tap(work.arrive), says=N_("Arrival recorded")),
    "hold": Step(order_steps.hold, says=N_("Put on hold")),
    "resumption": Step(order_steps.tap(work.resume), says=N_("Goes on")),
    "completion": Step(order_steps.complete, says=N_("Work done")),
}


# These add something beside the matter; whatever a colleague did meanwhile, they overwrite nothing.
BESIDE = ("note", "attachment", "follower", "link", "urging", "contact")


def named(name: str) -> Step:
    """The step of this name. Raises NotFound."""
    if name not in STEPS:
        raise NotFound("there is no such step")
    return STEPS[name]
