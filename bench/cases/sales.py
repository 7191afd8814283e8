"""Redeem, payment and renewal per second, beside the same statements by the bare driver."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import aliased

from bench.options import Options
from bench.raw import per_second
from bench.replay import Record, record, replay_rate
from bench.stores import STORES, Store
from bench.tables import Table, share
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.contracts.handover_tables import ContractTransfer, FamilyMember, PlanChange
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.renewals import renew
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import VISIT_SERVICE, PackageLot
from memberships.packages.services import use_visit

MEMBERS, YEARS = 10_000, 2
TIMES = 300
BY = "user:1"
Work = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Deed:
    """One kind of work: its name, and how to make it ready in an open unit of work."""

    name: str
    ready: Callable[[int], Work]


def redeeming(count: int) -> Work:
    """Return the drawing of units, each from a lot of its own."""
    held = select(PackageLot.id).where(
        PackageLot.service == VISIT_SERVICE, PackageLot.remaining > 0
    )
    lots = db.session.scalars(held.order_by(PackageLot.id).limit(count)).all()
    moment = clock.now()
    return lambda n: use_visit(lots[n % len(lots)], "bench", str(n), moment, BY)


def paying(count: int) -> Work:
    """Return the taking of payments, each from another member."""
    payers = db.session.execute(
        select(Contract.payer_id, Contract.club_id)
        .where(Contract.state == ContractState.SIGNED)
        .distinct()
        .order_by(Contract.payer_id)
        .limit(count)
    ).all()

    def pay(number: int) -> object:
        payer, club = payers[number % len(payers)]
        order = PaymentOrder(club, payer, 50_000, Tender.CASH, "bench", str(number))
        return take_payment(order, by=BY)

    return pay


def renewing(count: int) -> Work:
    """Return the renewing of terms that end within the month."""
    today, following = clock.now().date(), aliased(Contract)
    ending = (
        select(Contract.id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Plan.kind == PlanKind.TERM,
            Contract.state == ContractState.SIGNED,
            Contract.ends_on.between(today, today + timedelta(days=28)),
            ~select(following.id).where(following.previous_id == Contract.id).exists(),
            *(
                ~select(one.id).where(one.contract_id == Contract.id).exists()
                for one in (ContractTransfer, FamilyMember, PlanChange)
            ),
        )
        .order_by(Contract.ends_on, Contract.id)
        .limit(count)
    )
    contracts = db.session.scalars(ending).all()
    return lambda n: renew(contracts[n], by=BY, clash_seen=True) if n < len(contracts) else None


DEEDS = (Deed("redeem", redeeming), Deed("payment", paying), Deed("renewal", renewing))


@contextmanager
def in_units(app: Flask, deed: Deed, count: int) -> Iterator[Work]:
    """Give the work as the product does it: each piece one durable unit of work."""
    with app.app_context():
        with unit_of_work(write=False):
            work = deed.ready(count)

        def one(number: int) -> None:
            with unit_of_work():
                work(number)

        yield one
        db.engine.dispose()


def product_rate(store: Store, deed: Deed, count: int) -> float:
    """Return pieces of work per second by the product."""
    with in_units(store.app(), deed, count) as one:
        return per_second(count, one)


def recorded(store: Store, deed: Deed, count: int) -> Record:
    """Return what the product says to the store for the same pieces of work."""
    with in_units(store.app(), deed, count) as one:
        return record(count, one)


def run(options: Options) -> list[Table]:
    """Return one row per kind of work and store; every run has a fresh copy of the store."""
    table = Table(
        "Redeem, payment and renewal, one after the other, every one durable",
        ("store", "work", "statements", "raw /s", "product /s", "share of raw"),
        limits="rules, audit chain and facts in Python; the raw run decides nothing.",
    )
    members, count = int(MEMBERS * options.scale), max(30, int(TIMES * options.scale))
    for kind in options.stores:
        for deed in DEEDS:
            with STORES[kind](members, YEARS) as store:
                kept = recorded(store, deed, count)
            with STORES[kind](members, YEARS) as store:
                ours = product_rate(store, deed, count)
            with STORES[kind](members, YEARS) as store:
                raw = replay_rate(store, kept)
            table.add(kind, deed.name, kept.statements, raw, ours, share(ours, raw))
    return [table]
