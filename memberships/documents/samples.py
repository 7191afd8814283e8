"""Services room: a text tried out with invented values, so that its owner sees it as paper."""

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from memberships.documents.papers import club_fields, print_unsigned
from memberships.documents.queries import Words, head_at

NAMES = {
    "en": ("Karin Andersen", "Henrik Andersen"),
    "bn": ("রাহিমা খাতুন চৌধুরী", "আব্দুর রহমান চৌধুরী"),
    "ne": ("सरिता श्रेष्ठ", "प्रकाश श्रेष्ठ"),
    "ru": ("Екатерина Соколова", "Дмитрий Соколов"),
}


def sample_fields(club: Club, language: str) -> dict[str, str]:
    """Return invented values for every placeholder, in the language."""
    member, other = NAMES[language]
    today = clock.today(club.zone)
    with force_locale(language):
        year_on = formats.day(today.replace(year=today.year + 1, day=1))
        return {
            "member_name": member,
            "member_birth_date": formats.day(today.replace(year=1994, month=3, day=3)),
            "member_phone": "+880 1711-000001",
            "member_email": "member@example.org",
            "member_address": "",
            "member_number": "10042",
            "payer_name": other,
            "guardian_name": other,
            "number": f"{today.year}-00042",
            "plan_name": _("Year"),
            "starts_on": formats.day(today),
            "ends_on": year_on,
            "price": formats.money(12_400_000, club.currency),
            "visits": _("as often as the hours allow"),
            "hours": _("Any time"),
            "valid_until": year_on,
            "issued_on": formats.day(today),
            "due_on": formats.day(today),
            "total": formats.money(12_400_000, club.currency),
            "corrects": f"{today.year}-00041",
            "amount_due": formats.money(1_240_000, club.currency),
            "oldest_due_on": formats.day(today.replace(day=1)),
            "days_late": str(today.day),
            "invoice_numbers": f"{today.year}-00039, {today.year}-00042",
            "open_invoices": "; ".join(
                f"{today.year}-{number}, {formats.day(today)}: "
                f"{formats.money(620_000, club.currency)}"
                for number in ("00039", "00042")
            ),
            "pay_until": year_on,
            **club_fields(club, head_at(club)),
        }


def print_sample(club: Club, words: Words) -> bytes:
    """Return the text as PDF with invented values; nothing is kept."""
    return print_unsigned(club, words, sample_fields(club, words.language))
