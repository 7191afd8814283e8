"""Campaigns that the clubs ran: seats drawn by lot, refusals, an event with its answers."""

from datetime import UTC, datetime, time, timedelta

from clubcrm.campaigns.campaign_tables import (
    AnswerState,
    Campaign,
    CampaignKind,
    CampaignRefusal,
    CampaignSeat,
    CampaignState,
    ClubEvent,
    EventAnswer,
    Outcome,
)
from clubcrm.campaigns.checking import text_code
from clubcrm.campaigns.rules.arms import Shares, seat_of
from clubcrm.messaging.models import MessageText
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered
from clubcrm.seed.segments import KEPT

AGO = 40
MOST_CHOSEN = 2_000
ONE_IN = 3
REFUSALS = ("no_consent", "no_address", "contact_too_soon", "control")
WORDS = (
    ("A", "A class on us", "Hi {given_name},\n\nCome and try a new class this week. It is on us."),
    ("B", "Bring a friend this week", "Hi {given_name},\n\nBring a friend this week. It is on us."),
)
INVITATION = (
    "Open day at {club}",
    "Hi {given_name},\n\n{event}: {event_when}, {event_place}.\n\nAnswer here: {rsvp_link}",
)


def write_campaigns(ground: Ground) -> None:
    """Each club has run one campaign, invites to an open day, and drafts one more."""
    names = Numbered(ground.order, "campaign")
    for town, club_id in enumerate(ground.club_ids):
        people = [
            ground.person_ids[number]
            for number, life in enumerate(ground.lives)
            if life.town == town
        ]
        _run(ground, names, club_id, people)
        event_id = _invite(ground, names, club_id, people)
        _draft(ground, names, club_id, event_id)


def _run(ground: Ground, names: Numbered, club_id: int, people: list[int]) -> None:
    chance = ground.order.chance("campaign", club_id)
    begun = ground.order.moment - timedelta(days=AGO)
    chosen = sorted(chance.sample(people, min(MOST_CHOSEN, len(people) // ONE_IN)))
    campaign_id = _campaign(
        ground,
        names,
        club_id,
        name="A class on us",
        kind=CampaignKind.MESSAGE,
        state=CampaignState.DONE,
        outcome=Outcome.VISIT,
        second=0.5,
        starts_at=begun,
        ended_at=begun + timedelta(minutes=4),
        chosen=len(chosen),
    )
    for variant, subject, body in WORDS:
        _text(ground, club_id, text_code(campaign_id, variant), (subject, body), begun)
    seats, refusals = ground.store.sink(CampaignSeat), ground.store.sink(CampaignRefusal)
    shares = Shares(f"seed{club_id}", 0.2, 0.5)
    for person in chosen:
        if chance.random() < 0.25:
            why = chance.choice(REFUSALS)
            refusals.add(campaign_id=campaign_id, person_id=person, why=why, at=begun)
            continue
        seat = seat_of(shares, person)
        seats.add(
            campaign_id=campaign_id,
            person_id=person,
            arm=seat.arm,
            variant=seat.variant,
            share=0.2,
            drawn_on=begun.date(),
            drawn_at=begun,
            pre28=chance.randrange(9),
        )


def _invite(ground: Ground, names: Numbered, club_id: int, people: list[int]) -> int:
    chance = ground.order.chance("event", club_id)
    day = (ground.order.moment + timedelta(days=12)).date()
    starts = datetime.combine(day, time(12), UTC)
    answers = []
    for person in chance.sample(people, min(30, len(people) // ONE_IN)):
        state = chance.choices(list(AnswerState), (6, 0, 2))[0]
        answers.append((person, state, chance.randint(1, 2) if state is AnswerState.COMES else 1))
    events = ground.store.sink(ClubEvent)
    event_id = events.reserve()
    events.add(
        id=event_id,
        public_id=names.public_id(1_000_000 + event_id),
        club_id=club_id,
        name="Open day",
        about="Try every class for twenty minutes, meet the trainers, and bring a friend.",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        answer_until=starts - timedelta(days=1),
        places=120,
        taken=sum(heads for _one, state, heads in answers if state is AnswerState.COMES),
        guests=1,
        made_by=ground.actor("manager"),
        made_at=ground.order.moment - timedelta(days=6),
    )
    kept = ground.store.sink(EventAnswer)
    for person, state, heads in answers:
        told = ground.order.moment - timedelta(hours=chance.randint(2, 90))
        kept.add(event_id=event_id, person_id=person, state=state, heads=heads, answered_at=told)
    return event_id


def _draft(ground: Ground, names: Numbered, club_id: int, event_id: int) -> None:
    campaign_id = _campaign(
        ground,
        names,
        club_id,
        name="Open day",
        kind=CampaignKind.INVITATION,
        state=CampaignState.DRAFT,
        outcome=Outcome.ANSWERED,
        event_id=event_id,
    )
    _text(ground, club_id, text_code(campaign_id, "A"), INVITATION, ground.order.moment)


def _campaign(ground: Ground, names: Numbered, club_id: int, **more: object) -> int:
    sink = ground.store.sink(Campaign)
    campaign_id = sink.reserve()
    values: dict[str, object] = {
        "segment_id": ground.segment_ids[club_id],
        "rule": KEPT[0][1],
        "channels": ["telegram", "whatsapp", "sms", "email"],
        "salt": f"seed{club_id}",
        "hold_out": 0.2,
        "made_by": ground.actor("manager"),
        "made_at": ground.order.moment - timedelta(days=AGO + 3),
    }
    sink.add(
        id=campaign_id,
        public_id=names.public_id(campaign_id),
        club_id=club_id,
        **(values | more),
    )
    return campaign_id


def _text(ground: Ground, club_id: int, code: str, words: tuple[str, str], at: datetime) -> None:
    ground.store.sink(MessageText).add(
        club_id=club_id,
        code=code,
        kind=TextKind.EMAIL,
        language="en",
        version=1,
        subject=words[0],
        body=words[1],
        shipped=False,
        by=ground.actor("manager"),
        at=at,
    )
