"""The group of all commands; one line per command."""

import gc
import sys

import click
from flask.cli import FlaskGroup

from clubcrm.app import create_app
from clubcrm.cli.backup import backup, restore
from clubcrm.cli.checks import doctor, invariants, routes
from clubcrm.cli.club import club
from clubcrm.cli.demo import demo
from clubcrm.cli.device import device
from clubcrm.cli.export import export
from clubcrm.cli.forecast import forecast
from clubcrm.cli.gate_sim import gate_sim
from clubcrm.cli.importing import import_group
from clubcrm.cli.journeys import journeys
from clubcrm.cli.outbox import outbox
from clubcrm.cli.phone import phone
from clubcrm.cli.results import results
from clubcrm.cli.seed import seed
from clubcrm.cli.server import jobs_command, migrate, run_jobs, serve
from clubcrm.cli.token import token
from clubcrm.cli.user import user
from clubcrm.core.errors import DomainError

COMMANDS: tuple[click.Command, ...] = (
    backup,
    club,
    demo,
    device,
    doctor,
    export,
    forecast,
    gate_sim,
    import_group,
    invariants,
    jobs_command,
    journeys,
    migrate,
    outbox,
    phone,
    restore,
    routes,
    run_jobs,
    seed,
    serve,
    token,
    user,
)


class ClubGroup(FlaskGroup):
    """Lists only our own commands, and starts the app only for those that need it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return click.Group.list_commands(self, ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command by name."""
        return click.Group.get_command(self, ctx, name)


group = ClubGroup(
    name="clubcrm",
    help="Run and look after a fitness club's system.",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
# The options of a Flask group (which app, which env file) have no meaning here.
group.params.clear()
journeys.add_command(results)
for command in COMMANDS:
    group.add_command(command)
gc.freeze()
gc.enable()


def main() -> None:
    """Run the command line; refusals become one plain line and exit code 2."""
    try:
        group(prog_name="clubcrm")
    except DomainError as error:
        click.echo(f"clubcrm: {error.text}", err=True)
        sys.exit(2)
