"""The program dies between asking the gateway and writing down its answer: charged once."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from memberships.dunning.jobs import invoice_due
from tests.conftest import TEST_KEY
from tests.memberships.dunning.life import FEE, charges, context, keep_card, night, on, plan
from tests.memberships.gateways.money import keys_of, paid_sums

CHARGE = """
from datetime import date
from clubcrm.app import create_app
from memberships.dunning.charging import try_charge

with create_app().app_context():
    try_charge(1, date.fromisoformat("{day}"), by="system")
"""


@pytest.fixture
def due(shop, cast) -> date:
    """Zia's fee of today is invoiced, and the club may charge her card."""
    today = clock.today("Europe/Berlin")
    with shop.app_context(), unit_of_work():
        plan(cast, today - timedelta(days=31))
        keep_card(cast)
    first = charges(shop)[0][0]
    with on(first), shop.app_context():
        invoice_due(context(cast, "invoice_due", first))
    return first


def charge_in_a_process(database_url, tmp_path, fake, day, failpoint=""):
    surroundings = {
        **os.environ,
        "CLUBCRM_ENV": "test",
        "CLUBCRM_DATABASE_URL": database_url,
        "CLUBCRM_DATA_DIR": str(tmp_path / "var"),
        "CLUBCRM_SECRET_KEY": TEST_KEY,
        **keys_of(fake.url, "stripe"),
    }
    if failpoint:
        surroundings["CLUBCRM_FAILPOINT"] = f"{failpoint}:crash"
    done = subprocess.run(
        [sys.executable, "-c", CHARGE.format(day=day)],
        env=surroundings,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("failpoint", "taken_before"), [("gateway.before_call", 0), ("gateway.after_call", 1)]
)
def test_killed_around_the_call_the_period_is_charged_once(
    shop, cast, due, stripe_fake, database_url, tmp_path, failpoint, taken_before
):
    code, words = charge_in_a_process(database_url, tmp_path, stripe_fake, due, failpoint)

    assert code == 70, words
    assert charges(shop)[0] == (due, "asking")
    assert len(stripe_fake.taken) == taken_before
    assert paid_sums(shop) == []

    night(shop, cast, max(due, clock.today("Europe/Berlin")) + timedelta(days=1))

    assert charges(shop)[0] == (due, "paid")
    assert stripe_fake.taken == [("pi_1", FEE)]
    assert paid_sums(shop) == [FEE]


@pytest.mark.slow
def test_control_without_a_crash_the_same_process_charges(
    shop, cast, due, stripe_fake, database_url, tmp_path
):
    code, words = charge_in_a_process(database_url, tmp_path, stripe_fake, due)

    assert code == 0, words
    assert charges(shop)[0] == (due, "paid")
    assert stripe_fake.taken == [("pi_1", FEE)]
