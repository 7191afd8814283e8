"""Sales over the counter per second, on one till and on eight, beside the same statements raw."""

import threading
import time
from collections.abc import Callable
from itertools import count

from flask import Flask
from sqlalchemy import select

from bar_inventory.catalogue.models import Product, ProductKind
from bar_inventory.sales.pricing import CartOrder, WantedLine
from bar_inventory.sales.queries import products_on_sale
from bar_inventory.sales.selling import SaleOrder, TenderOrder, sell
from bench.options import Options
from bench.raw import per_second
from bench.replay import Record, record, replay_rate
from bench.stores import STORES, Store
from bench.tables import Table, share
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from memberships.billing.orders import Tender
from memberships.tills.models import Till
from memberships.tills.services import add_till, open_shift

MEMBERS, YEARS = 10_000, 1
SALES, TILLS = 300, 8
BY = "user:1"
CASH = 10**9
_numbers = count(1)


def prepare(app: Flask) -> tuple[int, list[int], list[int]]:
    """Return a club, shifts open on eight tills, and products that may be sold without end."""
    with app.app_context(), unit_of_work() as session:
        club_id = session.scalars(select(Club.id).order_by(Club.id)).first() or 0
        on_sale = [one.product.id for one in products_on_sale(club_id, clock.now())]
        free = session.scalars(
            select(Product.id).where(
                Product.id.in_(on_sale), Product.kind == ProductKind.SOLD, Product.below_zero
            )
        ).all()
        shifts = []
        for number in range(TILLS):
            name = f"Bench {number}"
            known = session.scalars(
                select(Till.id).where(Till.club_id == club_id, Till.name == name)
            ).first()
            till_id = known or add_till(club_id, name, by=BY).id
            shifts.append(open_shift(till_id, 0, by=f"bench:{number}").id)
        return club_id, shifts, list(free)


def seller(club_id: int, shift_id: int, products: list[int]) -> Callable[[int], object]:
    """Return the selling of two items for cash on one till, each sale durable."""

    def one(number: int) -> None:
        first, second = (products[(number + step) % len(products)] for step in (0, 1))
        lines = (WantedLine(first, 1), WantedLine(second, 2))
        order = SaleOrder(
            CartOrder(club_id, lines),
            (TenderOrder(Tender.CASH, CASH),),
            f"bench-{next(_numbers)}",
            shift_id=shift_id,
        )
        with unit_of_work():
            sell(order, by=BY)

    return one


def one_till(store: Store, count_: int) -> float:
    """Return sales per second, one after the other."""
    app = store.app()
    club_id, shifts, products = prepare(app)
    with app.app_context():
        rate = per_second(count_, seller(club_id, shifts[0], products))
        db.engine.dispose()
    return rate


def many_tills(store: Store, count_: int) -> float:
    """Return sales per second of eight tills at once in one process."""
    app = store.app()
    club_id, shifts, products = prepare(app)
    each = max(1, count_ // TILLS)

    def work(shift_id: int) -> None:
        with app.app_context():
            one = seller(club_id, shift_id, products)
            for number in range(each):
                one(number)

    threads = [threading.Thread(target=work, args=(shift_id,)) for shift_id in shifts]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = each * TILLS / (time.perf_counter() - started)
    with app.app_context():
        db.engine.dispose()
    return rate


def recorded(store: Store, count_: int) -> Record:
    """Return what the product says to the store for the same sales."""
    app = store.app()
    club_id, shifts, products = prepare(app)
    with app.app_context():
        kept = record(count_, seller(club_id, shifts[0], products))
        db.engine.dispose()
    return kept


def run(options: Options) -> list[Table]:
    """Return a row per store and number of tills; every run has a fresh copy of the store."""
    table = Table(
        "Sales over the counter: two lines for cash, with invoice, payment, goods and shift",
        ("store", "tills", "statements", "raw /s", "product /s", "share of raw"),
        limits="rules, audit chain and the one writer; the raw run decides nothing, on one line.",
    )
    members, count_ = int(MEMBERS * options.scale), max(40, int(SALES * options.scale))
    for kind in options.stores:
        with STORES[kind](members, YEARS) as store:
            kept = recorded(store, count_)
        with STORES[kind](members, YEARS) as store:
            prepare(store.app())
            raw = replay_rate(store, kept)
        for tills, measure in ((1, one_till), (TILLS, many_tills)):
            with STORES[kind](members, YEARS) as store:
                ours = measure(store, count_)
            table.add(kind, tills, kept.statements, raw, ours, share(ours, raw))
    return [table]
