"""Every value that is stored as a code and read as a word, by the context under which it is translated.

The codes are read from where they are defined, so a new one cannot be forgotten: the check asks for its word.
A value is looked up as a message of its own context: "accepted" is one word of an order, another of an event.
Terms follow the glossary (domain.md §2); states and verbs those of domain.md §3.2.
"""

from collections.abc import Iterable

from dispatch import calling, closing, deciding, escalation, joining, major, survey
from hub import (
    callbacks,
    calls,
    catalogue,
    deliveries,
    events,
    founding,
    orders,
    organisation,
    outgoing,
    promises,
    questions,
    tickets,
)
from hub.setup import categories, hearing, hours, ladders, places, rules
from notifications import rewording
from notifications.channels import carrier_errors
from web.pages.settings.index import LABELLED, TOPICS

# Steps a refusal names as open (NotNow.legal) beside the verbs of an order and the states of a ticket.
STEPS = ("answer", "callback", "contact", "continue", "order", "promote", "put_behind", "reopen", "take_off")


def _distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for group in groups for code in group))


LABELS: dict[str, tuple[str, ...]] = {
    "ticket state": tickets.STATES,
    "outcome": tickets.OUTCOMES,
    "callback": (tickets.UNDECIDED, tickets.OWED, tickets.NOT_OWED, tickets.MADE, tickets.UNREACHED),
    "order state": tuple(orders.MOVES),
    "verb": _distinct(*orders.MOVES.values(), STEPS, tickets.STATES),
    "kind": catalogue.KINDS,
    "channel": tickets.CHANNELS,
    "priority": catalogue.PRIORITIES,
    "promise": (*promises.OF_TICKET, *promises.OF_ORDER),
    "promise state": ("running", "paused", "at_risk", "overdue", "kept", "missed"),
    "role": organisation.ROLES,
    "satisfied": callbacks.SATISFIED,
    "means": callbacks.MEANS,
    "link": closing.LINKS,
    "way": deciding.WAYS,
    "whom": escalation.WHOM,
    "grounds": major.GROUNDS,
    "hold reason": tuple(founding.POLICY["hold_reasons"]),
    "event": tuple(events.KINDS),
    "place on the line": calls.PLACES,
    "why a customer rang": joining.WHY_RANG,
    "wish of a caller": calls.WANTS,
    "channel out": deliveries.CHANNELS,
    "delivery state": tuple(deliveries.RANK),
    "why not": (*carrier_errors.table(), *carrier_errors.OURS),
    "outbox view": outgoing.VIEWS,
    "set aside": (
        *(events.SPEAK, events.REACT, survey.ASKED, calling.FORGOTTEN, questions.LAPSED),
        *("sms", "call", "media", "mail"),
    ),
    "settings topic": tuple(TOPICS),
    "setting field": LABELLED,
    "delivered rule": tuple(row["name"] for row in rules.delivered()),
    "setting act": _distinct(topic.ending for topic in TOPICS.values() if topic.ending),
    "callback policy": categories.CALLBACKS,
    "assign": catalogue.ASSIGN,
    "paper": catalogue.PAPERS[1:],
    "rule mode": rules.MODES,
    "rule hours": rules.HOURS[1:],
    "property type": rules.PROPERTY_TYPES,
    "room kind": places.ROOM_KINDS,
    "clock of a priority": hours.CLOCKS,
    "ladder part": ladders.PARTS,
    "ladder since": ladders.SINCE,
    "ladder action": ladders.ACTIONS,
    "hearing who": _distinct(line["who"] for line in hearing.lines().values()),
    "hearing when": _distinct(line["when"] for line in hearing.lines().values() if line["when"]),
    "message": tuple(rewording.wordings()),
}
