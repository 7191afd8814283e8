"""What the house checks walk over: source files, templates, tracked files, imports, rooms."""

import ast
import copy
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("clubcrm", "memberships", "access_control", "bar_inventory")

# A module may import rooms to its right, never to its left; rooms in one group are neighbours.
ROOM_ORDER = (
    ("views", "jobs"),
    ("forms",),
    ("handlers",),
    ("api",),
    ("services",),
    ("queries",),
    ("models",),
    ("rules",),
    ("events", "permissions"),
)
ROOM_HEIGHT = {room: height for height, rooms in enumerate(reversed(ROOM_ORDER)) for room in rooms}
# Folders of a trade that are a room under another name.
NAMED_ROOMS = {"adapters": "rules", "channels": "services"}
# Floors without rooms: the cellar, the roof, and programs that only use the doors of others.
ROOMLESS = (
    "clubcrm.core",
    "clubcrm.cli",
    "clubcrm.seed",
    "clubcrm.app",
    "clubcrm.wiring",
    "clubcrm.doors",
    "clubcrm.pages",
    "clubcrm.first_week",
    "clubcrm.default_roles",
    "clubcrm.tables",
    "clubcrm.__main__",
    "access_control.simulator",
)


@dataclass(frozen=True)
class Import:
    """One import: who imports what, on which line."""

    importer: str
    imported: str
    line: int
    names: tuple[str, ...] = ()


def source_files(root: Path = ROOT) -> list[Path]:
    """Return every Python file of the four packages."""
    return sorted(path for name in PACKAGES for path in (root / name).rglob("*.py"))


def template_files(root: Path = ROOT) -> list[Path]:
    """Return every template of pages and mails."""
    return sorted(path for path in (root / "templates").rglob("*") if path.is_file())


def tracked_files() -> list[Path]:
    """Return every file that git keeps, and none that is only built or installed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def module_name(path: Path, root: Path = ROOT) -> str:
    """Return the dotted name under which a file is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file, shared by all checks: nobody may change it."""
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def all_imports(root: Path = ROOT) -> list[Import]:
    """Return each import between our own modules, those hidden in functions included."""
    modules = {module_name(path, root): path for path in source_files(root)}
    return [
        Import(importer, imported, line, names)
        for importer, path in modules.items()
        for imported, line, names in _imports_of(path, set(modules))
        if imported != importer
    ]


def _imports_of(path: Path, modules: set[str]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((a.name, node.lineno, ()) for a in node.names if a.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            yield from ((name, node.lineno, ()) for name in whole.values() if name in modules)
            single = tuple(name for name, full in whole.items() if full not in modules)
            if single and node.module in modules:
                yield node.module, node.lineno, single


def room_of(path: Path, root: Path = ROOT) -> str | None:
    """Return the room a module is: by its name, its folder's, or the first line of its docstring.

    None for packages that only hold others, and for a module that does not say what it is.
    """
    words = module_name(path, root).split(".")
    for word in words:
        if word in ROOM_HEIGHT:
            return word
        if word in NAMED_ROOMS:
            return NAMED_ROOMS[word]
    first_line = (ast.get_docstring(parsed(path)) or "").split("\n")[0].lower()
    named = [room for room in ROOM_HEIGHT if re.search(rf"\b{room} room\b|\({room}\)", first_line)]
    named = named or [room for room in ROOM_HEIGHT if re.search(rf"\b{room}\b", first_line)]
    return named[0] if len(named) == 1 else None


def package_of(module: str) -> str:
    """Return the part of the house a module belongs to: a floor of clubcrm or a domain package."""
    words = module.split(".")
    return ".".join(words[:2]) if words[0] == "clubcrm" else words[0]


def is_roomless(module: str) -> bool:
    """Tell whether a module stands on a floor that has no rooms."""
    return any(module == floor or module.startswith(floor + ".") for floor in ROOMLESS)


def plain_names(path: Path) -> set[str]:
    """Return the enums and constants of a module: words, not tables."""
    body = parsed(path).body
    enums = {
        node.name
        for node in body
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases)
    }
    targets = [
        target
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return enums | {t.id for t in targets if isinstance(t, ast.Name) and t.id.isupper()}


def names_at_work(path: Path) -> set[str]:
    """Return the names a module uses, those that only say a type left out."""
    tree = copy.deepcopy(parsed(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
