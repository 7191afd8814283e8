"""The nightly invoices of ten thousand rolling members, beside the same statements said raw."""

import time
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import insert, select

from bench.options import Options
from bench.replay import Record, record, replay_rate
from bench.stores import STORES, Store
from bench.tables import Table, share
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.types import new_public_id
from memberships.contracts.models import Contract
from memberships.dunning.jobs import invoice_due
from memberships.dunning.models import ChargeSchedule, RecurringCharge
from memberships.dunning.rules import ChargeState, ScheduleState, due_day

MEMBERS, YEARS = 10_000, 1
FEE = 250_000


def plan_today(app: Flask, count: int) -> int:
    """Every one of so many contracts of the first club has a fee due today; returns the club."""
    with app.app_context(), unit_of_work() as session:
        club = session.scalars(select(Club).order_by(Club.id)).first()
        assert club is not None
        today = clock.today(club.zone)
        planned = select(ChargeSchedule.contract_id)
        rows = session.execute(
            select(Contract.id, Contract.person_id)
            .where(Contract.club_id == club.id, Contract.id.not_in(planned))
            .order_by(Contract.id)
            .limit(count)
        ).all()
        common = {
            "club_id": club.id,
            "text": "Monthly",
            "amount_minor": FEE,
            "currency": club.currency,
        }
        anchor = due_day(today, -1)
        session.execute(
            insert(ChargeSchedule),
            [
                common
                | {
                    "contract_id": contract,
                    "payer_id": person,
                    "person_id": person,
                    "months": 1,
                    "anchor_on": anchor,
                    "moved_days": 0,
                    "state": ScheduleState.ACTIVE,
                    "changed_at": clock.now(),
                }
                for contract, person in rows
            ],
        )
        session.execute(
            insert(RecurringCharge),
            [
                common
                | {
                    "public_id": new_public_id(),
                    "contract_id": contract,
                    "payer_id": person,
                    "person_id": person,
                    "period": 2,
                    "due_on": today,
                    "covers_from": today,
                    "covers_until": due_day(today, 1),
                    "state": ChargeState.PLANNED,
                    "attempts": 0,
                    "why": "",
                }
                for contract, person in rows
            ],
        )
        return club.id


def invoice_all(app: Flask, club_id: int) -> Outcome:
    """The job of the night has run for the club."""
    with app.app_context():
        with unit_of_work(write=False):
            club = db.session.get_one(Club, club_id)
            day = clock.today(club.zone)
        moment = datetime.now(UTC)
        done = invoice_due(JobContext("invoice-due", f"{club_id}:{day}", moment, club_id, day))
        db.engine.dispose()
        return done


def timed(store: Store, count: int) -> tuple[float, int]:
    """Return seconds and number of invoices of one run."""
    app = store.app()
    club_id = plan_today(app, count)
    begun = time.perf_counter()
    done = invoice_all(app, club_id)
    assert done.failed == 0, done.errors[:3]
    return time.perf_counter() - begun, done.done


def run(options: Options) -> list[Table]:
    """Return one row per store."""
    count = int(MEMBERS * options.scale)
    table = Table(
        "Invoices of a night, a hundred in one durable unit of work",
        ("store", "invoices", "seconds", "product /s", "statements", "raw /s", "share of raw"),
        limits="taxes, numbers, audit chain and facts in Python; the raw run decides nothing.",
    )
    for kind in options.stores:
        with STORES[kind](count, YEARS) as store:
            seconds, invoices = timed(store, count)
        with STORES[kind](count, YEARS) as store:
            kept = recorded(store, count)
        with STORES[kind](count, YEARS) as store:
            plan_today(store.app(), count)
            raw = replay_rate(store, kept) * invoices
        ours = invoices / seconds
        table.add(kind, invoices, seconds, ours, kept.statements, raw, share(ours, raw))
    return [table]


def recorded(store: Store, count: int) -> Record:
    """Return what the job says to the store."""
    app = store.app()
    club_id = plan_today(app, count)
    with app.app_context():
        return record(1, lambda _number: invoice_all(app, club_id))
