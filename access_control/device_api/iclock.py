"""Views room: the addresses that push terminals call; short plain answers, never a redirect."""

from collections.abc import Callable
from functools import partial, wraps

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from access_control.adapters.zkteco.hello import (
    TerminalInfo,
    TerminalOptions,
    clock_answer,
    option_block,
    read_info,
    zone_minutes,
)
from access_control.adapters.zkteco.lines import body_lines
from access_control.intake import DeviceGoneError, in_unit
from access_control.models import DeviceKind
from access_control.queries.doors import Door, door_of
from access_control.queries.terminals import TerminalRow, has_commands, terminal_row
from access_control.services.devices import HEARD_EVERY, hear, note_unclaimed
from access_control.services.inbox import (
    OFFSET,
    Letter,
    keep_letter,
    keep_profile,
    keep_stamp,
)
from access_control.services.orders import hand_out
from access_control.uploads import take_results, take_upload
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import device_door

WHY = "terminals know only their serial number; unknown ones are refused"
LONGEST_SERIAL = 80
MOST_BYTES = 16 * 1024 * 1024
iclock = Blueprint("iclock", __name__)
Answer = Callable[[Door], str]


def _plain(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


@iclock.errorhandler(OperationalError)
@iclock.errorhandler(PoolTimeout)
@iclock.errorhandler(DomainError)
def busy(_error: Exception) -> Response:
    """Trouble with the store: the terminal keeps its events and comes again."""
    response = _plain("ERROR: try again", 503)
    response.headers["Retry-After"] = "5"
    return response


def _address(name: str, *methods: str) -> Callable[[Answer], Answer]:
    """Serve a view at every spelling of its address that firmwares are known to use."""

    def register(view: Answer) -> Answer:
        @wraps(view)
        def door_first() -> Response:
            request.max_content_length = MOST_BYTES
            # Read before any form parser, which would leave an empty body behind.
            request.get_data(cache=True, parse_form_data=False)
            return _for_known(view)

        served = device_door(WHY)(door_first)
        for base in ("/iclock", "/iclock/iclock"):
            for ending in ("", ".aspx"):
                iclock.add_url_rule(
                    f"{base}/{name}{ending}",
                    endpoint=view.__name__,
                    view_func=served,
                    methods=methods,
                    strict_slashes=False,
                )
        return view

    return register


def _argument(name: str) -> str:
    wanted = name.lower()
    text = next((value for key, value in request.args.items() if key.lower() == wanted), "")
    # A control character or half a letter means nothing here, and no store would keep it.
    return "".join(letter for letter in text if letter.isprintable())


def _for_known(view: Answer) -> Response:
    serial = _argument("SN").strip()
    if not serial or len(serial) > LONGEST_SERIAL or not serial.isprintable():
        return _plain("ERROR: no serial number", 400)
    with unit_of_work(write=False):
        door = door_of(serial)
    if door is None or door.kind not in {DeviceKind.ZK_ATT, DeviceKind.ZK_ACC}:
        if door is None:
            _remember_stranger(serial)
        return _plain("ERROR: unknown device", 403)
    try:
        return _plain(view(door))
    except DeviceGoneError:
        return _plain("ERROR: unknown device", 403)


def _remember_stranger(serial: str) -> None:
    with unit_of_work(write=False):
        row = terminal_row(serial)
    if row is None or row.last_seen_at is None or clock.now() - row.last_seen_at > HEARD_EVERY:
        address = request.remote_addr or ""
        in_unit(partial(note_unclaimed, serial, DeviceKind.ZK_ATT, address))


def _letter(door: Door) -> Letter:
    kept = ("Content-Type", "User-Agent", "Content-Length", "Date")
    return Letter(
        serial=door.serial,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        headers={name: request.headers[name][:200] for name in kept if name in request.headers},
        address=request.remote_addr or "",
        body=request.get_data(cache=True),
        received=clock.now(),
    )


@_address("cdata", "GET", "POST")
def cdata(door: Door) -> str:
    """Hello of a terminal, or one of its uploads."""
    if request.method == "POST":
        stamp = _argument("Stamp") or _argument("OpStamp")
        return take_upload(door, _argument("table"), stamp, _letter(door))
    moment = clock.now()
    version = _argument("pushver")[:20]
    with unit_of_work(write=False):
        row = terminal_row(door.serial)
    in_unit(partial(_greet, door, version))
    return option_block(_options(door, row, version), moment)


def _greet(door: Door, version: str) -> None:
    hear(door, clock.now())
    told: dict[str, object] = {"last_address": request.remote_addr or ""}
    if version:
        told["push_version"] = version
    keep_profile(door.device_id, **told)
    keep_stamp(door.device_id, OFFSET, str(zone_minutes(door.device_tz, clock.now())))


def _options(door: Door, row: TerminalRow | None, version: str) -> TerminalOptions:
    stamps = row.stamps if row else {}
    return TerminalOptions(
        serial=door.serial,
        zone=door.device_tz,
        attlog_stamp=stamps.get("ATTLOG"),
        operlog_stamp=stamps.get("OPERLOG"),
        push_version=version or (row.push_version if row else ""),
        flag=row.trans_flag if row else "",
        zone_text=row.zone_setting if row else "",
    )


@_address("getrequest", "GET", "POST")
def getrequest(door: Door) -> str:
    """A heartbeat, answered with the commands that wait."""
    moment = clock.now()
    text = _argument("INFO")
    info = read_info(text) if text else None
    with unit_of_work(write=False):
        waiting = has_commands(door.device_id)
        row = terminal_row(door.serial)
    quiet = door.last_seen_at is not None and moment - door.last_seen_at < HEARD_EVERY
    if quiet and not waiting and not _is_news(info, row):
        return "OK"
    return in_unit(partial(_pulse, door, info)) or "OK"


def _pulse(door: Door, info: TerminalInfo | None) -> str:
    moment = clock.now()
    hear(door, moment)
    if info is not None:
        keep_profile(door.device_id, firmware=info.firmware, counts=_counts(info))
    return "\n".join(hand_out(door, moment))


def _counts(info: TerminalInfo) -> dict[str, int]:
    return {"users": info.users, "fingerprints": info.fingerprints, "punches": info.punches}


def _is_news(info: TerminalInfo | None, row: TerminalRow | None) -> bool:
    return info is not None and row is not None and row.counts != _counts(info)


@_address("devicecmd", "POST")
def devicecmd(door: Door) -> str:
    """What became of commands."""
    take_results(door, _letter(door))
    return "OK"


@_address("querydata", "POST")
def querydata(door: Door) -> str:
    """The answer to a query, in packets: kept raw, counted."""
    letter = _letter(door)
    in_unit(partial(keep_letter, letter))
    table = "".join(c for c in _argument("tablename") if c.isalnum() or c in "_-")[:40]
    return f"{table}={len(body_lines(letter.body))}"


@_address("ping", "GET", "POST")
def ping(door: Door) -> str:
    """A sign of life."""
    in_unit(partial(hear, door, clock.now()))
    return "OK"


@_address("rtdata", "GET", "POST")
def rtdata(door: Door) -> str:
    """The terminal asks for the time."""
    return clock_answer(clock.now(), door.device_tz) if _argument("type") == "time" else "OK"
