"""The door to leads for upper floors: verbs and the values they take and give."""

from clubcrm.leads.arriving import Agreement, Arrival, Touch, Trail, Wish
from clubcrm.leads.attempts import ContactTry, log_try
from clubcrm.leads.importing import LeadRow, import_lead
from clubcrm.leads.moving import Details, Move, describe, give_to, move_lead, take
from clubcrm.leads.next_steps import OwnStep, open_own_step
from clubcrm.leads.receiving import accept, decline, inquiry_for, receive, receive_by_hand
from clubcrm.leads.registering import open_lead_of
from clubcrm.leads.rules.stages import (
    ArrivalChannel,
    ContactOutcome,
    ContactWay,
    DeclineReason,
    InquiryState,
    LeadStage,
    LostReason,
)
from clubcrm.leads.settings import LeadSettings, lead_settings, save_lead_settings
from clubcrm.leads.sources import known_source, source_named, sources_of
from clubcrm.leads.trials import TrialWish, book_trial

__all__ = [
    "Agreement",
    "Arrival",
    "ArrivalChannel",
    "ContactOutcome",
    "ContactTry",
    "ContactWay",
    "DeclineReason",
    "Details",
    "InquiryState",
    "LeadRow",
    "LeadSettings",
    "LeadStage",
    "LostReason",
    "Move",
    "OwnStep",
    "Touch",
    "Trail",
    "TrialWish",
    "Wish",
    "accept",
    "book_trial",
    "decline",
    "describe",
    "give_to",
    "import_lead",
    "inquiry_for",
    "known_source",
    "lead_settings",
    "log_try",
    "move_lead",
    "open_lead_of",
    "open_own_step",
    "receive",
    "receive_by_hand",
    "save_lead_settings",
    "source_named",
    "sources_of",
    "take",
]
