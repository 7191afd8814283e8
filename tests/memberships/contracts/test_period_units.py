"""Units that come anew with each paid period of a rolling plan: once, on its day, by its rules."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.contracts.cancelling import CancelRequest, cancel_contract, withdraw_cancellation
from memberships.contracts.fees import fee_periods
from memberships.contracts.freezes import FreezeRequest, cancel_freeze, freeze_contract
from memberships.contracts.giving import GiftOrder, give_days
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.contracts.leaving import CancelReason
from memberships.contracts.models import Contract
from memberships.contracts.period_units import contracts_to_renew, renew_units
from memberships.contracts.renewal_terms import Carry, Conditions
from memberships.contracts.services import SignRequest, sign, void_contract
from memberships.contracts.terms import Included
from memberships.jobs import expire_units
from memberships.jobs import renew_units as renew_units_job
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.services import use_visit
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan
from tests.memberships.packages.shop import make_product
from tests.memberships.races import PEOPLE, all_at_once

START = date(2027, 1, 31)


@contextmanager
def on(day: date):
    """It is noon in Dhaka on this day."""
    with time_machine.travel(datetime.combine(day, time(6), UTC), tick=False):
        yield


def rolling(cast, carry: Carry = Carry.NONE, units: int = 2, carry_units: int | None = None):
    """A monthly plan that brings sessions anew each month is on sale."""
    packages = (Included(make_product(cast).product_id, units, each_period=True),)
    conditions = Conditions(carry=carry, carry_units=carry_units)
    return make_plan(cast, MONTHLY, packages=packages, conditions=conditions)


def begun(cast, **rules) -> Contract:
    """Mia has such a plan since 31 January."""
    with on(START):
        return make_contract(cast, plan=rolling(cast, **rules), starts_on=START)


def night(cast, day: date) -> int:
    """Return for how many contracts the night of a day brought units."""
    at = datetime.combine(day, time(1), UTC)
    with on(day):
        due = contracts_to_renew(cast.club, day)
        return sum(renew_units(one, day, by="system") for one in due) if at else 0


def lots() -> list[tuple[int, date | None]]:
    """Return what is left of each lot, and its last day, the oldest first."""
    db.session.expire_all()
    found = db.session.scalars(select(PackageLot).order_by(PackageLot.id))
    return [(lot.remaining, lot.expires_on) for lot in found]


def draw(lot: int, times: int = 1) -> None:
    newest = db.session.scalars(select(PackageLot.id).order_by(PackageLot.id)).all()[lot]
    for number in range(times):
        assert use_visit(newest, "session", f"{lot}:{number}", clock.now(), SARA)


def healthy() -> bool:
    return unit_balances() == unit_sources() == []


@pytest.mark.usefixtures("unit")
def test_a_year_from_31_january_brings_units_twelve_times_on_the_days_of_the_fees(cast):
    contract = begun(cast)

    came = {}
    for ahead in range(1, 366):
        day = START + timedelta(days=ahead)
        if night(cast, day):
            came[day] = lots()[-1]

    last_days = [(2027, 2, 28), (2027, 3, 31), (2027, 4, 30), (2027, 5, 31), (2027, 6, 30)]
    assert [(day.year, day.month, day.day) for day in came][:5] == last_days
    assert len(came) == 12
    assert came[date(2027, 2, 28)] == (2, date(2027, 3, 30))
    assert lots()[0] == (2, date(2027, 2, 27))
    assert [span.from_on for _n, span in fee_periods(contract, date(2028, 1, 31))][1:] == list(came)
    assert healthy()


@pytest.mark.usefixtures("unit")
def test_the_first_units_come_with_the_signature_and_only_once_a_period(cast):
    contract = begun(cast)

    first = lots()
    again = [night(cast, date(2027, 2, 28)), night(cast, date(2027, 2, 28))]
    late = renew_units(contract.id, date(2027, 3, 3), by="system")

    assert first == [(2, date(2027, 2, 27))]
    assert again == [1, 0]
    assert late == 0
    assert len(lots()) == 2


@pytest.mark.usefixtures("unit")
def test_after_three_days_of_silence_they_come_with_the_days_of_their_period(cast):
    begun(cast)

    came = night(cast, date(2027, 3, 3))

    assert came == 1
    assert lots()[-1] == (2, date(2027, 3, 30))


@pytest.mark.usefixtures("unit")
def test_after_two_months_of_silence_each_period_has_its_own(cast):
    begun(cast)

    came = night(cast, date(2027, 4, 1))

    assert came == 2
    assert [until for _left, until in lots()] == [
        date(2027, 2, 27),
        date(2027, 3, 30),
        date(2027, 4, 29),
    ]


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("carry", "most", "left"),
    [
        (Carry.NONE, None, [(3, date(2027, 2, 27)), (4, date(2027, 3, 30))]),
        (Carry.UP_TO, 2, [(2, date(2027, 3, 30)), (4, date(2027, 3, 30))]),
        # The package itself is good for ninety days.
        (Carry.ALL, None, [(3, date(2027, 4, 30)), (4, date(2027, 5, 28))]),
    ],
)
def test_the_carry_rule_decides_about_what_is_left(cast, carry, most, left):
    begun(cast, carry=carry, units=4, carry_units=most)
    draw(0)

    night(cast, date(2027, 2, 28))

    assert lots() == left
    assert healthy()


@pytest.mark.usefixtures("unit")
def test_what_lapses_is_taken_off_by_the_nightly_line_and_never_twice(cast):
    begun(cast)
    night(cast, date(2027, 2, 28))
    day = date(2027, 3, 7)

    with on(day):
        db.session.commit()
        context = JobContext("expire-units", "x", clock.now(), cast.club, day)
        expire_units(context)

    assert [remaining for remaining, _until in lots()] == [0, 2]
    assert healthy()


@pytest.mark.usefixtures("unit")
def test_a_freeze_puts_the_next_units_off_and_its_early_end_brings_them_nearer(cast):
    contract = begun(cast)

    with on(date(2027, 2, 10)):
        days = (date(2027, 2, 10), date(2027, 2, 19))
        block = freeze_contract(FreezeRequest(contract.id, *days, "Holiday"), by=SARA)
        frozen = lots()
    with on(date(2027, 2, 15)):
        cancel_freeze(block, by=SARA)

    assert frozen == [(2, date(2027, 3, 9))]
    assert lots() == [(2, date(2027, 3, 4))]
    assert night(cast, date(2027, 3, 4)) == 0
    assert night(cast, date(2027, 3, 5)) == 1


@pytest.mark.usefixtures("unit")
def test_a_freeze_planned_for_the_next_period_leaves_the_running_one_alone(cast):
    contract = begun(cast)

    with on(date(2027, 2, 10)):
        days = (date(2027, 3, 10), date(2027, 3, 19))
        freeze_contract(FreezeRequest(contract.id, *days, "Holiday"), by=SARA)

    assert lots() == [(2, date(2027, 2, 27))]
    assert night(cast, date(2027, 2, 28)) == 1
    assert lots()[-1] == (2, date(2027, 4, 9))


@pytest.mark.usefixtures("unit")
def test_given_days_move_the_units_of_the_running_period(cast):
    contract = begun(cast)
    night(cast, date(2027, 2, 28))

    with on(date(2027, 3, 1)):
        give_days(GiftOrder(contract.id, 5, "Closed", "1"), by=SARA)

    assert lots()[-1] == (2, date(2027, 4, 4))
    assert night(cast, date(2027, 4, 4)) == 0
    assert night(cast, date(2027, 4, 5)) == 1


@pytest.mark.usefixtures("unit")
def test_who_leaves_has_none_after_the_last_day_and_who_stays_has_them_again(cast):
    contract = begun(cast)
    with on(date(2027, 2, 20)):
        cancel_contract(CancelRequest(contract.id, CancelReason.OTHER, "Busy"), by=SARA)
        left = contract.ends_on
    after = night(cast, date(2027, 2, 28))
    with on(date(2027, 2, 21)):
        withdraw_cancellation(contract.id, by=SARA)

    assert (left, after) == (date(2027, 2, 27), 0)
    assert night(cast, date(2027, 2, 28)) == 1
    assert lots() == [(2, date(2027, 2, 27)), (2, date(2027, 3, 30))]


@pytest.mark.usefixtures("unit")
def test_a_void_contract_an_unsigned_paper_and_a_plan_that_brings_them_once_get_none(cast):
    contract = begun(cast)
    with on(START):
        void_contract(contract.id, by=SARA, why="Wrong person")
        make_contract(cast, plan=rolling(cast), starts_on=START, is_complete=False)
        once = Included(make_product(cast).product_id, 2)
        plan = make_plan(cast, MONTHLY, name="Once", packages=(once,))
        cast.members["Dora"] = make_member("Dora", "Roy", club=cast.club).id
        make_contract(cast, plan=plan, starts_on=START, person="Dora")

    assert night(cast, date(2027, 2, 28)) == 0
    assert night(cast, date(2027, 3, 31)) == 0


@pytest.mark.usefixtures("unit")
def test_only_a_plan_that_rolls_brings_units_anew(cast):
    packages = (Included(make_product(cast).product_id, 2, each_period=True),)

    with pytest.raises(DomainError) as refused:
        make_plan(cast, YEAR, packages=packages)

    assert "packages" in {one.field for one in refused.value.fields}


@pytest.mark.usefixtures("unit")
def test_a_free_rolling_plan_brings_them_each_month_too(cast):
    packages = (Included(make_product(cast).product_id, 1, each_period=True),)
    plan = make_plan(cast, MONTHLY, price_minor=0, packages=packages)
    with on(START):
        make_contract(cast, plan=plan, starts_on=START)

    assert night(cast, date(2027, 2, 27)) == 0
    assert night(cast, date(2027, 2, 28)) == 1


def test_any_order_of_nights_gives_one_lot_a_period(app, cast):
    """Property: nights that come late, twice or out of order write each period's line once."""
    with app.app_context(), unit_of_work(), on(START):
        plan = rolling(cast).plan_id

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.integers(0, 120), min_size=1, max_size=6))
    def check(nights):
        with app.app_context(), unit_of_work():
            with on(START):
                member = make_member("Any", club=cast.club).id
                contract = sign(SignRequest(member, plan, START), by=SARA)
            for ahead in nights:
                renew_units(contract.id, START + timedelta(days=ahead), by="system")
            sources = db.session.scalars(
                select(PackageEntry.source_id)
                .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
                .where(PackageLot.contract_id == contract.id, PackageEntry.kind == EntryKind.BUY)
            ).all()
            latest = START + timedelta(days=max(nights))
            assert len(sources) == len(set(sources)) == len(fee_periods(contract, latest))

    check()


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "by-the-line-alone"])
def test_sixteen_schedulers_bring_the_units_of_a_period_once(app, cast, monkeypatch, locked):
    """Without the lock the unique line of the ledger still lets one of them through only."""
    with app.app_context(), unit_of_work(), on(START):
        plan, made = rolling(cast).plan_id, []
        for number in range(3):
            member = make_member(f"Runner {number}", club=cast.club).id
            made.append(sign(SignRequest(member, plan, START), by=SARA).id)
    if not locked:
        monkeypatch.setattr("memberships.contracts.period_units.lock_person", lambda _person: None)
    day = date(2027, 2, 28)

    def one_scheduler(number: int, _person: int) -> int:
        try:
            with unit_of_work():
                return renew_units(made[number], day, by="system")
        except Exception:  # noqa: BLE001 - the store refuses the second line
            return 0

    rows = all_at_once(app, len(made), one_scheduler)

    assert [sum(row) for row in rows] == [1] * len(made)
    assert all(len(row) == PEOPLE for row in rows)
    with app.app_context(), unit_of_work(write=False):
        assert [left for left, _until in lots()] == [2] * (2 * len(made))
        assert unit_balances() == unit_sources() == []


def test_two_schedulers_run_the_job_and_the_second_finds_nothing(app, cast):
    with app.app_context(), unit_of_work(), on(START):
        make_contract(cast, plan=rolling(cast), starts_on=START)
    day = date(2027, 3, 3)

    with on(day), app.app_context():
        context = JobContext("renew-units", "x", clock.now(), cast.club, day)
        done = [renew_units_job(context).done, renew_units_job(context).done]

    assert done == [1, 0]


def test_the_plan_its_page_and_the_sign_preview_say_so(client_of, app, cast):
    with app.app_context(), unit_of_work():
        product = make_product(cast).public_id
    max_ = client_of("Max")
    body = {
        "name": "Monthly with sessions",
        "kind": "recurring",
        "price": {"amount_minor": 250_000, "currency": "BDT"},
        "term_months": 1,
        "packages": [{"package_id": product, "units": 2, "each_period": True}],
    }

    made = max_.post("/api/v1/plans", json=body)
    wrong = max_.post("/api/v1/plans", json={**body, "kind": "term", "name": "Term"})
    plan = made.get_json()["id"]
    form, today = max_.get(f"/settings/plans/{plan}"), clock.today("Asia/Dhaka")
    sign_page = max_.get(
        f"/members/{cast.public['Mia']}/contracts/new?plan={plan}&starts_on={today}"
    )

    assert made.get_json()["packages"] == body["packages"]
    assert wrong.status_code == 400
    assert f'name="each-{product}" value="1" checked' in form.text
    assert "anew each period" in sign_page.text
