"""A receipt printer of our own on this machine: takes what it is sent, and tells of its paper."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PAPER_LEFT, PAPER_OUT = b"\x12", b"\x72"


class Machine:
    """Keeps what was sent in each connection; `paper` is what it answers, None for silence."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.paper: bytes | None = PAPER_LEFT
        self.port = 0
        self.is_on = False
        self._quiet = threading.Condition()
        self._silences = 0

    @property
    def slips(self) -> list[bytes]:
        """Return what was printed, once nobody has rung for a moment."""
        with self._quiet:
            seen = self._silences
            self._quiet.wait_for(lambda: not self.is_on or self._silences > seen + 1, timeout=10)
        return self.taken

    def hears_nothing(self) -> None:
        """Everybody who had rung before has been served."""
        with self._quiet:
            self._silences += 1
            self._quiet.notify_all()


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
                machine.hears_nothing()
                continue
            with line:
                _take(machine, line)

    thread = threading.Thread(target=listen)
    machine.is_on = True
    thread.start()
    try:
        yield machine
    finally:
        off.set()
        machine.is_on = False
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
        machine.taken.append(slip)
