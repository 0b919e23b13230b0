"""How staff prove who they are: passwords (argon2id), sessions in a cookie, access tokens.

Only digests of session and token secrets are stored; a stolen table signs nobody in. Hashing is slow on
purpose, so it happens outside transactions and two at a time.
"""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import and_, bindparam, delete
from sqlmodel import Field, SQLModel, col, select

from hub import clock, events
from hub.access import Actor, Grant
from hub.columns import Moment
from hub.database import Tx
from hub.errors import NotNow
from hub.organisation import Role, Staff
from hub.statements import Statement

# OWASP password storage cheat sheet: argon2id with 19 MiB, two passes, one lane
_hasher = PasswordHash((Argon2Hasher(memory_cost=19456, time_cost=2, parallelism=1),))
# Two at a time: a flood of sign-ins must not take all memory and every core.
_two_at_a_time = threading.BoundedSemaphore(2)
SHORTEST_PASSWORD = 8


class Session(SQLModel, table=True):
    """A signed-in browser; `digest` is of the secret in its cookie."""

    __tablename__ = "web_session"
    digest: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)


class Token(SQLModel, table=True):
    """An access token of a person, for programs."""

    __tablename__ = "access_token"
    digest: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Slow: never inside a transaction."""
    with _two_at_a_time:
        return _hasher.hash(password)


def is_password(password: str, kept: str) -> bool:
    """Whether the password is the one kept. As slow for an unknown person (`kept` empty) as for a known."""
    with _two_at_a_time:
        if not kept:
            _hasher.hash(password)
            return False
        return _hasher.verify(password, kept)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def begin_session(tx: Tx, staff: Staff, hours: int) -> str:
    """Open a session and return the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    present = clock.now()
    tx.add(
        Session(
            digest=digest(secret),
            staff_id=staff.id,
            created_at=present,
            expires_at=present + timedelta(hours=hours),
        )
    )
    return secret


def end_session(tx: Tx, secret: str) -> None:
    """Sign a browser out; nothing happens for a session that is already gone."""
    row = tx.get(Session, digest(secret))
    if row:
        tx.delete(row)
        tx.tell(f"staff:{row.staff_id}")


def change_password(tx: Tx, person_id: int, known: str, hashed: str, secret: str) -> None:
    """Keep a person's own new password; of their browsers only the one with this session stays signed in.

    `known` is the hash that the old one was checked against. Raises NotNow when it is another by now: who was
    given a new password meanwhile, because the old one was stolen, must not lose it to the thief.
    """
    person = tx.get_one(Staff, person_id, with_for_update=True, populate_existing=True)
    if person.password_hash != known:
        raise NotNow("your password was changed meanwhile")
    person.password_hash = hashed
    others = (col(Session.staff_id) == person.id) & (col(Session.digest) != digest(secret))
    tx.connection().execute(delete(Session).where(others))
    tx.tell(f"staff:{person.id}")
    facts = {"staff": person.id}
    events.record(tx, "password_changed", stream=f"company:{person.company_id}", by_id=person.id, facts=facts)


def staff_of_session(tx: Tx, secret: str) -> Staff | None:
    """Who holds this session, while it runs and the person is still with us."""
    return tx.exec_one(
        select(Staff)
        .join(Session, col(Session.staff_id) == col(Staff.id))
        .where(
            Session.digest == digest(secret), Session.expires_at > clock.now(), col(Staff.ended_at).is_(None)
        )
    )


def actor_of_session(tx: Tx, secret: str) -> Actor | None:
    """Who holds this session, with the roles held now: one look-up, made with every request."""
    return _actor(tx, _HOLDER_OF_SESSION, secret)


def actor_of_token(tx: Tx, secret: str) -> Actor | None:
    """Whose token this is, with the roles held now. What has ended counts no longer, at once."""
    return _actor(tx, _HOLDER_OF_TOKEN, secret)


def _actor(tx: Tx, query: Statement, secret: str) -> Actor | None:
    rows = query.rows(tx, {"digest": digest(secret)})
    if not rows or (rows[0].expires_at is not None and rows[0].expires_at <= clock.now()):
        return None
    grants = frozenset(
        Grant(row.role, row.office_id, row.department_id) for row in rows if row.role is not None
    )
    first = rows[0]
    return Actor(first.id, first.company_id, first.name, first.login, first.locale, grants)


def _holder(of: type[Session] | type[Token]) -> Statement:
    query = (
        select(Staff.id, Staff.company_id, Staff.name, Staff.login, Staff.locale, of.expires_at)  # type: ignore[call-overload]
        .add_columns(Role.role, Role.office_id, Role.department_id)
        .join(of, col(of.staff_id) == col(Staff.id))
        .outerjoin(Role, and_(col(Role.staff_id) == col(Staff.id), col(Role.ended_at).is_(None)))
        .where(col(of.digest) == bindparam("digest"), col(Staff.ended_at).is_(None))
    )
    return Statement(query.where(col(Token.ended_at).is_(None)) if of is Token else query)


_HOLDER_OF_SESSION, _HOLDER_OF_TOKEN = _holder(Session), _holder(Token)


def make_token(tx: Tx, staff: Staff, expires_at: datetime | None) -> str:
    """Make an access token and return it; it cannot be shown again."""
    secret = f"hub_{secrets.token_urlsafe(32)}"
    tx.add(Token(digest=digest(secret), staff_id=staff.id, created_at=clock.now(), expires_at=expires_at))
    return secret


def staff_of_token(tx: Tx, secret: str) -> Staff | None:
    """Whose token this is, while it runs and the person is still with us."""
    row = tx.execute(
        select(Staff, Token.expires_at)
        .join(Token, col(Token.staff_id) == col(Staff.id))
        .where(Token.digest == digest(secret), col(Token.ended_at).is_(None), col(Staff.ended_at).is_(None))
    ).one_or_none()
    if row is None or (row[1] is not None and row[1] <= clock.now()):
        return None
    staff: Staff = row[0]
    return staff


def expiry(tx: Tx, session: str | None, token: str | None) -> datetime | None:
    """When this session or token lapses; None for one without an end, or one that is gone."""
    column, table = (Token.expires_at, Token) if token else (Session.expires_at, Session)
    return tx.scalars(select(column).where(table.digest == digest(token or session or ""))).first()
