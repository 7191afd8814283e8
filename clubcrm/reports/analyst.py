"""Services room: questions of statistics, answered by a child process that dies at its limits."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.paths import BESIDE_THE_CODE

log = structlog.get_logger(__name__)
PROGRAM = "clubcrm.reports.analysis"
NO_ANSWER, NO_MEMORY, NO_LIBRARY = 3, 4, 5
PASSED_ON = ("PATH", "HOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    memory_bytes: int = 4 * 1024 * 1024 * 1024
    seconds: int = 900


LIMITS = Limits()


def ask(question: str, values: Mapping[str, Any], limits: Limits = LIMITS) -> dict[str, Any]:
    """Return the answer to one question of `clubcrm.reports.analysis.questions`.

    Raises NO_ANSWER (422) with what is missing, ANALYSIS_FAILED (503) when it hits a limit or
    breaks, ANALYTICS_MISSING (503) when the libraries are not installed.
    """
    order = {**values, "limits": {"memory_bytes": limits.memory_bytes, "seconds": limits.seconds}}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the question is a fixed word
            [sys.executable, "-E", "-s", "-m", PROGRAM, question],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            cwd=BESIDE_THE_CODE,
            env=_bare_surroundings(),
        )
    except subprocess.TimeoutExpired as cause:
        log.warning("analysis killed", question=question, why="time", seconds=limits.seconds)
        raise _failed() from cause
    return _answer(question, done)


def _answer(question: str, done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    if done.returncode == NO_ANSWER:
        raise DomainError("NO_ANSWER", json.loads(done.stdout)["refusal"], status=422)
    told = done.stderr.decode("utf-8", "replace").strip().splitlines()
    why = told[-1][:200] if told else ""
    log.warning("analysis failed", question=question, code=done.returncode, why=why)
    if done.returncode == NO_LIBRARY:
        raise DomainError(
            "ANALYTICS_MISSING",
            _("The libraries of statistics are not installed: pip install 'clubcrm[analytics]'."),
            status=503,
        )
    raise _failed()


def _bare_surroundings() -> dict[str, str]:
    """Return the environment of the child: where libraries are, one thread, no secret of ours."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {"LANG": "C.UTF-8"} | kept | dict.fromkeys(ONE_THREAD, "1")


def _failed() -> DomainError:
    return DomainError(
        "ANALYSIS_FAILED", _("The figures could not be computed; the log says why."), status=503
    )
