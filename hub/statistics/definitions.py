"""What every figure means, in one line each, for screens that show how it is computed.

`Formula` names the counts that are divided: the computation itself, not a description beside it.
"""

from dataclasses import dataclass


def N_(message: str) -> str:
    """Marks a message for the locale files; the reader's screen translates it."""
    return message


@dataclass(frozen=True)
class Definition:
    """A figure: its label, its formula in words, where it comes from, and what to know when reading it."""

    label: str
    words: str
    source: str = "domain.md §3.5"
    note: str = ""


@dataclass(frozen=True)
class Formula:
    """A ratio of counts: the sum of `over` less the sum of `less`, divided by the sum of `under`."""

    over: tuple[str, ...]
    under: tuple[str, ...]
    less: tuple[str, ...] = ()


EXCLUDED = N_("Withdrawn matters and duplicates are left out.")
NOT_IMPORTED = N_("Imported matters are left out, and customers who were not reached.")

COUNTS: dict[str, Definition] = {
    "contacts": Definition(N_("Contacts"), N_("every ticket received, whatever became of it")),
    "excluded": Definition(N_("Left out"), N_("tickets received that were withdrawn or are duplicates")),
    "received": Definition(N_("Received"), N_("matters received; several tickets on one incident are one")),
    "carried_over": Definition(
        N_("Carried over"), N_("matters received before and open when the period began")
    ),
    "closed": Definition(N_("Closed"), N_("closings in the period")),
    "open": Definition(N_("Open"), N_("matters that stand open")),
    "waiting": Definition(N_("Waiting"), N_("open matters that nobody has in hand yet")),
    "awaiting_callback": Definition(
        N_("Awaiting callback"), N_("matters whose work is done and callback is not")
    ),
    "callbacks_due": Definition(N_("Callbacks due"), N_("customers to be called back now")),
    "overdue": Definition(N_("Overdue"), N_("open matters with a promise past due")),
    "at_risk": Definition(
        N_("At risk"), N_("open matters with 80 % of a promise's time gone and none past due")
    ),
    "orders": Definition(N_("Orders issued"), N_("orders issued in the period")),
    "returned": Definition(N_("Orders returned"), N_("orders returned to the centre in the period")),
    "reopened": Definition(N_("Reopened"), N_("matters opened again, after closing or by a callback")),
    "urged": Definition(N_("Urged"), N_("times a customer or the desk urged")),
    "tried": Definition(N_("Callback tries"), N_("tries to reach a customer, letters not counted")),
    "reached": Definition(N_("Reached"), N_("customers who were reached and asked")),
    "unreached": Definition(N_("Unreached"), N_("matters closed without the customer being reached")),
}

RATIOS: dict[str, tuple[Formula, Definition]] = {
    "on_time_response": (
        Formula(("due_answer",), ("due_answer",), ("late_answer",)),
        Definition(
            N_("Answered in time"),
            N_("first human contact within the target ÷ answers that fell due"),
            note=N_("Imported matters count only where their file says when the customer was answered."),
        ),
    ),
    "on_time_acceptance": (
        Formula(("due_accept",), ("due_accept",), ("late_accept",)),
        Definition(
            N_("Accepted in time"), N_("orders accepted within the target ÷ acceptances that fell due")
        ),
    ),
    "on_time_arrival": (
        Formula(("due_arrive",), ("due_arrive",), ("late_arrive",)),
        Definition(N_("On site in time"), N_("on site within the target ÷ visits that fell due")),
    ),
    "on_time_work": (
        Formula(("due_done",), ("due_done",), ("late_done",)),
        Definition(N_("Work done in time"), N_("orders done within the target ÷ orders that fell due")),
    ),
    "on_time_completion": (
        Formula(("due_resolve",), ("due_resolve",), ("late_resolve",)),
        Definition(
            N_("Completed in time"),
            N_("matters done or answered within the target ÷ matters that fell due"),
            note=N_("Time on an approved hold is added to the target."),
        ),
    ),
    "on_time_completion_gross": (
        Formula(("due_resolve",), ("due_resolve",), ("base_late_resolve",)),
        Definition(
            N_("Completed in time, holds counted"),
            N_("matters done or answered within the first target ÷ matters that fell due"),
        ),
    ),
    "overdue_rate": (
        Formula(("late_resolve",), ("due_resolve",)),
        Definition(N_("Completed late"), N_("matters not done within the target ÷ matters that fell due")),
    ),
    "on_time_callback": (
        Formula(("due_callback",), ("due_callback",), ("late_callback",)),
        Definition(
            N_("Called back in time"), N_("customers reached within the target ÷ callbacks that fell due")
        ),
    ),
    "callback_rate": (
        Formula(("callbacks_tried",), ("callbacks_owed",)),
        Definition(
            N_("Callback rate"),
            N_("matters with a callback try ÷ matters whose work ended and that owe one"),
            note=N_("Counted from the end of the work: no matter that owes a callback can be closed."),
        ),
    ),
    "reach_rate": (
        Formula(("reached",), ("tried",)),
        Definition(N_("Reach rate"), N_("tries that reached the customer ÷ tries")),
    ),
    "satisfaction": (
        Formula(("satisfied", "fairly"), ("reached",)),
        Definition(N_("Satisfaction"), N_("satisfied and fairly satisfied ÷ reached"), note=NOT_IMPORTED),
    ),
    "satisfaction_strict": (
        Formula(("satisfied",), ("reached",)),
        Definition(N_("Strict satisfaction"), N_("satisfied ÷ reached"), note=NOT_IMPORTED),
    ),
    "solved_rate": (
        Formula(("solved",), ("reached",)),
        Definition(N_("Solved rate"), N_("customer says solved ÷ reached"), note=NOT_IMPORTED),
    ),
    "repeat_repair_rate": (
        Formula(("repaired_again",), ("repaired",)),
        Definition(
            N_("Repeat repairs"),
            N_("repairs whose room wants the same again within 30 days ÷ repairs done"),
            note=N_("Final 30 days after the end of the period."),
        ),
    ),
    "reopen_rate": (
        Formula(("reopened",), ("closed",)),
        Definition(
            N_("Reopen rate"),
            N_("reopened in the period ÷ closed in the period"),
            note=N_("What a callback sends back was never closed, so this may exceed 100 %."),
        ),
    ),
    "return_rate": (
        Formula(("returned",), ("orders",)),
        Definition(N_("Return rate"), N_("orders returned in the period ÷ orders issued in the period")),
    ),
    "repeat_complaint_rate": (
        Formula(("complained_again",), ("complaint",)),
        Definition(
            N_("Repeated complaints"),
            N_("complaints whose room had the same complaint in the 30 days before ÷ complaints received"),
        ),
    ),
    "complaints_per_household": (
        Formula(("residential_complaints",), ("households",)),
        Definition(
            N_("Complaints per household"), N_("complaints received ÷ households (residential offices)")
        ),
    ),
    "complaints_per_m2": (
        Formula(("other_complaints",), ("area_m2",)),
        Definition(N_("Complaints per m²"), N_("complaints received ÷ managed m² (other offices)")),
    ),
    "complaint_handling_rate": (
        Formula(("closed_complaints",), ("complaint", "carried_complaints", "reopened_complaints")),
        Definition(
            N_("Complaints handled"), N_("complaints closed ÷ complaints received, carried over and reopened")
        ),
    ),
    "completion_rate": (
        Formula(("closed",), ("received", "carried_over", "reopened_closed")),
        Definition(N_("Completion rate"), N_("closed ÷ received, carried over and reopened"), note=EXCLUDED),
    ),
    "self_approved_share": (
        Formula(("self_approved",), ("callbacks",)),
        Definition(
            N_("Self-approved"), N_("callbacks made by those who did the work ÷ callbacks"), "seed 2-7"
        ),
    ),
}

MEDIANS: dict[str, Definition] = {
    "answer": Definition(N_("Time to answer"), N_("median time from receipt to the first human contact")),
    "accept": Definition(N_("Time to accept"), N_("median time from the order to its acceptance")),
    "arrive": Definition(N_("Time to arrive"), N_("median time from the order to the arrival on site")),
    "done": Definition(N_("Time to do the work"), N_("median time from the order to the work done")),
    "resolve": Definition(N_("Time to solve"), N_("median time from receipt to the matter done or answered")),
    "answer_p90": Definition(N_("Time to answer, 90 %"), N_("nine in ten were answered within this time")),
    "accept_p90": Definition(N_("Time to accept, 90 %"), N_("nine in ten were accepted within this time")),
    "arrive_p90": Definition(N_("Time to arrive, 90 %"), N_("nine in ten were visited within this time")),
    "done_p90": Definition(
        N_("Time to do the work, 90 %"), N_("nine in ten orders were done within this time")
    ),
    "resolve_p90": Definition(
        N_("Time to solve, 90 %"), N_("nine in ten matters were solved within this time")
    ),
}

DEFINITIONS: dict[str, Definition] = COUNTS | {name: said for name, (_, said) in RATIOS.items()} | MEDIANS
