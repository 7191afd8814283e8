"""The nightly work of the memberships."""

from datetime import date

import time_machine
from sqlalchemy import text

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from memberships.contracts.history import contracts_of
from memberships.contracts.rules import ContractState
from memberships.jobs import end_due, expire_units
from memberships.packages.models import PackageLot
from tests.memberships.conftest import MONTHLY, TRIAL, YEAR, make_contract

SPOIL = {
    "sqlite": (
        "CREATE TRIGGER spoiled BEFORE UPDATE ON contract WHEN OLD.id = {row}"
        " BEGIN SELECT RAISE(ABORT, 'spoiled row'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'spoiled row'; END $$",
        "CREATE TRIGGER spoiled BEFORE UPDATE ON contract FOR EACH ROW"
        " WHEN (OLD.id = {row}) EXECUTE FUNCTION spoil()",
    ),
}


def context(club_id: int, day: date) -> JobContext:
    return JobContext("end_due", f"{club_id}:{day}", now(), club_id, day)


@time_machine.travel("2026-06-01T06:00Z", tick=False)
def test_contracts_end_the_night_after_their_last_day(app, cast):
    with app.app_context():
        with unit_of_work():
            for terms in (TRIAL, YEAR, MONTHLY):
                make_contract(cast, terms, starts_on=date(2026, 6, 1))

        on_the_last_day = end_due(context(cast.club, date(2026, 6, 7)))
        elsewhere = end_due(context(cast.other_club, date(2026, 6, 8)))
        the_night_after = end_due(context(cast.club, date(2026, 6, 8)))
        again = end_due(context(cast.club, date(2026, 6, 8)))

        assert (on_the_last_day.done, elsewhere.done) == (0, 0)
        assert (the_night_after.done, again.done) == (1, 0)
        with unit_of_work(write=False):
            rows = contracts_of(cast.members["Mia"])
        assert {row.plan_name: row.state for row in rows} == {
            "Trial week": ContractState.ENDED,
            "Year": ContractState.SIGNED,
            "Monthly": ContractState.SIGNED,
        }


@time_machine.travel("2026-06-01T06:00Z", tick=False)
def test_units_expire_a_week_after_their_last_day(app, cast):
    with app.app_context():
        with unit_of_work():
            make_contract(cast, TRIAL, starts_on=date(2026, 6, 1))

        in_grace = expire_units(context(cast.club, date(2026, 6, 14)))
        after_it = expire_units(context(cast.club, date(2026, 6, 15)))

        assert (in_grace.done, after_it.done) == (0, 1)
        with unit_of_work(write=False):
            assert db.session.query(PackageLot).one().remaining == 0


@time_machine.travel("2026-06-01T06:00Z", tick=False)
def test_one_bad_contract_stops_nobody(app, cast):
    with app.app_context():
        with unit_of_work():
            bad = make_contract(cast, TRIAL, starts_on=date(2026, 6, 1)).id
            make_contract(cast, TRIAL, starts_on=date(2026, 6, 1), person="Zia")
            for statement in SPOIL[db.engine.dialect.name]:
                db.session.execute(text(statement.format(row=bad)))

        outcome = end_due(context(cast.club, date(2026, 6, 8)))

        assert (outcome.done, outcome.failed) == (1, 1)
        assert outcome.errors[0].startswith(f"{bad}: ")
