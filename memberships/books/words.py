"""Queries room: the words of the books: accounts, categories, channels, kinds and rhythms."""

from flask_babel import gettext as _

from memberships.billing.orders import LineKind, Tender
from memberships.billing.words import tender_words
from memberships.books.kinds import Account, BookKind, PayeeKind, Standard
from memberships.books.models import BookCategory
from memberships.books.owed import OwedKind
from memberships.books.profit import (
    BONUS,
    CHANGES,
    GIFTS_LAPSED,
    GIVEN_UP,
    TAX_BILLED,
    TAX_PAID,
)
from memberships.books.schedule import Every


def account_words(account: Account) -> str:
    """Return what a place of money is called."""
    return {
        Account.CASH: _("Cash drawer"),
        Account.BANK: _("Bank"),
        Account.CARD: _("Card clearing"),
        Account.GATEWAY: _("Payment gateway"),
    }[account]


def account_icon(account: Account) -> str:
    """Return the picture of a place of money."""
    return {
        Account.CASH: "cash",
        Account.BANK: "building-bank",
        Account.CARD: "credit-card",
        Account.GATEWAY: "world",
    }[account]


def standard_words(category: Standard) -> str:
    """Return what a standard category is called."""
    return {
        Standard.RENT: _("Rent"),
        Standard.PAYROLL: _("Payroll"),
        Standard.UTILITIES: _("Power, water, heating"),
        Standard.CLEANING: _("Cleaning"),
        Standard.EQUIPMENT: _("Equipment"),
        Standard.REPAIRS: _("Repairs"),
        Standard.MARKETING: _("Marketing"),
        Standard.BAR_GOODS: _("Goods for the bar"),
        Standard.SOFTWARE: _("Software and phone"),
        Standard.INSURANCE: _("Insurance"),
        Standard.FEES: _("Bank and card fees"),
        Standard.TAXES: _("Taxes paid"),
        Standard.OFFICE: _("Office"),
        Standard.OTHER_EXPENSE: _("Other expenses"),
        Standard.CASH_SHORT: _("Cash short"),
        Standard.CASH_OVER: _("Cash over"),
        Standard.SUBLET: _("Rent received"),
        Standard.OTHER_INCOME: _("Other income"),
    }[category]


def category_words(category: BookCategory | None) -> str:
    """Return what a category is called: the club's own name, or that of a standard one."""
    if category is None:
        return ""
    return category.name or code_words(category.code)


def code_words(code: str) -> str:
    """Return what a code of a category is called; a code nobody knows any more as it is."""
    return standard_words(Standard(code)) if code in set(Standard) else code


def kind_words(kind: BookKind) -> str:
    """Return what a line of the book is."""
    return {
        BookKind.ENTRY: _("Entry"),
        BookKind.TRANSFER: _("Transfer"),
        BookKind.OPENING: _("Opening balance"),
        BookKind.COUNT: _("Cash count"),
    }[kind]


def payee_kind_words(kind: PayeeKind) -> str:
    """Return what somebody is to the club."""
    return {PayeeKind.SUPPLIER: _("Supplier"), PayeeKind.STAFF: _("On the payroll")}[kind]


def every_words(every: Every) -> str:
    """Return how often something recurs."""
    return {
        Every.WEEK: _("every week"),
        Every.MONTH: _("every month"),
        Every.QUARTER: _("every three months"),
        Every.YEAR: _("every year"),
    }[every]


def channel_words(channel: str) -> str:
    """Return what a channel of marketing is called."""
    known = {
        "google": "Google",
        "facebook": "Facebook",
        "instagram": "Instagram",
        "tiktok": "TikTok",
        "print": _("Print and leaflets"),
        "outdoor": _("Posters and signs"),
        "events": _("Events and open days"),
        "referral": _("Members bring friends"),
        "partners": _("Partners and firms"),
        "other": _("Other channels"),
    }
    return known.get(channel, channel)


def flow_words(name: str) -> str:
    """Return what a name of the cash flow is called: a category, or payments by tender."""
    part, _dot, tender = name.partition(".")
    if tender in set(Tender):
        words = tender_words(Tender(tender))
        if part == "refunds":
            return _("Given back to members: %(tender)s", tender=words)
        return _("Paid by members: %(tender)s", tender=words)
    return kind_words(BookKind(name)) if name in set(BookKind) else code_words(name)


def sold_words(kind: LineKind) -> str:
    """Return what a kind of billed line is called."""
    return {
        LineKind.MEMBERSHIP: _("Memberships"),
        LineKind.PACKAGE: _("Packages and visits"),
        LineKind.CLASS: _("Classes"),
        LineKind.FEE: _("Fees"),
        LineKind.PRODUCT: _("Goods"),
        LineKind.GIFT: _("Gift cards"),
        LineKind.ROUNDING: _("Rounding of cash"),
        LineKind.PENALTY: _("Penalties"),
        LineKind.OTHER: _("Other sales"),
    }[kind]


def profit_words(name: str) -> str:
    """Return what a figure of the profit is called."""
    special = {
        BONUS: _("Bonus and gifts given"),
        CHANGES: _("Changes to closed months"),
        GIFTS_LAPSED: _("Gift cards that lapsed"),
        GIVEN_UP: _("Demands given up"),
        TAX_BILLED: _("Tax billed"),
        TAX_PAID: _("Tax in expenses"),
    }
    rest = name.partition(".")[2]
    if name in special:
        return special[name]
    return sold_words(LineKind(rest)) if rest in set(LineKind) else code_words(rest)


def owed_words(kind: OwedKind) -> str:
    """Return what is owed to members, by kind."""
    return {
        OwedKind.TIME: _("Time paid and not yet given"),
        OwedKind.UNITS: _("Visits and sessions not yet used"),
        OwedKind.GIFT_CARDS: _("Gift cards not yet spent"),
        OwedKind.CREDIT: _("Money on account"),
    }[kind]
