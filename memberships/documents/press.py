"""Services room: a page becomes a PDF in a child process that dies at its limits, not with us."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError

log = structlog.get_logger(__name__)
LONGEST_PAGE = 4 * 1024 * 1024
AT_ONCE = 2
PATIENCE_SECONDS = 30
_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one print may cost."""

    memory_bytes: int = 512 * 1024 * 1024
    seconds: int = 60


LIMITS = Limits()


def print_pdf(html: str, limits: Limits = LIMITS) -> bytes:
    """Return the page as a PDF.

    Raises PRINT_TOO_HARD (503) when it hits a limit, PRINTER_BUSY (503) when others print.
    """
    if len(html) > LONGEST_PAGE:
        raise _too_hard()
    if not _slots.acquire(timeout=PATIENCE_SECONDS):
        raise DomainError(
            "PRINTER_BUSY",
            _("Others are printing. Try again in a moment."),
            status=503,
            retry_after=5,
        )
    try:
        return _in_the_print_room(html, limits)
    finally:
        _slots.release()


def _in_the_print_room(html: str, limits: Limits) -> bytes:
    script = Path(__file__).with_name("printer.py")
    order = {"html": html, "memory_bytes": limits.memory_bytes, "seconds": limits.seconds}
    try:
        answer = subprocess.run(  # noqa: S603 - our own module, the page goes in by stdin
            [sys.executable, "-I", str(script)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            env=_bare_surroundings(),
        )
    except subprocess.TimeoutExpired as cause:
        log.warning("print killed", why="time", seconds=limits.seconds)
        raise _too_hard() from cause
    if answer.returncode == 0 and answer.stdout.startswith(b"%PDF-"):
        return answer.stdout
    told = answer.stderr.decode("utf-8", "replace").strip().splitlines()
    log.warning("print failed", code=answer.returncode, why=told[-1][:200] if told else "")
    raise _too_hard()


def _bare_surroundings() -> dict[str, str]:
    """Return the environment of the child: where fonts and libraries are, and no secret of ours."""
    wanted = ("PATH", "HOME", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "SYSTEMROOT")
    return {"LANG": "C.UTF-8"} | {name: os.environ[name] for name in wanted if name in os.environ}


def _too_hard() -> DomainError:
    return DomainError(
        "PRINT_TOO_HARD",
        _("This document could not be printed: it takes too much time or memory."),
        status=503,
        retry_after=60,
    )
