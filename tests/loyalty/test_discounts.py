"""Rules propose discounts by history with their effect on the margin; a person approves them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.loyalty.discount_tables import DiscountRule, PersonalDiscount
from clubcrm.loyalty.discounts import (
    RuleDraft,
    approve,
    lapse_proposals,
    make_rule,
    propose,
    put_aside,
)
from clubcrm.loyalty.rules.discounts import Basis, DiscountState, DiscountTerms
from memberships.billing.models import Voucher
from tests.cast import Cast
from tests.loyalty.conftest import BY, Town, gives, join, somebody

ClientOf = Callable[[str], FlaskClient]
LATER = date(2026, 12, 1)
HALF_A_YEAR = DiscountTerms(Basis.MONTHS, 6, 10)


def ruled(town: Town, terms: DiscountTerms = HALF_A_YEAR, name: str = "Loyal") -> None:
    with unit_of_work():
        make_rule(town.club, RuleDraft(name, terms), by=BY)


def proposed(town: Town, today: date = LATER) -> int:
    with unit_of_work():
        return propose(town.club, today)


def only() -> PersonalDiscount:
    return db.session.scalars(select(PersonalDiscount)).one()


def test_a_rule_proposes_once_a_year_to_whom_it_fits(town: Town) -> None:
    gives(town.club, month_cost_minor=100_000)
    join(town.club, somebody(town.club, "New"), date(2026, 7, 1))
    town.to(LATER)
    ruled(town)

    assert proposed(town) == 1
    assert proposed(town) == 0
    with unit_of_work(write=False):
        found = only()
        assert (found.person_id, found.found, found.season) == (town.mia, 7, 2026)
        assert (found.price_minor, found.off_minor) == (3_650_000, 365_000)
        assert found.effect.before_minor == 3_650_000 - 12 * 100_000
        assert found.effect.after_minor == 2_085_000
        assert found.effect.pays_from == 15
    assert proposed(town, date(2027, 1, 5)) == 2


@pytest.mark.parametrize(
    ("basis", "at_least", "count"),
    [(Basis.SPENT, 3_650_000, 1), (Basis.SPENT, 3_650_001, 0), (Basis.VISITS, 1, 0),
     (Basis.BAR, 1, 0)],
)  # fmt: skip
def test_each_basis_asks_its_own_part_of_the_store(
    town: Town, basis: Basis, at_least: int, count: int
) -> None:
    town.to(LATER)
    ruled(town, DiscountTerms(basis, at_least, 10))

    assert proposed(town) == count


def test_what_is_approved_is_bonus_money_once(town: Town) -> None:
    town.to(LATER)
    ruled(town, DiscountTerms(Basis.MONTHS, 6, 10, most_minor=200_000, valid_days=30))
    proposed(town)

    with unit_of_work():
        approve(only(), by=BY)
    with pytest.raises(DomainError) as again, unit_of_work():
        approve(only(), by=BY)

    assert again.value.code == "STATE"
    with unit_of_work(write=False) as session:
        bonus = session.scalars(select(Voucher)).one()
        assert (bonus.person_id, bonus.amount_minor, bonus.reason) == (town.mia, 200_000, "Loyal")
        assert bonus.valid_until == LATER + timedelta(days=30)
        assert only().state is DiscountState.APPROVED


def test_rules_put_aside_propose_nothing_and_old_proposals_lapse(town: Town) -> None:
    town.to(LATER)
    ruled(town)
    proposed(town)
    with unit_of_work():
        put_aside(db.session.scalars(select(DiscountRule)).one(), by=BY)
        assert lapse_proposals(town.club, LATER + timedelta(days=59)) == 0
        assert lapse_proposals(town.club, LATER + timedelta(days=60)) == 1
        assert only().state is DiscountState.LAPSED
    assert proposed(town, date(2027, 1, 5)) == 0


def test_the_manager_decides_and_the_desk_only_looks(
    town: Town, cast: Cast, client_of: ClientOf
) -> None:
    town.to(LATER)
    max_, frank = client_of("Max"), client_of("Frank")
    typed = {"name": "Loyal", "basis": "months", "at_least": "6", "percent": "10",
             "most_minor": "", "valid_days": "60"}  # fmt: skip

    wrong = max_.post("/loyalty/discounts/rules", data={**typed, "percent": "60"})
    made = max_.post("/loyalty/discounts/rules", data=typed)
    twice = max_.post("/loyalty/discounts/rules", data=typed)
    page = max_.get("/loyalty/discounts").get_data(as_text=True)

    assert (wrong.status_code, made.status_code, twice.status_code) == (400, 303, 400)
    assert "no other rule has" in twice.get_data(as_text=True)
    assert "Mia Rahman" in page
    assert "Approve chosen" in page
    assert "Approve chosen" not in frank.get("/loyalty/discounts").get_data(as_text=True)
    with unit_of_work(write=False):
        public = only().public_id
    refused = frank.post("/loyalty/discounts/decide", data={"discount": public})
    given = max_.post("/loyalty/discounts/decide", data={"discount": public, "decision": "approve"})
    assert (refused.status_code, given.status_code) == (403, 303)
    shown = client_of("Olga").get("/api/v1/loyalty/discounts").get_json()["items"]
    assert [(one["state"], one["member"]) for one in shown] == [("approved", cast.public["Mia"])]
    late = client_of("Olga").post(
        f"/api/v1/loyalty/discounts/{public}/decision", json={"approve": False}
    )
    assert (late.status_code, late.get_json()["code"]) == (409, "STATE")
