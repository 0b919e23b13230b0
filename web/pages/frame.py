"""What stands beside every page of the desk: the queues with their counts and the list."""

from typing import Any

from fastapi import Request

from hub.database import Database
from web.pages import proposed, queues
from web.pages.shell import SignedIn
from web.templating import words_of


def is_part(request: Request) -> bool:
    """Whether only what is open is asked for, since the list stands in the browser already."""
    return request.headers.get("hx-target", "").endswith("#open")


def beside(db: Database, reader: SignedIn, request: Request) -> dict[str, Any]:
    """The queue and the search the address names, drawn by desk/_queue.html."""
    words = words_of(request)
    queue = queues.named(request.query_params.get("queue", ""))
    query = request.query_params.get("q", "")[:200]
    stretches = min(len(request.query_params.getlist("stretch")), queues.MOST_STRETCHES) or 1
    found, counts, proposals = db.read(
        lambda tx: (
            queues.page(tx, reader, queue.name, query, stretches=stretches),
            queues.counts(tx, reader),
            proposed.waiting(tx, reader),
        )
    )
    items = [
        {
            "href": f"/desk?queue={one.name}",
            "label": words.gettext(one.label),
            "key": one.key,
            "tone": one.tone,
            "count": counts[one.name],
        }
        for one in queues.QUEUES
    ]
    return {
        "queue": queue,
        "query": query,
        "page": found,
        "stretches": stretches,
        "items": items,
        "proposals": proposals,
        "office_code": reader.office.code,
    }
