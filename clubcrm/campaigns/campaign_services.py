"""Services room: campaigns are made, worded, planned, taken back and stopped."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.campaigns.campaign_queries import own_texts
from clubcrm.campaigns.campaign_tables import (
    CAMPAIGN_MOVES,
    Campaign,
    CampaignKind,
    CampaignState,
    ClubEvent,
    Outcome,
)
from clubcrm.campaigns.checking import text_code
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.rules.arms import MOST_HELD
from clubcrm.campaigns.segment_queries import tree_of
from clubcrm.campaigns.segment_services import places_at_fault
from clubcrm.core import audit, clock, states
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.messaging.api import WordingDraft, give_back, save_wording
from clubcrm.messaging.rules.channels import ORDER
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.texts import FALLBACK

GIVEN = frozenset({"gift", "gift_code", "gift_until"})
EVENT_GIVEN = frozenset({"event", "event_when", "event_place"})


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What a campaign shall be."""

    name: str
    segment: Segment
    outcome: Outcome
    channels: tuple[str, ...] = ()
    hold_out: float = 0.1
    second: float = 0.0
    window_days: int = 14
    keep_days: int = 3
    gift_minor: int = 0
    gift_days: int = 30
    event: ClubEvent | None = None


@dataclass(frozen=True, slots=True)
class CampaignText:
    """The words of one text in one language: a letter, and a short form for the phone."""

    variant: str
    language: str
    subject: str
    body: str
    short: str = ""


def make_campaign(club_id: int, draft: CampaignDraft, *, by: str) -> Campaign:
    """The campaign stands as a draft; nothing is sent before it is worded and planned."""
    campaign = Campaign(
        club_id=club_id,
        state=CampaignState.DRAFT,
        salt=secrets.token_hex(8),
        made_by=by,
        made_at=clock.now(),
        **_values(club_id, draft),
    )
    db.session.add(campaign)
    db.session.flush()
    audit.note("campaign.made", "campaign", campaign.id, after=_told(campaign), by=by)
    return campaign


def change_campaign(campaign: Campaign, draft: CampaignDraft, seen: int, *, by: str) -> None:
    """The draft is as told; raises STATE once it is planned, STALE when somebody was quicker."""
    before = _told(campaign)
    values = _values(campaign.club_id, draft)
    if campaign.kind is CampaignKind.GREETING:
        del values["kind"]
    changed = db.session.execute(
        update(Campaign)
        .where(
            Campaign.id == campaign.id,
            Campaign.version == seen,
            Campaign.state == CampaignState.DRAFT,
        )
        .values(version=seen + 1, **values)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        if campaign.state is not CampaignState.DRAFT:
            raise _no_draft()
        raise DomainError("STALE", _("Somebody else has changed this campaign. Load it again."))
    db.session.refresh(campaign)
    after = _told(campaign)
    audit.note("campaign.changed", "campaign", campaign.id, before=before, after=after, by=by)


def word_campaign(campaign: Campaign, text: CampaignText, *, by: str) -> None:
    """These are the words of the text in the language; an empty short form is given up.

    Raises STATE once the campaign is planned, INVALID_INPUT naming unknown placeholders.
    """
    if campaign.state is not CampaignState.DRAFT:
        raise _no_draft()
    code, given = text_code(campaign.id, text.variant), given_to(campaign)
    letter = WordingDraft(code, TextKind.EMAIL, text.language, text.subject, text.body, given=given)
    short = WordingDraft(code, TextKind.SMS, text.language, "", text.short, given=given)
    save_wording(campaign.club_id, letter, by=by)
    if text.short.strip():
        save_wording(campaign.club_id, short, by=by)
    elif (text.variant, text.language, TextKind.SMS) in own_texts(campaign):
        give_back(campaign.club_id, short, by=by)


def given_to(campaign: Campaign) -> frozenset[str]:
    """Return the placeholders that the campaign itself fills."""
    given = GIVEN if campaign.gift_minor else frozenset[str]()
    return given | EVENT_GIVEN if campaign.event_id else given


def plan_campaign(campaign: Campaign, starts_at: datetime, *, by: str) -> None:
    """The campaign starts by itself at the instant, with the rule as it stands now.

    Raises NOT_WORDED while a text is missing in the club's own language, RULE_BROKEN, STATE.
    """
    missing = missing_texts(campaign)
    if missing:
        raise DomainError(
            "NOT_WORDED",
            _("Write text %(which)s first, in the language of the club.", which=", ".join(missing)),
        )
    segment = db.session.get(Segment, campaign.segment_id) if campaign.segment_id else None
    if segment is not None:
        if places_at_fault(tree_of(segment), campaign.club_id):
            raise DomainError("RULE_BROKEN", _("The rule of the segment does not fit any more."))
        campaign.rule = segment.rule
    campaign.starts_at = max(starts_at, clock.now())
    states.move(campaign, CampaignState.PLANNED, moves=CAMPAIGN_MOVES, by=by)
    after = {"starts_at": campaign.starts_at.isoformat(), "rule": campaign.rule}
    audit.note("campaign.planned", "campaign", campaign.id, after=after, by=by)


def unplan_campaign(campaign: Campaign, *, by: str) -> None:
    """The campaign is a draft again; raises STATE once it runs."""
    states.move(campaign, CampaignState.DRAFT, moves=CAMPAIGN_MOVES, by=by)
    campaign.starts_at = None
    db.session.flush()
    audit.note("campaign.unplanned", "campaign", campaign.id, by=by)


def stop_campaign(campaign: Campaign, *, by: str) -> None:
    """Nobody else is drawn, and what has not left is not sent; arms stay as they were drawn."""
    campaign.ended_at = campaign.ended_at or clock.now()
    states.move(campaign, CampaignState.STOPPED, moves=CAMPAIGN_MOVES, by=by)
    audit.note("campaign.stopped", "campaign", campaign.id, by=by)


def missing_texts(campaign: Campaign) -> list[str]:
    """Return which texts have no letter in the club's language or in English."""
    known = own_texts(campaign)
    club = db.session.get_one(Club, campaign.club_id)
    fine = (club.locale.replace("-", "_").partition("_")[0], FALLBACK)
    wanted = ("A", "B") if campaign.second else ("A",)
    return [
        one
        for one in wanted
        if not any((one, language, TextKind.EMAIL) in known for language in fine)
    ]


def _values(club_id: int, draft: CampaignDraft) -> dict[str, Any]:
    name = clean(draft.name, "name", longest=120)
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = _("This is needed.")
    if draft.segment.club_id != club_id:
        wrong["segment"] = _("Choose a segment of this club.")
    if not 0 <= draft.hold_out <= MOST_HELD:
        wrong["hold_out"] = _("From 0 to 50 percent.")
    if not 0 <= draft.second <= 0.9:
        wrong["second"] = _("From 0 to 90 percent.")
    if not 1 <= draft.window_days <= 180:
        wrong["window_days"] = _("From 1 to 180 days.")
    if not 1 <= draft.keep_days <= 30:
        wrong["keep_days"] = _("From 1 to 30 days.")
    if draft.gift_minor < 0 or not 1 <= draft.gift_days <= 365:
        wrong["gift_days"] = _("From 1 to 365 days.")
    if draft.outcome is Outcome.ANSWERED and draft.event is None:
        wrong["outcome"] = _("Only an invitation can be answered.")
    if wrong:
        raise invalid(wrong)
    return {
        "name": name,
        "kind": CampaignKind.INVITATION if draft.event else CampaignKind.MESSAGE,
        "segment_id": draft.segment.id,
        "event_id": draft.event.id if draft.event else None,
        "rule": draft.segment.rule,
        "channels": [one for one in ORDER if one in draft.channels],
        "hold_out": draft.hold_out,
        "second": draft.second,
        "outcome": draft.outcome,
        "window_days": draft.window_days,
        "keep_days": draft.keep_days,
        "gift_minor": draft.gift_minor,
        "gift_days": draft.gift_days,
    }


def _told(campaign: Campaign) -> dict[str, object]:
    return {
        "name": campaign.name,
        "segment": campaign.segment_id,
        "hold_out": campaign.hold_out,
        "second": campaign.second,
        "outcome": campaign.outcome.value,
        "gift_minor": campaign.gift_minor,
    }


def _no_draft() -> DomainError:
    return DomainError("STATE", _("This campaign is planned. Take it back first."))
