"""Signing in and out, and what a person prefers: language and theme."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import col, select
from starlette.responses import Response

from hub import credentials, events, tries
from hub.database import Tx
from hub.errors import HubError, TooMany, Unknown
from hub.organisation import Staff
from web.deps import Config, Db, address_of, session_secret
from web.safety import SESSION_COOKIES
from web.templating import LOCALE_COOKIE, THEME_COOKIE, THEMES, render
from web.words import N_, known


@dataclass(frozen=True)
class Demo:
    """What the sign-in page of the demo office shows: whom to be (log-in, role), and the one password."""

    logins: tuple[tuple[str, str], ...]
    password: str


router = APIRouter(include_in_schema=False)

REFUSED = N_("the log-in name or the password is wrong")
A_YEAR = 365 * 24 * 3600


@router.get("/session")
def sign_in_page(request: Request, next: str = "/") -> Response:
    """The sign-in page."""
    return _page(request, "", next, None)


@router.post("/session")
def sign_in(
    request: Request,
    db: Db,
    config: Config,
    login: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check the password and open a session; a refusal does not say which of the two was wrong.

    Wrong ones cost time (hub.tries), known name or not.
    """
    address = address_of(request)
    try:
        db.write(lambda tx: tries.count(tx, login, address))
    except TooMany as refusal:
        return _page(request, login, next, refusal)
    person = db.read(lambda tx: _person(tx, login))
    if not credentials.is_password(password, person.password_hash if person else "") or person is None:
        if person is not None:
            db.write(lambda tx: _note(tx, "sign_in_refused", person))
        return _page(request, login, next, Unknown(REFUSED))

    def begin(tx: Tx) -> str:
        tries.was_right(tx, login, address)
        _note(tx, "signed_in", person)
        return credentials.begin_session(tx, person, config.session_hours)

    response = RedirectResponse(inward(next), 303)
    is_secure = config.public_url.startswith("https://")
    response.set_cookie(
        SESSION_COOKIES[1] if is_secure else SESSION_COOKIES[0],
        db.write(begin),
        max_age=config.session_hours * 3600,
        httponly=True,
        secure=is_secure,
        samesite="lax",
        path="/",
    )
    return response


@router.post("/session/end")
def sign_out(request: Request, db: Db) -> Response:
    """End the session here and in the table."""
    secret = session_secret(request)
    if secret:
        db.write(lambda tx: credentials.end_session(tx, secret))
    response = RedirectResponse("/session", 303)
    for name in SESSION_COOKIES:
        response.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True)
    return response


@router.post("/session/preferences")
def prefer(
    request: Request,
    locale: Annotated[str | None, Form()] = None,
    theme: Annotated[str | None, Form()] = None,
) -> Response:
    """Keep the language or the theme on this device."""
    response = RedirectResponse(inward(urlsplit(request.headers.get("referer", "/")).path), 303)
    if locale is not None and known(locale):
        response.set_cookie(LOCALE_COOKIE, known(locale) or "en", max_age=A_YEAR, samesite="lax")
    if theme is not None:
        response.set_cookie(THEME_COOKIE, theme if theme in THEMES else "", max_age=A_YEAR, samesite="lax")
    return response


def inward(address: str) -> str:
    """The address when it stays on this site, else the first page."""
    parts = urlsplit(address)
    inside = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if inside and not address.startswith("//") else "/"


def _page(request: Request, login: str, next: str, refusal: HubError | None) -> Response:
    demo: Demo | None = request.app.state.demo
    response = render(
        request,
        "session/sign_in.html",
        status_code=refusal.status if refusal else 200,
        login=login,
        next=inward(next),
        refusal=refusal,
        demo_logins=demo.logins if demo else (),
        demo_password=demo.password if demo else "",
    )
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = refusal.seconds
    return response


def _person(tx: Tx, login: str) -> Staff | None:
    return tx.exec_one(select(Staff).where(Staff.login == login, col(Staff.ended_at).is_(None)))


def _note(tx: Tx, kind: str, person: Staff) -> None:
    by_id = person.id if kind == "signed_in" else None
    stream = f"company:{person.company_id}"
    events.record(tx, kind, stream=stream, by_id=by_id, facts={"staff": person.id})
