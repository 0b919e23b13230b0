"""Every kind of event: what it says to a reader, and who wakes for it. A new kind is one line here."""

from dataclasses import dataclass

from sqlalchemy import text

SPEAK, REACT = "speak", "react"


@dataclass(frozen=True)
class Kind:
    """What an event kind says to a reader, and which consumers wake for it."""

    says: str
    wakes: tuple[str, ...] = ()


KINDS = {
    # a ticket's life
    "received": Kind("registered by %(by)s", (SPEAK,)),
    "triaged": Kind("triaged by the hub"),
    "retriaged": Kind("%(by)s changed what kind of matter this is"),
    "routed": Kind("routed by the hub"),
    "resembles": Kind("it may be the same matter as another"),
    "answered": Kind("%(by)s answered the customer", (SPEAK,)),
    "answer_promised": Kind("%(by)s promised an answer", (SPEAK,)),
    "urged": Kind("the holder was urged", (SPEAK,)),
    "pressed": Kind("the supervisor was pressed", (SPEAK,)),
    "escalated": Kind("escalated", (SPEAK,)),
    "supervised": Kind("%(by)s put this under supervision", (SPEAK,)),
    "replied": Kind("%(by)s replied under supervision", (SPEAK,)),
    "declared_major": Kind("%(by)s declared this a major complaint", (SPEAK,)),
    "planned": Kind("%(by)s wrote down the plan", (SPEAK,)),
    "called_back": Kind("%(by)s called the customer back", (SPEAK,)),
    "unreached": Kind("the customer could not be reached", (SPEAK,)),
    "closed": Kind("closed", (SPEAK,)),
    "reopened": Kind("reopened", (SPEAK,)),
    "owned": Kind("%(by)s made another person the owner", (SPEAK,)),
    "noted": Kind("%(by)s wrote a note"),
    "attached": Kind("%(by)s attached a file"),
    "followed": Kind("somebody follows this matter"),
    "linked": Kind("%(by)s linked another ticket"),
    "joined": Kind("%(by)s put it behind another household's ticket"),
    "left": Kind("%(by)s took it off the ticket that led it"),
    "took_lead": Kind("%(by)s made it the one that leads"),
    "shared": Kind("the outcome of the ticket that leads came to it"),
    "incident_proposed": Kind("many households say the same: it may be one incident", (SPEAK,)),
    "incident_settled": Kind("%(by)s settled whether it is one incident"),
    "customer_wrote": Kind("the customer wrote", (SPEAK,)),
    "customer_rang": Kind("the customer rang", (SPEAK,)),
    "customer_told": Kind("the hub told the customer", (SPEAK,)),
    "caller_named": Kind("who is asking was completed"),
    "wrote": Kind("%(by)s had the customer told", (SPEAK,)),
    "undelivered": Kind("no channel reached them", (SPEAK, REACT)),
    "to_tell": Kind("a person has to tell them", (SPEAK,)),
    "told_by_hand": Kind("%(by)s told them otherwise"),
    "erased": Kind("personal words erased by %(by)s"),
    # an order's life
    "ordered": Kind("order issued by %(by)s", (SPEAK,)),
    "assigned": Kind("%(by)s assigned the order", (SPEAK,)),
    "accepted": Kind("%(by)s took the order", (SPEAK,)),
    "contacted": Kind("%(by)s spoke to the customer"),
    "departed": Kind("%(by)s is on the way", (SPEAK,)),
    "arrived": Kind("%(by)s is on site"),
    "held": Kind("%(by)s put the order on hold", (SPEAK,)),
    "resumed": Kind("the order goes on"),
    "returned": Kind("%(by)s returned the order", (SPEAK,)),
    "ruled": Kind("%(by)s ruled on the return", (SPEAK,)),
    "withdrawn": Kind("%(by)s withdrew the order", (SPEAK,)),
    "done": Kind("%(by)s finished the work", (SPEAK,)),
    # offices and the company
    "office_opened": Kind("office opened"),
    "staff_added": Kind("%(by)s added a person"),
    "role_granted": Kind("%(by)s granted a role"),
    "role_ended": Kind("%(by)s ended a role"),
    "staff_left": Kind("%(by)s recorded that a person has left"),
    "paper_ends": Kind("the certificate of %(person)s runs out: %(certificate)s, %(until)s", (SPEAK,)),
    "sign_in_reset": Kind("%(by)s gave a person another password"),
    "password_changed": Kind("%(by)s changed their own password"),
    "signed_in": Kind("%(by)s signed in"),
    "sign_in_refused": Kind("a sign-in was refused"),
    "token_made": Kind("%(by)s made an access token"),
    "caller_confirmed": Kind("%(by)s confirmed whose telephone it is"),
    "imported": Kind("%(by)s imported records"),
    "replayed": Kind("a file was replayed"),
    "channel_tried": Kind("%(by)s tried a way to send"),
    "settings_changed": Kind("%(by)s changed the settings"),
    "trained": Kind("a model was trained"),
    "reported": Kind("the report %(period)s of %(place)s is issued", (SPEAK,)),
}

# What the history of an office's settings shows (hub.setup), with what was done about its people.
OF_SETTINGS = (
    *("settings_changed", "staff_added", "role_granted", "role_ended"),
    *("staff_left", "sign_in_reset", "channel_tried"),
)

# The kinds that statistics look up by the time they happened. An index holds these alone, so that the hot
# path pays little for it.
COUNTED = (
    *("ordered", "returned", "done", "closed", "unreached", "reopened"),
    *("urged", "pressed", "escalated", "supervised"),
)
IS_COUNTED = text(f"kind IN ({', '.join(map(repr, COUNTED))})")
# The few that the history of the settings shows, among the many sign-ins of their streams.
IS_OF_SETTINGS = text(f"kind IN ({', '.join(map(repr, OF_SETTINGS))})")
