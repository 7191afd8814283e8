"""Queries room: settled ends of a year with what their members had bought at the bar before."""

from datetime import date

from sqlalchemy import select

from bar_inventory.catalogue.models import Product
from bar_inventory.sales.models import Sale, SaleLine
from clubcrm.core.db import db
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.people.models import Person
from clubcrm.reports.models import RenewalDue
from clubcrm.reports.rules.bar_ties import BEFORE, Bought, Due, Habit, buys, habit_of
from clubcrm.reports.rules.dues import Fate, is_final

MONTHS = 12


def final_span(today: date) -> tuple[date, date]:
    """Return the first days of the first and last of the twelve newest final months."""
    last = month_of(today)
    while not is_final(month_end(last), today):
        last = month_after(last, -1)
    return month_after(last, 1 - MONTHS), last


def dues_of(club_id: int, first: date, last: date) -> list[Due]:
    """Return the settled ends of these months."""
    rows = db.session.execute(
        select(RenewalDue.id, RenewalDue.person_id, RenewalDue.due_on, RenewalDue.fate).where(
            RenewalDue.club_id == club_id,
            RenewalDue.month.between(first, last),
            RenewalDue.fate.in_((Fate.RENEWED, Fate.LOST)),
        )
    )
    return [Due(row[0], row[1], row[2], row[3] is Fate.RENEWED) for row in rows]


def purchases_of(club_id: int, first: date, last: date) -> dict[int, list[Bought]]:
    """Return by person what was bought by name from 90 days before the first month on."""
    rows = db.session.execute(
        select(Sale.person_id, Sale.sold_on, Sale.id, SaleLine.product_id)
        .join(SaleLine, SaleLine.sale_id == Sale.id)
        .where(
            Sale.club_id == club_id,
            Sale.person_id.is_not(None),
            Sale.sold_on.between(first - BEFORE, month_end(last)),
        )
    )
    found: dict[int, list[Bought]] = {}
    for person_id, day, sale_id, product_id in rows:
        if person_id is not None:
            found.setdefault(person_id, []).append(Bought(day, sale_id, product_id))
    return found


def product_names(product_ids: list[int]) -> dict[int, tuple[str, str]]:
    """Return the public id and the name of products."""
    rows = db.session.execute(
        select(Product.id, Product.public_id, Product.name).where(Product.id.in_(product_ids))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def product_id_of(public_id: str) -> int | None:
    """Return the key of a product, None when there is none."""
    return db.session.scalar(select(Product.id).where(Product.public_id == public_id))


def behind_habit(club_id: int, span: tuple[date, date], habit: Habit) -> list[Due]:
    """Return the ends behind the number of a habit."""
    purchases = purchases_of(club_id, *span)
    return [due for due in dues_of(club_id, *span) if habit_of(due, purchases) is habit]


def behind_product(
    club_id: int, span: tuple[date, date], product_id: int, *, bought: bool
) -> list[Due]:
    """Return the ends of those who bought a product twice, or of all others."""
    purchases = purchases_of(club_id, *span)
    return [due for due in dues_of(club_id, *span) if buys(due, purchases, product_id) is bought]


def people_behind(dues: list[Due]) -> dict[int, tuple[str, str]]:
    """Return public id and name of the people of these ends."""
    rows = db.session.scalars(select(Person).where(Person.id.in_({due.person_id for due in dues})))
    return {row.id: (row.public_id, row.full_name) for row in rows}
