"""What git keeps: nothing big, nothing foreign, nothing about one machine."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, tracked_files

MOST_BYTES = 300_000
LOCK_FILES = ("package-lock.json", "requirements.txt", "requirements-dev.txt")
ALLOWED_FOLDERS_AT_THE_ROOT = {
    ".ci",
    "access_control",
    "bar_inventory",
    "bench",
    "clubcrm",
    "memberships",
    "migrations",
    "setup",
    "templates",
    "tests",
}
# Written in pieces, so that this list does not find itself.
FOREIGN = re.compile(
    "|".join(
        (
            r"/(?:home|Users)/\w+/",
            r"/wo" + r"rk/",
            r"/tmp/br" + r"ief",
            r"pypi\." + r"org",
            r"registry\." + r"npmjs",
            r"files\." + r"pythonhosted",
            r"index" + r"-url\s*=?\s*http",
            r"Chat" + r"GPT",
            r"\bCla" + r"ude\b",
            r"\bAnth" + r"ropic\b",
            r"\bLL" + r"M\b",
            r"language " + r"model",
            r"\bAI ag" + r"ent",
            r"as an A" + r"I",
        )
    )
)


def foreign_words(text: str) -> list[str]:
    """Return what points to one machine, a registry host or a writer who is not the founder."""
    return FOREIGN.findall(text)


def readable(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_tracked_file_is_bigger_than_300_kb():
    # A catalogue is text that grows with the product: one line a language for every text.
    sizes = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in tracked_files()
        if path.suffix != ".po"
    }

    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_tracked_files_name_no_machine_and_no_registry():
    found = {str(path.relative_to(ROOT)): foreign_words(readable(path)) for path in tracked_files()}

    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("words", [("/wo", "rk/here"), ("registry.", "npmjs"), ("/ho", "me/x/y")])
def test_planted_foreign_words_are_found(words):
    assert len(foreign_words("see " + "".join(words))) == 1


def test_lock_files_hold_hashes_and_no_addresses():
    for name in LOCK_FILES[1:]:
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-z0-9][\w.-]*==", text, flags=re.MULTILINE)

        assert len(pins) > 20, name
        assert text.count(" \\\n    --hash=sha256:") >= len(pins), name
        assert "://" not in text, name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_root_holds_only_the_known_folders():
    folders = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}

    assert folders <= ALLOWED_FOLDERS_AT_THE_ROOT
