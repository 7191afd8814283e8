"""`clubcrm import`: the group of commands that bring things in from a file."""

import click

from clubcrm.cli import table_import
from clubcrm.cli.bar_import import import_bar_sales, import_goods, import_shelf
from clubcrm.cli.export import import_archive
from clubcrm.cli.people import import_people
from clubcrm.cli.visit_import import import_visits_command


@click.group("import")
def import_group() -> None:
    """Bring in people, visits, contracts, packages, leads, the bar's goods, or a whole archive."""


import_group.add_command(import_archive)
import_group.add_command(import_people)
import_group.add_command(import_visits_command)
for _command in table_import.commands():
    import_group.add_command(_command)
import_group.add_command(import_goods)
import_group.add_command(import_shelf)
import_group.add_command(import_bar_sales)
