"""A recurring fee that fails: tried again on the set days, told each time, charged once at most."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint
from clubcrm.tasks.models import Task
from memberships.billing.models import Payment
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.blocks.models import Block
from memberships.dunning.charging import try_charge
from memberships.dunning.following import give_up
from memberships.dunning.models import RecurringCharge
from memberships.dunning.rules import ChargeState, Ladder
from memberships.dunning.settings import save_ladder
from tests.memberships.dunning.life import (
    BY,
    FEE,
    charges,
    keep_card,
    night,
    nights,
    on,
    plan,
    tries,
)
from tests.memberships.gateways.money import paid_sums

DUE = date(2027, 2, 28)


@pytest.fixture
def with_card(shop, cast):
    """Zia's fee is due on 28 February, and the club may charge her card."""
    with on(date(2027, 2, 1)), shop.app_context(), unit_of_work():
        db.session.add(
            ContactPoint(
                person_id=cast.members["Zia"],
                kind=ContactKind.EMAIL,
                value="zia@club.example",
                as_typed="zia@club.example",
            )
        )
        plan(cast)
        keep_card(cast)


def mails(shop):
    with shop.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(Message).order_by(Message.id))
        return [(one.created_at.date(), one.code, one.state.value) for one in rows]


def blocked(shop):
    with shop.app_context(), unit_of_work(write=False):
        return db.session.scalars(select(Block).where(Block.lifted_at.is_(None))).all() != []


def test_a_fee_is_invoiced_and_charged_on_its_day_and_the_next_is_planned(
    shop, cast, with_card, stripe_fake
):
    nights(shop, cast, date(2027, 2, 27), DUE)

    assert charges(shop) == [(DUE, "paid"), (date(2027, 3, 31), "planned")]
    assert stripe_fake.taken == [("pi_1", FEE)]
    assert paid_sums(shop) == [FEE]
    assert mails(shop) == []


@pytest.mark.slow
def test_a_card_that_is_declined_is_tried_on_days_1_4_and_11_and_told_each_time(
    shop, cast, with_card, stripe_fake
):
    stripe_fake.decline = "insufficient_funds"

    nights(shop, cast, DUE, DUE + timedelta(days=14))

    tried = [day for day, kind, _outcome in tries(shop) if kind == "tried"]
    assert [(day - DUE).days for day in tried] == [0, 1, 4, 11]
    assert [((day - DUE).days, code) for day, code, _state in mails(shop)] == [
        (0, "X1"),
        (1, "X1b"),
        (3, "X1c"),
        (4, "X1b"),
        (11, "X1b"),
    ]
    assert stripe_fake.taken == []
    with shop.app_context(), unit_of_work(write=False):
        task = db.session.scalars(select(Task).where(Task.kind == "payment_open")).one()
        assert (task.created_at.date() - DUE).days == 7


def test_the_mail_says_how_much_why_and_where_to_pay(shop, cast, with_card, stripe_fake):
    stripe_fake.decline = "expired_card"
    night(shop, cast, DUE)

    with shop.app_context(), unit_of_work(write=False):
        mail = db.session.scalars(select(Message)).one()
        purpose, body = mail.purpose.value, mail.body

    assert purpose == "service"
    assert "€49.00" in body
    assert "the card has expired" in body
    assert "We will try the card again on 1 Mar 2027." in body
    assert "https://club.example/pay/" in body


def test_it_stops_at_success(shop, cast, with_card, stripe_fake):
    stripe_fake.decline = "insufficient_funds"
    nights(shop, cast, DUE, DUE + timedelta(days=1))
    stripe_fake.decline = None

    nights(shop, cast, DUE + timedelta(days=2), DUE + timedelta(days=14))

    assert [(day - DUE).days for day, kind, _ in tries(shop) if kind == "tried"] == [0, 1, 4]
    assert stripe_fake.taken == [("pi_1", FEE)]
    assert charges(shop)[0] == (DUE, "paid")


def test_access_is_kept_seven_days_and_comes_back_with_the_payment(
    shop, cast, with_card, stripe_fake
):
    stripe_fake.decline = "insufficient_funds"
    nights(shop, cast, DUE, DUE + timedelta(days=7))
    kept = not blocked(shop)
    night(shop, cast, DUE + timedelta(days=8))
    lost = blocked(shop)
    with on(DUE + timedelta(days=8), 12), shop.app_context(), unit_of_work():
        order = PaymentOrder(cast.other_club, cast.members["Zia"], FEE, Tender.CASH, "desk", "1")
        take_payment(order, by=BY)
    back = not blocked(shop)
    nights(shop, cast, DUE + timedelta(days=9), DUE + timedelta(days=12))

    assert (kept, lost, back) == (True, True, True)
    assert stripe_fake.taken == []
    assert charges(shop)[0] == (DUE, "paid")


def test_who_keeps_no_card_with_the_club_is_invoiced_and_left_in_peace(shop, cast):
    with on(date(2027, 2, 1)), shop.app_context(), unit_of_work():
        plan(cast)

    nights(shop, cast, DUE, DUE + timedelta(days=2))

    assert charges(shop)[0] == (DUE, "due")
    assert tries(shop) == []


def test_credit_pays_before_the_card(shop, cast, with_card, stripe_fake):
    with on(date(2027, 2, 2)), shop.app_context(), unit_of_work():
        order = PaymentOrder(cast.other_club, cast.members["Zia"], 1_900, Tender.CASH, "desk", "1")
        take_payment(order, by=BY)

    night(shop, cast, DUE)

    assert stripe_fake.taken == [("pi_1", 3_000)]
    assert charges(shop)[0] == (DUE, "paid")


def test_a_lost_answer_is_looked_up_and_never_charged_again(shop, cast, with_card, stripe_fake):
    with on(DUE), shop.app_context(), unit_of_work():
        pass
    stripe_fake.tellers["/v1/payment_intents"] = losing_confirms(stripe_fake)
    night(shop, cast, DUE)
    in_doubt = charges(shop)[0]
    stripe_fake.tellers["/v1/payment_intents"] = stripe_fake.payment_intents

    night(shop, cast, DUE + timedelta(days=1))

    assert in_doubt == (DUE, "asking")
    assert charges(shop)[0] == (DUE, "paid")
    assert stripe_fake.taken == [("pi_1", FEE)]
    assert paid_sums(shop) == [FEE]


def losing_confirms(stripe_fake):
    """Return a teller that acts and then loses the answer of every confirmation."""

    def teller(asked):
        stripe_fake.lose_next_answer = asked.path.endswith("/confirm")
        return stripe_fake.payment_intents(asked)

    return teller


def test_a_gateway_that_is_away_is_no_try(shop, cast, with_card, stripe_fake):
    stripe_fake.say("/v1/payment_intents", {"error": {"message": "busy"}}, status=429)
    night(shop, cast, DUE)
    before = (charges(shop)[0], tries(shop), mails(shop))

    night(shop, cast, DUE + timedelta(days=1))

    assert before == ((DUE, "due"), [], [])
    assert charges(shop)[0] == (DUE, "paid")


def test_a_person_tries_again_by_hand_or_gives_up(shop, cast, with_card, stripe_fake):
    stripe_fake.decline = "insufficient_funds"
    night(shop, cast, DUE)
    with on(DUE, 12), shop.app_context():
        with unit_of_work(write=False):
            charge_id = db.session.scalars(
                select(RecurringCharge.id).order_by(RecurringCharge.id).limit(1)
            ).one()
        again = try_charge(charge_id, DUE, by=BY)
        with unit_of_work():
            given_up = give_up(charge_id, "moved abroad", by=BY)

    assert (again, given_up) == (ChargeState.FAILING, True)
    assert charges(shop)[0] == (DUE, "written_off")
    with shop.app_context(), unit_of_work(write=False):
        assert db.session.scalars(select(Payment)).all() == []


def test_a_club_sets_its_own_days(shop, cast, with_card, stripe_fake):
    stripe_fake.decline = "insufficient_funds"
    with shop.app_context(), unit_of_work():
        save_ladder(cast.other_club, Ladder((2, 4), reminder_day=0, task_day=0), by=BY)

    nights(shop, cast, DUE, DUE + timedelta(days=8))

    assert [(day - DUE).days for day, kind, _ in tries(shop) if kind == "tried"] == [0, 2, 4]
    assert [code for _day, code, _state in mails(shop)] == ["X1", "X1b", "X1b"]
