"""A club that sells sessions, and short ways to sell them."""

from dataclasses import replace

from memberships.packages.offers import PackageRow, ProductOnSale, package_by_lot, product_by_id
from memberships.packages.products import create_product
from memberships.packages.selling import SaleRequest, sell_package
from memberships.packages.terms import PackageTerms, Service
from tests.cast import Cast
from tests.memberships.conftest import SARA

TEN_SESSIONS = PackageTerms(
    "Ten sessions", Service.PERSONAL, 10, 1_200_000, "BDT", valid_days=90, moves_with_freeze=True
)


def make_product(
    cast: Cast, terms: PackageTerms = TEN_SESSIONS, **changed: object
) -> ProductOnSale:
    """A package on these terms is on sale in the cast's club."""
    made = create_product(cast.club, replace(terms, **changed), by=SARA)
    found = product_by_id(made.id)
    assert found is not None
    return found


def sell(
    cast: Cast,
    terms: PackageTerms = TEN_SESSIONS,
    *,
    person: str = "Mia",
    product: ProductOnSale | None = None,
    trainer: str | None = None,
    **changed: object,
) -> PackageRow:
    """One of the cast has bought a package on these terms."""
    chosen = product or make_product(cast, terms, **changed)
    trainer_id = cast.users[trainer] if trainer else None
    request = SaleRequest(cast.members[person], chosen.product_id, trainer_id=trainer_id)
    return sell_package(request, by=SARA)


def now_as(row: PackageRow) -> PackageRow:
    """Return the package as the store has it now."""
    found = package_by_lot(row.lot_id)
    assert found is not None
    return found
