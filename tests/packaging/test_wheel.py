"""The built wheel: installed elsewhere and started from an empty folder, it is the same product."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

pytestmark = pytest.mark.slow
NOT_PACKED = shutil.ignore_patterns(
    ".git",
    ".venv",
    "node_modules",
    "var",
    "tests",
    "bench",
    "build",
    "dist",
    "__pycache__",
    ".*_cache",
)
READY_SECONDS = 60


@dataclass(frozen=True)
class Installed:
    """The product as a customer has it: a command, and an empty folder to run it in."""

    command: Path
    folder: Path

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "CLUBCRM_ENV": "production", "CLUBCRM_DATA_DIR": str(self.folder / "var")}

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [self.command, *words],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel built from a copy of the clone, so that no old build leaks into it."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "clone", ignore=NOT_PACKED)
    words = ["wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, folder / "clone"]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, cwd=folder)
    return next(folder.glob("clubcrm-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the wheel installed into an environment of its own, beside our locked packages."""
    folder = tmp_path_factory.mktemp("customer")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    words = ["install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, *words], check=True)
    packages = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    # Plain paths in a .pth file are not searched for further .pth files: the link to the clone
    # stays outside, only the libraries are shared.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "empty").mkdir()
    return Installed(folder / "venv" / "bin" / "clubcrm", folder / "empty")


@pytest.fixture(scope="module")
def site(installed: Installed) -> Iterator[str]:
    """Return the address of the installed product, migrated and serving."""
    installed.run("migrate")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [installed.command, "serve", "--port", str(port), "--workers", "1"],
        cwd=installed.folder,
        env=installed.environment(),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; fail when it ends or stays silent."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)  # the server is starting
    pytest.fail("the server did not answer")


def fetch(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.status, answer.read().decode("utf-8", "replace")


def test_wheel_carries_templates_migrations_and_static_files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert "clubcrm_templates/base.html" in names
    assert "clubcrm_migrations/LATEST" in names
    assert "clubcrm_migrations/versions/0001_start.py" in names
    assert "clubcrm/static/vendor/manifest.json" in names
    assert [name for name in names if name.startswith(("tests/", "setup/", "bench/"))] == []


def test_wheel_without_front_end_assets_is_refused(tmp_path):
    without = shutil.ignore_patterns("vendor")
    shutil.copytree(
        ROOT, tmp_path / "clone", ignore=lambda *seen: {*NOT_PACKED(*seen), *without(*seen)}
    )

    done = subprocess.run(
        [sys.executable, "setup.py", "-q", "bdist_wheel"],
        cwd=tmp_path / "clone",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "The front-end assets are missing: run `make setup` first." in done.stderr


def test_installed_product_does_not_use_the_clone(installed):
    found = subprocess.run(
        [installed.command.parent / "python", "-c", "import clubcrm; print(clubcrm.__file__)"],
        cwd=installed.folder,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(found.stdout.strip()).is_relative_to(installed.command.parent.parent)


def test_installed_product_serves_pages_and_static_files(site):
    status, page = fetch(f"{site}/sign-in")
    styles = [part.split('"')[0] for part in page.split('href="') if ".css" in part.split('"')[0]]

    assert status == 200
    assert styles != []
    assert [fetch(f"{site}{style}")[0] for style in styles] == [200] * len(styles)


def test_installed_product_says_it_is_healthy(site):
    assert fetch(f"{site}/healthz")[0] == 200
