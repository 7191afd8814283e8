"""Price promotions are made, changed before they begin, stopped, and counted by each sale."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from memberships.promotions.models import (
    Promotion,
    PromotionPlan,
    PromotionProduct,
    PromotionUse,
)
from memberships.promotions.rules import MOST_DAYS, Applied, Cut, Phase, Reach, Span, faults_of


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """What a promotion shall be."""

    name: str
    cut: Cut
    from_on: date
    until_on: date
    plan_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    newcomers_only: bool = False
    renewals: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale that a promotion lowered: a contract, or the lot of a package."""

    person_id: int
    sold_on: date
    contract_id: int | None = None
    lot_id: int | None = None


def make_promotion(club_id: int, draft: PromotionDraft, *, by: str) -> Promotion:
    """The promotion lowers these prices on its days, by itself; raises INVALID_INPUT."""
    _check(draft)
    made = Promotion(club_id=club_id, made_by=by, made_at=clock.now())
    _fill(made, draft)
    db.session.add(made)
    db.session.flush()
    _choose(made, draft)
    audit.note("promotion.made", "promotion", made.id, after=_told(made), by=by)
    return made


def change_promotion(promotion: Promotion, draft: PromotionDraft, today: date, *, by: str) -> None:
    """The promotion is as the draft says; raises STATE once it has begun."""
    if promotion.span.phase_on(today) is not Phase.COMING:
        raise DomainError("STATE", _("A promotion that has begun is stopped, not changed."))
    _check(draft)
    before = _told(promotion)
    _fill(promotion, draft)
    for table in (PromotionPlan, PromotionProduct):
        db.session.execute(delete(table).where(table.promotion_id == promotion.id))
    db.session.flush()
    _choose(promotion, draft)
    after = _told(promotion)
    audit.note("promotion.changed", "promotion", promotion.id, before=before, after=after, by=by)


def stop_promotion(promotion: Promotion, today: date, *, by: str) -> None:
    """Nothing is sold by it any more from this moment; what was sold keeps its price."""
    if promotion.span.phase_on(today) is Phase.OVER:
        raise DomainError("STATE", _("This promotion is over."))
    promotion.stopped_on = today
    db.session.flush()
    audit.note("promotion.stopped", "promotion", promotion.id, by=by)


def note_use(applied: Applied, sold: Sold, *, by: str) -> None:
    """The sale is counted for the promotion with the price before and after."""
    db.session.add(
        PromotionUse(
            promotion_id=applied.promotion_id,
            person_id=sold.person_id,
            contract_id=sold.contract_id,
            lot_id=sold.lot_id,
            list_minor=applied.list_minor,
            price_minor=applied.price_minor,
            sold_on=sold.sold_on,
            at=clock.now(),
            by=by,
        )
    )
    db.session.flush()


def _check(draft: PromotionDraft) -> None:
    things = len(draft.plan_ids) + len(draft.product_ids)
    reach = Reach(things, newcomers_only=draft.newcomers_only, renewals=draft.renewals)
    faults = faults_of(draft.cut, Span(draft.from_on, draft.until_on), reach)
    words = {
        "range": _("Say how much, within reason; at most 90 percent."),
        "order": _("The last day lies before the first."),
        "long": _("At most %(num)s days.", num=MOST_DAYS),
        "nothing": _("Choose at least one plan or package."),
        "nobody": _("Who has never been a member has nothing to renew."),
    }
    found = {name: words[fault] for name, fault in faults.items()}
    if not draft.name.strip():
        found["name"] = _("This is needed.")
    if found:
        raise invalid(found)


def _fill(promotion: Promotion, draft: PromotionDraft) -> None:
    promotion.name = clean(draft.name, "name", longest=120)
    promotion.kind, promotion.value = draft.cut.kind, draft.cut.value
    promotion.from_on, promotion.until_on = draft.from_on, draft.until_on
    promotion.newcomers_only, promotion.renewals = draft.newcomers_only, draft.renewals


def _choose(promotion: Promotion, draft: PromotionDraft) -> None:
    plans = [{"promotion_id": promotion.id, "plan_id": one} for one in sorted(draft.plan_ids)]
    products = [
        {"promotion_id": promotion.id, "product_id": one} for one in sorted(draft.product_ids)
    ]
    if plans:
        db.session.execute(insert(PromotionPlan), plans)
    if products:
        db.session.execute(insert(PromotionProduct), products)


def _told(promotion: Promotion) -> dict[str, object]:
    return {
        "name": promotion.name,
        "kind": promotion.kind.value,
        "value": promotion.value,
        "from_on": promotion.from_on.isoformat(),
        "until_on": promotion.until_on.isoformat(),
        "newcomers_only": promotion.newcomers_only,
        "renewals": promotion.renewals,
    }
