"""`clubcrm user`: staff from the shell, also when nobody can sign in any more."""

import sys

import click
from flask import current_app, url_for
from flask.cli import with_appcontext
from sqlalchemy import select

from clubcrm.accounts.api import Post, Role, add_user, end_sessions, invite, set_password
from clubcrm.accounts.models import User
from clubcrm.accounts.queries import user_by_email
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.text import fold

ROLES = click.Choice([role.value for role in Role])


@click.group("user")
def user() -> None:
    """Add staff, let them choose a password again, sign them out."""


@user.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=ROLES)
@click.option("--club", "clubs", multiple=True, help="Club by name; by default every club.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add(name: str, email: str, role: str, clubs: tuple[str, ...], *, password_stdin: bool) -> None:
    """Add somebody who works here; without a password, print a link to choose one.

    Example: clubcrm user add --name Olga --email olga@club.example --role owner
    """
    refuse_unknown_schema()
    password = _typed_password() if password_stdin else None
    with unit_of_work():
        post = Post(name, email, Role(role), clubs_named(clubs))
        made = add_user(post, password=password)
        token = invite(made) if password is None else None
        shown = made.email
    click.echo(f"{shown} may sign in" if token is None else _link(token))


@user.command("reset")
@click.option("--email", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def reset(email: str, *, password_stdin: bool) -> None:
    """Sign somebody out everywhere and print a link to choose a new password.

    Example: clubcrm user reset --email olga@club.example
    """
    refuse_unknown_schema()
    password = _typed_password() if password_stdin else None
    with unit_of_work():
        found = _user(email)
        end_sessions(found.id, "reset from the shell")
        token = None
        if password is None:
            token = invite(found)
        else:
            set_password(found, password)
    click.echo("the password is set" if token is None else _link(token))


@user.command("end-sessions")
@click.option("--email", required=True)
@with_appcontext
def end(email: str) -> None:
    """Sign somebody out everywhere at once.

    Example: clubcrm user end-sessions --email frank@club.example
    """
    refuse_unknown_schema()
    with unit_of_work():
        count = end_sessions(_user(email).id, "ended from the shell")
    click.echo(f"{count} sessions ended")


def clubs_named(names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the ids of the clubs of these names or public ids; of every club when none is named.

    Raises UsageError for a name that no club has.
    """
    rows = db.session.execute(select(Club.id, Club.public_id, Club.name).order_by(Club.id)).all()
    if not names:
        return tuple(row[0] for row in rows)
    known = {word: club_id for club_id, public_id, name in rows for word in (name, public_id)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f"no such club: {', '.join(unknown)}")
    return tuple(known[name] for name in names)


def _user(email: str) -> User:
    found = user_by_email(fold(email))
    if found is None:
        raise click.UsageError(f"nobody signs in as {email}")
    return found


def _typed_password() -> str:
    # Only the line's end is dropped: a password counts exactly as typed.
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")


def _link(token: str) -> str:
    public = current_app.extensions["club_settings"].public_url or "http://127.0.0.1:8000"
    with current_app.test_request_context():
        return str(public + url_for("accounts.choose_password", token=token))
