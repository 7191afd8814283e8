"""The door of the memberships: what other packages may call and the values they get."""

from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
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
from memberships.contracts.plans import create_plan, edit_plan, offer_plan, withdraw_plan
from memberships.contracts.queries import rights_at
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
    "BlockFact",
    "BlockOwner",
    "BlockRequest",
    "CancelOffer",
    "CancelReason",
    "CancelRequest",
    "Cause",
    "ContractRight",
    "FreezeRequest",
    "GiftOrder",
    "Leaving",
    "MemberRights",
    "Offer",
    "PlanKind",
    "PlanOnSale",
    "PlanTerms",
    "SignRequest",
    "Standing",
    "Status",
    "Window",
    "cancel_contract",
    "cancel_preview",
    "create_plan",
    "edit_plan",
    "end_contract",
    "end_freeze",
    "freeze_contract",
    "freeze_preview",
    "gift_preview",
    "give_days",
    "lift_block",
    "offer_plan",
    "open_lots",
    "place_block",
    "plans_on_sale",
    "preview",
    "return_visit",
    "rights_at",
    "sell_day_pass",
    "sign",
    "standing_on",
    "statement",
    "take_days_back",
    "use_visit",
    "void_contract",
    "withdraw_cancellation",
    "withdraw_plan",
]
