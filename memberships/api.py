"""The door of the memberships: what other packages may call and the values they get."""

from memberships.approvals.models import Approval
from memberships.approvals.services import ApprovalRequest, decide, request_approval
from memberships.billing.gateways.links import pay_address
from memberships.billing.models import Voucher, VoucherKind
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
from memberships.billing.rounding import cash_asked
from memberships.billing.services import credit, issue, quote, write_off
from memberships.billing.slips import slip_order
from memberships.billing.vouchers import VoucherOrder, issue_voucher, withdraw_bonus
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.books.spend import spend_by_channel
from memberships.contracts.cancelling import (
    CancelOffer,
    CancelRequest,
    cancel_contract,
    cancel_preview,
    withdraw_cancellation,
)
from memberships.contracts.catalogue import PlanOnSale, plans_on_sale
from memberships.contracts.changes import ChangeRequest, change_plan, change_preview, undo_change
from memberships.contracts.crowds import Grant, grants_on
from memberships.contracts.families import (
    JoinRequest,
    hand_on,
    join_family,
    join_preview,
    leave_family,
)
from memberships.contracts.freezes import (
    FreezeRequest,
    end_freeze,
    freeze_contract,
    freeze_preview,
)
from memberships.contracts.giving import GiftOrder, gift_preview, give_days, take_days_back
from memberships.contracts.history import standing_on
from memberships.contracts.leaving import NEVER_CHASED, CancelReason, LeaveReason, Leaving
from memberships.contracts.offers import (
    OfferRequest,
    decline_renewal,
    offer_renewal,
    withdraw_offer,
)
from memberships.contracts.outlook import RenewalNews, renewal_news
from memberships.contracts.partings import Farewell, farewell_of
from memberships.contracts.plans import create_plan, edit_plan, offer_plan, withdraw_plan
from memberships.contracts.queries import rights_at
from memberships.contracts.reason_tables import ReasonSource
from memberships.contracts.reasons import ReasonGiven, give_reason, reasons_by_contract
from memberships.contracts.renewal_tables import DeclineReason
from memberships.contracts.renewals import AcceptRequest, Renewal, accept_renewal, renew
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window
from memberships.contracts.selling import SaleTerms, needs_approval
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
from memberships.contracts.touch_offers import offer_for
from memberships.contracts.transfers import TransferRequest, transfer_contract, transfer_preview
from memberships.counter.drawer import close_shift, put_cash
from memberships.documents.cards import CardOrder, print_card
from memberships.documents.people import language_of_member
from memberships.documents.press import print_pdf
from memberships.dunning.debtors import StepNews, debt_step
from memberships.dunning.queries import FailedFee, failed_fee, grace_end
from memberships.dunning.services import (
    ChargePlan,
    change_charges,
    move_charges,
    plan_charges,
    stop_charges,
)
from memberships.packages.draws import Draws, LotEmptyError
from memberships.packages.products import (
    create_product,
    edit_product,
    offer_product,
    withdraw_product,
)
from memberships.packages.queries import open_lots, statement
from memberships.packages.selling import (
    SaleRequest,
    sell_package,
    take_back_units,
    transfer_units,
)
from memberships.packages.services import return_visit, use_visit
from memberships.packages.terms import PackageTerms
from memberships.portal.links import freeze_address, offer_address, own_address, sign_in_address
from memberships.printing.queries import copies_of, has_printer
from memberships.printing.rules import Look, Row
from memberships.printing.running import print_after
from memberships.printing.services import PrintOrder, open_drawer, print_copy, queue_print
from memberships.schedule.attendance import Arrival, note_arrival, note_leaving
from memberships.schedule.board import OwnBooking, classes_between, own_bookings, strikes_of
from memberships.schedule.bookings import (
    BookRequest,
    accept_offer,
    book,
    cancel_booking,
    decline_offer,
    online_stop,
    preview_booking,
    recheck_bookings,
    would_be_late,
)
from memberships.schedule.feeds import new_member_feed
from memberships.schedule.guests import (
    GuestRequest,
    guest_arrived,
    guests_left,
    host_arrived,
    invite_guest,
)
from memberships.schedule.letters import (
    BookingLetter,
    booking_letter,
    letters_of_class,
    letters_of_list,
)
from memberships.schedule.reads import own_booking
from memberships.schedule.rota import stands_in_for, substitute_for
from memberships.schedule.rules.booking import Way
from memberships.schedule.strikes import appeal
from memberships.tills.models import Purpose
from memberships.tills.rules import Counted
from memberships.tills.services import CashMove, add_till, look, open_shift
from memberships.tills.settings import account_limit_of, set_account_limit, till_settings
from memberships.trainers.clients import assign_client, release_client
from memberships.trainers.rules import SessionState
from memberships.trainers.services import (
    Appointment,
    confirm_session,
    log_session,
    plan_session,
    reverse_session,
    settle_session,
    split_session,
)
from memberships.waivers.links import waiver_address

__all__ = [
    "NEVER_CHASED",
    "AcceptRequest",
    "Account",
    "Appointment",
    "Approval",
    "ApprovalRequest",
    "Arrival",
    "BlockFact",
    "BlockOwner",
    "BlockRequest",
    "BookRequest",
    "BookingLetter",
    "CancelOffer",
    "CancelReason",
    "CancelRequest",
    "CardOrder",
    "CashMove",
    "Cause",
    "ChangeRequest",
    "ChargePlan",
    "ContractRight",
    "Counted",
    "CreditLine",
    "CreditOrder",
    "DeclineReason",
    "Draws",
    "Due",
    "FailedFee",
    "Farewell",
    "FreezeRequest",
    "GiftOrder",
    "Grant",
    "GuestRequest",
    "InvoiceOrder",
    "JoinRequest",
    "LeaveReason",
    "Leaving",
    "LineKind",
    "LineOrder",
    "Look",
    "LotEmptyError",
    "MemberRights",
    "Offer",
    "OfferRequest",
    "OwnBooking",
    "PackageTerms",
    "PaymentOrder",
    "PlanKind",
    "PlanOnSale",
    "PlanTerms",
    "PrintOrder",
    "Purpose",
    "ReasonGiven",
    "ReasonSource",
    "RefundOrder",
    "Renewal",
    "RenewalNews",
    "Row",
    "SaleRequest",
    "SaleTerms",
    "SessionState",
    "SignRequest",
    "Standing",
    "Status",
    "StepNews",
    "Tender",
    "TransferRequest",
    "Voucher",
    "VoucherKind",
    "VoucherOrder",
    "Way",
    "Window",
    "WriteOffOrder",
    "accept_offer",
    "accept_renewal",
    "account_limit_of",
    "account_of",
    "add_till",
    "appeal",
    "assign_client",
    "book",
    "booking_letter",
    "cancel_booking",
    "cancel_contract",
    "cancel_preview",
    "cash_asked",
    "change_charges",
    "change_plan",
    "change_preview",
    "classes_between",
    "close_shift",
    "confirm_session",
    "copies_of",
    "create_plan",
    "create_product",
    "credit",
    "debt_step",
    "decide",
    "decline_offer",
    "decline_renewal",
    "edit_plan",
    "edit_product",
    "end_contract",
    "end_freeze",
    "failed_fee",
    "farewell_of",
    "freeze_address",
    "freeze_contract",
    "freeze_preview",
    "gift_preview",
    "give_days",
    "give_reason",
    "grace_end",
    "grants_on",
    "guest_arrived",
    "guests_left",
    "hand_on",
    "has_printer",
    "host_arrived",
    "invite_guest",
    "issue",
    "issue_voucher",
    "join_family",
    "join_preview",
    "language_of_member",
    "leave_family",
    "letters_of_class",
    "letters_of_list",
    "lift_block",
    "log_session",
    "look",
    "move_charges",
    "needs_approval",
    "new_member_feed",
    "note_arrival",
    "note_leaving",
    "offer_address",
    "offer_for",
    "offer_plan",
    "offer_product",
    "offer_renewal",
    "online_stop",
    "open_drawer",
    "open_lots",
    "open_shift",
    "own_address",
    "own_booking",
    "own_bookings",
    "pay_address",
    "place_block",
    "plan_charges",
    "plan_session",
    "plans_on_sale",
    "preview",
    "preview_booking",
    "print_after",
    "print_card",
    "print_copy",
    "print_pdf",
    "put_cash",
    "queue_print",
    "quote",
    "reasons_by_contract",
    "recheck_bookings",
    "refund",
    "release_client",
    "renew",
    "renewal_news",
    "request_approval",
    "return_visit",
    "reverse_session",
    "rights_at",
    "sell_day_pass",
    "sell_package",
    "set_account_limit",
    "settle_session",
    "sign",
    "sign_in_address",
    "slip_order",
    "spend_by_channel",
    "split_session",
    "standing_on",
    "stands_in_for",
    "statement",
    "stop_charges",
    "strikes_of",
    "substitute_for",
    "take_back_units",
    "take_days_back",
    "take_payment",
    "till_settings",
    "transfer_contract",
    "transfer_preview",
    "transfer_units",
    "undo_change",
    "use_visit",
    "void_contract",
    "waiver_address",
    "withdraw_bonus",
    "withdraw_cancellation",
    "withdraw_offer",
    "withdraw_plan",
    "withdraw_product",
    "would_be_late",
    "write_off",
]
