"""Packages with a trainer are sold at the desk: each with its invoice, as the counter does it."""

from datetime import date
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground, PackageSold
from clubcrm.seed.sales import Sale, Written
from memberships.billing.orders import Due, LineKind, LineOrder
from memberships.packages.models import PackageSale

SOURCE = "package"


def sales_of_packages(ground: Ground) -> list[Sale]:
    """Return what was sold that has a price, in no order."""
    return [
        Sale(
            second=int(one.at.timestamp()),
            number=one.number,
            source=(SOURCE, one.shown),
            line=LineOrder(
                one.terms.name, LineKind.PACKAGE, one.terms.price_minor, lot_id=one.lot_id
            ),
            due=(Due(_day(ground, one), one.terms.price_minor),),
        )
        for one in ground.packages_sold
        if one.terms.price_minor
    ]


def write_package_sales(ground: Ground, written: list[Written]) -> None:
    """Every package sold stands in the store and names its invoice."""
    invoices = {
        one.sale.source[1]: one.invoice_id for one in written if one.sale.source[0] == SOURCE
    }
    for one in ground.packages_sold:
        ground.store.sink(PackageSale).add(
            lot_id=one.lot_id,
            club_id=ground.club_ids[ground.lives[one.number].town],
            version_id=one.version_id,
            payer_id=ground.person_ids[one.number],
            invoice_id=invoices.get(one.shown),
            price_minor=one.terms.price_minor,
            currency=one.terms.currency,
            sold_on=_day(ground, one),
            sold_at=one.at,
            sold_by=ground.actor("desk"),
        )


def _day(ground: Ground, one: PackageSold) -> date:
    zone = ground.calendars[ground.lives[one.number].town].town.zone
    return one.at.astimezone(ZoneInfo(zone)).date()
