"""Rules: what a returned mail says: whose address failed, for good or for now (RFC 3464)."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_KEY = re.compile(r"<([0-9a-z]{14})@[^>\s]+>", re.IGNORECASE)
SHORTEST_KEY = 14


@dataclass(frozen=True, slots=True)
class Bounce:
    """One failed address in a report; `key` names our message when the report holds it."""

    address: str
    hard: bool
    status: str
    words: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class MailIn:
    """A mail that came to the club: bounces when it is a report, else who wrote what to what."""

    bounces: tuple[Bounce, ...] = ()
    sender: str = ""
    subject: str = ""
    text: str = ""
    message_ref: str = ""
    key: str = ""
    automatic: bool = False


def read_mail(raw: bytes) -> MailIn:
    """Return what a raw mail is; broken ones give what can be read of them."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - the policy makes it so
    bounces = tuple(_bounces(mail))
    senders = getaddresses([_text(mail, "From")])
    refs = _KEY.findall(f"{_text(mail, 'In-Reply-To')} {_text(mail, 'References')}")
    return MailIn(
        bounces=bounces,
        sender=senders[0][1].lower() if senders else "",
        subject=_text(mail, "Subject")[:300],
        text=_plain(mail),
        message_ref=_text(mail, "Message-ID")[:200],
        key=refs[0].lower() if refs else "",
        automatic=_is_automatic(mail),
    )


def _bounces(mail: EmailMessage) -> list[Bounce]:
    if mail.get_content_type() != "multipart/report":
        return []
    key = _original_key(mail)
    return [
        Bounce(address, status.startswith("5"), status, words[:300], key)
        for part in mail.walk()
        if part.get_content_type() == "message/delivery-status"
        for fields in part.get_payload()
        if isinstance(fields, Message)
        for address, status, words in _failed(fields)
    ]


def _failed(fields: Message) -> list[tuple[str, str, str]]:
    action = str(fields.get("Action", "")).strip().casefold()
    who = str(fields.get("Final-Recipient") or fields.get("Original-Recipient") or "")
    address = who.rpartition(";")[2].strip().strip("<>").lower()
    if not address or action not in {"failed", "delayed"}:
        return []
    words = " ".join(str(fields.get("Diagnostic-Code", "")).split())
    found = _STATUS.search(str(fields.get("Status", ""))) or _STATUS.search(words)
    status = found.group(0) if found else ("5.0.0" if action == "failed" else "4.0.0")
    if action == "delayed":
        status = "4" + status[1:]
    return [(address, status, words or status)]


def _original_key(mail: EmailMessage) -> str:
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            original = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(original, Message):
                return _first_key(str(original.get("Message-ID", "")))
        if kind == "text/rfc822-headers":
            return _first_key(str(part.get_payload()))
    return ""


def _first_key(text: str) -> str:
    found = _KEY.search(text)
    return found.group(1).lower() if found else ""


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    if body is None:
        return ""
    try:
        return str(body.get_content())[:20_000]
    except (LookupError, ValueError, AttributeError):
        return ""


def _is_automatic(mail: EmailMessage) -> bool:
    said = _text(mail, "Auto-Submitted").casefold()
    bulk = _text(mail, "Precedence").casefold() in {"bulk", "junk", "auto_reply"}
    return bulk or (bool(said) and said != "no") or bool(_text(mail, "X-Autoreply"))


def _text(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (LookupError, ValueError, AttributeError, IndexError, TypeError):
        return ""
