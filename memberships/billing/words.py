"""Queries room: the words of tenders, kinds and rates in the language of the reader."""

from flask_babel import gettext as _

from memberships.billing.orders import LineKind, Tender


def tender_words(tender: Tender) -> str:
    """Return how money comes in or goes back, in plain words."""
    return {
        Tender.CASH: _("Cash"),
        Tender.CARD_TERMINAL: _("Card terminal"),
        Tender.BANK_TRANSFER: _("Bank transfer"),
        Tender.GATEWAY: _("Online"),
        Tender.VOUCHER: _("Voucher"),
        Tender.BONUS: _("Bonus"),
        Tender.ACCOUNT: _("Own credit"),
    }[tender]


def tender_icon(tender: Tender) -> str:
    """Return the picture beside a tender."""
    return {
        Tender.CASH: "cash",
        Tender.CARD_TERMINAL: "credit-card",
        Tender.BANK_TRANSFER: "building-bank",
        Tender.GATEWAY: "world",
        Tender.VOUCHER: "gift",
        Tender.BONUS: "star",
        Tender.ACCOUNT: "wallet",
    }[tender]


def kind_words(kind: LineKind) -> str:
    """Return what a line sells."""
    return {
        LineKind.MEMBERSHIP: _("Membership"),
        LineKind.PACKAGE: _("Package of units"),
        LineKind.CLASS: _("Class"),
        LineKind.FEE: _("Fee"),
        LineKind.PRODUCT: _("Product"),
        LineKind.GIFT: _("Gift voucher"),
        LineKind.ROUNDING: _("Rounding"),
        LineKind.PENALTY: _("Penalty"),
        LineKind.OTHER: _("Other"),
    }[kind]


def percent(basis_points: int) -> str:
    """Return a rate as people write it, such as 19 % or 7.5 %."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole} %" if not rest else f"{whole}.{rest:02d}".rstrip("0") + " %"
