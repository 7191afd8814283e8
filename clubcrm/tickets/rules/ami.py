"""Rules room: the manager interface of Asterisk: blocks of "Key: value", and what they tell.

Events of one conversation share their Linkedid; a ring group ends several legs, of which one
answer wins.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clubcrm.tickets.rules.phone import DIAL_STATUS, CallDirection, PhoneFact, PhoneKind

BLOCK_END = b"\r\n\r\n"
LONGEST_BLOCK = 64 * 1024
_EXTENSION = re.compile(r"(?:PJSIP|SIP|IAX2|Local)/([0-9]{2,6})(?=[-@/]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What one event tells: of which call, by which key, and what."""

    call_ref: str
    key: str
    fact: PhoneFact


def parse_block(raw: bytes) -> dict[str, str]:
    """Return the fields of a block; a line without a colon is left out, later ones win."""
    found = {}
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip()] = value.strip()
    return found


def cut_blocks(buffer: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole blocks read so far, and the rest; a monstrous rest is dropped."""
    *blocks, rest = buffer.split(BLOCK_END)
    return [one for one in blocks if one.strip()], rest if len(rest) <= LONGEST_BLOCK else b""


def action(name: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """Return an action as it is sent; a value that would begin a line of its own is cut there."""
    lines = [("Action", name), *fields]
    text = "".join(f"{key}: {_one_line(value)}\r\n" for key, value in lines)
    return f"{text}\r\n".encode()


def told_by(event: Mapping[str, str], trunks: frozenset[str], at: datetime) -> Told | None:
    """Return what an event tells of a call, None when it tells nothing that we keep."""
    linked = event.get("Linkedid", "")
    fact = _fact(event, trunks, at) if linked else None
    if fact is None:
        return None
    leg = event.get("DestUniqueid") or event.get("Uniqueid", "")
    return Told(linked, f"{linked}:{event['Event']}:{leg}:{fact.kind.value}", fact)


def _fact(event: Mapping[str, str], trunks: frozenset[str], at: datetime) -> PhoneFact | None:
    read = _READERS.get(event.get("Event", ""))
    return read(event, trunks, at) if read else None


def _begin(event: Mapping[str, str], trunks: frozenset[str], at: datetime) -> PhoneFact | None:
    if event.get("Uniqueid") != event.get("Linkedid"):
        return None
    comes_in = event.get("Context", "") in trunks
    own = extension_in(event.get("Channel", ""))
    if comes_in:
        return PhoneFact(PhoneKind.BEGIN, at, "", event.get("CallerIDNum", ""), CallDirection.IN)
    return PhoneFact(PhoneKind.BEGIN, at, own, event.get("Exten", ""), CallDirection.OUT)


def _ring(event: Mapping[str, str], _trunks: frozenset[str], at: datetime) -> PhoneFact | None:
    extension = _dialled(event)
    return PhoneFact(PhoneKind.RING, at, extension) if extension else None


def _leg_end(event: Mapping[str, str], _trunks: frozenset[str], at: datetime) -> PhoneFact:
    status = event.get("DialStatus", "")
    kind = PhoneKind.ANSWER if status == "ANSWER" else PhoneKind.LEG_END
    return PhoneFact(kind, at, _dialled(event), outcome=DIAL_STATUS.get(status, ""))


def _hangup(event: Mapping[str, str], _trunks: frozenset[str], at: datetime) -> PhoneFact | None:
    # The conversation ends with the channel that began it.
    if event.get("Uniqueid") != event.get("Linkedid"):
        return None
    return PhoneFact(PhoneKind.END, at)


def _record(event: Mapping[str, str], _trunks: frozenset[str], at: datetime) -> PhoneFact | None:
    if event.get("Variable") != "MIXMONITOR_FILENAME" or not event.get("Value"):
        return None
    return PhoneFact(PhoneKind.RECORD, at, recording=event["Value"])


_READERS = {
    "Newchannel": _begin,
    "DialBegin": _ring,
    "DialEnd": _leg_end,
    "Hangup": _hangup,
    "VarSet": _record,
}


def _dialled(event: Mapping[str, str]) -> str:
    named = extension_in(event.get("DestChannel", "")) or extension_in(event.get("DialString", ""))
    if named:
        return named
    called = event.get("DestCallerIDNum", "") or event.get("DialString", "").partition("@")[0]
    return called if called.isascii() and called.isdigit() and len(called) <= 6 else ""


def extension_in(channel: str) -> str:
    """Return the extension that a channel such as "PJSIP/101-0000001a" belongs to."""
    found = _EXTENSION.search(channel)
    return found.group(1) if found else ""


def _one_line(value: str) -> str:
    return re.split(r"[\r\n]", value, maxsplit=1)[0]
