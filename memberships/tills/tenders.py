"""Rules room: the ways money comes in or goes back, and which of them pass a till."""

from enum import StrEnum


class Tender(StrEnum):
    """How money comes in or goes back."""

    CASH = "cash"
    CARD_TERMINAL = "card_terminal"
    BANK_TRANSFER = "bank_transfer"
    GATEWAY = "gateway"
    VOUCHER = "voucher"
    BONUS = "bonus"
    ACCOUNT = "account"


# Tenders that bring money into the house; the others only move what was brought before.
MONEY_TENDERS = frozenset({Tender.CASH, Tender.CARD_TERMINAL, Tender.BANK_TRANSFER, Tender.GATEWAY})
# Tenders that somebody takes with his own hands at a counter.
COUNTER_TENDERS = frozenset({Tender.CASH, Tender.CARD_TERMINAL, Tender.VOUCHER, Tender.BONUS})
