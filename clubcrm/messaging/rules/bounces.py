"""Rules: what a returned mail says: whose address failed, for good or for now (RFC 3464)."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

from clubcrm.messaging.rules.attached import Attached
from clubcrm.messaging.rules.mail_text import text_of_html

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_KEY = re.compile(r"<([0-9a-z]{14})@[^>\s]+>", re.IGNORECASE)
_REF = re.compile(r"<[^<>\s]{3,190}>")
MOST_REFS, MOST_RECEIVERS = 20, 20
LONGEST_TEXT = 20_000
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
    sender_name: str = ""
    refs: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    files: tuple[Attached, ...] = ()


def read_mail(raw: bytes) -> MailIn:
    """Return what a raw mail is; broken ones give what can be read of them."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - the policy makes it so
    bounces = tuple(_bounces(mail))
    senders = getaddresses([_text(mail, "From")])
    # The newest of the references stands last; what a mail answers comes before all of them.
    named = " ".join(reversed(_REF.findall(_text(mail, "References"))))
    thread = f"{_text(mail, 'In-Reply-To')} {named}"
    refs = _KEY.findall(thread)
    return MailIn(
        bounces=bounces,
        sender=senders[0][1].lower() if senders else "",
        subject=_text(mail, "Subject")[:300],
        text=_plain(mail),
        message_ref=_text(mail, "Message-ID")[:200],
        key=refs[0].lower() if refs else "",
        automatic=_is_automatic(mail),
        sender_name=senders[0][0][:200] if senders else "",
        refs=tuple(dict.fromkeys(_REF.findall(thread)))[:MOST_REFS],
        receivers=_receivers(mail),
        files=_files(mail),
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
    try:
        body = mail.get_body(preferencelist=("plain", "html"))
        if body is None:
            return ""
        words = str(body.get_content())
    except (LookupError, ValueError, AttributeError, TypeError):
        return ""
    if body.get_content_type() == "text/html":
        words = text_of_html(words)
    return words[:LONGEST_TEXT]


def _receivers(mail: EmailMessage) -> tuple[str, ...]:
    named = [_text(mail, name) for name in ("To", "Cc", "Delivered-To", "X-Original-To")]
    return tuple(address.lower() for _name, address in getaddresses(named))[:MOST_RECEIVERS]


def _files(mail: EmailMessage) -> tuple[Attached, ...]:
    found = []
    for part in mail.walk():
        name = _file_name(part)
        if not part.is_multipart() and name:
            content = part.get_payload(decode=True)
            found.append(Attached(name, content if isinstance(content, bytes) else b""))
    return tuple(found)


def _file_name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (LookupError, ValueError, AttributeError, TypeError):
        return "file"


def _is_automatic(mail: EmailMessage) -> bool:
    said = _text(mail, "Auto-Submitted").casefold()
    bulk = _text(mail, "Precedence").casefold() in {"bulk", "junk", "auto_reply"}
    # Programs that must not be answered leave nobody to return a letter to.
    nobody = _text(mail, "Return-Path").replace(" ", "") == "<>"
    marked = bool(_text(mail, "X-Autoreply")) or bool(_text(mail, "X-Auto-Response-Suppress"))
    return bulk or nobody or marked or (bool(said) and said != "no")


def _text(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (LookupError, ValueError, AttributeError, IndexError, TypeError):
        return ""
