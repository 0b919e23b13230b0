"""What the hub says to a customer by itself: one line each, short enough for a text message and for the ear.

`says` is a message of the locale files with its places. Both wings know these: dispatch chooses one, the
outbox (or the telephone) says it in the customer's language.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """One sentence to a customer."""

    says: str


REPLIES = {
    # what is asked of somebody nobody knows yet
    "ask_room": Reply(says="Which room is it? For example A-1203."),
    "ask_room_again": Reply(says="We have no such room. Please send the room once more, for example A-1203."),
    "ask_which_room": Reply(says="Which room is it? Answer with one digit. %(choices)s"),
    "ask_name": Reply(says="Thank you. Under what name may we note it?"),
    "completed": Reply(says="Thank you, we have noted it for %(number)s."),
    "mail_too_large": Reply(
        says="Your mail had %(mb)s MB. We have your words for %(number)s, but not its files: please send "
        "them in smaller mails."
    ),
    # what a message was taken for
    "ask_which": Reply(
        says="Which matter do you mean? Answer with one digit. %(choices)s %(last)s: something new."
    ),
    "joined": Reply(says="Noted for %(number)s; the person in charge has been told."),
    "menu": Reply(
        says="Write what is the matter in your own words. Or send a digit: 1 how my matters stand, "
        "2 please ring me back. T ends our text messages."
    ),
    "opted_out": Reply(says="You will get no more text messages from us. We still ring you in an emergency."),
    "ring_back": Reply(says="We will ring you back."),
    "nothing_open": Reply(says="You have nothing open with us."),
    "no_such_number": Reply(says="We do not find this number with your telephone. Send 2 and we ring you."),
    # how a matter stands
    "stands_new": Reply(says="%(number)s is registered; the office is looking into it."),
    "stands_in_hand": Reply(says="%(number)s is in hand at the office."),
    "stands_issued": Reply(says="%(number)s has been passed to the department."),
    "stands_assigned": Reply(says="%(number)s has been given to a member of our staff."),
    "stands_accepted": Reply(says="%(number)s: a member of our staff has taken it."),
    "stands_en_route": Reply(says="%(number)s: our staff are on the way."),
    "stands_on_site": Reply(says="%(number)s: our staff are on site."),
    "stands_on_hold": Reply(says="%(number)s is on hold; we go on as soon as we can."),
    "stands_returned": Reply(says="%(number)s: the office is deciding who will do it."),
    "stands_awaiting_callback": Reply(says="%(number)s is done; we will ask whether it is to your liking."),
    "stands_closed": Reply(says="%(number)s is closed."),
    # after the work
    "ask_satisfied": Reply(says="%(number)s is done. Are you satisfied? Answer 1 yes, 2 fairly, 3 no."),
    "satisfied": Reply(says="Thank you for your answer."),
    "dissatisfied": Reply(says="We are sorry. %(number)s is open again and a person will ring you."),
}
