"""Which promotions run, which one counts for a sale, and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import Model, db
from memberships.promotions.models import (
    Promotion,
    PromotionPlan,
    PromotionProduct,
    PromotionUse,
)
from memberships.promotions.rules import Applied, Offered, best_of


@dataclass(frozen=True, slots=True)
class Result:
    """What was sold by a promotion: how often, at which list prices, for how much."""

    sales: int = 0
    list_minor: int = 0
    price_minor: int = 0

    @property
    def given_minor(self) -> int:
        """Return what was given away."""
        return self.list_minor - self.price_minor


def best_for_plan(
    club_id: int, plan_id: int, list_minor: int, day: date, *, is_new: bool
) -> Applied | None:
    """Return the best promotion for a plan that is signed on a day, None when none lowers it."""
    wanted = _running(club_id, day, is_new=is_new).join(
        PromotionPlan, PromotionPlan.promotion_id == Promotion.id
    )
    return _best(wanted.where(PromotionPlan.plan_id == plan_id), list_minor)


def best_for_renewal(club_id: int, plan_id: int, list_minor: int, day: date) -> Applied | None:
    """Return the best promotion for a member who goes on with a plan on a day."""
    wanted = _running(club_id, day, is_new=False).join(
        PromotionPlan, PromotionPlan.promotion_id == Promotion.id
    )
    return _best(
        wanted.where(PromotionPlan.plan_id == plan_id, Promotion.renewals.is_(True)), list_minor
    )


def best_for_product(
    club_id: int, product_id: int, list_minor: int, day: date, *, is_new: bool
) -> Applied | None:
    """Return the best promotion for a package that is sold on a day."""
    wanted = _running(club_id, day, is_new=is_new).join(
        PromotionProduct, PromotionProduct.promotion_id == Promotion.id
    )
    return _best(wanted.where(PromotionProduct.product_id == product_id), list_minor)


def promotions_of(club_id: int) -> Sequence[Promotion]:
    """Return a club's promotions, the last to end first."""
    return db.session.scalars(
        select(Promotion)
        .where(Promotion.club_id == club_id)
        .order_by(Promotion.until_on.desc(), Promotion.id.desc())
    ).all()


def promotion_for(scope: Scope, public_id: str) -> Promotion | None:
    """Return a promotion of these clubs."""
    return db.session.scalars(
        select(Promotion).where(
            Promotion.public_id == public_id, Promotion.club_id.in_(scope.club_ids)
        )
    ).first()


def plans_in(promotion_id: int) -> set[int]:
    """Return the plans that a promotion is for."""
    wanted = select(PromotionPlan.plan_id).where(PromotionPlan.promotion_id == promotion_id)
    return set(db.session.scalars(wanted))


def products_in(promotion_id: int) -> set[int]:
    """Return the packages that a promotion is for."""
    wanted = select(PromotionProduct.product_id).where(
        PromotionProduct.promotion_id == promotion_id
    )
    return set(db.session.scalars(wanted))


def results_of(promotion_ids: Sequence[int]) -> dict[int, Result]:
    """Return what each of the promotions has sold."""
    rows = db.session.execute(
        select(
            PromotionUse.promotion_id,
            func.count(),
            func.sum(PromotionUse.list_minor),
            func.sum(PromotionUse.price_minor),
        )
        .where(PromotionUse.promotion_id.in_(promotion_ids), _counts())
        .group_by(PromotionUse.promotion_id)
    )
    found = {row[0]: Result(*(int(value) for value in row[1:])) for row in rows}
    return {one: found.get(one, Result()) for one in promotion_ids}


def uses_of(promotion_id: int, limit: int = 200) -> Sequence[PromotionUse]:
    """Return the sales of a promotion, the newest first."""
    return db.session.scalars(
        select(PromotionUse)
        .where(PromotionUse.promotion_id == promotion_id)
        .order_by(PromotionUse.id.desc())
        .limit(limit)
    ).all()


def _counts() -> ColumnElement[bool]:
    """Return whether a sale counts: a contract that was signed by mistake does not.

    Contracts stand above promotions, so their table is read by its name alone.
    """
    contract = Model.metadata.tables["contract"]
    void = select(contract.c.id).where(contract.c.state == "void")
    return PromotionUse.contract_id.is_(None) | PromotionUse.contract_id.not_in(void)


def _running(club_id: int, day: date, *, is_new: bool) -> Select[Promotion]:
    wanted = select(Promotion).where(
        Promotion.club_id == club_id,
        Promotion.from_on <= day,
        Promotion.until_on >= day,
        Promotion.stopped_on.is_(None) | (Promotion.stopped_on > day),
    )
    return wanted if is_new else wanted.where(Promotion.newcomers_only.is_(False))


def _best(wanted: Select[Promotion], list_minor: int) -> Applied | None:
    offered = [
        Offered(one.id, one.name, one.cut, one.until_on)
        for one in db.session.scalars(wanted.order_by(Promotion.id))
    ]
    return best_of(offered, list_minor)
