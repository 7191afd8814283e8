"""Queries room: packages on sale, packages sold, and the balances that pages and the API show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.money import Money
from clubcrm.people.models import Person
from memberships.packages.models import (
    PackageLot,
    PackageProduct,
    PackageSale,
    PackageVersion,
    ProductState,
)
from memberships.packages.terms import PackageTerms, PaidUnits


@dataclass(frozen=True, slots=True)
class ProductOnSale:
    """A package with the terms of its newest version."""

    product_id: int
    public_id: str
    club_id: int
    state: ProductState
    version_id: int
    version: int
    terms: PackageTerms


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A sold lot as lists show it, with the terms it was sold on."""

    lot_id: int
    public_id: str
    club_id: int
    person_id: int
    person_public_id: str
    person_name: str
    bought: int
    remaining: int
    expires_on: date | None
    opened_at: datetime
    price_minor: int
    released_minor: int
    invoice_id: int | None
    trainer_id: int | None
    terms: PackageTerms

    @property
    def paid(self) -> PaidUnits:
        """Return what was paid for how many units."""
        return PaidUnits(Money(self.price_minor, self.terms.currency), self.bought)

    @property
    def is_low(self) -> bool:
        """Tell whether so few units are left that everybody should see it."""
        return 0 < self.remaining <= self.terms.low_mark

    def is_open(self, day: date) -> bool:
        """Tell whether a unit may be used on the day."""
        return self.remaining > 0 and (self.expires_on is None or self.expires_on >= day)


def products_of(scope: Scope, *, only_on_sale: bool = False) -> list[ProductOnSale]:
    """Return the packages of these clubs, those on sale first, by name."""
    chosen = _newest().where(PackageProduct.club_id.in_(scope.club_ids))
    if only_on_sale:
        chosen = chosen.where(PackageProduct.state == ProductState.ON_SALE)
    order = (PackageProduct.state, PackageVersion.name, PackageProduct.id)
    return [_product(*row) for row in db.session.execute(chosen.order_by(*order))]


def product_for(scope: Scope, public_id: str) -> ProductOnSale | None:
    """Return a package of these clubs, None when there is none."""
    chosen = _newest().where(
        PackageProduct.public_id == public_id, PackageProduct.club_id.in_(scope.club_ids)
    )
    row = db.session.execute(chosen).first()
    return None if row is None else _product(*row)


def product_by_id(product_id: int) -> ProductOnSale | None:
    """Return a package with its newest terms."""
    row = db.session.execute(_newest().where(PackageProduct.id == product_id)).first()
    return None if row is None else _product(*row)


def sold_counts(product_ids: Sequence[int]) -> dict[int, int]:
    """Return how many of each package were sold."""
    rows = db.session.execute(
        select(PackageVersion.product_id, func.count())
        .join(PackageSale, PackageSale.version_id == PackageVersion.id)
        .where(PackageVersion.product_id.in_(product_ids))
        .group_by(PackageVersion.product_id)
    )
    return {row[0]: row[1] for row in rows}


def packages_of(person_id: int) -> list[PackageRow]:
    """Return every package a person bought, those with units first, the next to end before."""
    order = (PackageLot.remaining == 0, *_BY_END)
    return _rows(_sold().where(PackageLot.person_id == person_id).order_by(*order))


def package_for(scope: Scope, public_id: str) -> PackageRow | None:
    """Return a sold package of a member of these clubs, None when there is none."""
    found = _rows(
        _sold().where(PackageLot.public_id == public_id, PackageLot.club_id.in_(scope.club_ids))
    )
    return found[0] if found else None


def package_by_lot(lot_id: int) -> PackageRow | None:
    """Return the sold package of a lot, None for units that came with a contract."""
    found = _rows(_sold().where(PackageLot.id == lot_id))
    return found[0] if found else None


def packages_page(
    scope: Scope, *, member: str | None, before_id: int | None, limit: int
) -> list[PackageRow]:
    """Return sold packages of these clubs, newest first, for keyset paging by id."""
    chosen = _sold().where(PackageLot.club_id.in_(scope.club_ids))
    if member is not None:
        chosen = chosen.where(Person.public_id == member)
    if before_id is not None:
        chosen = chosen.where(PackageLot.id < before_id)
    return _rows(chosen.order_by(PackageLot.id.desc()).limit(limit))


def usable(
    person_id: int, day: date, trainer_id: int | None, *, lock: bool = False
) -> list[PackageRow]:
    """Return the packages this trainer may draw from on the day, the next to end first.

    Locked ones wait for whoever draws from them now, and are shown as he leaves them.
    """
    chosen = _sold().where(
        PackageLot.person_id == person_id,
        PackageLot.remaining > 0,
        (PackageLot.expires_on.is_(None)) | (PackageLot.expires_on >= day),
        (PackageSale.trainer_id.is_(None)) | (PackageSale.trainer_id == trainer_id),
    )
    if lock:
        chosen = chosen.with_for_update(of=PackageLot)
    return _rows(chosen.order_by(*_BY_END))


def filled_packages(person_ids: Sequence[int]) -> list[PackageRow]:
    """Return the packages of these people that hold units, the next to end first."""
    return _rows(
        _sold()
        .where(PackageLot.person_id.in_(person_ids), PackageLot.remaining > 0)
        .order_by(*_BY_END)
    )


def has_bought(person_id: int, club_id: int) -> bool:
    """Return whether the person has ever bought a package of the club."""
    found = db.session.scalar(
        select(PackageSale.lot_id)
        .join(PackageLot, PackageLot.id == PackageSale.lot_id)
        .where(PackageLot.person_id == person_id, PackageSale.club_id == club_id)
        .limit(1)
    )
    return found is not None


def trainers_of(club_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Return id, public id and name of the trainers who work in one of these clubs, by name."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name)
        .where(
            User.role == Role.TRAINER,
            User.state == UserState.ACTIVE,
            User.id.in_(select(UserClub.user_id).where(UserClub.club_id.in_(club_ids))),
        )
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


_BY_END = (PackageLot.expires_on.is_(None), PackageLot.expires_on, PackageLot.id)


def _newest() -> Select[*tuple[Any, ...]]:
    return select(PackageProduct, PackageVersion).join(
        PackageVersion,
        (PackageVersion.product_id == PackageProduct.id)
        & (PackageVersion.number == PackageProduct.latest_version),
    )


def _product(product: PackageProduct, version: PackageVersion) -> ProductOnSale:
    return ProductOnSale(
        product.id,
        product.public_id,
        product.club_id,
        product.state,
        version.id,
        version.number,
        _terms(product, version),
    )


def _terms(product: PackageProduct, version: PackageVersion) -> PackageTerms:
    return PackageTerms(
        name=version.name,
        service=product.service,
        units=version.units,
        price_minor=version.price_minor,
        currency=version.currency,
        valid_days=version.valid_days,
        moves_with_freeze=version.moves_with_freeze,
        low_mark=version.low_mark,
        no_show=version.no_show,
        late_cancel=version.late_cancel,
        late_cancel_hours=version.late_cancel_hours,
        trainer_choice=version.trainer_choice,
    )


def _sold() -> Select[*tuple[Any, ...]]:
    return (
        select(PackageLot, PackageSale, PackageVersion, PackageProduct, Person)
        .join(PackageSale, PackageSale.lot_id == PackageLot.id)
        .join(PackageVersion, PackageVersion.id == PackageSale.version_id)
        .join(PackageProduct, PackageProduct.id == PackageVersion.product_id)
        .join(Person, Person.id == PackageLot.person_id)
    )


def _rows(chosen: Select[*tuple[Any, ...]]) -> list[PackageRow]:
    # A guarded update changes balances past the session, so that rows are read afresh.
    found = db.session.execute(chosen.execution_options(populate_existing=True))
    return [
        PackageRow(
            lot.id,
            lot.public_id,
            lot.club_id,
            lot.person_id,
            person.public_id,
            person.full_name,
            lot.bought,
            lot.remaining,
            lot.expires_on,
            lot.opened_at,
            sale.price_minor,
            sale.released_minor,
            sale.invoice_id,
            sale.trainer_id,
            _terms(product, version),
        )
        for lot, sale, version, product, person in found
    ]
