"""Statistics are done elsewhere: in a child process with limits, never by a web worker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.reports.analyst import Limits, ask
from tests.architecture.house import ROOT


def test_a_question_is_answered_by_the_child_process(unit):
    answer = ask("versions", {})

    assert set(answer) == {"numpy", "scipy", "statsmodels"}
    assert answer["scipy"][0].isdigit()


def test_an_unknown_question_fails_as_a_plain_refusal(unit):
    with pytest.raises(DomainError) as refused:
        ask("the meaning of life", {})

    assert (refused.value.code, refused.value.status) == ("ANALYSIS_FAILED", 503)


@pytest.mark.parametrize(
    "limits", [Limits(memory_bytes=64 * 1024 * 1024), Limits(seconds=0)], ids=["memory", "time"]
)
def test_a_question_that_costs_too_much_ends_with_its_process(unit, limits):
    with pytest.raises(DomainError) as refused:
        ask("versions", {}, limits)

    assert refused.value.code in {"ANALYSIS_FAILED", "ANALYTICS_MISSING"}


def test_no_page_loads_the_libraries_of_statistics(sqlite_template: Path, tmp_path: Path):
    store = tmp_path / "club.sqlite3"
    store.write_bytes(sqlite_template.read_bytes())

    done = subprocess.run(
        [sys.executable, "-m", "tests.reports.lazy_walk", f"sqlite:///{store}", tmp_path / "var"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["pages"] > 60
    assert seen["loaded"] == []
