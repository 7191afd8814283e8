from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from access_control.adapters.zkteco.attlog import (
    BadLine,
    Punch,
    TerminalClock,
    read_punch,
    read_punches,
    scans_of,
)
from access_control.adapters.zkteco.hello import (
    TerminalOptions,
    clock_answer,
    option_block,
    read_info,
    read_options,
    trans_flag,
    zone_text,
)
from access_control.adapters.zkteco.lines import body_lines, without_biometrics
from access_control.adapters.zkteco.operlog import read_operlog
from access_control.adapters.zkteco.orders import order_line, read_results, terminal_name
from access_control.rules.codes import Direction
from access_control.rules.commands import CommandKind

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
CAPTURED = b"1\t2024-07-28 01:25:24\t0\t1\t\t0\t0\t\r\n4\t2024-07-28 10:41:31\t0\t1\t\t0\t0\t\r\n"


def test_real_capture_is_two_punches():
    punches, bad = read_punches(CAPTURED)

    assert bad == []
    assert [(one.pin, one.time_text, one.status, one.verify) for one in punches] == [
        ("1", "2024-07-28 01:25:24", "0", "1"),
        ("4", "2024-07-28 10:41:31", "0", "1"),
    ]


@pytest.mark.parametrize(
    ("line", "pin", "status"),
    [
        ("123\t2024-01-01 08:00:00\t0\t1\t0", "123", "0"),
        ("456\t2024-01-01 17:00:00\t1\t1\t0", "456", "1"),
        ("7\t2024-01-01 17:00:00", "7", "0"),
        ("007\t2024-1-1 7:00:00\t255\t15", "007", "255"),
        ("AB12\t2024-01-01T07:00:00\t0\t4\t0\t0\t0\t1\t36.5\t0\tmore\tcolumns", "AB12", "0"),
    ],
)
def test_short_long_and_odd_punches_are_read(line: str, pin: str, status: str):
    punch = read_punch(line)

    assert isinstance(punch, Punch)
    assert (punch.pin, punch.status) == (pin, status)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "fewer than two columns"),
        ("\t2024-01-01 08:00:00", "no usable PIN"),
        ("1" * 25 + "\t2024-01-01 08:00:00", "no usable PIN"),
        ("1\t2024-02-30 08:00:00", "no such date or time"),
        ("1\t0000-00-00 00:00:00", "no such date or time"),
        ("1\t2024-01-01", "no such date or time"),
        ("1\t12", "no such date or time"),
    ],
)
def test_lines_that_are_no_punch_say_why(line: str, reason: str):
    assert read_punch(line) == BadLine(line, reason)


def test_epoch_times_are_instants():
    punch = read_punch("9\t1790715000\t0")
    assert isinstance(punch, Punch)

    (scan,) = scans_of([punch], clock=TerminalClock("Asia/Dhaka"), received=NOW, door=None)

    assert scan.device_at == datetime.fromtimestamp(1_790_715_000, UTC)


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("0", "in"),
        ("1", "out"),
        ("2", "out"),
        ("3", "in"),
        ("4", "in"),
        ("5", "out"),
        ("255", "unknown"),
    ],
)
def test_status_tells_the_way_when_the_door_does_not(status: str, way: str):
    punches, _bad = read_punches(f"1\t2024-01-01 08:00:00\t{status}".encode())

    told = scans_of(punches, clock=TerminalClock("Asia/Dhaka"), received=NOW, door=None)
    fixed = scans_of(punches, clock=TerminalClock("Asia/Dhaka"), received=NOW, door=Direction.OUT)

    assert (told[0].direction, fixed[0].direction) == (way, "out")


def test_device_time_is_turned_to_utc_by_the_devices_zone():
    punches, _bad = read_punches(b"1\t2026-11-18 12:00:00\t0")

    (here,) = scans_of(punches, clock=TerminalClock("Asia/Kathmandu"), received=NOW, door=None)

    assert here.device_at == datetime(2026, 11, 18, 6, 15, tzinfo=UTC)
    assert here.device_text == "2026-11-18 12:00:00"


def test_live_punch_in_the_repeated_hour_is_the_second_one():
    received = datetime(2026, 10, 25, 1, 10, 3, tzinfo=UTC)  # 02:10 winter time in Berlin
    punches, _bad = read_punches(b"1\t2026-10-25 02:10:00\t0")

    (scan,) = scans_of(punches, clock=TerminalClock("Europe/Berlin"), received=received, door=None)

    assert scan.device_at == datetime(2026, 10, 25, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "handed", "instant"),
    [
        pytest.param("2027-03-28 12:00:00", 60, "11:00", id="spring, hello before the change"),
        pytest.param("2027-03-28 13:00:00", 120, "11:00", id="spring, hello after it"),
        pytest.param("2027-03-28 12:00:00", 120, "10:00", id="an hour old, hello after it"),
        pytest.param("2027-03-28 12:00:00", None, "10:00", id="never said hello"),
    ],
)
def test_terminal_keeps_its_offset_until_the_next_hello(wall: str, handed: int, instant: str):
    received = datetime(2027, 3, 28, 11, 0, 5, tzinfo=UTC)
    punches, _bad = read_punches(f"1\t{wall}\t0".encode())

    clock = TerminalClock("Europe/Berlin", handed)
    (scan,) = scans_of(punches, clock=clock, received=received, door=None)

    assert f"{scan.device_at:%H:%M}" == instant


def test_blank_lines_nul_and_crlf_are_no_lines():
    assert body_lines(b"a\tb\r\n\r\n\n\t\nc\td\0\n\0") == ["a\tb", "c\td"]


def test_names_in_an_old_code_page_are_read_line_by_line():
    mixed = "USER PIN=1\tName=Rina রিনা\n".encode() + "USER PIN=2\tName=王\n".encode("gb2312")

    upload = read_operlog(mixed)

    assert [user.name for user in upload.users] == ["Rina রিনা", "王"]


def test_operlog_kinds_are_told_apart_by_the_first_word():
    body = (
        b"USER Pin=1\tName=Ali\tPri=14\tPasswd=\tCard=[15CD5B07]\tGrp=1\n"
        b"FP PIN=1\tFID=6\tSize=1180\tValid=1\tTMP=AAAAAAAAAAAAAAAAAAAAAAAA==\n"
        b"OPLOG 4\t0\t2024-06-13 12:44:02\t0\t0\t0\t0\n"
        b"WHAT 1\n"
    )

    upload = read_operlog(body)

    assert [(one.pin, one.card, one.privilege) for one in upload.users] == [
        ("1", "[15CD5B07]", "14")
    ]
    assert [(one.code, one.columns[1]) for one in upload.operations] == [
        ("4", "2024-06-13 12:44:02")
    ]
    assert (upload.templates, upload.unread, upload.lines) == (1, ("WHAT 1",), 4)


@pytest.mark.parametrize("key", ["TMP", "Tmp", "tmp", "Content"])
def test_templates_are_dropped_whatever_their_case(key: str):
    body = f"FP PIN=1\t{key}=QUJDREVGR0hJSktMTU5PUA==\tValid=1".encode()

    assert without_biometrics(body) == f"FP PIN=1\t{key}=<dropped 24>\tValid=1".encode()


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Dhaka", "6"),
        ("Asia/Kathmandu", "345"),
        ("Asia/Kolkata", "330"),
        ("America/New_York", "-5"),
        ("America/St_Johns", "-210"),
        ("UTC", "0"),
        ("Australia/Lord_Howe", "11"),
    ],
)
def test_zone_is_hours_when_whole_and_minutes_otherwise(zone: str, text: str):
    assert zone_text(zone, NOW) == text


@pytest.mark.parametrize(
    ("version", "words"),
    [("2.4.1", True), ("2.2.14", True), ("", True), ("1.0", False), ("3.1.2", False)],
)
def test_upload_flag_follows_the_push_version(version: str, words: bool):
    assert trans_flag(version).startswith("TransData") is words


def test_option_block_carries_cursors_and_overrides():
    options = TerminalOptions(
        "S1",
        "Asia/Dhaka",
        attlog_stamp="123",
        push_version="2.4.1",
        flag="1111000000",
        zone_text="5.5",
    )

    lines = option_block(options, NOW).split("\n")

    assert lines[0] == "GET OPTION FROM: S1"
    assert {"ATTLOGStamp=123", "Stamp=123", "OPERLOGStamp=None", "PushProtVer=2.4.1"} <= set(lines)
    assert {"TransFlag=1111000000", "TimeZone=5.5"} <= set(lines)


def test_heartbeat_info_is_read_and_dirt_is_zero():
    info = read_info("Ver 8.0.4.2,12,3,45,192.168.1.201,10,7,15,2,11110")
    odd = read_info("Ver 6,x,,-3")

    assert (info.firmware, info.users, info.fingerprints, info.punches, info.address) == (
        "Ver 8.0.4.2",
        12,
        3,
        45,
        "192.168.1.201",
    )
    assert (odd.users, odd.fingerprints, odd.punches) == (0, 0, 0)


def test_options_are_read_by_comma_or_line():
    assert read_options("~DeviceName=F18,FirmVer=Ver 8\r\nMAC=00:17") == {
        "DeviceName": "F18",
        "FirmVer": "Ver 8",
        "MAC": "00:17",
    }


def test_clock_answer_counts_months_of_31_days():
    moment = datetime(2018, 2, 22, 14, 54, 54, tzinfo=ZoneInfo("UTC"))

    assert clock_answer(moment, "Asia/Kathmandu") == "DateTime=583080894,ServerTZ=+0545"


def test_commands_are_made_from_checked_values():
    user = {"pin": "12", "name": "Rina\tX\r\nPri=14", "card": "123456789"}
    span = {"start": "2026-11-01 00:00:00", "end": "2026-11-02 00:00:00"}

    assert order_line(1, CommandKind.SYNC_USER, user) == (
        "C:1:DATA UPDATE USERINFO PIN=12\tName=Rina X Pri 14\tPri=0\tCard=123456789\tGrp=1"
    )
    assert (
        order_line(2, CommandKind.DELETE_USER, {"pin": "12"}) == "C:2:DATA DELETE USERINFO PIN=12"
    )
    assert order_line(3, CommandKind.OPEN_DOOR, {}) == "C:3:AC_UNLOCK"
    assert order_line(4, CommandKind.REREAD, span) == (
        "C:4:DATA QUERY ATTLOG StartTime=2026-11-01 00:00:00\tEndTime=2026-11-02 00:00:00"
    )


@pytest.mark.parametrize("pin", ["", "*", "1\t2", "1\nC:9:REBOOT", "12 ", "x" * 25])
def test_unsafe_pins_never_become_a_command(pin: str):
    with pytest.raises(ValueError, match="not usable"):
        order_line(1, CommandKind.DELETE_USER, {"pin": pin})


def test_long_names_are_cut_between_letters():
    name = terminal_name("রিনা আক্তার চৌধুরী")

    assert len(name.encode()) <= 24
    assert "রিনা আক্".startswith(name) or name.startswith("রিনা")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"ID=1&Return=0&CMD=DATA", [(1, 0)]),
        (b"ID=1&Return=0&CMD=DATA\nID=2&Return=-1002&CMD=DATA\n", [(1, 0), (2, -1002)]),
        (b"ID=1&return=0&CMD=DATA&ID=2&Return=3&CMD=INFO", [(1, 0), (2, 3)]),
        (b"ID=32\nReturn=0\nCMD=INFO\nContent=~SerialNumber=X\nMAC=1\0", [(32, 0)]),
        (b"ID=x&Return=0", []),
        (b"rubbish", []),
        (b"", []),
    ],
)
def test_results_come_in_several_shapes(body: bytes, told: list[tuple[int, int]]):
    assert [(one.command_id, one.code) for one in read_results(body)] == told
