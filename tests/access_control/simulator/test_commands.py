from collections.abc import Callable

import pytest

from access_control.simulator.terminal import Terminal
from tests.access_control.simulator.conftest import Listener, TurnedClock

SwitchOn = Callable[..., Terminal]


def results(listener: Listener) -> list[str]:
    """Every command result the server received."""
    return [r.body for r in listener.requests if r.path.endswith("devicecmd")]


@pytest.mark.parametrize(
    ("command", "result"),
    [
        ("DATA UPDATE USERINFO PIN=12\tName=Rina\tPri=0\tCard=123456789", "Return=0&CMD=DATA"),
        ("DATA UPDATE USERINFO PIN=12\tName=Rina\tPrivilege=0", "Return=0&CMD=DATA"),
        ("DATA DELETE USERINFO PIN=12", "Return=0&CMD=DATA"),
        ("DATA UPDATE USERINFO Name=Rina", "Return=-1002&CMD=DATA"),
        ("DATA DEL USERINFO PIN=12", "Return=-1002&CMD=DATA"),
        ("DATA QUERY transaction", "Return=-1004&CMD=DATA"),
        ("USER ADD PIN=12", "Return=-1002&CMD=USER"),
        ("AC_UNLOCK", "Return=0&CMD=AC_UNLOCK"),
        ("CHECK", "Return=0&CMD=CHECK"),
        ("REBOOT", "Return=0&CMD=REBOOT"),
        ("SET OPTION Volume=3", "Return=0&CMD=SET OPTION"),
        ("GET OPTION FROM Volume", "Return=-1&CMD=GET OPTION"),
        ("Shell ls", "Return=-1&CMD=SHELL"),
    ],
)
def test_command_reports_its_result(
    listener: Listener, switch_on: SwitchOn, command: str, result: str
) -> None:
    listener.commands = [f"C:7:{command}"]
    switch_on().step()

    assert results(listener) == [f"ID=7&{result}\n"]


def test_several_commands_are_reported_together(listener: Listener, switch_on: SwitchOn) -> None:
    listener.commands = ["C:1:DATA UPDATE USERINFO PIN=12\tName=Rina", "C:2:AC_UNLOCK"]
    terminal = switch_on()
    terminal.step()

    assert results(listener) == ["ID=1&Return=0&CMD=DATA\nID=2&Return=0&CMD=AC_UNLOCK\n"]
    assert terminal.tally.commands_run == 2
    assert terminal.tally.doors_opened == 1


def test_users_written_by_the_server_can_be_read_back(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.commands = [
        "C:1:DATA UPDATE USERINFO PIN=12\tName=Rina\tCard=123456789",
        "C:2:DATA UPDATE USERINFO PIN=13\tName=Ali",
        "C:3:DATA DELETE USERINFO PIN=13",
        "C:4:DATA QUERY USERINFO",
    ]
    terminal = switch_on()
    terminal.step()
    clock.forward(10)
    terminal.step()

    assert "ID=4&Return=1&CMD=DATA" in results(listener)[0]
    assert listener.uploads("OPERLOG")[-1].body == (
        "USER PIN=12\tName=Rina\tPri=0\tPasswd=\tCard=123456789\tGrp=1"
        "\tTZ=0000000100000000\tVerify=0\n"
    )


def test_asked_punches_of_a_period_are_sent_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()
    terminal.punch("44")
    clock.forward(3600)
    listener.date = "Mon, 02 Mar 2026 07:00:00 GMT"
    terminal.punch("45")
    terminal.step()

    listener.commands = [
        "C:5:DATA QUERY ATTLOG StartTime=2026-03-02 12:30:00\tEndTime=2026-03-02 13:30:00"
    ]
    clock.forward(10)
    terminal.step()
    clock.forward(1)
    terminal.step()

    assert results(listener) == ["ID=5&Return=1&CMD=DATA\n"]
    assert [line.split("\t")[0] for line in listener.lines()] == ["44", "45", "45"]


def test_information_comes_as_several_lines(listener: Listener, switch_on: SwitchOn) -> None:
    listener.commands = ["C:9:INFO"]
    switch_on().step()

    assert results(listener) == [
        "ID=9\nReturn=0\nCMD=INFO\n~DeviceName=Simulated turnstile\nFWVersion=Ver 8.0.4.2\n"
        "UserCount=0\nTransactionCount=0\n"
    ]


def test_result_that_was_not_taken_is_reported_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()
    listener.commands = ["C:8:AC_UNLOCK"]
    listener.drops_uploads = True
    clock.forward(10)
    terminal.step()

    listener.drops_uploads = False
    clock.forward(30)
    terminal.step()

    assert results(listener) == ["ID=8&Return=0&CMD=AC_UNLOCK\n"] * 2
    assert terminal.tally.doors_opened == 1, "reported twice, opened once"


def test_check_makes_the_terminal_say_hello_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.commands = ["C:3:CHECK"]
    terminal = switch_on()
    terminal.step()
    terminal.step()

    assert terminal.tally.hellos == 2
