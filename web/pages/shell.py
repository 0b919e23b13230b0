"""Who reads a page: the signed-in person, their office, and the frame around every screen of theirs."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from hub import access, credentials
from hub.access import DESK, MAY, Actor
from hub.database import Tx
from hub.errors import Forbidden, Unknown
from hub.organisation import FIELD_ROLES, Office
from web.deps import Db, session_secret
from web.templating import LOCALE_COOKIE, SCREENS, Shell
from web.words import known, negotiate, words_in

# Which roles open which screen. What a screen shows and does is decided by `hub.access`, not here.
OPEN_TO: dict[str, frozenset[str]] = {
    "desk": DESK,
    "team": frozenset({"supervisor", "customer_director", "director"}),
    "mine": frozenset({*FIELD_ROLES, "supervisor"}),
    "office": MAY["count"],
    "settings": MAY["set up"],
}


@dataclass(frozen=True)
class SignedIn:
    """The person before the screen, and the office they work in."""

    me: Actor
    office: Office

    @property
    def has_tour(self) -> bool:
        """Whether there is a tour for them: at the desk of a demo office."""
        return self.office.is_demo and "desk" in self.screens

    @property
    def screens(self) -> tuple[str, ...]:
        """The screens open to this person, in the order of the navigation."""
        roles = self.me.roles_in(self.office.id)
        return tuple(name for name, allowed in OPEN_TO.items() if roles & allowed)

    def require(self, screen: str) -> None:
        """Raises Forbidden when this screen is another role's."""
        if screen not in self.screens:
            raise Forbidden("this screen belongs to another role")


def reader(request: Request, db: Db) -> SignedIn:
    """The person of this session; dresses the request in their shell and words.

    Raises Unknown without a running session, NotFound for somebody who works in no office.
    """
    found = db.read(lambda tx: _find(tx, session_secret(request)))
    if found is None:
        raise Unknown("sign in first")
    me, office = found.me, found.office
    roles = me.roles_in(office.id)
    request.state.shell = Shell(
        office=office.name,
        person=me.name,
        roles=tuple(sorted(roles)),
        screens=tuple(SCREENS[name] for name in found.screens),
        has_tour=found.has_tour,
    )
    # What was chosen on this device comes before what the person's record says.
    chosen = known(request.cookies.get(LOCALE_COOKIE)) or me.locale
    locale = negotiate(chosen, request.headers.get("accept-language"), default=known(office.locale) or "en")
    request.state.words = words_in(locale, office.zone)
    return found


Reader = Annotated[SignedIn, Depends(reader)]


def _find(tx: Tx, secret: str | None) -> SignedIn | None:
    me = credentials.actor_of_session(tx, secret) if secret else None
    return SignedIn(me, access.standing_home(tx, me)) if me else None
