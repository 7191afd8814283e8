"""Rules room: what other telephone systems tell by webhook, in our words: any PBX, and 3CX."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clubcrm.tickets.rules.phone import CallDirection, PhoneFact, PhoneKind

KINDS: Mapping[str, PhoneKind] = {
    **dict.fromkeys(("begin", "start", "incoming", "outgoing", "appeared"), PhoneKind.BEGIN),
    **dict.fromkeys(("ring", "ringing"), PhoneKind.RING),
    **dict.fromkeys(("answer", "answered", "connected"), PhoneKind.ANSWER),
    **dict.fromkeys(("leg_end", "no_answer", "busy"), PhoneKind.LEG_END),
    **dict.fromkeys(("end", "hangup", "ended", "disconnected"), PhoneKind.END),
    **dict.fromkeys(("record", "recording"), PhoneKind.RECORD),
}
DIRECTIONS: Mapping[str, CallDirection] = {
    **dict.fromkeys(("in", "inbound", "incoming"), CallDirection.IN),
    **dict.fromkeys(("out", "outbound", "outgoing"), CallDirection.OUT),
}
LONGEST = 120


@dataclass(frozen=True, slots=True)
class PbxTold:
    """One event with the name of its call and the key that makes a second telling harmless."""

    call_ref: str
    key: str
    fact: PhoneFact


def read_event(fields: Mapping[str, str], now: datetime) -> PbxTold | None:
    """Return what a webhook of any telephone system tells, None when it is none of ours."""
    call_ref, event = fields.get("call_id", "")[:LONGEST], fields.get("event", "").casefold()
    kind = KINDS.get(event)
    if not call_ref or kind is None:
        return None
    extension = fields.get("extension", "")
    fact = PhoneFact(
        kind,
        instant_in(fields.get("at", "")) or now,
        extension,
        fields.get("number", ""),
        DIRECTIONS.get(fields.get("direction", "").casefold() or event),
        fields.get("outcome", "") or (event if event in {"busy", "no_answer"} else ""),
        fields.get("recording", ""),
    )
    return PbxTold(call_ref, fields.get("event_id") or f"{call_ref}:{event}:{extension}", fact)


def read_3cx(fields: Mapping[str, str], now: datetime) -> list[PbxTold]:
    """Return what 3CX reports of a call that is over: its beginning, its answer and its end."""
    kind = fields.get("CallType", "").casefold()
    direction = CallDirection.OUT if kind in {"outbound", "notanswered"} else CallDirection.IN
    if kind not in {"inbound", "outbound", "missed", "notanswered"}:
        return []
    began = instant_in(fields.get("CallStartTimeUTC", "")) or now
    agent, lasted = fields.get("Agent", ""), seconds_in(fields.get("Duration", ""))
    text = json.dumps(dict(sorted(fields.items())), ensure_ascii=False)
    ref = hashlib.sha256(text.encode()).hexdigest()[:40]
    facts = [PhoneFact(PhoneKind.BEGIN, began, agent, fields.get("Number", ""), direction)]
    if kind in {"inbound", "outbound"}:
        facts.append(PhoneFact(PhoneKind.ANSWER, began, agent))
    facts.append(PhoneFact(PhoneKind.END, began + timedelta(seconds=lasted)))
    return [PbxTold(ref, f"{ref}:{one.kind.value}", one) for one in facts]


def instant_in(text: str) -> datetime | None:
    """Return the instant of an ISO time; one without a zone is read as UTC."""
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def seconds_in(text: str) -> int:
    """Return the seconds of "75" or "00:01:15", nothing for what cannot be read."""
    parts = text.strip().split(":")
    if not all(one.isascii() and one.isdigit() and len(one) < 7 for one in parts) or len(parts) > 3:
        return 0
    total = 0
    for one in parts:
        total = total * 60 + int(one)
    return total
