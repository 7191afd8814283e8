from collections.abc import Callable

import pytest

from access_control.simulator.quirks import Quirks
from access_control.simulator.terminal import Terminal
from tests.access_control.simulator.conftest import Listener, TurnedClock

SwitchOn = Callable[..., Terminal]


@pytest.mark.parametrize(
    ("quirk", "body"),
    [
        ("crlf", "44\t2026-03-02 12:00:00\t0\t1\t0\t0\t0\r\n"),
        ("trailing-tab", "44\t2026-03-02 12:00:00\t0\t1\t0\t0\t0\t\n"),
        ("trailing-nul", "44\t2026-03-02 12:00:00\t0\t1\t0\t0\t0\n\0"),
        ("short-lines", "44\t2026-03-02 12:00:00\n"),
        ("epoch-times", "44\t1772431200\t0\t1\t0\t0\t0\n"),
    ],
)
def test_quirk_shapes_the_punch_line(
    listener: Listener, switch_on: SwitchOn, quirk: str, body: str
) -> None:
    terminal = switch_on(quirk)
    terminal.step()
    terminal.punch("44")
    terminal.step()

    assert listener.uploads()[0].body == body


@pytest.mark.parametrize(
    ("quirk", "path"),
    [("aspx-path", "/iclock/cdata.aspx"), ("doubled-path", "/iclock/iclock/cdata")],
)
def test_quirk_shapes_the_address(
    listener: Listener, switch_on: SwitchOn, quirk: str, path: str
) -> None:
    switch_on(quirk).step()

    assert listener.requests[0].path == path


def test_stamp_9999_carries_no_cursor(listener: Listener, switch_on: SwitchOn) -> None:
    terminal = switch_on("stamp-9999")
    terminal.step()
    terminal.punch("44")
    terminal.step()

    assert listener.uploads()[0].query["Stamp"] == "9999"


def test_serial_may_come_under_lower_case_name(listener: Listener, switch_on: SwitchOn) -> None:
    switch_on("lower-case-sn").step()

    assert listener.requests[0].query["sn"] == "T1"
    assert "SN" not in listener.requests[0].query


def test_punches_may_come_as_a_form(listener: Listener, switch_on: SwitchOn) -> None:
    terminal = switch_on("form-content-type")
    terminal.punch("44")
    terminal.step()

    assert listener.uploads()[0].headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_middle_east_firmware_names_itself(listener: Listener, switch_on: SwitchOn) -> None:
    switch_on("middle-east").step()

    assert listener.requests[0].query["DeviceType"] == "middle east"


def test_forgetful_unit_sends_everything_after_reboot(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on("forgets-on-reboot")
    terminal.punch("44")
    terminal.step()

    listener.commands = ["C:1:REBOOT"]
    clock.forward(10)
    terminal.step()
    clock.forward(10)
    terminal.step()

    assert [line.split("\t")[0] for line in listener.lines()] == ["44", "44"]


def test_unknown_quirk_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no such quirk: sings"):
        Quirks.named(("sings",))
