"""The linters: each has to be silent about the whole tree."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGES, ROOT

PYTHON_FOLDERS = [*PACKAGES, "migrations", "tests", "setup", "bench", "setup.py"]
COMMANDS = {
    "ruff check": ["ruff", "check", "--no-cache", *PYTHON_FOLDERS],
    "ruff format": ["ruff", "format", "--check", "--no-cache", *PYTHON_FOLDERS],
    "mypy": ["mypy"],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
    "bandit": ["bandit", "-ll", "-q", "-c", "pyproject.toml", "-r", *PACKAGES],
}


def run_tool(*words: str) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / words[0]
    return subprocess.run(
        [tool, *words[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_linter_finds_nothing_to_say(name):
    done = run_tool(*COMMANDS[name])

    assert done.returncode == 0, done.stdout[-8000:]


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("from datetime import datetime\n\nNOW = datetime.now()\n", "TID251"),
        ("def f() -> None:\n    import os\n\n    os.abort()\n", "PLC0415"),
        ("print('hello')\n", "T201"),
        ("from . import models\n", "TID252"),
    ],
)
def test_planted_fault_is_found_by_ruff(tmp_path, fault, rule):
    planted = tmp_path / "planted.py"
    planted.write_text(fault)

    done = run_tool("ruff", "check", "--no-cache", "--config", "pyproject.toml", str(planted))

    assert rule in done.stdout


def test_planted_untyped_function_is_found_by_mypy(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text("def f(x):\n    return x\n")

    done = run_tool(
        "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}/cache", str(planted)
    )

    assert "no-untyped-def" in done.stdout
