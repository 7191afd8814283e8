"""`clubcrm token`: bearer tokens of programs from the shell."""

import click
from flask.cli import with_appcontext

from clubcrm.accounts.api import Role, add_api_token
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.cli.user import ROLES, clubs_named
from clubcrm.core.db import unit_of_work


@click.group("token")
def token() -> None:
    """Give programs access."""


@token.command("add")
@click.option("--role", required=True, type=ROLES)
@click.option("--club", "clubs", multiple=True, help="Club by name; by default every club.")
@click.option("--name", default="", help="What the program is for.")
@with_appcontext
def add(role: str, clubs: tuple[str, ...], name: str) -> None:
    """Make a token and print its secret once, alone on standard output.

    Example: clubcrm token add --role desk --club Mitte
    """
    refuse_unknown_schema()
    with unit_of_work():
        club_ids = clubs_named(clubs) if clubs else ()
        _made, secret = add_api_token(name or f"{role} from the shell", Role(role), club_ids)
    click.echo(secret)
