"""Services room: a slip as the bytes of a receipt printer, and the line they go over.

The commands are ESC/POS, written by python-escpos; the drawer gets its pulse on pin 2 or 5.
"""

import importlib
import os
import socket
from functools import cache
from pathlib import Path
from typing import Any

from memberships.printing.pictures import draw_slip
from memberships.printing.rules import DOTS, LETTERS, Look, Row, Slip, is_plain, text_lines

SECONDS = 5.0
ASK_PAPER = b"\x10\x04\x04"
PAPER_IS_OUT = 0x60
STATUS_SECONDS = 0.5
_LOUD = frozenset({Look.TITLE, Look.TOTAL})


class PrinterError(Exception):
    """Nothing is on paper; says why in one sentence."""


def slip_bytes(slip: Slip, paper_mm: int, drawer_pin: int, folder: Path) -> bytes:
    """Return what the printer is sent: text where it has all letters, else the slip as a picture.

    `folder` is where the printing library may keep what it knows of printers.
    """
    device = _library(folder).Dummy()
    if is_plain(slip):
        _write_text(device, slip, paper_mm)
    else:
        device.image(draw_slip(slip, DOTS[paper_mm]), impl="bitImageRaster")
    if slip.rows:
        device.cut()
    if slip.opens_drawer and drawer_pin:
        device.cashdraw(drawer_pin)
    output: bytes = device.output
    return output


def _write_text(device: Any, slip: Slip, paper_mm: int) -> None:
    for look, line in text_lines(slip, LETTERS[paper_mm]):
        if look is Look.CODE:
            code = Slip((Row(line, look=Look.CODE),))
            device.image(draw_slip(code, DOTS[paper_mm]), impl="bitImageRaster")
            continue
        is_loud = look in _LOUD
        device.set(
            align="center" if look is Look.TITLE else "left",
            bold=is_loud,
            double_width=is_loud,
            double_height=is_loud,
            normal_textsize=not is_loud,
        )
        device.textln(line)


def send(host: str, port: int, content: bytes, seconds: float = SECONDS) -> None:
    """The printer has taken the bytes; raises PrinterError when it is away or without paper."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as line:
            if _paper_is_out(line):
                raise PrinterError("no paper")
            line.settimeout(seconds)
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise PrinterError(str(error.strerror or error)) from error


def _paper_is_out(line: socket.socket) -> bool:
    """Ask for the state of the roll; a printer that tells nothing is believed to have paper."""
    line.settimeout(STATUS_SECONDS)
    line.sendall(ASK_PAPER)
    try:
        told = line.recv(1)
    except TimeoutError:
        return False
    return bool(told) and told[0] & PAPER_IS_OUT == PAPER_IS_OUT


@cache
def _library(folder: Path) -> Any:
    """Load the library when the first slip is printed: it reads a table of all printers.

    It keeps that table as a pickle, by default where every user of the machine may write.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(folder)
    return importlib.import_module("escpos.printer")
