"""One's own password (/password): the old one, the new one twice; every other browser is signed out.

The slow hashing stands outside the transactions, and wrong tries cost time as at the door.
Source: OWASP authentication cheat sheet (password change).
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from hub import credentials, tries
from hub.errors import BadInput, Forbidden, HubError, TooMany
from hub.organisation import Staff
from web.deps import Db, address_of, session_secret
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/password", include_in_schema=False)

LONGEST = 200
Typed = Annotated[str, Form(max_length=LONGEST)]


@router.get("")
def ask(request: Request, reader: Reader, done: bool = False) -> Response:
    """The form, or that it is done; in the demo office why there is none."""
    return _page(request, reader, is_done=done)


@router.post("")
def change(
    request: Request, reader: Reader, db: Db, now: Typed = "", new: Typed = "", again: Typed = ""
) -> Response:
    """Set it. What is wrong is said beside its field; the demo office keeps the one password of all."""
    if reader.office.is_demo:
        raise Forbidden("in the demo office everybody has the same password")
    person, address = db.read(lambda tx: tx.get_one(Staff, reader.me.staff_id)), address_of(request)
    try:
        db.write(lambda tx: tries.count(tx, person.login, address))
        is_known = credentials.is_password(now, person.password_hash)
        if is_known:
            db.write(lambda tx: tries.was_right(tx, person.login, address))
        _check(is_known, now, new, again)
    except TooMany as refusal:
        return _page(request, reader, status=refusal.status, errors={"now": refusal})
    except BadInput as refusal:
        return _page(request, reader, status=refusal.status, errors=refusal.fields)
    hashed, secret = credentials.hash_password(new), session_secret(request) or ""
    db.write(lambda tx: credentials.change_password(tx, person.id, person.password_hash, hashed, secret))
    return RedirectResponse("/password?done=true", 303)


def _check(is_known: bool, now: str, new: str, again: str) -> None:
    """Raises BadInput naming every field that will not do."""
    wrong: dict[str, HubError] = {}
    if not is_known:
        wrong["now"] = HubError("this is not your password")
    if len(new) < credentials.SHORTEST_PASSWORD:
        wrong["new"] = HubError("at least %(count)s characters", count=credentials.SHORTEST_PASSWORD)
    elif new == now:
        wrong["new"] = HubError("this is the one you have")
    if new != again:
        wrong["again"] = HubError("the two are not the same")
    if wrong:
        raise BadInput.of(wrong)


def _page(
    request: Request,
    reader: SignedIn,
    status: int = 200,
    errors: Mapping[str, HubError] | None = None,
    is_done: bool = False,
) -> Response:
    return render(
        request,
        "session/password.html",
        status_code=status,
        login=reader.me.login,
        is_demo=reader.office.is_demo,
        errors=errors or {},
        is_done=is_done,
        shortest=credentials.SHORTEST_PASSWORD,
    )
