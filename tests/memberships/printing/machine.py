"""A receipt printer of our own on this machine: takes what it is sent, and tells of its paper."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PAPER_LEFT, PAPER_OUT = b"\x12", b"\x72"


class Machine:
    """Keeps what was sent in each connection; `paper` is what it answers, None for silence."""

    def __init__(self) -> None:
        self.slips: list[bytes] = []
        self.paper: bytes | None = PAPER_LEFT
        self.port = 0


@contextmanager
def running(machine: Machine) -> Iterator[Machine]:
    """The printer is switched on while the block runs."""
    ear = socket.create_server(("127.0.0.1", machine.port))
    ear.settimeout(0.05)
    machine.port = ear.getsockname()[1]
    off = threading.Event()

    def listen() -> None:
        while not off.is_set():
            try:
                line, _address = ear.accept()
            except TimeoutError:
                continue
            with line:
                _take(machine, line)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield machine
    finally:
        off.set()
        thread.join()
        ear.close()


def _take(machine: Machine, line: socket.socket) -> None:
    line.settimeout(5)
    taken = b""
    while piece := line.recv(65536):
        taken += piece
        if taken == b"\x10\x04\x04" and machine.paper is not None:
            line.sendall(machine.paper)
    slip = taken.removeprefix(b"\x10\x04\x04")
    if slip:
        machine.slips.append(slip)
