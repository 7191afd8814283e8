"""A promotion that renewals take part in: the better of it and the offer counts, never both."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.api import PlanTerms
from memberships.billing.invariants import invoices_add_up
from memberships.billing.models import Invoice, InvoiceLine
from memberships.contracts.catalogue import plan_version
from memberships.contracts.models import Contract
from memberships.contracts.next_terms import desk_terms, renewal_terms
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.renewals import AcceptRequest, accept_renewal, renew
from memberships.contracts.touch_offers import offer_of_touch
from memberships.portal.links import offer_token
from memberships.promotions.models import Promotion, PromotionUse
from memberships.promotions.queries import results_of
from memberships.promotions.rules import Cut, CutKind
from memberships.promotions.services import PromotionDraft, make_promotion
from tests.cast import Cast
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan

ClientOf = Callable[[str], FlaskClient]
DAY = datetime(2026, 12, 10, 6, tzinfo=UTC)
EARLY = replace(YEAR, conditions=Conditions(early_price_minor=2_000_000, early_days=10))
FIFTH_OFF, TWELFTH_OFF = Cut(CutKind.PERCENT, 20), Cut(CutKind.AMOUNT, 200_000)


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DAY, tick=False) as clock:
        yield clock


def year_of(cast: Cast, terms: PlanTerms = YEAR) -> tuple[Contract, int]:
    """Return a year of Mia that ends on the last day of 2026, and its plan."""
    with time_machine.travel("2026-01-01T06:00Z", tick=False):
        contract = make_contract(cast, terms, starts_on=date(2026, 1, 1))
    return contract, plan_version(contract.plan_version_id).plan_id


def promote(cast: Cast, plan: int, cut: Cut = FIFTH_OFF, **more: object) -> Promotion:
    values = {
        "name": "Winter",
        "cut": cut,
        "from_on": date(2026, 12, 1),
        "until_on": date(2026, 12, 31),
        "plan_ids": frozenset({plan}),
        "renewals": True,
    }
    return make_promotion(cast.club, PromotionDraft(**(values | more)), by=SARA)  # type: ignore[arg-type]


@pytest.mark.usefixtures("unit")
def test_a_renewal_costs_the_lower_price_keeps_it_and_is_counted(
    cast: Cast, noon: time_machine.Traveller
) -> None:
    old, plan = year_of(cast)
    made = promote(cast, plan)
    offer = offer_renewal(OfferRequest(old.id), by=SARA)

    terms = desk_terms(old.id, plan)
    new = accept_renewal(AcceptRequest(offer.id, shown_minor=1_920_000), by=SARA).contract

    assert (terms.price_minor, terms.list_minor, terms.off_minor) == (1_920_000, 2_400_000, 480_000)
    assert new.price_minor == 1_920_000
    line = db.session.scalars(select(InvoiceLine).where(InvoiceLine.contract_id == new.id)).one()
    assert (line.unit_price_minor, line.discount_minor) == (2_400_000, 480_000)
    assert db.session.scalars(select(Invoice.note).where(Invoice.id == line.invoice_id)).one() == (
        "Winter"
    )
    use = db.session.scalars(select(PromotionUse)).one()
    assert (use.contract_id, use.list_minor, use.price_minor) == (new.id, 2_400_000, 1_920_000)
    assert results_of([made.id])[made.id].given_minor == 480_000
    assert invoices_add_up() == []
    noon.move_to("2027-02-01T06:00Z")
    assert renew(old.id, by=SARA, clash_seen=False).contract.price_minor == 1_920_000


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("cut", "price", "name"),
    [(FIFTH_OFF, 1_920_000, "Winter"), (TWELFTH_OFF, 2_000_000, None)],
)
def test_the_better_of_early_price_and_promotion_counts_never_both(
    cast: Cast, cut: Cut, price: int, name: str | None
) -> None:
    old, plan = year_of(cast, EARLY)
    promote(cast, plan, cut)
    offer = offer_renewal(OfferRequest(old.id), by=SARA)

    terms = renewal_terms(offer)

    assert terms.price_minor == price
    assert (terms.promotion.name if terms.promotion else None) == name
    assert terms.early_until == (None if name else date(2026, 12, 21))
    accept_renewal(AcceptRequest(offer.id), by=SARA)
    assert db.session.scalar(select(func.count()).select_from(PromotionUse)) == (1 if name else 0)


@pytest.mark.usefixtures("unit")
def test_a_promotion_for_new_contracts_leaves_renewals_alone(cast: Cast) -> None:
    old, plan = year_of(cast)
    promote(cast, plan, renewals=False)

    assert desk_terms(old.id, plan).promotion is None
    assert renew(old.id, by=SARA, clash_seen=False).contract.price_minor == 2_400_000


@pytest.mark.usefixtures("unit")
def test_who_goes_on_with_a_rolling_plan_is_lowered_for_the_first_period_only(cast: Cast) -> None:
    old, _year = year_of(cast)
    month = make_plan(cast, MONTHLY).plan_id
    promote(cast, month, Cut(CutKind.PRICE, 100_000))

    new = renew(old.id, by=SARA, plan_id=month, clash_seen=False).contract

    assert new.price_minor == 250_000
    first = select(InvoiceLine.total_minor).where(InvoiceLine.contract_id == new.id)
    assert db.session.scalars(first).one() == 100_000


@pytest.mark.usefixtures("unit")
def test_a_price_that_was_shown_before_the_promotion_ended_is_asked_again(
    cast: Cast, noon: time_machine.Traveller
) -> None:
    old, plan = year_of(cast)
    promote(cast, plan, until_on=date(2026, 12, 10))
    offer = offer_renewal(OfferRequest(old.id), by=SARA)

    noon.move_to("2026-12-11T06:00Z")
    with pytest.raises(DomainError) as refused:
        accept_renewal(AcceptRequest(offer.id, shown_minor=1_920_000), by="member")

    assert refused.value.code == "PRICE_CHANGED"


def test_desk_member_and_programs_see_the_price_before_and_after(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        old, plan = year_of(cast)
        promote(cast, plan)
        number = old.public_id
        token = offer_token(offer_of_touch(old.id, "J13a", by=SARA), by=SARA)
    mia = f"/members/{cast.public['Mia']}/contracts/{number}"

    desk = client_of("Frank").get(f"{mia}/renew").get_data(as_text=True)
    own = app.test_client().get(f"/renew/{token}").get_data(as_text=True)
    told = client_of("Frank").get(f"/api/v1/members/{cast.public['Mia']}/offers").get_json()

    for page in (desk, own):
        assert "Winter" in page
        assert "19,200" in page
        assert 'class="visually-hidden">instead of </span>' in page
        assert "24,000" in page
    assert told["items"][0]["promotion"] == {
        "name": "Winter",
        "list_minor": 2_400_000,
        "price_minor": 1_920_000,
        "until_on": "2026-12-31",
    }
