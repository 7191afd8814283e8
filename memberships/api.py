"""The door of the memberships: what other packages may call and the values they get."""

from memberships.approvals.services import ApprovalRequest, decide, request_approval
from memberships.billing.orders import (
    CreditLine,
    CreditOrder,
    Due,
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    RefundOrder,
    Tender,
    WriteOffOrder,
)
from memberships.billing.payments import take_payment
from memberships.billing.queries import Account, account_of
from memberships.billing.refunds import refund
from memberships.billing.services import credit, issue, quote, write_off
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.books.spend import spend_by_channel
from memberships.contracts.agreements import DeclineReason
from memberships.contracts.cancelling import (
    CancelOffer,
    CancelRequest,
    cancel_contract,
    cancel_preview,
    withdraw_cancellation,
)
from memberships.contracts.catalogue import PlanOnSale, plans_on_sale
from memberships.contracts.freezes import (
    FreezeRequest,
    end_freeze,
    freeze_contract,
    freeze_preview,
)
from memberships.contracts.giving import GiftOrder, gift_preview, give_days, take_days_back
from memberships.contracts.history import standing_on
from memberships.contracts.leaving import CancelReason, Leaving
from memberships.contracts.offers import (
    OfferRequest,
    decline_renewal,
    offer_renewal,
    withdraw_offer,
)
from memberships.contracts.plans import create_plan, edit_plan, offer_plan, withdraw_plan
from memberships.contracts.queries import rights_at
from memberships.contracts.renewals import AcceptRequest, Renewal, accept_renewal, renew
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window
from memberships.contracts.services import (
    Offer,
    SignRequest,
    end_contract,
    preview,
    sell_day_pass,
    sign,
    void_contract,
)
from memberships.contracts.standing import Cause, Standing, Status
from memberships.contracts.terms import PlanTerms
from memberships.packages.queries import open_lots, statement
from memberships.packages.services import return_visit, use_visit

__all__ = [
    "AcceptRequest",
    "Account",
    "ApprovalRequest",
    "BlockFact",
    "BlockOwner",
    "BlockRequest",
    "CancelOffer",
    "CancelReason",
    "CancelRequest",
    "Cause",
    "ContractRight",
    "CreditLine",
    "CreditOrder",
    "DeclineReason",
    "Due",
    "FreezeRequest",
    "GiftOrder",
    "InvoiceOrder",
    "Leaving",
    "LineKind",
    "LineOrder",
    "MemberRights",
    "Offer",
    "OfferRequest",
    "PaymentOrder",
    "PlanKind",
    "PlanOnSale",
    "PlanTerms",
    "RefundOrder",
    "Renewal",
    "SignRequest",
    "Standing",
    "Status",
    "Tender",
    "VoucherOrder",
    "Window",
    "WriteOffOrder",
    "accept_renewal",
    "account_of",
    "cancel_contract",
    "cancel_preview",
    "create_plan",
    "credit",
    "decide",
    "decline_renewal",
    "edit_plan",
    "end_contract",
    "end_freeze",
    "freeze_contract",
    "freeze_preview",
    "gift_preview",
    "give_days",
    "issue",
    "issue_voucher",
    "lift_block",
    "offer_plan",
    "offer_renewal",
    "open_lots",
    "place_block",
    "plans_on_sale",
    "preview",
    "quote",
    "refund",
    "renew",
    "request_approval",
    "return_visit",
    "rights_at",
    "sell_day_pass",
    "sign",
    "spend_by_channel",
    "standing_on",
    "statement",
    "take_days_back",
    "take_payment",
    "use_visit",
    "void_contract",
    "withdraw_cancellation",
    "withdraw_offer",
    "withdraw_plan",
    "write_off",
]
