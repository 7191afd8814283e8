"""Rules room: what a sale, a payment, a credit note and a refund are asked for with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from memberships.tills.tenders import MONEY_TENDERS, Tender

__all__ = [
    "MONEY_TENDERS",
    "UNTAXED",
    "CreditLine",
    "CreditOrder",
    "Due",
    "InvoiceOrder",
    "LineKind",
    "LineOrder",
    "PaymentOrder",
    "RefundOrder",
    "Tender",
    "WriteOffOrder",
]


class LineKind(StrEnum):
    """What a line of an invoice sells; taxes and reports go by it."""

    MEMBERSHIP = "membership"
    PACKAGE = "package"
    CLASS = "class"
    FEE = "fee"
    PRODUCT = "product"
    GIFT = "gift"
    ROUNDING = "rounding"
    PENALTY = "penalty"
    OTHER = "other"


# Kinds whose price never carries a tax: the thing bought later with them does.
UNTAXED = frozenset({LineKind.GIFT, LineKind.ROUNDING})


@dataclass(frozen=True, slots=True)
class LineOrder:
    """One line to be sold; `tax_bp` of None takes the club's tax for its kind.

    `earned_from` and `earned_until` are the first and last day over which the club earns it.
    """

    text: str
    kind: LineKind
    unit_price_minor: int
    quantity: int = 1
    discount_minor: int = 0
    tax_bp: int | None = None
    earned_from: date | None = None
    earned_until: date | None = None
    contract_id: int | None = None
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A part of an invoice and the day by which it has to be paid."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceOrder:
    """What is sold to whom, for which cause; without dates everything is due today.

    A till asks for its tenders itself and leaves credit alone.
    """

    club_id: int
    payer_id: int
    person_id: int
    lines: Sequence[LineOrder]
    source_kind: str
    source_id: str
    due: tuple[Due, ...] = ()
    note: str = ""
    uses_credit: bool = True


@dataclass(frozen=True, slots=True)
class CreditLine:
    """How much of one line is taken back."""

    line_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """How much of an invoice is taken back: named lines, an amount over all lines, or all of it."""

    invoice_id: int
    reason: str
    source_id: str
    lines: tuple[CreditLine, ...] = ()
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What somebody pays with; `reference` is the voucher's code or the terminal's slip.

    Without invoices the oldest part that is due is paid first; what is left stays as credit. A
    shift is named by a till that knows its own.
    """

    club_id: int
    payer_id: int
    amount_minor: int
    tender: Tender
    source_kind: str
    source_id: str
    invoice_ids: tuple[int, ...] = ()
    reference: str = ""
    gateway: str | None = None
    shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """How much of a payment goes back and why; `tender` of None is the way it came."""

    payment_id: int
    amount_minor: int
    reason: str
    tender: Tender | None = None
    source_id: str = ""
    approval_id: int | None = None
    shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class WriteOffOrder:
    """How much of what an invoice still asks for is given up, all of it when None."""

    invoice_id: int
    reason: str
    source_id: str
    amount_minor: int | None = None
    approval_id: int | None = None
