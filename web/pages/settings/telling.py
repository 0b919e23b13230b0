"""The changes of the settings in words: of what, field by field, before and after."""

from typing import Any

from hub.organisation import Office
from hub.setup import change
from hub.setup.change import Change
from hub.setup.people import STAFF
from web.pages.settings.index import TOPICS
from web.pages.settings.topic import Desk, Field


def told(desk: Desk, changes: list[Change]) -> list[dict[str, Any]]:
    """Each change with its topic, what it was called, and every difference in words."""
    by_subject = {topic.subject.name: topic for topic in TOPICS.values()}
    found = []
    for one in changes:
        topic = by_subject.get(one.what or STAFF.name)
        if topic is None or not change.may(desk.tx, desk.reader.me, desk.office, topic.subject):
            continue
        if not one.what:
            found.append({"change": one, "topic": topic})
            continue
        fields = {field.name: field for field in topic.fields(desk, one.key)}
        found.append(
            {
                "change": one,
                "topic": topic,
                "title": topic.title(desk, one.key, one.after or one.before or {}),
                "differences": [
                    (
                        _label(fields, name, desk),
                        _word(fields, name, before, desk.office),
                        _word(fields, name, after, desk.office),
                    )
                    for name, before, after in one.differences()
                ],
            }
        )
    return found


def _label(fields: dict[str, Field], name: str, desk: Desk) -> str:
    return (fields[name].label if name in fields else "") or desk.words.label(name, "setting field")


def _word(fields: dict[str, Field], name: str, value: Any, office: Office) -> str:
    return fields[name].word(value, office) if name in fields else str("" if value is None else value)
