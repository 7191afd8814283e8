"""Rules: the option block a terminal receives after its hello, and what it makes of it.

Source: ZKTeco push protocol, attendance dialect (hello, TransFlag, TimeZone, Stamp).
"""

from dataclasses import dataclass
from datetime import time

TRANSFER_BITS = (
    "AttLog",
    "OpLog",
    "AttPhoto",
    "EnrollFP",
    "EnrollUser",
    "FPImag",
    "ChgUser",
    "ChgFP",
    "FACE",
    "UserPic",
)
WIDEST_ZONE_HOURS = 14


@dataclass(frozen=True, slots=True)
class TerminalOptions:
    """How often to ask, what to send and from where on, as the server ordered."""

    error_delay_s: int = 30
    delay_s: int = 10
    catch_up_times: tuple[time, ...] = ()
    catch_up_minutes: int = 1
    tables: frozenset[str] = frozenset()
    zone_minutes: int | None = None
    realtime: bool = True
    attlog_stamp: str | None = None
    push_options: bool = False


def parse_options(body: str, pushver: str) -> TerminalOptions | None:
    """Read an option block; None when the body is not one."""
    lines = [line.strip("\r\n\0 ") for line in body.splitlines()]
    if not lines or not lines[0].upper().startswith("GET OPTION FROM"):
        return None
    told = {
        key.strip().lower(): value.strip()
        for key, mark, value in (line.partition("=") for line in lines[1:])
        if mark
    }
    return TerminalOptions(
        error_delay_s=_whole(told.get("errordelay"), 30),
        delay_s=_whole(told.get("delay"), 10),
        catch_up_times=_times(told.get("transtimes", "")),
        catch_up_minutes=_whole(told.get("transinterval"), 1),
        tables=wanted_tables(told.get("transflag", ""), pushver),
        zone_minutes=zone_minutes(told.get("timezone")),
        realtime=told.get("realtime", "1") != "0",
        attlog_stamp=told.get("attlogstamp", told.get("stamp")),
        push_options=told.get("pushoptionsflag") == "1",
    )


def wanted_tables(flag: str, pushver: str) -> frozenset[str]:
    """Which kinds of record may be sent: new firmware reads words, old firmware reads bits.

    A flag in the other form is not understood, and the terminal stays online and silent.
    """
    if _major(pushver) >= 2:
        words = flag.replace("\t", " ").split()
        return frozenset(words[1:]) if words[:1] == ["TransData"] else frozenset()
    bits = flag.strip()
    if not bits or set(bits) - {"0", "1"}:
        return frozenset()
    return frozenset(name for name, bit in zip(TRANSFER_BITS, bits, strict=False) if bit == "1")


def zone_minutes(text: str | None) -> int | None:
    """Minutes east of UTC from `6`, `345`, `5.5` or `+05:45`; None when absent or unreadable."""
    if not text:
        return None
    sign = -1 if text.startswith("-") else 1
    hours, colon, minutes = text.lstrip("+-").partition(":")
    try:
        if colon:
            return sign * (int(hours) * 60 + int(minutes))
        number = float(hours)
    except ValueError:
        return None
    return sign * int(number * 60 if number <= WIDEST_ZONE_HOURS else number)


def _major(pushver: str) -> int:
    head = pushver.partition(".")[0]
    return int(head) if head.isdigit() else 0


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def _times(text: str) -> tuple[time, ...]:
    moments = []
    for piece in text.split(";"):
        hour, colon, minute = piece.strip().partition(":")
        if colon and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60:
            moments.append(time(int(hour), int(minute)))
    return tuple(sorted(moments))
