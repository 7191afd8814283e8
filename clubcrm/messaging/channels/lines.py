"""A fresh line for each channel that the settings open."""

from collections.abc import Callable, Mapping

from clubcrm.core.config import Settings
from clubcrm.messaging.channels.base import Line
from clubcrm.messaging.channels.longtail import AppriseLine
from clubcrm.messaging.channels.sms import SmsLine, sms_form
from clubcrm.messaging.channels.smtp import SmtpLine
from clubcrm.messaging.channels.telegram import BASE as TELEGRAM
from clubcrm.messaging.channels.telegram import TelegramLine
from clubcrm.messaging.channels.whatsapp import BASE as WHATSAPP
from clubcrm.messaging.channels.whatsapp import TEMPLATE, WhatsAppLine
from clubcrm.messaging.opened import carriers


def open_line(settings: Settings, channel: str) -> Line:
    """Return a line of the channel; raises KeyError for one that is not open."""
    return _MAKERS[carriers(settings)[channel]](settings)


def telegram_line(settings: Settings) -> TelegramLine:
    """Return the line to the club's bot; raises KeyError without one."""
    found = settings.channels
    base = found.get("CLUBCRM_TELEGRAM_URL", TELEGRAM)
    return TelegramLine(found["CLUBCRM_TELEGRAM_TOKEN"], base)


def _smtp(settings: Settings) -> Line:
    return SmtpLine(settings.smtp_url, bounces_to=settings.channels.get("CLUBCRM_MAIL_BOUNCES", ""))


def _sms(settings: Settings) -> Line:
    return SmsLine(sms_form(settings.channels))


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


_MAKERS: Mapping[str, Callable[[Settings], Line]] = {
    "SMTP": _smtp,
    "HTTP": _sms,
    "Telegram": telegram_line,
    "WhatsApp Cloud": _whatsapp,
    "Apprise": _apprise,
}
