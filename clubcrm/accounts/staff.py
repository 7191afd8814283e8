"""Services: people who work here are invited, changed, dismissed; all of it holds at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select

from clubcrm.accounts import passwords, second_factor, sessions, tokens
from clubcrm.accounts.models import Role, TokenPurpose, User, UserClub, UserState
from clubcrm.accounts.queries import rights_table, user_by_email
from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, forbidden, invalid
from clubcrm.core.policy import Actor
from clubcrm.core.text import clean, fold

PASSWORD_TOKENS = (TokenPurpose.INVITE, TokenPurpose.RESET)
LANGUAGE_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is here: name, address, role, clubs."""

    name: str
    email: str
    role: Role
    club_ids: tuple[int, ...] = ()


def add_user(post: Post, *, password: str | None = None) -> User:
    """Somebody works here; without a password, an invite has to be given to him.

    Raises INVALID_INPUT naming the field, also when the address is taken.
    """
    name, email = clean(post.name, "name"), _email(post.email)
    if not name:
        raise invalid({"name": _("Write a name.")})
    if user_by_email(fold(email)) is not None:
        raise invalid({"email": _("Somebody signs in with this address already.")})
    user = User(name=name, email=email, email_folded=fold(email), role=post.role)
    db.session.add(user)
    db.session.flush()
    _set_clubs(user.id, post.club_ids)
    after = {"role": post.role.value, "clubs": list(post.club_ids)}
    audit.note("user added", "user", user.id, after=after)
    if password is not None:
        passwords.set_password(user, password)
    db.session.flush()
    return user


def change_user(user: User, post: Post, *, by: Actor) -> None:
    """The user has this post; a new role or address signs him out everywhere.

    Raises FORBIDDEN when the post is above the one who gives it, LAST_OWNER for the only owner.
    """
    require_may_give(by, user.role, post.role)
    email = _email(post.email)
    holder = user_by_email(fold(email))
    if holder is not None and holder.id != user.id:
        raise invalid({"email": _("Somebody signs in with this address already.")})
    if user.role is Role.OWNER and post.role is not Role.OWNER:
        _require_another_owner(user.id)
    before = {"role": user.role.value, "clubs": list(_club_ids(user.id))}
    moved = user.role is not post.role or fold(email) != user.email_folded
    user.name, user.email, user.email_folded = clean(post.name, "name"), email, fold(email)
    user.role = post.role
    _set_clubs(user.id, post.club_ids)
    after = {"role": post.role.value, "clubs": list(post.club_ids)}
    audit.note("user changed", "user", user.id, before=before, after=after)
    if moved:
        sessions.end_sessions(user.id, "role or address changed")
    db.session.flush()


def dismiss(user: User, *, by: Actor) -> None:
    """The user does not work here any more and is signed out everywhere."""
    require_may_give(by, user.role, user.role)
    if user.role is Role.OWNER:
        _require_another_owner(user.id)
    user.state = UserState.DISMISSED
    audit.note("user dismissed", "user", user.id)
    sessions.end_sessions(user.id, "dismissed")
    db.session.flush()


def take_back(user: User, *, by: Actor) -> None:
    """The user works here again, with the password of before."""
    require_may_give(by, user.role, user.role)
    user.state = UserState.ACTIVE
    audit.note("user taken back", "user", user.id)
    db.session.flush()


def invite(user: User) -> str:
    """Return a token with which the user chooses a password, once within 72 hours."""
    purpose = TokenPurpose.INVITE if user.password_hash is None else TokenPurpose.RESET
    audit.note(f"{purpose.value} issued", "user", user.id)
    return tokens.issue(purpose, user.id)


def choose_password(secret: str, password: str) -> User:
    """The owner of the token signs in with this password, and every older session is over.

    Raises TOKEN_VOID, or INVALID_INPUT for a weak password.
    """
    user_id = tokens.use(PASSWORD_TOKENS, secret)
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None or user.state is not UserState.ACTIVE:
        raise DomainError("TOKEN_VOID", _("This link is not valid any more."), status=400)
    passwords.set_password(user, password)
    sessions.end_sessions(user.id, "password changed")
    return user


def change_password(user: User, password: str, *, session_id: int) -> None:
    """The user has another password, and all his other sessions are over."""
    passwords.set_password(user, password, field="new_password")
    tokens.issue(TokenPurpose.RESET, user.id)  # voids links that are still on their way
    sessions.end_sessions(user.id, "password changed", except_id=session_id)


def set_taste(user: User, *, locale: str | None, theme: str) -> None:
    """The user reads this language and sees these colours on every device."""
    if theme not in {"auto", "light", "dark"}:
        raise invalid({"theme": _("Choose light, dark, or as the system.")})
    user.locale = (locale or None) and str(locale)[:LANGUAGE_LONGEST]
    user.theme = theme
    db.session.flush()


def change_address(user: User, email: str, *, session_id: int) -> None:
    """The user signs in with another address, and all his other sessions are over."""
    email = _email(email)
    holder = user_by_email(fold(email))
    if holder is not None and holder.id != user.id:
        raise invalid({"email": _("Somebody signs in with this address already.")})
    user.email, user.email_folded = email, fold(email)
    audit.note("address changed", "user", user.id)
    sessions.end_sessions(user.id, "address changed", except_id=session_id)


def drop_own_second_factor(user: User, *, session_id: int) -> None:
    """The user goes on by password alone, and all his other sessions are over."""
    second_factor.remove(user)
    sessions.end_sessions(user.id, "second factor removed", except_id=session_id)


def remove_second_factor(user: User, *, by: Actor) -> None:
    """The user who lost his phone signs in by password alone, from a fresh session."""
    require_may_give(by, user.role, user.role)
    second_factor.remove(user)
    sessions.end_sessions(user.id, "second factor removed")


def require_may_give(by: Actor, *roles: Role) -> None:
    """Raise FORBIDDEN unless every right of the roles is also held by the one who gives them."""
    table = rights_table()
    is_owner = by.role == Role.OWNER.value
    for role in roles:
        if (role is Role.OWNER and not is_owner) or not table[role] <= by.rights:
            raise forbidden(_("You cannot give or change a role that may do more than yours."))


def _require_another_owner(user_id: int) -> None:
    others = db.session.execute(
        select(func.count())
        .select_from(User)
        .where(User.role == Role.OWNER, User.state == UserState.ACTIVE, User.id != user_id)
    ).scalar_one()
    if not others:
        raise DomainError("LAST_OWNER", _("The only owner cannot leave: name another one first."))


def _email(value: str) -> str:
    email = clean(value, "email", longest=254)
    name, at, host = email.partition("@")
    if not (name and at and host) or "@" in host or any(c.isspace() or c in "<>," for c in email):
        raise invalid({"email": _("Write an e-mail address such as name@example.org.")})
    return email


def _club_ids(user_id: int) -> tuple[int, ...]:
    query = select(UserClub.club_id).where(UserClub.user_id == user_id).order_by(UserClub.club_id)
    return tuple(db.session.scalars(query))


def _set_clubs(user_id: int, club_ids: Iterable[int]) -> None:
    db.session.execute(delete(UserClub).where(UserClub.user_id == user_id))
    rows = [{"user_id": user_id, "club_id": club} for club in sorted(set(club_ids))]
    if rows:
        db.session.execute(insert(UserClub), rows)
