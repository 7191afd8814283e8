"""Views' first question: who is asking, by the browser's session or by a program's bearer token."""

from datetime import timedelta

from flask import Flask, Request, after_this_request, g, session
from flask.wrappers import Response
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import update

from clubcrm.accounts import second_factor, sessions
from clubcrm.accounts.models import ApiToken
from clubcrm.accounts.queries import (
    KnownSession,
    known_session,
    known_token,
    reach_of_token,
    reach_of_user,
)
from clubcrm.accounts.rules.limits import second_factor_settled
from clubcrm.core.clock import now
from clubcrm.core.db import separate_unit
from clubcrm.core.policy import NOBODY, Actor, install_actor_loader

KEPT_AT_SIGN_IN = ("club",)


class SignedIn(UserMixin):  # type: ignore[misc] # the library is untyped
    """What Flask-Login keeps for a request: the actor, and the secret that the cookie carries."""

    def __init__(self, secret: str, actor: Actor, session_id: int = 0) -> None:
        self.secret = secret
        self.actor = actor
        self.session_id = session_id

    def get_id(self) -> str:
        """Return the session's secret, which Flask-Login puts into the signed cookie."""
        return self.secret


def install(app: Flask) -> None:
    """Requests know who asks; the rows of the store decide, at every request anew."""
    login = LoginManager(app)
    # The store's row ends a session; a changed browser string would only sign people out by chance.
    login.session_protection = None
    login.user_loader(_by_session)
    login.request_loader(_by_bearer)
    install_actor_loader(app, _actor)


def remember_browser(secret: str) -> None:
    """The browser's cookie carries the new session and nothing of what stood in it before."""
    kept = {name: session[name] for name in KEPT_AT_SIGN_IN if name in session}
    session.clear()
    session.update(kept)
    signed_in = _by_session(secret)
    if signed_in is not None:
        login_user(signed_in)
        g.actor = signed_in.actor
        g.actor_name = signed_in.actor.ref


def forget_browser() -> None:
    """The browser's cookie carries nothing any more."""
    logout_user()
    session.clear()
    g.pop("actor", None)


def current_session_id() -> int:
    """Return the id of the session row behind this request; 0 for programs and strangers."""
    return int(getattr(current_user, "session_id", 0))


def _actor() -> Actor:
    found: Actor = getattr(current_user, "actor", NOBODY)
    return found


def _by_session(secret: str) -> SignedIn | None:
    known = known_session(sessions.hash_token(secret))
    moment = now()
    if known is None or moment - known.last_seen_at > timedelta(minutes=known.idle_minutes):
        return None
    if sessions.needs_touch(known.last_seen_at):
        _touch_afterwards(known.session_id)
    return SignedIn(secret, _actor_of(known), known.session_id)


def _actor_of(known: KnownSession) -> Actor:
    reach = reach_of_user(known.user_id, known.role)
    return Actor(
        kind="user",
        id=known.user_id,
        name=known.name,
        role=known.role.value,
        rights=reach.rights,
        club_ids=reach.club_ids,
        locale=known.locale,
        theme=known.theme,
        second_factor=_settled(known),
    )


def _settled(known: KnownSession) -> bool:
    due_at = known.second_factor_due_at
    overdue = not known.has_second_factor and due_at is not None and due_at <= now()
    return second_factor_settled(
        has_one=known.has_second_factor,
        proven=known.second_factor_at is not None,
        required=overdue and second_factor.is_required(),
        due_at=due_at,
        moment=now(),
    )


def _by_bearer(asked: Request) -> SignedIn | None:
    kind, _, secret = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    known = known_token(sessions.hash_token(secret.strip()))
    if known is None:
        return None
    token_id, name, role, last_used_at = known
    if last_used_at is None or sessions.needs_touch(last_used_at):
        _touch_token_afterwards(token_id)
    reach = reach_of_token(token_id, role)
    actor = Actor(
        kind="token",
        id=token_id,
        name=name,
        role=role.value,
        rights=reach.rights,
        club_ids=reach.club_ids,
    )
    return SignedIn(secret, actor)


def _touch_afterwards(session_id: int) -> None:
    # Written when the answer is ready: this thread may hold the store's only writer until then.
    @after_this_request
    def write(response: Response) -> Response:
        sessions.touch(session_id)
        return response


def _touch_token_afterwards(token_id: int) -> None:
    @after_this_request
    def write(response: Response) -> Response:
        with separate_unit() as unit:
            unit.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))
        return response
