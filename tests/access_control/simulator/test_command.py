import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clubcrm.cli.gate_sim import PinList, gate_sim
from tests.access_control.simulator.conftest import Listener


def recording(folder: Path) -> Path:
    """Three visits in two clubs."""
    file = folder / "visits.csv"
    file.write_text(
        "member,club,started_at\n44,3,2025-01-02T05:00\n45,3,2025-01-02T06:15\n46,1,2025-01-02T06:30\n",
        encoding="utf-8",
    )
    return file


def test_command_replays_one_club_and_prints_figures(listener: Listener, tmp_path: Path) -> None:
    terminal = ["--device", "T1", "--url", listener.url, "--memory", str(tmp_path)]
    file = str(recording(tmp_path))

    answer = CliRunner().invoke(gate_sim, [*terminal, "--json", "--replay", file, "--club", "3"])

    assert answer.exit_code == 0, answer.output
    figures = json.loads(answer.stdout)
    assert (figures["punched"], figures["acknowledged"], figures["waiting"]) == (2, 2, 0)
    assert listener.lines() == [
        "44\t2025-01-02 05:00:00\t0\t1\t0\t0\t0",
        "45\t2025-01-02 06:15:00\t0\t1\t0\t0\t0",
    ]


def test_what_one_run_could_not_deliver_the_next_one_does(
    listener: Listener, tmp_path: Path
) -> None:
    order = ["--device", "T1", "--url", listener.url, "--memory", str(tmp_path)]
    listener.upload_status = 503
    first = CliRunner().invoke(
        gate_sim, [*order, "--replay", str(recording(tmp_path)), "--minutes", "0.001"]
    )
    assert first.exit_code == 1
    assert "3 waiting" in first.stdout

    listener.upload_status = 200
    second = CliRunner().invoke(gate_sim, [*order, "--rate", "0", "--minutes", "0.001", "--json"])

    assert second.exit_code == 0
    assert json.loads(second.stdout)["resent"] == 3


def test_wrong_address_is_wrong_use(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        gate_sim, ["--device", "T1", "--url", "ftp://club", "--memory", str(tmp_path)]
    )

    assert answer.exit_code == 2
    assert "not a server address" in answer.output


@pytest.mark.parametrize(
    ("text", "pins"),
    [("1-3", ["1", "2", "3"]), ("7,8", ["7", "8"]), ("5,9-10", ["5", "9", "10"]), ("A-1", ["A-1"])],
)
def test_pins_are_listed_in_short_form(text: str, pins: list[str]) -> None:
    assert PinList().convert(text, None, None) == pins


def test_pins_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "pins").write_text("11\n12\n", encoding="utf-8")

    assert PinList().convert(f"@{tmp_path / 'pins'}", None, None) == ["11", "12"]
