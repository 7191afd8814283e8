"""What a club writes down, and which placeholders each kind of text may hold."""

from collections.abc import Mapping
from enum import StrEnum


class DocumentKind(StrEnum):
    """The kinds of documents whose words the owner may change."""

    CONTRACT = "contract"
    WAIVER = "waiver"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    RECEIPT_80MM = "receipt_80mm"
    CARD = "card"
    DUNNING_REMINDER = "dunning_reminder"
    DUNNING_LETTER = "dunning_letter"
    DUNNING_LAST = "dunning_last"


LANGUAGES = ("en", "bn", "ne", "ru")
FALLBACK = "en"

CLUB = ("club_name", "legal_name", "club_address", "club_phone", "club_email", "tax_id", "today")
MEMBER = ("member_name", "member_birth_date", "member_phone", "member_email", "member_address")
_MONEY = ("number", "issued_on", "total")
_DEBT = (
    "member_name",
    "member_address",
    "amount_due",
    "oldest_due_on",
    "days_late",
    "invoice_numbers",
    "open_invoices",
    "pay_until",
    *CLUB,
)

PLACEHOLDERS: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.CONTRACT: (
        *MEMBER,
        "payer_name",
        "number",
        "plan_name",
        "starts_on",
        "ends_on",
        "price",
        "visits",
        "hours",
        *CLUB,
    ),
    DocumentKind.WAIVER: (*MEMBER, "guardian_name", "valid_until", *CLUB),
    DocumentKind.INVOICE: ("member_name", *_MONEY, "due_on", *CLUB),
    DocumentKind.CREDIT_NOTE: ("member_name", *_MONEY, "corrects", *CLUB),
    DocumentKind.RECEIPT: ("member_name", *_MONEY, *CLUB),
    DocumentKind.RECEIPT_80MM: ("member_name", *_MONEY, *CLUB),
    DocumentKind.CARD: ("member_name", "member_number", *CLUB),
    DocumentKind.DUNNING_REMINDER: _DEBT,
    DocumentKind.DUNNING_LETTER: _DEBT,
    DocumentKind.DUNNING_LAST: _DEBT,
}

# Without these the text would not say what it is about.
NEEDED: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.CONTRACT: ("member_name", "plan_name", "starts_on", "price"),
    DocumentKind.WAIVER: ("member_name",),
    DocumentKind.DUNNING_REMINDER: ("member_name", "amount_due"),
    DocumentKind.DUNNING_LETTER: ("member_name", "amount_due"),
    DocumentKind.DUNNING_LAST: ("member_name", "amount_due"),
}

# Letters about a debt, by the name the steps of a club give them.
DEBT_LETTERS: Mapping[str, DocumentKind] = {
    "reminder": DocumentKind.DUNNING_REMINDER,
    "first": DocumentKind.DUNNING_LETTER,
    "last": DocumentKind.DUNNING_LAST,
}

# What people put their name under; the others are printed only.
SIGNED_KINDS = frozenset({DocumentKind.CONTRACT, DocumentKind.WAIVER})


def language_of(wish: str | None) -> str:
    """Return the language of documents that suits a locale, English when there is none."""
    base = (wish or "").replace("-", "_").partition("_")[0]
    return base if base in LANGUAGES else FALLBACK
