"""Queries room: campaigns of a club, their texts, and who of them stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clubcrm.campaigns.campaign_tables import (
    Campaign,
    CampaignRefusal,
    CampaignSeat,
    CampaignState,
)
from clubcrm.campaigns.checking import text_code
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.messaging.contacts import CAMPAIGN
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.texts import Draft, texts_of
from clubcrm.people.models import Person

PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a campaign stand where: arms, texts, refusals by reason, messages by state."""

    written: int
    held: int
    first: int
    second: int
    refused: Mapping[str, int]
    messages: Mapping[MessageState, int]

    @property
    def waits(self) -> bool:
        """Return whether a message has not left yet and could be held back."""
        return any(self.messages.get(one) for one in (MessageState.QUEUED, MessageState.HELD))


def campaign_for(scope: Scope, public_id: str) -> Campaign | None:
    """Return a campaign of the scope by its public id."""
    if not (public_id.isascii() and public_id.isalnum()):
        return None
    return db.session.scalars(
        select(Campaign).where(
            Campaign.public_id == public_id, Campaign.club_id.in_(scope.club_ids)
        )
    ).first()


def campaigns_of(club_ids: Sequence[int], before: int | None, limit: int = PAGE) -> list[Campaign]:
    """Return the campaigns of clubs, newest first."""
    chosen = select(Campaign).where(Campaign.club_id.in_(club_ids)).order_by(Campaign.id.desc())
    if before is not None:
        chosen = chosen.where(Campaign.id < before)
    return list(db.session.scalars(chosen.limit(limit)))


def seats_by_campaign(campaign_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return how many each campaign wrote to, and how many it held out."""
    rows = db.session.execute(
        select(CampaignSeat.campaign_id, CampaignSeat.arm, func.count())
        .where(CampaignSeat.campaign_id.in_(campaign_ids))
        .group_by(CampaignSeat.campaign_id, CampaignSeat.arm)
    )
    found: dict[int, tuple[int, int]] = {}
    for campaign_id, arm, number in rows:
        written, held = found.get(campaign_id, (0, 0))
        found[campaign_id] = (written + number, held) if arm == "T" else (written, held + number)
    return found


def standing_of(campaign: Campaign) -> Standing:
    """Return how many of the campaign's people stand where, in three selects."""
    seats = {
        (arm, variant): number
        for arm, variant, number in db.session.execute(
            select(CampaignSeat.arm, CampaignSeat.variant, func.count())
            .where(CampaignSeat.campaign_id == campaign.id)
            .group_by(CampaignSeat.arm, CampaignSeat.variant)
        )
    }
    refused = db.session.execute(
        select(CampaignRefusal.why, func.count())
        .where(CampaignRefusal.campaign_id == campaign.id)
        .group_by(CampaignRefusal.why)
        .order_by(func.count().desc(), CampaignRefusal.why)
    )
    messages = db.session.execute(
        select(Message.state, func.count())
        .where(Message.dedupe_key.startswith(f"{CAMPAIGN}{campaign.id}:"))
        .group_by(Message.state)
    )
    written = sum(number for (arm, _variant), number in seats.items() if arm == "T")
    return Standing(
        written,
        sum(seats.values()) - written,
        seats.get(("T", "A"), 0),
        seats.get(("T", "B"), 0),
        {row[0]: row[1] for row in refused},
        {row[0]: row[1] for row in messages},
    )


def people_where(
    campaign: Campaign, *, arm: str, variant: str, why: str, after: int, limit: int
) -> list[int]:
    """Return ids of people of an arm, a text or a reason, those behind the id `after`."""
    if why:
        table = select(CampaignRefusal.person_id).where(
            CampaignRefusal.campaign_id == campaign.id, CampaignRefusal.why == why
        )
    else:
        table = select(CampaignSeat.person_id).where(
            CampaignSeat.campaign_id == campaign.id, CampaignSeat.arm == arm
        )
        if variant:
            table = table.where(CampaignSeat.variant == variant)
    chosen = select(Person.id).where(Person.id.in_(table), Person.id > after).order_by(Person.id)
    return list(db.session.scalars(chosen.limit(limit)))


@dataclass(frozen=True, slots=True)
class CampaignMessage:
    """A message of a campaign, and whom it is for."""

    id: int
    person_id: int
    club_id: int
    campaign_id: int


def campaign_messages(message_ids: Sequence[int]) -> list[CampaignMessage]:
    """Return which of these messages belong to a campaign, and to which."""
    rows = db.session.execute(
        select(Message.id, Message.person_id, Message.club_id, Message.dedupe_key).where(
            Message.id.in_(message_ids), Message.dedupe_key.startswith(CAMPAIGN)
        )
    )
    return [CampaignMessage(row[0], row[1], row[2], int(row[3].split(":")[1])) for row in rows]


def own_texts(campaign: Campaign) -> dict[tuple[str, str, TextKind], Draft]:
    """Return the words of a campaign by variant, language and form."""
    found: dict[tuple[str, str, TextKind], Draft] = {}
    for variant in ("A", "B"):
        code = text_code(campaign.id, variant)
        for (_code, kind, language), words in texts_of(
            db.session(), campaign.club_id, (code,)
        ).own.items():
            found[variant, language, kind] = words
    return found


def due_campaigns(session: Session, moment: datetime) -> Sequence[int]:
    """Return the campaigns that are to start, or were cut short."""
    return session.scalars(
        select(Campaign.id)
        .where(
            Campaign.state.in_((CampaignState.PLANNED, CampaignState.RUNNING)),
            Campaign.starts_at <= moment,
        )
        .order_by(Campaign.starts_at, Campaign.id)
    ).all()
