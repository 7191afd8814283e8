"""The READMEs keep up: every setting, command and verb of a package has its line."""

import ast
import re
from pathlib import Path

import pytest

from clubcrm.cli.main import group
from tests.architecture.house import PACKAGES, ROOT, parsed, room_of, source_files


def readme(folder: str = "") -> str:
    return (ROOT / folder / "README.md").read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    """Return every setting the code reads, but for the file twin each of them has."""
    found = {
        name
        for path in source_files()
        for name in re.findall(r"CLUBCRM_[A-Z0-9_]+[A-Z0-9]", path.read_text(encoding="utf-8"))
    }
    return {name for name in found if not name.endswith("_FILE")}


def offered_by(api: Path) -> set[str]:
    """Return the names in the __all__ of a package's door."""
    for node in parsed(api).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    functions = {n.name for n in parsed(api).body if isinstance(n, ast.FunctionDef)}
    return {name for name in functions if not name.startswith("_")}


def unlisted(names: set[str], text: str) -> list[str]:
    return sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", text))


def test_readme_lists_every_setting():
    assert unlisted(settings_in_code(), readme()) == []


def test_readme_lists_every_command():
    assert unlisted({f"clubcrm {name}" for name in group.commands}, readme()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_readme_of_package_lists_every_verb_of_its_doors(package):
    files = [path for path in source_files(ROOT) if path.is_relative_to(ROOT / package)]
    doors = [path for path in files if room_of(path) == "api" and "core" not in path.parts]
    verbs = {name for door in doors for name in offered_by(door) if name.islower()}

    assert unlisted(verbs, readme(package)) == []


def test_pictures_of_readme_exist():
    named = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme())

    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_links_of_readmes_lead_to_files():
    dead = [
        f"{folder or '.'} {target}"
        for folder in ("", *PACKAGES)
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#:]+)\)", readme(folder))
        if not (ROOT / folder / target).exists()
    ]

    assert dead == []


def test_planted_unlisted_name_is_found():
    assert unlisted({"freeze_contract", "sign"}, "`sign` a contract") == ["freeze_contract"]
