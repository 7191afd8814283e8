"""Queries room: which channels the settings open, and what carries each of them."""

from clubcrm.core.config import Settings

# A setting of its own opens a channel; Apprise stands in for one that has none.
OPENED_BY = {
    "sms": "CLUBCRM_SMS_URL",
    "telegram": "CLUBCRM_TELEGRAM_TOKEN",
    "whatsapp": "CLUBCRM_WHATSAPP_TOKEN",
}
CARRIERS = {"email": "SMTP", "sms": "HTTP", "telegram": "Telegram", "whatsapp": "WhatsApp Cloud"}
LONG_TAIL = "Apprise"


def carriers(settings: Settings) -> dict[str, str]:
    """Return for each channel that is open now the name of what carries its messages."""
    found = settings.channels
    own = {name: CARRIERS[name] for name, setting in OPENED_BY.items() if setting in found}
    if settings.smtp_url:
        own = {"email": CARRIERS["email"], **own}
    if "CLUBCRM_APPRISE_URL" in found:
        own.setdefault(found.get("CLUBCRM_APPRISE_CHANNEL", "sms"), LONG_TAIL)
    return own


def open_channels(settings: Settings) -> tuple[str, ...]:
    """Return the names of the channels by which messages can leave now."""
    return tuple(carriers(settings))
