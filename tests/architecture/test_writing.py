"""House rules about how code is written: commits, SQL, events, and tests that really run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, module_name, parsed, source_files

# Fills whole tables in bulk; the pieces of its SQL are names of our own tables and columns.
SQL_BY_METADATA = ("clubcrm/seed/store.py",)
COMMITTING_ROOMS = ("clubcrm.core", "clubcrm.cli", "clubcrm.seed", "access_control.simulator")
SQL_WORDS = ("select ", "insert ", "update ", "delete ", "create ", "drop ", "alter ", "pragma ")


def commits(path: Path) -> list[str]:
    """Return calls of commit() or rollback() on anything."""
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ]


def string_built_sql(path: Path) -> list[str]:
    """Return calls of text(), execute() and the like whose SQL is put together from pieces."""
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and node.args
        and _called(node)
        in ("text", "execute", "executemany", "exec_driver_sql", "executescript", "DDL")
        and _is_pieced_together(node.args[0])
    ]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_pieced_together(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        # A pragma takes no parameters, and its values are the engine's own settings.
        is_pragma = _holds_sql(node.values[0]) and node.values[0].value.lower()[:6] == "pragma"
        return not is_pragma and any(isinstance(p, ast.FormattedValue) for p in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        if isinstance(node.right, ast.Name) and node.right.id.isupper():
            return False  # a constant of the module, written by us
        return _holds_sql(node.left) or _holds_sql(node.right) or _is_pieced_together(node.left)
    if isinstance(node, ast.Call) and _called(node) in ("format", "join", "replace"):
        return isinstance(node.func, ast.Attribute) and _holds_sql(node.func.value)
    return False


def _holds_sql(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lower().lstrip().startswith(SQL_WORDS)
    )


def idle_functions(path: Path) -> list[str]:
    """Return functions of a test module that look like tests or stories and would never run."""
    tree = parsed(path)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return [
        f"{path.name}:{node.lineno} {node.name}"
        for node in _outer_functions(tree)
        if not node.name.startswith(("test_", "pytest_"))
        and not node.name.startswith("__")
        and not _is_fixture(node)
        and node.name not in used
    ]


def _outer_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (inner for inner in node.body if isinstance(inner, ast.FunctionDef))


def _is_fixture(node: ast.FunctionDef) -> bool:
    return any("fixture" in ast.dump(decorator) for decorator in node.decorator_list)


def doubled_tests(path: Path) -> list[str]:
    """Return names of tests that stand twice in a module, so that the first never runs."""
    names = [node.name for node in parsed(path).body if isinstance(node, ast.FunctionDef)]
    return sorted({name for name in names if names.count(name) > 1})


def written(tmp_path: Path, text: str) -> Path:
    planted = tmp_path / "planted.py"
    planted.write_text(text)
    return planted


def test_only_the_core_commits():
    found = {
        module_name(path): lines
        for path in source_files()
        if not module_name(path).startswith(COMMITTING_ROOMS) and (lines := commits(path))
    }

    assert found == {}


def test_no_sql_is_put_together_from_strings():
    found = {str(path.relative_to(ROOT)): string_built_sql(path) for path in source_files()}

    assert {n: lines for n, lines in found.items() if lines and n not in SQL_BY_METADATA} == {}


@pytest.mark.parametrize("check", [idle_functions, doubled_tests])
def test_every_function_of_a_test_module_runs(check):
    found = {str(path.relative_to(ROOT)): check(path) for path in ROOT.glob("tests/**/test_*.py")}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_planted_commit_is_found(tmp_path):
    assert commits(written(tmp_path, "def f(s):\n    s.commit()\n")) == ["planted.py:2"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('s.execute(text(f"SELECT * FROM {name}"))', True),
        ('s.execute("SELECT * FROM a WHERE b = " + value)', True),
        ('s.execute("SELECT * FROM a WHERE b = %s" % value)', True),
        ('s.execute("SELECT * FROM {}".format(name))', True),
        ('s.execute("SELECT * FROM a WHERE b = ?", (value,))', False),
        ("s.execute(select(Person))", False),
    ],
)
def test_planted_string_built_sql_is_found(tmp_path, line, found):
    assert bool(string_built_sql(written(tmp_path, line + "\n"))) is found


def test_planted_idle_and_doubled_tests_are_found(tmp_path):
    planted = written(
        tmp_path,
        "def check_forgotten(): ...\ndef test_twice(): ...\ndef test_twice(): ...\n",
    )

    assert idle_functions(planted) == ["planted.py:1 check_forgotten"]
    assert doubled_tests(planted) == ["test_twice"]
