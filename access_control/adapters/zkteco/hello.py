"""The option block that a terminal gets when it says hello, and what its heartbeat tells."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WORD_FLAG = "TransData AttLog\tOpLog\tEnrollUser\tChgUser\tFACE\tUserPic"
BIT_FLAG = "1111000000"


@dataclass(frozen=True, slots=True)
class TerminalOptions:
    """How one terminal shall behave: cursors, intervals in seconds, its zone, its upload flag.

    A stamp of None asks for everything the terminal holds. `flag` and `zone_text` override what is
    chosen by push version and club zone.
    """

    serial: str
    zone: str
    attlog_stamp: str | None = None
    operlog_stamp: str | None = None
    push_version: str = ""
    flag: str = ""
    zone_text: str = ""
    delay: int = 5
    error_delay: int = 30


def option_block(options: TerminalOptions, present: datetime) -> str:
    """Return the answer to a terminal's hello; its clock follows the Date header and TimeZone."""
    attlog = options.attlog_stamp or "None"
    operlog = options.operlog_stamp or "None"
    version = options.push_version or "2.4.1"
    return "\n".join(
        [
            f"GET OPTION FROM: {options.serial}",
            f"ATTLOGStamp={attlog}",
            f"OPERLOGStamp={operlog}",
            "ATTPHOTOStamp=None",
            f"Stamp={attlog}",
            f"OpStamp={operlog}",
            f"ErrorDelay={options.error_delay}",
            f"Delay={options.delay}",
            "TransTimes=00:00;14:05",
            "TransInterval=1",
            f"TransFlag={options.flag or trans_flag(options.push_version)}",
            f"TimeZone={options.zone_text or zone_text(options.zone, present)}",
            "Realtime=1",
            "Encrypt=None",
            "ServerVer=2.4.1",
            f"PushProtVer={version}",
            "",
        ]
    )


def trans_flag(push_version: str) -> str:
    """Return the upload flag a firmware understands: words from push version 2 up to 3, else bits.

    A wrong flag gives a terminal that is online and sends nothing.
    """
    major = push_version.partition(".")[0]
    return WORD_FLAG if major in {"", "2"} else BIT_FLAG


def zone_text(zone: str, present: datetime) -> str:
    """Return the offset a terminal adds to GMT now: whole hours as hours, others in minutes."""
    minutes = zone_minutes(zone, present)
    return str(minutes // 60) if minutes % 60 == 0 else str(minutes)


def zone_minutes(zone: str, present: datetime) -> int:
    """Return the zone's offset from GMT now, in minutes."""
    offset = present.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else 0


@dataclass(frozen=True, slots=True)
class TerminalInfo:
    """What a heartbeat's INFO says of the terminal; counts are zero where it says nothing."""

    firmware: str = ""
    users: int = 0
    fingerprints: int = 0
    punches: int = 0
    address: str = ""


def read_info(text: str) -> TerminalInfo:
    """Return the firmware and counts of an INFO value; missing or odd columns count as zero."""
    cells = [cell.strip() for cell in text.split(",")]
    cells += [""] * (5 - len(cells))
    return TerminalInfo(
        firmware=cells[0][:80],
        users=_count(cells[1]),
        fingerprints=_count(cells[2]),
        punches=_count(cells[3]),
        address=cells[4][:45],
    )


def read_options(body: str) -> dict[str, str]:
    """Return a terminal's self-description: comma or line separated `key=value` pairs."""
    pairs = {}
    for piece in body.replace("\r", "\n").replace(",", "\n").split("\n"):
        name, sign, value = piece.partition("=")
        if sign and name.strip():
            pairs[name.strip().lstrip("~")[:60]] = value.strip()[:200]
    return pairs


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def clock_answer(present: datetime, zone: str) -> str:
    """Return the answer to a clock question: encoded UTC and the zone as +HHMM."""
    utc = present.astimezone(UTC)
    days = (utc.year - 2000) * 372 + (utc.month - 1) * 31 + utc.day - 1
    encoded = days * 86_400 + utc.hour * 3600 + utc.minute * 60 + utc.second
    return f"DateTime={encoded},ServerTZ={present.astimezone(ZoneInfo(zone)):%z}"
