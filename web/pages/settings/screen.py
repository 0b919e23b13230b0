"""The settings (/settings): an index, and for every topic a list, a form, an ending and a way back.

Source: screens.md (/settings), issue "Live" item 6.
"""

from itertools import groupby
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from hub import access, finding
from hub.database import Tx
from hub.errors import BadInput, Forbidden, HubError, NotFound
from hub.setup import change
from hub.setup.change import NEW, Values, mark
from web.api.bounds import Code
from web.deps import Db
from web.pages import posted
from web.pages.posted import Posted
from web.pages.settings.index import GROUPS, TOPICS
from web.pages.settings.telling import told
from web.pages.settings.topic import ADD, Desk, Id, Key, Topic, deviations
from web.pages.shell import Reader, SignedIn
from web.templating import render, words_of

router = APIRouter(prefix="/settings", include_in_schema=False)

STEP = "set up"
OF_ONE = 10  # changes shown below the form of one thing


@router.get("")
def home(reader: Reader) -> Response:
    """To the settings of one's own office."""
    reader.require("settings")
    return RedirectResponse(f"/settings/{reader.office.code}", 303)


@router.get("/{office}")
def index(request: Request, office: Code, reader: Reader, db: Db) -> Response:
    """Everything that can be set here, and the other offices one may set up."""

    def look(tx: Tx) -> dict[str, Any]:
        desk = _desk(tx, request, reader, office)
        return {
            "office": desk.office,
            "offices": finding.offices(tx, reader.me, STEP),
            "groups": [(name, [one for one in topics if _may(desk, one)]) for name, topics in GROUPS],
            "is_heard": reader.me.may("administer", reader.office.id),
            "latest": told(desk, change.history(tx, desk.office, limit=5)),
        }

    return render(request, "settings/index.html", **db.read(look))


@router.get("/{office}/history")
def history(request: Request, office: Code, reader: Reader, db: Db) -> Response:
    """Who changed what, newest first, each with the way back."""
    return _history(request, reader, db, office)


@router.post("/{office}/history/{event_id}/undo")
def undo(request: Request, office: Code, event_id: Id, reader: Reader, db: Db) -> Response:
    """Bring back what stood before this change."""
    reader.require("settings")
    subjects = [topic.subject for topic in TOPICS.values()]
    try:
        what = db.write(lambda tx: change.undo(tx, reader.me, office, event_id, subjects))
    except HubError as refusal:
        if isinstance(refusal, NotFound | Forbidden):
            raise
        return _history(request, reader, db, office, refusal)
    slug = next(topic.slug for topic in TOPICS.values() if topic.subject.name == what)
    return RedirectResponse(f"/settings/{office}/{slug}?done=undone", 303)


@router.get("/{office}/{slug}")
def listed(request: Request, office: Code, slug: Code, reader: Reader, db: Db, done: str = "") -> Response:
    """The things of one topic."""

    def look(tx: Tx) -> dict[str, Any]:
        desk, topic = _desk(tx, request, reader, office), _topic(slug)
        _require(desk, topic)
        latest = change.history(tx, desk.office, topic.subject.name, limit=1) if done else []
        return {
            "office": desk.office,
            "topic": topic,
            "groups": [(name, list(rows)) for name, rows in groupby(topic.rows(desk), lambda row: row.group)],
            "can_reset": topic.resetting is not None and topic.can_reset(desk),
            "query": desk.query.get("q", ""),
            "done": done,
            "latest": told(desk, latest),
        }

    return render(request, "settings/list.html", **db.read(look))


@router.post("/{office}/{slug}")
def reset(office: Code, slug: Code, reader: Reader, db: Db) -> Response:
    """Take all things of a topic back to what was delivered."""
    reader.require("settings")
    verb = _topic(slug).resetting
    if verb is None:
        raise NotFound("there is no such page")
    db.write(lambda tx: verb(tx, reader.me, office))
    return RedirectResponse(f"/settings/{office}/{slug}?done=ended", 303)


@router.get("/{office}/{slug}/{key:path}")
def sheet(request: Request, office: Code, slug: Code, key: Key, reader: Reader, db: Db) -> Response:
    """One thing with its form."""
    return draw(request, reader, db, office, slug, key)


@router.post("/{office}/{slug}/{key:path}")
def act(
    request: Request, office: Code, slug: Code, key: Key, reader: Reader, db: Db, form: Posted
) -> Response:
    """Save it, end it, or only look at what the form would do (`act` of the button pressed)."""
    reader.require("settings")
    topic, pressed = _topic(slug), str(form.get("act") or "save")
    said = None if pressed == "end" else _said(db, request, reader, office, topic, key, form)
    if pressed == "preview":
        return draw(request, reader, db, office, slug, key, said)
    seen = str(form.get("seen") or "") or None
    try:
        # a new thing sent twice is one thing
        once = posted.once(reader.me, request.url.path, form) if key == ADD else None
        db.write(lambda tx: _save(tx, reader, office, topic, key, said, seen), key=once)
    except HubError as refusal:
        if isinstance(refusal, NotFound | Forbidden):
            raise
        return draw(request, reader, db, office, slug, key, said, refusal)
    return RedirectResponse(f"/settings/{office}/{slug}?done={'ended' if said is None else 'saved'}", 303)


def _save(
    tx: Tx, reader: SignedIn, office: str, topic: Topic, key: str, said: Values | None, seen: str | None
) -> None:
    if key == ADD and topic.adding is not None and said is not None:
        topic.adding(tx, reader.me, office, said)
    else:
        change.change(tx, reader.me, office, topic.subject, NEW if key == ADD else key, said, seen)


# --- what is seen ------------------------------------------------------------


def draw(
    request: Request,
    reader: SignedIn,
    db: Db,
    office: str,
    slug: str,
    key: str,
    said: Values | None = None,
    refusal: HubError | None = None,
) -> Response:
    """The page of one thing, as it stands or as its form was filled."""

    def look(tx: Tx) -> dict[str, Any]:
        desk, topic = _desk(tx, request, reader, office), _topic(slug)
        _require(desk, topic)
        return _form(desk, topic, key, said, refusal)

    context = db.read(look)
    status = context["refusal"].status if context["refusal"] else 200
    return render(request, "settings/sheet.html", status_code=status, **context)


def _history(
    request: Request, reader: SignedIn, db: Db, office: str, refusal: HubError | None = None
) -> Response:
    def look(tx: Tx) -> dict[str, Any]:
        desk = _desk(tx, request, reader, office)
        return {"office": desk.office, "changes": told(desk, change.history(tx, desk.office))}

    status = refusal.status if refusal else 200
    return render(request, "settings/history.html", status_code=status, refusal=refusal, **db.read(look))


def _form(
    desk: Desk, topic: Topic, key: str, said: Values | None, refusal: HubError | None
) -> dict[str, Any]:
    """The form of one thing as it stands, or as it was filled, with what was delivered beside each field."""
    kept, office = _kept(desk, topic, key), desk.office
    fields = topic.fields(desk, key)
    other = deviations(topic.delivered(desk, key), kept)
    beside, bad = _beside(desk, topic, key, said)
    wrong = refusal or bad
    marked = wrong.fields if isinstance(wrong, BadInput) else {}
    earlier = [] if key == ADD else change.history(desk.tx, office, topic.subject.name, key, OF_ONE)
    return {
        "office": office,
        "topic": topic,
        "key": key,
        "is_new": key == ADD,
        "once": token_urlsafe(12),
        "heading": topic.title(desk, key, kept),
        "fields": fields,
        "values": {one.name: one.shown(kept.get(one.name), office) for one in fields} | (said or {}),
        "delivered": {one.name: one.word(other[one.name], office) for one in fields if one.name in other},
        "seen": "" if key == ADD else mark(kept),
        "refusal": wrong,
        "wrong": marked,
        "is_placed": any(one.name in marked for one in fields),
        "beside": beside,
        "changes": told(desk, earlier),
    }


def _beside(
    desk: Desk, topic: Topic, key: str, said: Values | None
) -> tuple[dict[str, Any], BadInput | None]:
    """What stands below the form, of what was said where it can be taken."""
    if topic.beside is None:
        return {}, None
    try:
        draft = topic.subject.check(desk.tx, desk.office, said) if said is not None else None
    except BadInput as wrong:
        return {}, wrong
    return topic.beside(desk, key, draft), None


def _desk(tx: Tx, request: Request, reader: SignedIn, office: str) -> Desk:
    found = access.office(tx, reader.me, office, STEP)
    return Desk(tx, reader, found, words_of(request), dict(request.query_params))


def _topic(slug: str) -> Topic:
    if slug not in TOPICS:
        raise NotFound("there is no such page")
    return TOPICS[slug]


def _may(desk: Desk, topic: Topic) -> bool:
    return change.may(desk.tx, desk.reader.me, desk.office, topic.subject)


def _require(desk: Desk, topic: Topic) -> None:
    if not _may(desk, topic):
        raise Forbidden("this step belongs to another role")


def _kept(desk: Desk, topic: Topic, key: str) -> Values:
    if key == ADD:
        if topic.fresh is None:
            raise NotFound("there is no such page")
        return topic.fresh(desk)
    values = topic.subject.read(desk.tx, desk.office, key)
    if values is None:
        raise NotFound("there is no such thing in this office's settings")
    return values


def _said(
    db: Db, request: Request, reader: SignedIn, office: str, topic: Topic, key: str, form: FormData
) -> Values:
    def look(tx: Tx) -> Values:
        fields = topic.fields(_desk(tx, request, reader, office), key)
        return {one.name: one.sent(form) for one in fields}

    return db.read(look)
