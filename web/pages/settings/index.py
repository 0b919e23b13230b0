"""The topics of the settings, in the groups and the order in which they stand."""

from hub.setup import ladders
from notifications import rewording
from web.pages.settings.categories import CATEGORIES, OWN_CATEGORIES
from web.pages.settings.messages import AUDIENCE, WORDINGS
from web.pages.settings.papers import CERTIFICATES, LEAVES, ROTA
from web.pages.settings.people import PEOPLE
from web.pages.settings.places import BUILDINGS, COMPANIES, DEPARTMENTS, OFFICES, ROOMS
from web.pages.settings.rules import RULES
from web.pages.settings.times import CALENDAR, LADDERS, PHONES, PRACTICES
from web.pages.settings.topic import Topic
from web.words import N_

GROUPS: tuple[tuple[str, tuple[Topic, ...]], ...] = (
    (N_("Matters"), (CATEGORIES, OWN_CATEGORIES, RULES, LADDERS, PRACTICES)),
    (N_("People"), (PEOPLE, CERTIFICATES, LEAVES, ROTA)),
    (N_("Organisation"), (OFFICES, CALENDAR, DEPARTMENTS, BUILDINGS, ROOMS, COMPANIES)),
    (N_("Messages"), (AUDIENCE, WORDINGS, PHONES)),
)
# The fields that are labelled by their name; the others bring a label of their own, or are not seen.
_OWN_LABEL = {*ladders.FIELDS, *rewording.LOCALE_OF, "text", "line"}
TOPICS = {topic.slug: topic for _, topics in GROUPS for topic in topics}
_NAMES = dict.fromkeys(name for topic in TOPICS.values() for name in topic.subject.fields)
LABELLED = tuple(name for name in ("login", "role", *_NAMES) if name not in _OWN_LABEL)
