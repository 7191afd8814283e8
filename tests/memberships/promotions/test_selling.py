"""A promotion lowers what is sold on its days, is seen before and after, and counts each sale."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.api import SaleTerms, SignRequest, preview, sign, void_contract
from memberships.billing.invariants import invoices_add_up
from memberships.billing.models import Invoice, InvoiceLine
from memberships.contracts.models import Contract
from memberships.packages.selling import SaleRequest, sale_preview, sell_package
from memberships.promotions.models import Promotion, PromotionUse
from memberships.promotions.queries import results_of
from memberships.promotions.rules import Cut, CutKind
from memberships.promotions.services import (
    PromotionDraft,
    change_promotion,
    make_promotion,
    stop_promotion,
)
from tests.cast import Cast, make_member
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_plan
from tests.memberships.packages.shop import make_product

ClientOf = Callable[[str], FlaskClient]
DECEMBER = datetime(2026, 12, 10, 6, tzinfo=UTC)
TODAY = date(2026, 12, 10)
FIFTH_OFF = Cut(CutKind.PERCENT, 20)


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DECEMBER, tick=False) as clock:
        yield clock


def promote(cast: Cast, *plans: int, products: tuple[int, ...] = (), **more: object) -> Promotion:
    values = {
        "name": "Winter",
        "cut": FIFTH_OFF,
        "from_on": date(2026, 12, 1),
        "until_on": date(2026, 12, 31),
        "plan_ids": frozenset(plans),
        "product_ids": frozenset(products),
    }
    return make_promotion(cast.club, PromotionDraft(**(values | more)), by=SARA)  # type: ignore[arg-type]


def signed(cast: Cast, plan_id: int, **sale: object) -> Contract:
    return sign(
        SignRequest(cast.members["Mia"], plan_id, TODAY, sale=SaleTerms(**sale)),  # type: ignore[arg-type]
        by=SARA,
    )


@pytest.mark.usefixtures("unit")
def test_a_contract_costs_less_and_the_invoice_says_why(cast: Cast) -> None:
    plan = make_plan(cast, YEAR)
    made = promote(cast, plan.plan_id)

    offer = preview(cast.members["Mia"], plan.plan_id, TODAY)
    contract = signed(cast, plan.plan_id, shown_minor=offer.total_minor)

    assert offer.promotion is not None
    assert (offer.promotion.list_minor, offer.promotion.price_minor) == (2_400_000, 1_920_000)
    assert contract.price_minor == 1_920_000
    line = db.session.scalars(select(InvoiceLine)).one()
    assert (line.unit_price_minor, line.discount_minor) == (2_400_000, 480_000)
    assert db.session.scalars(select(Invoice.note)).one() == "Winter"
    result = results_of([made.id])[made.id]
    assert (result.sales, result.list_minor, result.given_minor) == (1, 2_400_000, 480_000)
    assert invoices_add_up() == []


@pytest.mark.usefixtures("unit")
def test_days_stop_other_plans_and_other_clubs_are_left_alone(cast: Cast) -> None:
    plan, other = make_plan(cast, YEAR), make_plan(cast, MONTHLY)
    coming = promote(cast, plan.plan_id, from_on=date(2026, 12, 11))
    running = promote(cast, plan.plan_id, cut=Cut(CutKind.AMOUNT, 100_000))

    assert preview(cast.members["Mia"], other.plan_id, TODAY).promotion is None
    found = preview(cast.members["Mia"], plan.plan_id, TODAY).promotion
    assert found is not None
    assert found.promotion_id == running.id
    stop_promotion(running, TODAY, by=SARA)
    assert preview(cast.members["Mia"], plan.plan_id, TODAY).promotion is None
    with pytest.raises(DomainError, match="is over"):
        stop_promotion(running, TODAY, by=SARA)
    change_promotion(
        coming,
        PromotionDraft(
            "Soon", FIFTH_OFF, date(2026, 12, 12), date(2026, 12, 13), frozenset({plan.plan_id})
        ),
        TODAY,
        by=SARA,
    )
    assert (coming.name, coming.from_on) == ("Soon", date(2026, 12, 12))
    with pytest.raises(DomainError, match="stopped, not changed"):
        change_promotion(
            running,
            PromotionDraft("X", FIFTH_OFF, TODAY, TODAY, frozenset({plan.plan_id})),
            TODAY,
            by=SARA,
        )


@pytest.mark.usefixtures("unit")
def test_a_price_that_changed_since_it_was_shown_is_asked_again(cast: Cast) -> None:
    plan = make_plan(cast, YEAR)
    shown = preview(cast.members["Mia"], plan.plan_id, TODAY).total_minor
    promote(cast, plan.plan_id)

    with pytest.raises(DomainError) as refused:
        signed(cast, plan.plan_id, shown_minor=shown)

    assert refused.value.code == "PRICE_CHANGED"


@pytest.mark.usefixtures("unit")
def test_a_rolling_membership_is_lowered_for_its_first_period_only(cast: Cast) -> None:
    plan = make_plan(cast, MONTHLY)
    promote(cast, plan.plan_id, cut=Cut(CutKind.PRICE, 100_000))

    contract = signed(cast, plan.plan_id)

    assert contract.price_minor == 250_000
    assert db.session.scalars(select(Invoice.total_minor)).one() == 100_000


@pytest.mark.usefixtures("unit")
def test_a_sellers_discount_comes_on_top_and_keeps_its_limit(cast: Cast) -> None:
    plan = make_plan(cast, YEAR)
    promote(cast, plan.plan_id)

    contract = signed(cast, plan.plan_id, discount_minor=20_000, discount_reason="neighbour")

    assert contract.price_minor == 1_900_000
    assert db.session.scalars(select(Invoice.note)).one() == "Winter, neighbour"
    use = db.session.scalars(select(PromotionUse)).one()
    assert (use.list_minor, use.price_minor, use.contract_id) == (
        2_400_000,
        1_920_000,
        contract.id,
    )


@pytest.mark.usefixtures("unit")
def test_newcomers_only_is_for_who_has_never_been_a_member(cast: Cast) -> None:
    plan, month = make_plan(cast, YEAR), make_plan(cast, MONTHLY)
    signed(cast, month.plan_id)
    promote(cast, plan.plan_id, newcomers_only=True)
    newcomer = make_member("Nils", "Berg", club=cast.club)

    assert preview(cast.members["Mia"], plan.plan_id, TODAY).promotion is None
    assert preview(newcomer.id, plan.plan_id, TODAY).promotion is not None


@pytest.mark.usefixtures("unit")
def test_what_was_sold_elsewhere_before_is_not_lowered(cast: Cast) -> None:
    plan = make_plan(cast, YEAR)
    promote(cast, plan.plan_id)

    contract = signed(cast, plan.plan_id, is_billed=False)

    assert contract.price_minor == 2_400_000
    assert db.session.scalars(select(PromotionUse)).all() == []


@pytest.mark.usefixtures("unit")
def test_a_contract_signed_by_mistake_does_not_count(cast: Cast) -> None:
    plan = make_plan(cast, YEAR)
    made = promote(cast, plan.plan_id)
    contract = signed(cast, plan.plan_id)

    void_contract(contract.id, by=SARA, why="wrong person")

    assert results_of([made.id])[made.id].sales == 0


@pytest.mark.usefixtures("unit")
def test_a_package_is_lowered_too(cast: Cast) -> None:
    product = make_product(cast)
    promote(cast, products=(product.product_id,), cut=Cut(CutKind.AMOUNT, 200_000))
    asked = SaleRequest(cast.members["Mia"], product.product_id, seen_price_minor=1_000_000)

    offer = sale_preview(asked)
    row = sell_package(asked, by=SARA)

    assert offer.price_minor == 1_000_000
    assert row.price_minor == 1_000_000
    use = db.session.scalars(select(PromotionUse)).one()
    assert (use.lot_id, use.list_minor, use.price_minor) == (row.lot_id, 1_200_000, 1_000_000)
    assert invoices_add_up() == []


def test_the_manager_makes_one_and_the_desk_sees_before_and_after(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR).public_id
    max_ = client_of("Max")
    typed = {"name": "Winter", "from_on": "2026-12-01", "until_on": "2026-12-31",
             "kind": "percent", "value": "20", "plans": plan}  # fmt: skip

    wrong = max_.post("/settings/promotions/new", data={**typed, "until_on": "2026-11-01"})
    empty = max_.post("/settings/promotions/new", data={**typed, "plans": []})
    made = max_.post("/settings/promotions/new", data=typed)

    assert (wrong.status_code, empty.status_code, made.status_code) == (400, 400, 303)
    assert "The last day lies before the first." in wrong.get_data(as_text=True)
    assert "at least one plan" in empty.get_data(as_text=True)
    page = max_.get(made.headers["Location"]).get_data(as_text=True)
    assert "24,000" in page
    assert "19,200" in page
    offer = client_of("Frank").get(
        f"/members/{cast.public['Mia']}/contracts/new?plan={plan}&starts_on=2026-12-10"
    )
    text = offer.get_data(as_text=True)
    assert "Winter" in text
    assert "Sign for" in text
    assert "19,200" in text
    assert max_.post(f"{made.headers['Location']}/stop").status_code == 303
    assert "over" in max_.get("/settings/promotions").get_data(as_text=True)
    assert client_of("Frank").post("/settings/promotions/new", data=typed).status_code == 403


def test_programs_make_and_stop_promotions(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR).public_id
    olga = client_of("Olga")
    body = {"name": "Winter", "kind": "price", "value": 1_000_000, "from_on": "2026-12-01",
            "until_on": "2026-12-31", "plans": [plan]}  # fmt: skip

    made = olga.post("/api/v1/promotions", json=body)
    strange = olga.post("/api/v1/promotions", json={**body, "plans": ["nothing"]})

    assert (made.status_code, made.get_json()["phase"]) == (201, "running")
    assert strange.status_code == 400
    stopped = olga.post(f"/api/v1/promotions/{made.get_json()['id']}/stop")
    assert stopped.get_json()["phase"] == "over"
    assert len(olga.get("/api/v1/promotions").get_json()["items"]) == 1
