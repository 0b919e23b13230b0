"""What can be done about one person besides describing them: roles, the way to sign in, leaving."""

import secrets
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dispatch import leaving
from hub import access, credentials
from hub.database import Tx
from hub.errors import Forbidden, HubError, NotFound
from hub.organisation import Staff
from hub.setup import people, rights
from web.api.bounds import Code, Login
from web.deps import Db
from web.pages import posted
from web.pages.posted import Posted
from web.pages.settings.people import PEOPLE
from web.pages.settings.screen import draw
from web.pages.settings.topic import Id
from web.pages.shell import Reader, SignedIn
from web.templating import render

router = APIRouter(prefix="/settings/{office}/staff/{login}", include_in_schema=False)

PASSWORD_BYTES = 9  # twelve characters, of which nobody guesses one


@router.post("/roles")
def grant(request: Request, office: Code, login: Login, reader: Reader, db: Db, form: Posted) -> Response:
    """One more role."""
    role, department = posted.text(form, "role"), posted.text(form, "department")

    def step(tx: Tx) -> None:
        people.grant(tx, reader.me, office, login, role, department)

    return _do(request, reader, db, office, login, step)


@router.post("/roles/{role_id}/end")
def end_role(
    request: Request, office: Code, login: Login, role_id: Id, reader: Reader, db: Db, form: Posted
) -> Response:
    """End a role; what only it let them hold goes to the heir, or to the best when that is said."""

    def step(tx: Tx) -> None:
        person, heir = _people(tx, reader, office, login, posted.text(form, "heir"))
        role = next((one for one in people.roles_of(tx, person) if one.id == role_id), None)
        if role is None:
            raise NotFound("this person does not hold this role")
        leaving.end_role(tx, reader.me, role, heir, posted.text(form, "hand_over") == "yes")

    return _do(request, reader, db, office, login, step)


@router.post("/departure")
def leave(request: Request, office: Code, login: Login, reader: Reader, db: Db, form: Posted) -> Response:
    """They are no longer with us: every role ends, and what they had in hand goes to somebody."""

    def step(tx: Tx) -> None:
        person, heir = _people(tx, reader, office, login, posted.text(form, "heir"))
        if person.id == reader.me.staff_id:
            raise Forbidden("nobody ends their own time here; ask another administrator")
        leaving.leave(tx, reader.me, person, heir)

    return _do(request, reader, db, office, login, step, f"/settings/{office}/staff?done=ended")


@router.post("/sign-in")
def reset_sign_in(request: Request, office: Code, login: Login, reader: Reader, db: Db) -> Response:
    """A new password, shown this once; whoever is signed in as them is out."""
    reader.require("settings")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    hashed = credentials.hash_password(password)
    db.write(lambda tx: people.reset_sign_in(tx, reader.me, office, login, hashed))
    seen = db.read(lambda tx: access.office(tx, reader.me, office))
    return render(
        request,
        "settings/password.html",
        headers={"cache-control": "no-store"},
        office=seen,
        login=login,
        password=password,
    )


def _do(
    request: Request,
    reader: SignedIn,
    db: Db,
    office: str,
    login: str,
    step: Callable[[Tx], None],
    then: str = "",
) -> Response:
    reader.require("settings")
    try:
        db.write(step)
    except HubError as refusal:
        if isinstance(refusal, NotFound | Forbidden):
            raise
        return draw(request, reader, db, office, PEOPLE.slug, login, refusal=refusal)
    return RedirectResponse(then or f"/settings/{office}/staff/{login}", 303)


def _people(tx: Tx, reader: SignedIn, office: str, login: str, heir: str) -> tuple[Staff, Staff | None]:
    """The person and the heir, of an office whose staff the reader looks after."""
    found = rights.office_to_set_up(tx, reader.me, office, people.STEP)
    person = access.colleague(tx, reader.me, login, found.id)
    return person, access.colleague(tx, reader.me, heir, found.id) if heir else None
