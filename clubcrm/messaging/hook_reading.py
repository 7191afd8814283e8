"""Services room: what webhooks of WhatsApp and of gateways for text messages tell, in our words."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from clubcrm.messaging.inbox import Incoming
from clubcrm.messaging.reports import Report
from clubcrm.messaging.rules.receipts import stage_of
from clubcrm.people.models import Channel

# Codes with which WhatsApp says that the number cannot be reached at all.
NOT_REACHED = frozenset({131026, 131021})
IDS = ("id", "message_id", "messageid", "msgid", "msg_id", "smsid", "sms_id", "reference")
KEYS = ("key", "client_ref", "clientref", "custom_id")
STATES = ("status", "state", "dlr", "stat", "delivery_status", "dlr_status")
SENDERS = ("from", "sender", "msisdn", "source", "mobile", "number")
TEXTS = ("text", "message", "body", "content", "sms")
_SMPP = re.compile(r"\bid:(?P<id>\S+).*?\bstat:(?P<stat>[A-Z]+)", re.DOTALL)


def read_whatsapp(told: object) -> Iterator[Report | Incoming]:
    """Return what a webhook of WhatsApp holds; parts we do not know are left out."""
    for value in _values(told):
        for status in _dicts(value.get("statuses")):
            report = _whatsapp_report(status)
            if report is not None:
                yield report
        for message in _dicts(value.get("messages")):
            said = _whatsapp_text(message)
            if said is not None:
                yield said


def _values(told: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(told, dict):
        return
    for entry in _dicts(told.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict):
                yield value


def _dicts(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _whatsapp_report(status: Mapping[str, Any]) -> Report | None:
    stage = stage_of(str(status.get("status", "")))
    wamid = status.get("id")
    if stage is None or not isinstance(wamid, str):
        return None
    trouble = next(iter(_dicts(status.get("errors"))), {})
    words = f"{trouble.get('code', '')} {trouble.get('title', '')}".strip()
    return Report(
        Channel.WHATSAPP,
        stage,
        provider_id=wamid[:200],
        words=words,
        for_good=trouble.get("code") in NOT_REACHED,
    )


def _whatsapp_text(message: Mapping[str, Any]) -> Incoming | None:
    sender, wamid = message.get("from"), message.get("id")
    inner: Mapping[str, Any] = next(
        (message[name] for name in ("text", "button") if isinstance(message.get(name), dict)), {}
    )
    text = inner.get("body") or inner.get("text")
    if not isinstance(sender, str) or not isinstance(wamid, str) or not sender.isdigit():
        return None
    said = text if isinstance(text, str) else f"[{message.get('type', 'message')}]"
    return Incoming(Channel.WHATSAPP, f"+{sender}", said, wamid[:200])


def read_sms(fields: Mapping[str, str]) -> Report | Incoming | None:
    """Return what a gateway for text messages tells, by the names gateways commonly use."""
    known = {name.casefold(): value.strip() for name, value in fields.items()}
    text, sender = _first(known, TEXTS), _first(known, SENDERS)
    smpp = _SMPP.search(text)
    if smpp:
        stage = stage_of(smpp.group("stat"))
        return Report(Channel.SMS, stage, smpp.group("id")[:200]) if stage else None
    word = _first(known, STATES)
    stage = stage_of(word) if word else None
    provider_id, key = _first(known, IDS)[:200], _first(known, KEYS)
    if stage is not None and (provider_id or key):
        return Report(Channel.SMS, stage, provider_id, key, word)
    digits = "".join(filter(str.isdigit, sender))
    if not text or not digits:
        return None
    ref = provider_id or hashlib.sha256(f"{sender}:{sorted(known.items())}".encode()).hexdigest()
    return Incoming(Channel.SMS, f"+{digits}", text, ref)


def _first(known: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((known[name] for name in names if known.get(name)), "")
