"""Points pay at the till in one step, never twice, and come back with the sale they paid."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.events import SaleReturned, SaleRung
from bar_inventory.sales.queries import lines_of
from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.sales.selling import TenderOrder
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.loyalty.handlers import on_refund_made, on_sale_returned, on_sale_rung
from clubcrm.loyalty.point_queries import balance_of, broken_points, points_of, totals_of
from clubcrm.loyalty.point_services import give_points
from clubcrm.loyalty.programme import save_programme
from clubcrm.loyalty.rules.points import points_for
from clubcrm.loyalty.rules.programme import Programme
from memberships.billing.models import Payment, Refund, Voucher
from memberships.billing.orders import Tender
from memberships.events import RefundMade
from tests.bar_inventory.conftest import NOON, bar, noon  # noqa: F401
from tests.bar_inventory.counter import MAX, make_bar
from tests.bar_inventory.sales.conftest import Counter, faults, fill, till  # noqa: F401
from tests.cast import Cast

TAKA_A_POINT = Programme(collects=True, worth_minor=100, least_spent=100)


@pytest.fixture
def counter(till: Counter) -> Counter:  # noqa: F811
    """The counter of a club whose points are worth a taka each; Mia has 400."""
    save_programme(till.bar.club, TAKA_A_POINT, by="user:1")
    give_points(till.bar.club, till.mia, 400, "Welcome", by="user:1")
    return till


def by_points(minor: int) -> TenderOrder:
    return TenderOrder(Tender.BONUS, minor, by_points=True)


def bonus() -> tuple[int, int]:
    """Return what was given as bonus money and what is left of it."""
    row = db.session.execute(
        select(func.sum(Voucher.amount_minor), func.sum(Voucher.remaining_minor))
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def hear() -> None:
    """What was told of refunds is heard, and heard again."""
    for refund in db.session.scalars(select(Refund)).all():
        for _twice in range(2):
            on_refund_made(
                RefundMade(
                    refund.club_id, clock.now(), refund.id, refund.payment_id, 0, 0, "BDT", "bonus"
                )
            )


@pytest.mark.parametrize(
    ("amount", "worth", "least", "points"),
    [(25_000, 100, 100, 250), (25_001, 100, 100, 251), (3_000, 100, 100, 100), (0, 100, 1, 1)],
)
def test_whole_points_pay_and_never_fewer_than_the_least(
    amount: int, worth: int, least: int, points: int
) -> None:
    assert points_for(amount, worth, least) == points


def test_points_pay_a_shake_once_and_only_this_sale(counter: Counter) -> None:
    sale = counter.sell(
        counter.line("shake"), tenders=(by_points(25_000),), person=counter.mia, source="one"
    )
    again = counter.sell(
        counter.line("shake"), tenders=(by_points(25_000),), person=counter.mia, source="one"
    )

    assert again.id == sale.id
    assert balance_of(counter.mia) == 150
    assert bonus() == (25_000, 0)
    paid = db.session.scalars(select(Payment)).one()
    assert (paid.tender, paid.amount_minor) == (Tender.BONUS, 25_000)
    assert [*faults(), *broken_points()] == []


def test_points_pay_a_part_and_what_the_least_number_brings_on_top_stays(counter: Counter) -> None:
    counter.sell(
        counter.line("shake"),
        tenders=(by_points(3_000), TenderOrder(Tender.CARD_TERMINAL, 22_000)),
        person=counter.mia,
    )

    assert balance_of(counter.mia) == 300
    assert bonus() == (10_000, 7_000)
    assert faults() == []


@pytest.mark.parametrize(("bonus_minor", "earned"), [(0, 50), (28_000, 22), (50_000, 0)])
def test_only_what_was_paid_in_money_earns_points_and_a_return_takes_its_share(
    counter: Counter, bonus_minor: int, earned: int
) -> None:
    give_points(counter.bar.club, counter.mia, 200, "More", by="user:1")
    before = 600 - bonus_minor // 100
    tenders = (by_points(bonus_minor), TenderOrder(Tender.CARD_TERMINAL, 50_000 - bonus_minor))
    paid = tuple(one for one in tenders if one.amount_minor)
    sale = counter.sell(counter.line("shake", 2), tenders=paid, person=counter.mia)
    rung = SaleRung(sale.club_id, clock.now(), sale.id, counter.mia, 50_000, "BDT")

    for _twice in range(2):
        on_sale_rung(rung)

    assert balance_of(counter.mia) == before + earned
    for note, left in ((1, earned // 2), (2, 0)):
        half = SaleReturned(sale.club_id, clock.now(), sale.id, note, 25_000, is_void=False)
        on_sale_returned(half)
        assert balance_of(counter.mia) == before + left
    assert broken_points() == []


def test_more_points_than_there_are_nobodys_points_and_another_tender_are_refused(
    counter: Counter,
) -> None:
    cases = [
        ((by_points(50_000),), counter.mia, 2, "NO_POINTS"),
        ((by_points(25_000),), None, 1, "INVALID_INPUT"),
        ((replace(by_points(25_000), tender=Tender.VOUCHER),), counter.mia, 1, "INVALID_INPUT"),
    ]
    for tenders, who, count, code in cases:
        with pytest.raises(DomainError) as refused, db.session.begin_nested():
            counter.sell(counter.line("shake", count), tenders=tenders, person=who)
        assert refused.value.code == code
    assert balance_of(counter.mia) == 400
    assert bonus() == (0, 0)


def test_a_void_gives_the_points_back_once_and_they_count_for_no_level(counter: Counter) -> None:
    sale = counter.sell(counter.line("shake"), tenders=(by_points(25_000),), person=counter.mia)

    take_back(ReturnOrder(sale.id, "wrong drink", "r1", is_void=True), by=MAX)
    hear()

    assert balance_of(counter.mia) == 400
    assert bonus() == (25_000, 0)
    today = NOON.date()
    assert points_of(counter.mia, TAKA_A_POINT, today).earned == 400
    assert totals_of(counter.bar.club, today) == {"earn": 400, "spend": 0, "held": 400}
    assert [*faults(), *broken_points()] == []


def test_a_part_that_comes_back_gives_its_points_back(counter: Counter) -> None:
    give_points(counter.bar.club, counter.mia, 200, "More", by="user:1")
    sale = counter.sell(counter.line("shake", 2), tenders=(by_points(50_000),), person=counter.mia)

    take_back(ReturnOrder(sale.id, "cold", "r1", {lines_of(sale.id)[0].id: 1}), by=MAX)
    hear()

    assert balance_of(counter.mia) == 350
    assert bonus() == (50_000, 0)
    assert [*faults(), *broken_points()] == []


def test_one_touch_at_the_till_and_one_call_of_a_program_pay_by_points(
    app: Flask,
    cast: Cast,
    client_of: Callable[[str], FlaskClient],
    noon: object,  # noqa: F811
) -> None:
    with app.app_context(), unit_of_work() as session:
        shop = fill(cast, make_bar(cast))
        save_programme(cast.club, TAKA_A_POINT, by="user:1")
        give_points(cast.club, shop.mia, 400, "Welcome", by="user:1")
        product = dict(session.execute(select(Product.name, Product.public_id)).all())
    boris, htmx = client_of("Boris"), {"HX-Request": "true"}

    boris.post("/till/add", data={"product": product["Shake"]}, headers=htmx)
    bare = boris.get("/till").text
    shown = boris.post("/till/member", data={"member": cast.public["Mia"]}, headers=htmx).text
    paid = boris.post("/till/pay", data={"tender": "points", "shown": "25000"})

    assert 'value="points"' not in bare
    assert 'value="points"' in shown
    assert "400 points" in shown
    assert paid.status_code == 303, paid.text
    body = {
        "member_id": cast.public["Mia"],
        "lines": [{"product_id": product["Water"]}],
        "tenders": [{"tender": "bonus", "amount_minor": 3000, "by_points": True}],
    }
    called = boris.post("/api/v1/sales", json=body)
    assert called.status_code == 201, called.text
    assert [one["tender"] for one in called.json["tenders"]] == ["bonus"]
    with app.app_context(), unit_of_work(write=False):
        assert balance_of(shop.mia) == 50
        assert bonus() == (35_000, 7_000)
        assert [*faults(), *broken_points()] == []
