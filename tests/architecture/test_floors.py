"""The floors and rooms of the house: who may import whom."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.architecture.house import (
    ROOM_HEIGHT,
    ROOT,
    all_imports,
    is_roomless,
    module_name,
    names_at_work,
    package_of,
    parsed,
    plain_names,
    room_of,
    source_files,
)

# Since 2026-11-22: these fill their own table by one statement that joins lower tables, since
# reading the rows first would take minutes for a big club. The list may only shrink.
SET_BASED = {
    "clubcrm.journeys.calendar",
    "clubcrm.journeys.cycles",
    "clubcrm.journeys.risk",
}
# Doors of other packages that only these rooms may open; everyone else asks the api.
READERS = ("queries",)


def import_circle(root: Path) -> list[str]:
    """Return one round of modules that import each other, or nothing."""
    graph: dict[str, set[str]] = {}
    for found in all_imports(root):
        graph.setdefault(found.importer, set()).add(found.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def rooms_by_module(root: Path) -> dict[str, str | None]:
    """Return the room of each module; none for those that stand outside the rooms."""
    names = {path: module_name(path, root) for path in source_files(root)}
    return {
        name: None if is_roomless(name) else room_of(path, root) for path, name in names.items()
    }


def nameless_rooms(root: Path) -> list[str]:
    """Return modules that are in no room by name and do not say one in their first line."""
    return [
        module_name(path, root)
        for path in source_files(root)
        if room_of(path, root) is None
        and not is_roomless(module_name(path, root))
        and parsed(path).body
        and path.name != "__init__.py"
    ]


def climbs(root: Path) -> list[str]:
    """Return imports from a lower room of a package into a higher room of the same package."""
    rooms = rooms_by_module(root)
    return [
        f"{found.importer}:{found.line} ({importer}) imports {found.imported} ({imported})"
        for found in all_imports(root)
        if package_of(found.importer) == package_of(found.imported)
        and (importer := rooms[found.importer])
        and (imported := rooms[found.imported])
        and ROOM_HEIGHT[imported] > ROOM_HEIGHT[importer]
    ]


def forced_doors(root: Path) -> list[str]:
    """Return imports of another package's services, or of its models outside `queries`.

    A row that a query has returned may be named as a type everywhere.
    """
    rooms = rooms_by_module(root)
    files = {module_name(path, root): path for path in source_files(root)}
    plain = {name: plain_names(path) for name, path in files.items()}
    at_work = {name: names_at_work(path) for name, path in files.items()}
    return [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in all_imports(root)
        if package_of(found.importer) != package_of(found.imported)
        and not is_roomless(found.importer)
        and not is_roomless(found.imported)
        and not (found.names and set(found.names) <= plain[found.imported])
        and not (found.names and at_work[found.importer].isdisjoint(found.names))
        and (
            rooms[found.imported] == "services"
            or (rooms[found.imported] == "models" and not _may_read(rooms.get(found.importer)))
        )
    ]


def _may_read(room: str | None) -> bool:
    # A model may name another package's table in a relationship; a rule never sees a table.
    return room in (*READERS, "models")


def plant(root: Path, **modules: str) -> Path:
    """Write small modules; a name with two underscores for each dot."""
    for name, text in modules.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_import_contracts_of_pyproject_hold():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_modules_never_import_in_a_circle():
    assert import_circle(ROOT) == []


def test_every_module_is_in_a_named_room():
    assert nameless_rooms(ROOT) == []


def test_rooms_import_only_lower_rooms():
    assert climbs(ROOT) == []


def test_other_packages_are_entered_by_their_door():
    forced = forced_doors(ROOT)

    assert [line for line in forced if line.split(":")[0] not in SET_BASED] == []
    assert {line.split(":")[0] for line in forced} >= SET_BASED, "take it off the list"


def test_a_planted_circle_hidden_in_a_function_is_found(tmp_path):
    plant(
        tmp_path,
        clubcrm__a="from clubcrm import b\n",
        clubcrm__b="def later():\n    from clubcrm import a\n",
    )

    assert set(import_circle(tmp_path)) == {"clubcrm.a", "clubcrm.b"}


def test_a_planted_climb_and_forced_door_are_found(tmp_path):
    plant(
        tmp_path,
        memberships__services="from memberships import views\n",
        memberships__views="",
        memberships__models="class Plan: ...\nclass Kind(StrEnum): ...\n",
        access_control__services="from memberships import services\nservices.go()\n",
        access_control__jobs="from memberships.models import Kind, Plan\nselect(Plan)\n",
        access_control__views="from memberships.models import Plan\ndef f(p: Plan): ...\n",
        access_control__handlers="from memberships.models import Kind\n",
        access_control__queries="from memberships import models\n",
    )

    assert climbs(tmp_path) == [
        "memberships.services:1 (services) imports memberships.views (views)"
    ]
    assert forced_doors(tmp_path) == [
        "access_control.jobs:1 imports memberships.models",
        "access_control.services:1 imports memberships.services",
    ]


def test_a_planted_module_without_a_room_is_found(tmp_path):
    plant(
        tmp_path,
        memberships__lots='"""Which lot pays first (rules)."""\nX = 1\n',
        memberships__things='"""All sorts of things."""\nX = 1\n',
    )

    assert nameless_rooms(tmp_path) == ["memberships.things"]
