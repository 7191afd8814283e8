"""Services room: discounts are proposed by rule, approved by a person, and given as bonus money."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, states
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.loyalty.bonus import give_bonus
from clubcrm.loyalty.discount_queries import candidates, histories_of, rules_of
from clubcrm.loyalty.discount_tables import DiscountRule, PersonalDiscount
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.rules.discounts import (
    DISCOUNT_MOVES,
    DiscountState,
    DiscountTerms,
    effect_of,
    faults_of,
    is_chosen,
)
from clubcrm.loyalty.surroundings import club_with
from clubcrm.people.queries.locks import lock_person
from memberships.api import Voucher

MOST_AT_ONCE = 500
# A proposal that nobody has decided for so long is not asked any more.
LAPSES_AFTER = timedelta(days=60)
BY = "system"


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a rule of personal discounts shall be."""

    name: str
    terms: DiscountTerms


def make_rule(club_id: int, draft: RuleDraft, *, by: str) -> DiscountRule:
    """The rule proposes discounts from now on; nobody gets one before it is approved."""
    name = clean(draft.name, "name", longest=120)
    faults = {field: _("Within reason, please.") for field in faults_of(draft.terms)}
    if not name:
        faults["name"] = _("This is needed.")
    taken = select(DiscountRule.id).where(
        DiscountRule.club_id == club_id, DiscountRule.name == name
    )
    if db.session.scalar(taken) is not None:
        faults["name"] = _("Choose a name that no other rule has.")
    if faults:
        raise invalid(faults)
    terms = draft.terms
    made = DiscountRule(
        club_id=club_id,
        name=name,
        basis=terms.basis,
        at_least=terms.at_least,
        percent=terms.percent,
        most_minor=terms.most_minor,
        valid_days=terms.valid_days,
        made_by=by,
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    after = {"name": name, "basis": terms.basis.value, "percent": terms.percent}
    audit.note("discount_rule.made", "discount_rule", made.id, after=after, by=by)
    return made


def put_aside(rule: DiscountRule, *, by: str) -> None:
    """The rule proposes nothing any more; what it has proposed can still be decided."""
    rule.is_active = False
    db.session.flush()
    audit.note("discount_rule.put_aside", "discount_rule", rule.id, by=by)


def propose(club_id: int, today: date) -> int:
    """Members whom a rule fits are proposed a discount, once a rule and year; returns how many."""
    cost = programme_of(club_id).month_cost_minor
    made = 0
    for rule in rules_of(club_id):
        if not rule.is_active:
            continue
        people = candidates(rule, today, today.year, MOST_AT_ONCE)
        for one, history in histories_of(club_id, people, today).items():
            effect = effect_of(rule.terms, history, cost)
            if not is_chosen(rule.terms, history) or effect.off_minor <= 0:
                continue
            db.session.add(
                PersonalDiscount(
                    club_id=club_id,
                    rule_id=rule.id,
                    person_id=one,
                    season=today.year,
                    state=DiscountState.PROPOSED,
                    found=history.by(rule.basis),
                    price_minor=effect.price_minor,
                    off_minor=effect.off_minor,
                    cost_minor=effect.cost_minor,
                    bar_minor=effect.bar_minor,
                    proposed_on=today,
                )
            )
            made += 1
    db.session.flush()
    return made


def approve(discount: PersonalDiscount, *, by: str) -> Voucher:
    """The member has so much bonus money, for so long as the rule says; raises STATE."""
    lock_person(discount.person_id)
    db.session.refresh(discount)
    if discount.state is not DiscountState.PROPOSED:
        raise DomainError("STATE", _("Somebody else has just decided this."))
    rule = db.session.get_one(DiscountRule, discount.rule_id)
    today = clock.today(club_with(discount.club_id).zone)
    whose, until = (discount.club_id, discount.person_id), (today, rule.valid_days)
    voucher = give_bonus(whose, discount.off_minor, until, rule.name, by=by)
    # The voucher stands before the state does: the store keeps no approval without one.
    discount.voucher_id, discount.decided_at, discount.decided_by = voucher.id, clock.now(), by
    db.session.flush()
    states.move(discount, DiscountState.APPROVED, moves=DISCOUNT_MOVES, by=by)
    after = {"off_minor": discount.off_minor, "voucher": voucher.id}
    audit.note("discount.approved", "person", discount.person_id, after=after, by=by)
    return voucher


def decline(discount: PersonalDiscount, *, by: str) -> None:
    """The member gets nothing by this rule this year."""
    discount.decided_at, discount.decided_by = clock.now(), by
    db.session.flush()
    states.move(discount, DiscountState.DECLINED, moves=DISCOUNT_MOVES, by=by)
    audit.note("discount.declined", "person", discount.person_id, by=by)


def lapse_proposals(club_id: int, today: date) -> int:
    """What nobody has decided for two months is off the list; returns how many."""
    old = db.session.scalars(
        select(PersonalDiscount).where(
            PersonalDiscount.club_id == club_id,
            PersonalDiscount.state == DiscountState.PROPOSED,
            PersonalDiscount.proposed_on <= today - LAPSES_AFTER,
        )
    ).all()
    for one in old:
        states.move(one, DiscountState.LAPSED, moves=DISCOUNT_MOVES, by=BY)
    return len(old)
