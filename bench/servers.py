"""Servers under load: our product and the bare yardstick, with equal workers and threads."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
READY_SECONDS = 60


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(words: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """Run a server until the block ends; its port answers from the first line of the block."""
    server = subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit("bench: the server ended before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("bench: the server did not start")


def bare_server() -> object:
    """Serve the yardstick route."""
    port = free_port()
    words = [str(BIN / "gunicorn"), "-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS)]
    words += ["--keep-alive", "15", "--log-level", "warning", "-b", f"127.0.0.1:{port}"]
    return serving([*words, "bench.bare:app"], port, {})


def club_server(environment: dict[str, str]) -> object:
    """Serve the product on the store that the environment names."""
    port = free_port()
    words = [str(BIN / "clubcrm"), "serve", "--port", str(port)]
    words += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    return serving(words, port, environment)
