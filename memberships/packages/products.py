"""Services room: packages on sale. An edit makes version n+1; what was sold keeps its version."""

from dataclasses import replace
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from memberships.packages.models import PackageProduct, PackageVersion, ProductState
from memberships.packages.terms import PackageTerms, terms_faults
from memberships.packages.words import terms_fault_words

PRODUCT_MOVES: Moves = {
    ProductState.ON_SALE: frozenset[StrEnum]({ProductState.WITHDRAWN}),
    ProductState.WITHDRAWN: frozenset[StrEnum]({ProductState.ON_SALE}),
}


def create_product(club_id: int, terms: PackageTerms, *, by: str) -> PackageProduct:
    """The club sells a new package on these terms; raises INVALID_INPUT naming each wrong field."""
    terms = _checked(club_id, terms)
    product = PackageProduct(club_id=club_id, service=terms.service, latest_version=1)
    db.session.add(product)
    db.session.flush()
    _add_version(product, terms, number=1, by=by)
    audit.note("package.created", "package_product", product.id, after=_as_kept(terms), by=by)
    return product


def edit_product(
    product_id: int, terms: PackageTerms, *, seen_version: int, by: str
) -> PackageVersion:
    """New sales of the package use these terms as version n+1; sold ones keep theirs.

    Raises PACKAGE_CHANGED when somebody edited it after the version this person saw.
    """
    product = _get(product_id)
    if terms.service is not product.service:
        raise invalid({"service": _("The service stays. Make a new package instead.")})
    terms = _checked(product.club_id, terms)
    taken = db.session.execute(
        update(PackageProduct)
        .where(PackageProduct.id == product_id, PackageProduct.latest_version == seen_version)
        .values(latest_version=seen_version + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError(
            "PACKAGE_CHANGED", _("Somebody else has just changed this package. Look at it again.")
        )
    version = _add_version(product, terms, number=seen_version + 1, by=by)
    audit.note("package.edited", "package_product", product.id, after=_as_kept(terms), by=by)
    return version


def withdraw_product(product_id: int, *, by: str) -> None:
    """The package is no longer on sale; what was sold stays as it is."""
    _move(product_id, ProductState.WITHDRAWN, by)


def offer_product(product_id: int, *, by: str) -> None:
    """A withdrawn package is on sale again."""
    _move(product_id, ProductState.ON_SALE, by)


def _move(product_id: int, to: ProductState, by: str) -> None:
    move(_get(product_id), to, moves=PRODUCT_MOVES, by=by)
    audit.note(f"package.{to.value}", "package_product", product_id, by=by)


def _get(product_id: int) -> PackageProduct:
    product = db.session.get(PackageProduct, product_id)
    if product is None:
        raise not_found(_("There is no such package."))
    return product


def _checked(club_id: int, terms: PackageTerms) -> PackageTerms:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    faults = {field: terms_fault_words(field, name) for field, name in terms_faults(terms).items()}
    if terms.currency != club.currency:
        faults["price"] = _("This club sells in %(currency)s.", currency=club.currency)
    if faults:
        raise invalid(faults)
    return replace(terms, name=clean(terms.name, "name"))


def _add_version(
    product: PackageProduct, terms: PackageTerms, *, number: int, by: str
) -> PackageVersion:
    version = PackageVersion(
        product_id=product.id,
        number=number,
        name=terms.name,
        units=terms.units,
        price_minor=terms.price_minor,
        currency=terms.currency,
        valid_days=terms.valid_days,
        moves_with_freeze=terms.moves_with_freeze,
        low_mark=terms.low_mark,
        no_show=terms.no_show,
        late_cancel=terms.late_cancel,
        late_cancel_hours=terms.late_cancel_hours,
        trainer_choice=terms.trainer_choice,
        created_by=by,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _as_kept(terms: PackageTerms) -> dict[str, object]:
    return {
        "name": terms.name,
        "service": terms.service.value,
        "units": terms.units,
        "price_minor": terms.price_minor,
        "currency": terms.currency,
        "valid_days": terms.valid_days,
        "moves_with_freeze": terms.moves_with_freeze,
        "low_mark": terms.low_mark,
        "no_show": terms.no_show.value,
        "late_cancel": terms.late_cancel.value,
        "late_cancel_hours": terms.late_cancel_hours,
        "trainer_choice": terms.trainer_choice.value,
    }
