"""Which channels the settings open, and a fresh line for each of them."""

from collections.abc import Callable

from clubcrm.core.config import Settings
from clubcrm.messaging.channels.base import Line
from clubcrm.messaging.channels.longtail import AppriseLine
from clubcrm.messaging.channels.sms import SmsLine, sms_form
from clubcrm.messaging.channels.smtp import SmtpLine
from clubcrm.messaging.channels.telegram import BASE as TELEGRAM
from clubcrm.messaging.channels.telegram import TelegramLine
from clubcrm.messaging.channels.whatsapp import BASE as WHATSAPP
from clubcrm.messaging.channels.whatsapp import TEMPLATE, WhatsAppLine

Maker = Callable[[Settings], Line]


def open_channels(settings: Settings) -> tuple[str, ...]:
    """Return the names of the channels by which messages can leave now."""
    return tuple(name for name, maker in _makers(settings).items() if maker is not None)


def drivers(settings: Settings) -> dict[str, str]:
    """Return for each open channel the name of what carries it."""
    found = settings.channels
    tail = found.get("CLUBCRM_APPRISE_CHANNEL", "sms") if "CLUBCRM_APPRISE_URL" in found else ""
    names = {"email": "SMTP", "sms": "HTTP", "telegram": "Telegram", "whatsapp": "WhatsApp Cloud"}
    own = _own_makers(settings)
    return {
        name: names[name] if own[name] is not None else "Apprise"
        for name, maker in own.items()
        if maker is not None or name == tail
    }


def open_line(settings: Settings, channel: str) -> Line:
    """Return a line of the channel; raises KeyError for one that is not open."""
    maker = _makers(settings)[channel]
    if maker is None:
        raise KeyError(channel)
    return maker(settings)


def telegram_line(settings: Settings) -> TelegramLine | None:
    """Return the line to the bot, if the club has one."""
    found = settings.channels
    token = found.get("CLUBCRM_TELEGRAM_TOKEN", "")
    return TelegramLine(token, found.get("CLUBCRM_TELEGRAM_URL", TELEGRAM)) if token else None


def _makers(settings: Settings) -> dict[str, Maker | None]:
    made = _own_makers(settings)
    found = settings.channels
    tail = found.get("CLUBCRM_APPRISE_CHANNEL", "sms")
    if "CLUBCRM_APPRISE_URL" in found and made[tail] is None:
        made[tail] = _apprise
    return made


def _own_makers(settings: Settings) -> dict[str, Maker | None]:
    found = settings.channels
    return {
        "email": _smtp if settings.smtp_url else None,
        "sms": _sms if "CLUBCRM_SMS_URL" in found else None,
        "telegram": _telegram if "CLUBCRM_TELEGRAM_TOKEN" in found else None,
        "whatsapp": _whatsapp if "CLUBCRM_WHATSAPP_TOKEN" in found else None,
    }


def _smtp(settings: Settings) -> Line:
    return SmtpLine(settings.smtp_url, bounces_to=settings.channels.get("CLUBCRM_MAIL_BOUNCES", ""))


def _sms(settings: Settings) -> Line:
    return SmsLine(sms_form(settings.channels))


def _telegram(settings: Settings) -> Line:
    line = telegram_line(settings)
    assert line is not None  # noqa: S101 - asked only when it is set
    return line


def _whatsapp(settings: Settings) -> Line:
    found = settings.channels
    return WhatsAppLine(
        found["CLUBCRM_WHATSAPP_TOKEN"],
        found["CLUBCRM_WHATSAPP_PHONE_ID"],
        base=found.get("CLUBCRM_WHATSAPP_URL", WHATSAPP),
        template=found.get("CLUBCRM_WHATSAPP_TEMPLATE", TEMPLATE),
    )


def _apprise(settings: Settings) -> Line:
    return AppriseLine(settings.channels["CLUBCRM_APPRISE_URL"])
