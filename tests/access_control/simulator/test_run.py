from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from access_control.simulator.replay import Columns, read_recording
from access_control.simulator.run import Shift
from access_control.simulator.terminal import Terminal
from access_control.simulator.traffic import Traffic
from tests.access_control.simulator.conftest import Listener, TurnedClock

SwitchOn = Callable[..., Terminal]


def waiting_on(clock: TurnedClock) -> Callable[[float], bool]:
    """A pause that turns the clock and is never told to stop."""

    def _wait(seconds: float) -> bool:
        clock.forward(seconds)
        return False

    return _wait


def test_people_pass_at_the_rate_asked_for(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    shift = Shift(terminal, clock.now, waiting_on(clock))
    traffic = Traffic([str(pin) for pin in range(1, 50)], 6.0, Random(7))

    tally = shift.open_doors(traffic, clock.now() + timedelta(minutes=20))

    assert 90 <= tally.punched <= 150
    assert tally.acknowledged == tally.punched == len(listener.lines())
    assert tally.waiting == 0


def test_same_seed_sends_the_same_people(clock: TurnedClock) -> None:
    def names(seed: int) -> list[str]:
        traffic = Traffic(["1", "2", "3"], 5.0, Random(seed))
        return [traffic.next_after(clock.now()).pin for _ in range(50)]

    assert names(3) == names(3)
    assert names(3) != names(4)


def test_recording_of_one_club_is_sent_as_backlog(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock, tmp_path: Path
) -> None:
    recording = tmp_path / "visits.csv"
    recording.write_text(
        "who,where,entered\n"
        "8,north,2026-01-05T18:30\n"
        "7,north,2026-01-05T07:10:05\n"
        "9,south,2026-01-05T08:00\n"
        "8,north,yesterday\n",
        encoding="utf-8",
    )
    columns = Columns.parse("pin=who,club=where,at=entered")

    found = read_recording(recording, columns, club="north")
    terminal = switch_on()
    terminal.load(found.punches)
    tally = Shift(terminal, clock.now, waiting_on(clock)).empty_memory(
        clock.now() + timedelta(minutes=5)
    )

    assert found.skipped == 1
    assert listener.lines() == [
        "7\t2026-01-05 07:10:05\t0\t1\t0\t0\t0",
        "8\t2026-01-05 18:30:00\t0\t1\t0\t0\t0",
    ]
    assert (tally.acknowledged, tally.waiting) == (2, 0)


def test_backlog_survives_an_hour_without_server(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.upload_status = 503
    terminal = switch_on()
    shift = Shift(terminal, clock.now, waiting_on(clock))
    terminal.punch("44")
    tally = shift.empty_memory(clock.now() + timedelta(hours=1))
    assert tally.waiting == 1

    listener.upload_status = 200
    tally = shift.empty_memory(clock.now() + timedelta(minutes=5))
    assert (tally.waiting, tally.acknowledged) == (0, 1)


def test_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    recording = tmp_path / "visits.csv"
    recording.write_text("a,b\n1,2\n", encoding="utf-8")

    with pytest.raises(ValueError, match="the file has no column member, started_at"):
        read_recording(recording, Columns())


def test_wrong_column_word_is_named() -> None:
    with pytest.raises(ValueError, match="not: name=x"):
        Columns.parse("name=x")
