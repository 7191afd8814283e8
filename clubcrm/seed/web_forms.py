"""Forms on the clubs' sites with what they sent, prices promised to leads, targets of sellers."""

import hashlib
import json
from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.accounts.models import Role, User, UserClub
from clubcrm.core.clubs import Club
from clubcrm.core.db import Unit
from clubcrm.core.months import month_after, month_of
from clubcrm.leads.door.models import FormLetter, LeadForm, LeadFormConsent
from clubcrm.leads.door.rules.inquiries import FieldRule
from clubcrm.leads.door.rules.letters import LetterState
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.quotes.models import PriceQuote, QuoteChoice, QuoteSeries
from clubcrm.leads.quotes.rules.terms import QuoteState
from clubcrm.leads.rules.stages import OPEN, OVER, ArrivalChannel, LeadStage
from clubcrm.leads.target_tables import SalesTarget
from clubcrm.people.models import Person
from clubcrm.seed.ad_news import write_news
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.contracts.models import Plan, PlanState, PlanVersion
from memberships.contracts.rules import PlanKind

SITE = "https://www.club.example"
WORDS = {
    "bn": "ক্লাব আমাকে অফার ও খবর পাঠাতে পারে। আমি যে কোনো সময় না বলতে পারি।",
    "ru": "Клуб может присылать мне предложения и новости. Я могу отказаться в любое время.",
}
LETTERS, QUOTES = 40, 12
SOLD = (PlanKind.TERM, PlanKind.RECURRING)


def open_forms(ground: Ground, unit: Unit) -> None:
    """Each club has a form on its site, quotes that run and were answered, and targets."""
    for town, club_id in enumerate(ground.club_ids):
        chance = ground.order.chance("web forms", town)
        with unit() as session:
            form = _form(session, ground, club_id, chance)
            _letters(session, ground, form, chance)
            write_news(session, ground, club_id, chance)
            _quotes(session, ground, club_id, chance)
            _targets(session, ground, club_id, chance)


def _form(session: Session, ground: Ground, club_id: int, chance: Random) -> LeadForm:
    by, made = ground.actor("manager"), ground.order.moment - timedelta(days=300)
    form = LeadForm(
        public_id=public_id(chance),
        club_id=club_id,
        name="Landing page",
        phone=FieldRule.REQUIRED,
        email=FieldRule.OPTIONAL,
        interests=["Gym", "Yoga", "Classes", "Personal training"],
        origins=[SITE],
        made_by=by,
        made_at=made,
    )
    session.add(form)
    session.flush()
    session.add_all(
        LeadFormConsent(form_id=form.id, language=one, version=1, words=words, by=by, at=made)
        for one, words in WORDS.items()
    )
    return form


def _letters(session: Session, ground: Ground, form: LeadForm, chance: Random) -> None:
    """The newest questions of the web came as letters; one letter nobody could read."""
    asked = session.scalars(
        select(Inquiry)
        .where(
            Inquiry.club_id == form.club_id,
            Inquiry.channel.in_([ArrivalChannel.FORM, ArrivalChannel.LANDING]),
            Inquiry.arrived_at > form.made_at,
        )
        .order_by(Inquiry.arrived_at.desc(), Inquiry.id.desc())
        .limit(LETTERS)
    ).all()
    for one in reversed(asked):
        said = {"form": form.public_id, "name": one.name, "phone": one.phone, "email": one.email,
                "message": one.message, "language": one.language}  # fmt: skip
        letter = _letter(form, json.dumps(said, ensure_ascii=False).encode(), chance)
        letter.state, letter.inquiry_id = LetterState.TAKEN, one.id
        letter.received_at = letter.settled_at = one.arrived_at
        letter.hosted = one.channel is ArrivalChannel.FORM
        session.add(letter)
    odd = _letter(form, b'{"name": "Ayesha", "phone": "12"}', chance)
    odd.state, odd.why = LetterState.REFUSED, "This phone number has too few digits."
    odd.received_at = odd.settled_at = ground.order.moment - timedelta(days=2)
    session.add(odd)
    session.flush()


def _letter(form: LeadForm, body: bytes, chance: Random) -> FormLetter:
    return FormLetter(
        public_id=public_id(chance),
        form_id=form.id,
        fingerprint=hashlib.sha256(b"application/json\n" + body).hexdigest(),
        media_type="application/json",
        body=body,
        headers={"Origin": SITE},
        address=f"203.0.113.{chance.randrange(1, 255)}",
    )


def _quotes(session: Session, ground: Ground, club_id: int, chance: Random) -> None:
    """Leads who came have prices promised: some answered, some run, some ran out."""
    came = select(Lead).where(Lead.club_id == club_id, Lead.attended_at.is_not(None))
    newest = came.order_by(Lead.attended_at.desc(), Lead.id.desc()).limit(QUOTES // 2)
    leads = [
        lead
        for chosen in (Lead.state.in_(OPEN), Lead.state.in_(OVER))
        for lead in session.scalars(newest.where(chosen))
    ]
    plans = session.execute(
        select(Plan, PlanVersion)
        .join(
            PlanVersion,
            (PlanVersion.plan_id == Plan.id) & (PlanVersion.number == Plan.latest_version),
        )
        .where(Plan.club_id == club_id, Plan.state == PlanState.ON_SALE, Plan.kind.in_(SOLD))
        .order_by(Plan.id)
        .limit(2)
    ).all()
    if not leads or not plans:
        return
    club = session.get_one(Club, club_id)
    for number, lead in enumerate(reversed(leads), 1):
        quote = _quote(ground, club, lead, number, chance)
        person = session.get_one(Person, lead.person_id)
        quote.language = (person.language or club.locale)[:2]
        session.add(quote)
        session.flush()
        for place, (plan, version) in enumerate(plans):
            session.add(
                QuoteChoice(
                    quote_id=quote.id,
                    place=place,
                    plan_id=plan.id,
                    version_id=version.id,
                    price_minor=version.price_minor,
                    total_minor=version.price_minor,
                    list_minor=version.price_minor,
                )
            )
    year = ground.order.last_day.year
    session.add(QuoteSeries(club_id=club_id, year=year, last_number=len(leads)))
    session.flush()


def _quote(ground: Ground, club: Club, lead: Lead, number: int, chance: Random) -> PriceQuote:
    made = min((lead.attended_at or lead.arrived_at) + timedelta(hours=1), ground.order.moment)
    quote = PriceQuote(
        public_id=public_id(chance),
        club_id=club.id,
        lead_id=lead.id,
        person_id=lead.person_id,
        number=f"Q{club.id}-{ground.order.last_day.year}-{number:05d}",
        currency=club.currency,
        starts_on=made.date(),
        valid_until=made.date() + timedelta(days=14),
        seller_id=lead.owner_id,
        made_by=f"user:{lead.owner_id}" if lead.owner_id else "system",
        made_at=made,
    )
    answered = min(made + timedelta(days=1), ground.order.moment)
    if lead.state is LeadStage.WON and lead.contract_id is not None:
        quote.state, quote.chosen, quote.answered_at = QuoteState.ACCEPTED, 0, answered
        quote.contract_id = lead.contract_id
    elif lead.state is LeadStage.LOST:
        quote.state, quote.answered_at = QuoteState.DECLINED, answered
        quote.answer_words = "Too dear for me"
    return quote


def _targets(session: Session, ground: Ground, club_id: int, chance: Random) -> None:
    sellers = session.scalars(
        select(User.id)
        .join(UserClub, UserClub.user_id == User.id)
        .where(UserClub.club_id == club_id, User.role.in_([Role.SALES, Role.MANAGER]))
        .order_by(User.id)
    ).all()
    for back in range(3):
        month: date = month_after(month_of(ground.order.last_day), -back)
        for user_id in sellers:
            contracts = max(2, len(ground.lives) // 400) + chance.randrange(3)
            session.add(
                SalesTarget(
                    club_id=club_id,
                    user_id=user_id,
                    month=month,
                    contracts=contracts,
                    amount_minor=contracts * 1_000_000,
                    changed_at=ground.order.moment - timedelta(days=30 * back),
                    changed_by=ground.actor("owner"),
                )
            )
    session.flush()
