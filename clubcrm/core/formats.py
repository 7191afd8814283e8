"""How numbers, money, days and instants read to a person: by locale, in the club's zone."""

from datetime import date, datetime, time, timedelta

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core.clock import local, now

# Plain English means international English: day before month, a clock of 24 hours.
PLAIN_ENGLISH = "en_GB"
# What people write at the counter where the locale would give three letters.
SIGNS = {"BDT": "৳", "NPR": "रू", "KZT": "₸", "RUB": "₽", "INR": "₹"}


def money(amount_minor: int, currency: str) -> str:
    """Return the amount as people write it, such as "€12.50" or "৳1,00,000.00"."""
    digits = get_currency_precision(currency)
    text = format_currency(amount_minor / 10**digits, currency, locale=_locale())
    return text.replace(currency, SIGNS.get(currency, currency))


def number(value: float) -> str:
    """Return the number with the reader's digits and grouping."""
    return format_decimal(value, locale=_locale())


def day(value: date) -> str:
    """Return the date in the reader's medium form, without a word for the year behind it."""
    return format_date(value, "medium", locale=_locale()).removesuffix("\u202fг.").rstrip()


def day_short(value: date) -> str:
    """Return day and month, without the year."""
    return format_date(value, "d MMM", locale=_locale())


def day_long(value: date) -> str:
    """Return the date with the month in full, such as 3 December 2026."""
    return format_date(value, "d MMMM y", locale=_locale())


def day_month(value: date) -> str:
    """Return day and month in full, such as 3 December."""
    return format_date(value, "d MMMM", locale=_locale())


def month_short(value: date) -> str:
    """Return the month's short name."""
    return format_date(value, "LLL", locale=_locale())


def month_name(value: date) -> str:
    """Return the month's whole name as it stands alone."""
    return format_date(value, "LLLL", locale=_locale())


def month_year(value: date) -> str:
    """Return the month with its year, such as November 2026."""
    return format_date(value, "LLLL yyyy", locale=_locale())


def weekday_day(value: date) -> str:
    """Return the weekday with day and month, such as Friday 20 Nov."""
    return format_date(value, "EEEE d MMM", locale=_locale())


def weekday_short(value: date) -> str:
    """Return the short name of the weekday, such as Fri."""
    return format_date(value, "EEE", locale=_locale())


def weekday_long(value: date) -> str:
    """Return the name of the weekday."""
    return format_date(value, "EEEE", locale=_locale())


def wall_time(value: time) -> str:
    """Return a wall time, such as 18:00."""
    return format_time(value, "HH:mm", locale=_locale())


def clock_time(instant: datetime, zone: str) -> str:
    """Return the wall time in the zone, such as 18:02."""
    return format_time(local(instant, zone), "HH:mm", locale=_locale())


def exact(instant: datetime, zone: str) -> str:
    """Return the full local moment with its zone."""
    return f"{format_datetime(local(instant, zone), 'medium', locale=_locale())} ({zone})"


def moment(instant: datetime, zone: str) -> str:
    """Return an instant in words: "today 18:02", "yesterday 07:10", "4 Oct, 19:30", a date."""
    here, today = local(instant, zone), local(now(), zone).date()
    at = clock_time(instant, zone)
    if here.date() == today:
        return _("today %(time)s", time=at)
    if here.date() == today - timedelta(days=1):
        return _("yesterday %(time)s", time=at)
    if abs((today - here.date()).days) < 300:
        return f"{day_short(here.date())}, {at}"
    return day(here.date())


def ago(instant: datetime) -> str:
    """Return how long ago the instant was, roughly."""
    seconds = max(0, int((now() - instant).total_seconds()))
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", seconds // 60)
    if seconds < 86_400:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // 3600)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // 86_400)


def days_ago(count: int) -> str:
    """Return a number of whole days before today in words."""
    if count == 0:
        return _("today")
    if count == 1:
        return _("yesterday")
    return ngettext("%(num)s day ago", "%(num)s days ago", count)


def in_words(kept: str) -> str:
    """Return words of ours that the store keeps in English in the reader's language.

    What somebody typed comes back as it is, percent signs too.
    """
    return _(kept) if kept else ""


def install(app: Flask) -> None:
    """Templates have these formats as filters."""
    shown = (
        *(money, number, day, day_short, weekday_short, weekday_day, month_year, month_name),
        *(clock_time, exact, moment, ago, days_ago, in_words),
    )
    app.jinja_env.filters.update({one.__name__: one for one in shown})


def _locale() -> str:
    chosen = str(get_locale() or "en")
    return PLAIN_ENGLISH if chosen == "en" else chosen
