"""Queries room: the offer of the next term on the member's card and at the desk, with its state."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from clubcrm.card.member import Line
from clubcrm.card.verdicts import Alert
from clubcrm.core.db import db
from clubcrm.core.formats import day, money
from clubcrm.people.models import Person
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.models import Contract, PlanVersion
from memberships.contracts.outlook import price_today
from memberships.contracts.renewal_tables import DeclineReason, OfferState, RenewalOffer
from memberships.portal.words import decline_words

# So many days after its last one an offer that nobody answered is still worth a word.
REMEMBERED_DAYS = 30


@dataclass(frozen=True, slots=True)
class OfferShown:
    """The newest offer of a person that nobody has accepted, as staff speak about it."""

    state: OfferState
    plan: str
    price: str
    expires_on: date
    is_over: bool
    code: str
    reason: DeclineReason | None
    person_public_id: str
    contract_public_id: str

    @property
    def text(self) -> str:
        """Return the sentence that says where the offer stands."""
        what = _("%(plan)s for %(price)s", plan=self.plan, price=self.price)
        if self.state is OfferState.DECLINED:
            why = decline_words(self.reason) if self.reason else _("no reason given")
            return _("Said no to the next term, %(what)s: %(why)s", what=what, why=why)
        if self.is_over:
            return _("Offer ran out on %(day)s: %(what)s", day=day(self.expires_on), what=what)
        if self.code:
            return _(
                "Offer open until %(day)s: %(what)s, code %(code)s",
                day=day(self.expires_on),
                what=what,
                code=self.code,
            )
        return _("Offer open until %(day)s: %(what)s", day=day(self.expires_on), what=what)

    @property
    def look(self) -> tuple[str, str]:
        """Return tone and icon."""
        if self.state is OfferState.DECLINED:
            return "note", "message-off"
        return ("note", "history") if self.is_over else ("know", "gift")


def offer_shown(person_id: int, today: date) -> OfferShown | None:
    """Return the offer that waits for a person or was answered with no, while it matters."""
    following = aliased(Contract)
    row = db.session.execute(
        select(RenewalOffer, PlanVersion.name, OfferDeal.code, Person.public_id, Contract.public_id)
        .join(Contract, Contract.id == RenewalOffer.contract_id)
        .join(Person, Person.id == RenewalOffer.person_id)
        .join(PlanVersion, PlanVersion.id == RenewalOffer.plan_version_id)
        .outerjoin(OfferDeal, OfferDeal.offer_id == RenewalOffer.id)
        .outerjoin(following, following.previous_id == Contract.id)
        .where(
            RenewalOffer.person_id == person_id,
            RenewalOffer.state.in_((OfferState.OPEN, OfferState.DECLINED)),
            following.id.is_(None),
        )
        .order_by(RenewalOffer.id.desc())
        .limit(1)
    ).first()
    if row is None or (today - row[0].expires_on).days > REMEMBERED_DAYS:
        return None
    offer, plan, code, person_public_id, contract_public_id = row
    return OfferShown(
        offer.state,
        plan,
        money(price_today(offer, today), offer.currency),
        offer.expires_on,
        offer.expires_on < today,
        code or "",
        offer.reason,
        person_public_id,
        contract_public_id,
    )


def offer_hints(person_id: int, today: date) -> list[Line]:
    """Return the offer as a line of the card that leads to its contract."""
    shown = offer_shown(person_id, today)
    if shown is None:
        return []
    tone, icon = shown.look
    href = url_for(
        "going_on.show", person_id=shown.person_public_id, contract=shown.contract_public_id
    )
    return [Line("", shown.text, tone, "", icon, href=href)]


def offer_alerts(person_id: int, today: date) -> tuple[Alert, ...]:
    """Return the offer as a remark beside a scan."""
    shown = offer_shown(person_id, today)
    return () if shown is None else (Alert(*shown.look, shown.text),)
