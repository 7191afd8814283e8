"""`clubcrm device`: enrol a terminal or controller; its key is printed once, alone."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from access_control.api import Enrolment, device_keys, enrol_device
from access_control.models import DeviceKind, DirectionMode
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.cli.user import clubs_named
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError

KINDS = [kind.value for kind in DeviceKind if kind is not DeviceKind.DESK]
DIRECTIONS = [mode.value for mode in DirectionMode]


@click.group()
def device() -> None:
    """Terminals and controllers at the doors."""


@device.command()
@click.option("--serial", required=True, help="Serial number the device calls itself by.")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--zone", "time_zone", default="", help="Its clock's time zone; the club's if unset.")
@click.option("--direction", type=click.Choice(DIRECTIONS), default="in", show_default=True)
@click.option("--club", "club", default="", help="Name of its club; the first if unset.")
@click.option("--door", default="entrance", show_default=True, help="Zone behind its door.")
@with_appcontext
def add(serial: str, kind: str, time_zone: str, direction: str, club: str, door: str) -> None:
    """Let a device work for a club; prints its signing key, which is shown only now.

    Example: clubcrm device add --serial CGXH201360029 --kind zk-att --zone Asia/Dhaka
    """
    if time_zone:
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise click.BadParameter(f"no such time zone: {time_zone}") from None
    refuse_unknown_schema()
    with unit_of_work():
        made = enrol_device(
            Enrolment(
                serial,
                DeviceKind(kind),
                _club_id(club),
                DirectionMode(direction),
                time_zone,
                zone=door,
            ),
            by="command line",
        )
        key = device_keys(made.serial, made.key_nonce)[0].decode()
    click.echo(key)


def _club_id(named: str) -> int:
    if named:
        return clubs_named((named,))[0]
    found = db.session.execute(select(Club.id).order_by(Club.id).limit(1)).scalar()
    if found is None:
        raise DomainError(
            "NOT_FOUND", "There is no club yet. Add one: clubcrm club add", status=404
        )
    return found
