import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from clubcrm.cli.demo import PASSWORD


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetched(port: int, page: str) -> int:
    """The status of a page."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", page)
        return line.getresponse().status
    finally:
        line.close()


def opened(command: list[str], folder: Path) -> tuple["subprocess.Popen[str]", list[str]]:
    """A demo that has said that it is open, and the lines it said."""
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith("CLUBCRM_")
    }
    surroundings["CLUBCRM_DATA_DIR"] = str(folder)
    demo = subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    for line in demo.stdout or ():
        said.append(line)
        if "Ctrl-C" in line:
            break
    return demo, said


@pytest.mark.slow
def test_demo_opens_from_nothing_and_closes_on_request(tmp_path: Path) -> None:
    port = free_port()
    clubcrm = str(Path(sys.executable).with_name("clubcrm"))
    command = [clubcrm, "demo", "--port", str(port), "--members", "40"]
    for visit in ("first", "second"):
        demo, said = opened(command, tmp_path)
        try:
            text = "".join(said)
            assert f"http://127.0.0.1:{port}" in text, text
            assert PASSWORD in text
            assert text.count("@demo.example") == 7, "one login per role"
            assert ("Growing" in text) is (visit == "first"), "the second start keeps the club"
            assert fetched(port, "/healthz") == 200
            assert fetched(port, "/sign-in") == 200
        finally:
            demo.send_signal(signal.SIGTERM)
            rest, _ = demo.communicate()
        assert demo.returncode == 0, rest
        with pytest.raises(ConnectionRefusedError):
            fetched(port, "/healthz")
