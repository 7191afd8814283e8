"""Which settings the ways to members take, and what is wrong with their values."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from clubcrm.core.outside import check_base

# What the ways to members need beside SMTP: text messages, Telegram, WhatsApp, and the long tail.
CHANNEL_SETTINGS = (
    "CLUBCRM_AMI_URL",
    "CLUBCRM_APPRISE_CHANNEL",
    "CLUBCRM_APPRISE_URL",
    "CLUBCRM_FACEBOOK_SECRET",
    "CLUBCRM_FACEBOOK_TOKENS",
    "CLUBCRM_FACEBOOK_URL",
    "CLUBCRM_FACEBOOK_VERIFY",
    "CLUBCRM_IMAP_URL",
    "CLUBCRM_MAIL_BOUNCES",
    "CLUBCRM_MAIL_SECRET",
    "CLUBCRM_PHONE_SECRET",
    "CLUBCRM_RECORDINGS_DIR",
    "CLUBCRM_SMS_HEADER",
    "CLUBCRM_SMS_ID",
    "CLUBCRM_SMS_METHOD",
    "CLUBCRM_SMS_PARAMS",
    "CLUBCRM_SMS_SECRET",
    "CLUBCRM_SMS_SUCCESS",
    "CLUBCRM_SMS_URL",
    "CLUBCRM_TELEGRAM_BOT",
    "CLUBCRM_TELEGRAM_SECRET",
    "CLUBCRM_TELEGRAM_TOKEN",
    "CLUBCRM_TELEGRAM_URL",
    "CLUBCRM_WHATSAPP_PHONE_ID",
    "CLUBCRM_WHATSAPP_SECRET",
    "CLUBCRM_WHATSAPP_TEMPLATE",
    "CLUBCRM_WHATSAPP_TOKEN",
    "CLUBCRM_WHATSAPP_URL",
    "CLUBCRM_WHATSAPP_VERIFY",
)
# A setting of the left makes no sense without those of the right.
CHANNEL_NEEDS = {
    "CLUBCRM_APPRISE_CHANNEL": ("CLUBCRM_APPRISE_URL",),
    "CLUBCRM_FACEBOOK_TOKENS": ("CLUBCRM_FACEBOOK_SECRET", "CLUBCRM_FACEBOOK_VERIFY"),
    "CLUBCRM_SMS_URL": ("CLUBCRM_SMS_PARAMS",),
    "CLUBCRM_TELEGRAM_TOKEN": ("CLUBCRM_TELEGRAM_BOT",),
    "CLUBCRM_WHATSAPP_TOKEN": ("CLUBCRM_WHATSAPP_PHONE_ID",),
}
SMS_METHODS = ("GET", "POST", "JSON")
APPRISE_CHANNELS = ("sms", "whatsapp", "telegram", "email")
SHORTEST_HOOK_SECRET = 16


def wrong_channel_setting(found: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first wrong or missing setting with what is expected, or None."""
    for name, needed in CHANNEL_NEEDS.items():
        missing = [other for other in needed if name in found and other not in found]
        if missing:
            return missing[0], f"expected, since {name} is set"
    for name, value in found.items():
        expected = _wrong_channel_value(name, value)
        if expected:
            return name, expected
    return None


def _wrong_channel_value(name: str, value: str) -> str:
    if name == "CLUBCRM_SMS_METHOD" and value not in SMS_METHODS:
        return f"expected one of {', '.join(SMS_METHODS)}"
    if name == "CLUBCRM_APPRISE_CHANNEL" and value not in APPRISE_CHANNELS:
        return f"expected one of {', '.join(APPRISE_CHANNELS)}"
    if name == "CLUBCRM_APPRISE_URL" and ("://" not in value or "{address}" not in value):
        return "expected an address of Apprise with {address} where the reader's goes"
    if name == "CLUBCRM_SMS_PARAMS" and not {"{address}", "{text}"} <= set(_blanks(value)):
        return "expected parameters such as to={address}&text={text}"
    if name in {"CLUBCRM_SMS_SUCCESS", "CLUBCRM_SMS_ID"}:
        return _wrong_pattern(value)
    if name in _CHECKS:
        return _CHECKS[name](value)
    if name.endswith("_URL") and name != "CLUBCRM_APPRISE_URL":
        return _wrong_address(value)
    if (
        name.endswith(("SMS_SECRET", "MAIL_SECRET", "PHONE_SECRET"))
        and len(value) < SHORTEST_HOOK_SECRET
    ):
        return f"expected at least {SHORTEST_HOOK_SECRET} random letters and digits"
    return ""


def page_tokens(value: str) -> dict[str, str]:
    """Return the token of each page, from page=token by commas; nothing when any is not so."""
    pairs = [one.strip().partition("=") for one in value.split(",") if one.strip()]
    if not all(page.isascii() and page.isdigit() and token for page, _is, token in pairs):
        return {}
    return {page: token for page, _is, token in pairs}


def _blanks(value: str) -> list[str]:
    return re.findall(r"\{[a-z]+\}", value)


def _wrong_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        return f"expected a regular expression ({error})"
    return ""


def _wrong_mailbox(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in {"imap", "imaps"} and parts.hostname and parts.username:
        return ""
    return "expected imaps://user:password@host/INBOX"


def _wrong_manager(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "ami" and parts.hostname and parts.username and parts.password:
        return ""
    return "expected ami://user:secret@host:5038?trunk=from-trunk&context=from-internal"


def _wrong_tokens(value: str) -> str:
    if page_tokens(value):
        return ""
    return "expected the number of each page with its token, page=token, by commas"


_CHECKS = {
    "CLUBCRM_AMI_URL": _wrong_manager,
    "CLUBCRM_FACEBOOK_TOKENS": _wrong_tokens,
    "CLUBCRM_IMAP_URL": _wrong_mailbox,
}


def _wrong_address(value: str) -> str:
    try:
        check_base(value)
    except ValueError as error:
        return str(error)
    return ""
