"""The front desk (/desk): what waits, the list, the search, and closing several at once."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dispatch import closing
from hub import access
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden
from web.deps import Db
from web.live.views import Seen, View
from web.pages import frame, posted, queues
from web.pages.posted import Posted
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_AT_ONCE = 100


def _desk_of(tx: Tx, me: Actor, code: str) -> Seen:
    office = access.office(tx, me, code)
    if not me.roles_in(office.id) & access.DESK:
        raise Forbidden("this screen belongs to another role")
    return Seen(office.id, f"office:{office.id}", office.zone)


# Asked for by each page: the queue of mine is not the queue of yours, and a form stands around the list.
VIEWS = {"queue": View(_desk_of)}


@router.get("")
def desk(request: Request, reader: Reader, db: Db) -> Response:
    """The queues and the list; nothing is open yet."""
    reader.require("desk")
    return _draw(request, reader, db)


@router.get("/queue")
def queue(request: Request, reader: Reader, db: Db) -> Response:
    """The queues and the list alone, asked for every few seconds."""
    reader.require("desk")
    return render(request, "desk/_queue.html", **frame.beside(db, reader, request))


@router.get("/more")
def more(request: Request, reader: Reader, db: Db, queue: str, cursor: str, q: str = "") -> Response:
    """The next stretch of the list. Raises BadInput for a cursor that is none."""
    reader.require("desk")
    found = db.read(lambda tx: queues.page(tx, reader, queue, q[:200], cursor))
    context: dict[str, Any] = {"queue": queues.named(queue), "query": q, "page": found, "stretches": 1}
    if "hx-request" in request.headers:
        return render(request, "desk/_rows.html", **context)
    return render(request, "desk/page.html", **(frame.beside(db, reader, request) | context))


@router.post("/closing")
def close_several(request: Request, reader: Reader, db: Db, form: Posted) -> Response:
    """Close each of the chosen matters by the rules of one; what was refused is shown with its reason."""
    reader.require("desk")
    numbers = [str(number) for number in form.getlist("number")][:MOST_AT_ONCE]

    def close(tx: Tx) -> dict[str, object]:
        outcome = posted.text(form, "outcome")
        closed, refused = closing.close_many(tx, reader.me, numbers, outcome)
        return {"closed": [ticket.number for ticket in closed], "refused": refused}

    try:
        if not numbers:
            raise BadInput("number", "choose at least one matter")
        return _draw(request, reader, db, db.write(close))
    except BadInput as refusal:
        return _draw(request, reader, db, {"refusal": refusal}, refusal.status)


def _draw(
    request: Request, reader: SignedIn, db: Db, bulk: dict[str, object] | None = None, status: int = 200
) -> Response:
    beside = frame.beside(db, reader, request)
    return render(request, "desk/page.html", status_code=status, **beside, bulk=bulk)
