from collections.abc import Callable

import pytest

from access_control.simulator.terminal import Terminal
from tests.access_control.simulator.conftest import Listener, TurnedClock

SwitchOn = Callable[..., Terminal]


def test_terminal_says_hello_before_anything_else(listener: Listener, switch_on: SwitchOn) -> None:
    switch_on().step()

    assert listener.pages() == ["GET cdata", "POST cdata", "GET getrequest"]
    hello = listener.requests[0]
    assert hello.path == "/iclock/cdata"
    assert hello.query == {
        "SN": "T1",
        "options": "all",
        "pushver": "2.4.1",
        "language": "69",
        "PushOptionsFlag": "1",
    }
    assert hello.headers["User-Agent"] == "iClock Proxy/1.09"


def test_punch_carries_wall_time_of_ordered_zone(listener: Listener, switch_on: SwitchOn) -> None:
    terminal = switch_on()
    terminal.step()

    terminal.punch("44", status=0, verify=4)
    terminal.step()

    assert listener.lines() == ["44\t2026-03-02 12:00:00\t0\t4\t0\t0\t0"]
    assert listener.uploads()[0].query["Stamp"] == "1"


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        pytest.param("6", "12:00:00", id="whole hours"),
        pytest.param("-6", "00:00:00", id="west of Greenwich"),
        pytest.param("345", "11:45:00", id="Kathmandu in minutes"),
        pytest.param("5.5", "11:30:00", id="India as a fraction"),
        pytest.param("+05:45", "11:45:00", id="hours and minutes"),
        pytest.param("0", "06:00:00", id="Greenwich"),
    ],
)
def test_every_spelling_of_time_zone_sets_the_clock(
    listener: Listener, switch_on: SwitchOn, zone: str, wall: str
) -> None:
    listener.option_lines = [
        line for line in listener.option_lines if not line.startswith("TimeZone")
    ] + [f"TimeZone={zone}"]
    terminal = switch_on()
    terminal.step()

    terminal.punch("44")
    terminal.step()

    assert listener.lines()[0].split("\t")[1] == f"2026-03-02 {wall}"


def test_clock_follows_date_header_of_server(listener: Listener, switch_on: SwitchOn) -> None:
    listener.date = "Mon, 02 Mar 2026 06:10:00 GMT"
    terminal = switch_on()
    terminal.step()

    terminal.punch("44")
    terminal.step()

    assert listener.lines()[0].split("\t")[1] == "2026-03-02 12:10:00"


def test_punches_wait_while_server_is_away(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()

    listener.upload_status = 503
    terminal.punch("44")
    terminal.step()
    terminal.punch("45")
    terminal.step()
    assert (terminal.tally.waiting, terminal.tally.acknowledged) == (2, 0)

    listener.upload_status = 200
    clock.forward(29)
    terminal.step()
    assert terminal.tally.waiting == 2, "ErrorDelay has not passed yet"

    clock.forward(1)
    terminal.step()
    assert (terminal.tally.waiting, terminal.tally.acknowledged) == (0, 2)
    assert (terminal.tally.sent, terminal.tally.resent) == (3, 1)


def test_answer_lost_on_the_way_sends_the_same_line_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()

    listener.drops_uploads = True
    terminal.punch("44")
    terminal.step()
    listener.drops_uploads = False
    clock.forward(30)
    terminal.step()

    first, second = listener.lines()
    assert first == second
    assert terminal.tally.acknowledged == 1


def test_page_instead_of_ok_is_no_acknowledgement(listener: Listener, switch_on: SwitchOn) -> None:
    terminal = switch_on()
    terminal.step()

    listener.upload_body = "<html>please sign in</html>"
    terminal.punch("44")
    terminal.step()

    assert terminal.tally.waiting == 1
    assert terminal.tally.last_failure == "answered 200 without OK"


def test_power_cut_loses_no_punch(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()
    listener.upload_status = 500
    terminal.punch("44")
    terminal.step()

    listener.upload_status = 200
    restarted = switch_on()
    restarted.step()

    assert restarted.tally.acknowledged == 1
    assert listener.lines()[-1] == "44\t2026-03-02 12:00:00\t0\t1\t0\t0\t0"


def test_unknown_terminal_keeps_its_punches_and_asks_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.hello_status = 403
    terminal = switch_on()
    terminal.punch("44")
    terminal.step()
    assert listener.pages() == ["GET cdata"]

    listener.hello_status = 200
    clock.forward(30)
    terminal.step()

    assert terminal.tally.acknowledged == 1
    assert terminal.tally.hellos == 1


def test_hello_answered_without_options_leaves_terminal_silent(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.hello_body = "OK"
    terminal = switch_on()
    terminal.punch("44")
    terminal.step()
    clock.forward(600)
    terminal.step()

    assert listener.uploads() == []
    assert listener.pages() == ["GET cdata", "GET getrequest", "GET getrequest"]
    assert terminal.tally.waiting == 1


@pytest.mark.parametrize(
    ("pushver", "flag", "sends"),
    [
        pytest.param("2.4.1", "TransData AttLog\tOpLog", True, id="new firmware reads words"),
        pytest.param("2.4.1", "1111000000", False, id="new firmware does not read bits"),
        pytest.param("1.0", "1111000000", True, id="old firmware reads bits"),
        pytest.param("1.0", "TransData AttLog", False, id="old firmware does not read words"),
        pytest.param("1.0", "0111000000", False, id="punches switched off by bit"),
    ],
)
def test_transfer_flag_in_wrong_form_silences_uploads(
    listener: Listener, switch_on: SwitchOn, pushver: str, flag: str, sends: bool
) -> None:
    listener.option_lines = ["ATTLOGStamp=9999999", "TimeZone=6", f"TransFlag={flag}"]
    terminal = switch_on(pushver=pushver)
    terminal.punch("44")
    terminal.step()

    assert (len(listener.lines()) == 1) is sends


@pytest.mark.parametrize("stamp", ["None", "0"])
def test_stamp_of_nothing_asks_for_everything_held(
    listener: Listener, switch_on: SwitchOn, stamp: str
) -> None:
    terminal = switch_on()
    terminal.punch("44")
    terminal.punch("45")
    terminal.step()
    assert terminal.tally.acknowledged == 2

    listener.option_lines[0] = f"ATTLOGStamp={stamp}"
    restarted = switch_on()
    restarted.step()

    assert (restarted.tally.sent, restarted.tally.resent) == (2, 2)


def test_older_stamp_of_restored_server_fetches_the_gap(
    listener: Listener, switch_on: SwitchOn
) -> None:
    terminal = switch_on()
    for pin in ("44", "45", "46"):
        terminal.punch(pin)
    terminal.step()

    listener.option_lines[0] = "ATTLOGStamp=1"
    restarted = switch_on()
    restarted.step()

    assert [line.split("\t")[0] for line in listener.lines()] == ["44", "45", "46", "45", "46"]
    assert restarted.tally.resent == 2


def test_without_real_time_punches_wait_for_the_interval(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    listener.option_lines[-1] = "Realtime=0"
    listener.option_lines[4] = "TransInterval=5"
    terminal = switch_on()
    terminal.step()

    terminal.punch("44")
    clock.forward(299)
    terminal.step()
    assert listener.lines() == []

    clock.forward(1)
    terminal.step()
    assert len(listener.lines()) == 1


def test_heartbeat_keeps_the_ordered_delay(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    terminal = switch_on()
    terminal.step()
    for _ in range(20):
        clock.forward(1)
        terminal.step()

    polls = [r for r in listener.requests if r.path.endswith("getrequest")]
    assert len(polls) == 3
    assert polls[0].query["INFO"] == "Ver 8.0.4.2,0,0,0,192.168.1.201,10,7,0,0,11110"
    assert "INFO" not in polls[1].query


def test_backlog_goes_out_in_batches(listener: Listener, switch_on: SwitchOn) -> None:
    terminal = switch_on(batch_lines=2)
    for pin in ("1", "2", "3", "4", "5"):
        terminal.punch(pin)
    terminal.step()

    assert [len(r.body.splitlines()) for r in listener.uploads()] == [2, 2, 1]
    assert terminal.tally.batches == 3


def test_server_that_cannot_be_reached_is_asked_again(
    listener: Listener, switch_on: SwitchOn, clock: TurnedClock
) -> None:
    far_end, listener.url = listener.url, "http://127.0.0.1:9"
    terminal = switch_on()
    terminal.punch("44")
    terminal.step()
    assert terminal.tally.last_failure == "no answer (ConnectionRefusedError)"

    listener.url = far_end
    restarted = switch_on()
    restarted.step()
    assert restarted.tally.acknowledged == 1
