"""A process of its own that takes scans at the gate, to be killed at a fail point."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from access_control.adapters.scan import Scan
from access_control.intake import in_unit, take_backlog, take_scan
from access_control.queries.doors import door_of
from access_control.rules.codes import CredentialKind, Direction
from clubcrm.app import create_app
from tests.conftest import settings_for


def main(url: str, folder: str, start: str, count: int) -> None:
    """Take one live scan, or a backlog of so many scans two hours apart."""
    first = datetime.fromisoformat(start)
    scans = [
        Scan(
            f"k{n}",
            CredentialKind.CARD,
            "4711",
            first + timedelta(hours=5 * n),
            Direction.IN,
            offline=count > 1,
        )
        for n in range(count)
    ]
    app = create_app(settings_for(url, Path(folder)))
    with app.app_context():
        if count > 1:
            take_backlog("GATE1", scans, first + timedelta(days=60))
            return

        def live() -> None:
            door = door_of("GATE1")
            assert door is not None
            take_scan(door, scans[0], first)

        in_unit(live)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
