"""The set-up program: what it says when something is missing, and that it does nothing twice."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.house import ROOT


@pytest.fixture
def prepare(tmp_path: Path) -> ModuleType:
    """Return the set-up program of an empty clone."""
    path = tmp_path / "clone" / "setup" / "prepare.py"
    path.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "setup" / "prepare.py", path)
    spec = importlib.util.spec_from_file_location("prepare", path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@pytest.fixture
def python_without_venv(tmp_path: Path) -> Path:
    """Return a Python as bare Debian has it: it runs, but cannot make an environment."""
    path = tmp_path / "python3"
    path.write_text(
        f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n'
    )
    path.chmod(0o755)
    return path


def test_python_without_venv_needs_its_debian_package(prepare, python_without_venv):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"

    missing = prepare.missing_packages(str(python_without_venv), for_tests=False)

    assert missing == [f"python{version}-venv"]


def test_whole_python_needs_no_system_package(prepare):
    assert prepare.missing_packages(sys.executable, for_tests=False) == []


def test_without_apt_missing_packages_are_named_in_one_line(prepare, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(SystemExit) as ended:
        prepare.install_system_packages(["python3.11-venv", "chromium"])

    assert str(ended.value) == (
        "setup: missing system packages: python3.11-venv chromium. "
        "As root: apt-get install python3.11-venv chromium"
    )


def test_old_python_ends_with_a_clear_line(prepare, monkeypatch):
    monkeypatch.setattr(prepare, "OLDEST_PYTHON", (99, 1))

    with pytest.raises(SystemExit) as ended:
        prepare.find_python()

    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert str(ended.value) == f"setup: Python 99.1 or newer is needed, this system has {running}."


def test_failed_step_names_its_command_and_exits_with_one(prepare, capfd):
    with pytest.raises(SystemExit) as ended:
        prepare.run("sh", "-c", "echo broken pipe; exit 3", quiet=True)

    assert str(ended.value) == "setup: this command failed: sh -c echo broken pipe; exit 3"
    assert "broken pipe" in capfd.readouterr().err


def test_stamp_holds_until_the_lock_file_changes(prepare, tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text("flask==3.1")
    prepare.set_stamp("lock", prepare.hash_of(lock))

    assert prepare.is_stamped("lock", prepare.hash_of(lock))

    lock.write_text("flask==3.2")

    assert not prepare.is_stamped("lock", prepare.hash_of(lock))


def test_help_of_make_lists_every_promised_command():
    menu = subprocess.run(
        ["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    listed = [line.split()[1] for line in menu.splitlines() if line.startswith("  make ")]
    assert {"setup", "demo", "run", "test", "bench", "help"} <= set(listed)


def test_ci_runs_make_test():
    script = (ROOT / ".ci" / "run").read_text()

    assert script.startswith("#!/usr/bin/env bash\nset -euo pipefail\n")
    assert script.rstrip().endswith("make test")
