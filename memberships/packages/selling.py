"""Services room: sell a package, give one to somebody else, take back what was not used.

Lock order: person, lot, invoice.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.money import Money
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.people.queries.locks import lock_person
from memberships.billing.credits import credit
from memberships.billing.orders import CreditOrder, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue
from memberships.packages.models import EntryKind, PackageLot, PackageSale, ProductState
from memberships.packages.offers import (
    PackageRow,
    ProductOnSale,
    has_bought,
    package_by_lot,
    product_by_id,
    trainers_of,
)
from memberships.packages.services import Change, LotOrder, change_lot, open_lot
from memberships.packages.terms import PackageTerms, TrainerChoice, last_valid_day
from memberships.promotions.queries import best_for_product
from memberships.promotions.rules import Applied
from memberships.promotions.services import Sold, note_use


@dataclass(frozen=True, slots=True)
class SaleRequest:
    """Who buys which package; `payer_id` of None means the member pays, `sold_on` None today.

    `seen_price_minor` is the price the seller saw, so that an edit in between is noticed.
    """

    person_id: int
    product_id: int
    payer_id: int | None = None
    trainer_id: int | None = None
    sold_on: date | None = None
    seen_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class SaleOffer:
    """What selling would give: shown before anything is saved."""

    product: ProductOnSale
    sold_on: date
    expires_on: date | None
    promotion: Applied | None = None

    @property
    def price_minor(self) -> int:
        """Return what the package costs, lowered by a promotion of the day."""
        return self.promotion.price_minor if self.promotion else self.product.terms.price_minor


def sale_preview(request: SaleRequest) -> SaleOffer:
    """Return price, units and last valid day of a sale; raises as `sell_package` would."""
    product = product_by_id(request.product_id)
    if product is None:
        raise not_found(_("There is no such package."))
    if product.state is not ProductState.ON_SALE:
        raise DomainError("NOT_ON_SALE", _("This package is no longer on sale."))
    terms = product.terms
    sold_on = request.sold_on or _today(product.club_id)
    lowered = best_for_product(
        product.club_id,
        product.product_id,
        terms.price_minor,
        sold_on,
        is_new=not has_bought(request.person_id, product.club_id),
    )
    offer = SaleOffer(product, sold_on, last_valid_day(sold_on, terms.valid_days), lowered)
    if request.seen_price_minor not in {None, offer.price_minor}:
        raise DomainError(
            "PRICE_CHANGED", _("The price has just changed. Look at the offer again.")
        )
    _check_trainer(product, request.trainer_id)
    return offer


def sell_package(request: SaleRequest, *, by: str) -> PackageRow:
    """The person has the package's units on today's terms, at the price paid for each.

    Raises NOT_ON_SALE for a withdrawn package, PRICE_CHANGED when the seller saw another price.
    """
    if lock_person(request.person_id) is None:
        raise not_found(_("There is no such member."))
    offer = sale_preview(request)
    product, terms = offer.product, offer.product.terms
    order = LotOrder(
        product.club_id,
        request.person_id,
        None,
        terms.units,
        offer.expires_on,
        service=terms.service.value,
        source_kind="sale",
    )
    lot = open_lot(order, source_id=new_public_id(), by=by)
    sale = PackageSale(
        lot_id=lot.id,
        club_id=product.club_id,
        version_id=product.version_id,
        payer_id=request.payer_id or request.person_id,
        trainer_id=_bound(product, request.trainer_id),
        price_minor=offer.price_minor,
        currency=terms.currency,
        sold_on=offer.sold_on,
        sold_by=by,
    )
    db.session.add(sale)
    db.session.flush()
    if offer.promotion is not None:
        note_use(offer.promotion, Sold(request.person_id, offer.sold_on, lot_id=lot.id), by=by)
    _invoice(sale, lot.public_id, terms, by)
    after = {"units": terms.units, "price_minor": offer.price_minor, "version": product.version}
    audit.note("package.sold", "package_lot", lot.id, after=after, by=by)
    return _row(lot.id)


def transfer_units(
    lot_id: int, to_person_id: int, units: int, *, by: str, reason: str
) -> PackageRow:
    """Another person has these units with the price paid for them, until the same last day."""
    why = _reason(reason)
    row = _row(lot_id)
    if to_person_id == row.person_id:
        raise invalid({"member_id": _("Choose somebody else.")})
    for person_id in sorted({row.person_id, to_person_id}):
        if lock_person(person_id) is None:
            raise not_found(_("There is no such member."))
    row = _row(lot_id)
    if not 1 <= units <= row.remaining:
        raise _no_units(row.remaining)
    moved = row.paid.value_left(row.remaining) - row.paid.value_left(row.remaining - units)
    # A source of its own per transfer, so that the same units may travel again.
    source = new_public_id()
    change_lot(lot_id, Change(-units, EntryKind.TRANSFER, "transfer_out", source, why), by=by)
    order = LotOrder(
        row.club_id,
        to_person_id,
        None,
        units,
        row.expires_on,
        service=row.terms.service.value,
        source_kind="transfer_in",
        kind=EntryKind.TRANSFER,
    )
    lot = open_lot(order, source_id=source, by=by)
    sale = _release(lot_id, moved)
    db.session.add(
        PackageSale(
            lot_id=lot.id,
            club_id=sale.club_id,
            version_id=sale.version_id,
            payer_id=sale.payer_id,
            trainer_id=sale.trainer_id,
            from_lot_id=lot_id,
            invoice_id=sale.invoice_id,
            price_minor=moved.amount_minor,
            currency=moved.currency,
            sold_on=sale.sold_on,
            sold_by=by,
        )
    )
    db.session.flush()
    after = {"to_lot": lot.id, "units": units, "value_minor": moved.amount_minor, "why": why}
    audit.note("package.transferred", "package_lot", lot_id, after=after, by=by)
    return _row(lot.id)


def refund_value(row: PackageRow) -> Money:
    """Return what the unused units were paid for, exact to the minor unit."""
    return row.paid.value_left(row.remaining)


def take_back_units(lot_id: int, *, by: str, reason: str) -> Money:
    """The unused units are gone and credited at exactly what was paid for them; used ones stay.

    Returns the amount; what of it was paid is the payer's credit and may be paid out. Raises
    NO_UNITS when nothing is left.
    """
    why = _reason(reason)
    lock_person(_row(lot_id).person_id)
    row = _row(lot_id)
    if row.remaining < 1:
        raise _no_units(0)
    value = refund_value(row)
    change = Change(-row.remaining, EntryKind.CORRECT, "refund", new_public_id(), why)
    change_lot(lot_id, change, by=by)
    sale = _release(lot_id, value)
    if sale.invoice_id is not None and value.amount_minor:
        order = CreditOrder(sale.invoice_id, why, change.source_id, amount_minor=value.amount_minor)
        credit(order, by=by)
    after = {"units": row.remaining, "value_minor": value.amount_minor, "why": why}
    audit.note("package.taken_back", "package_lot", lot_id, after=after, by=by)
    return value


def _invoice(sale: PackageSale, source_id: str, terms: PackageTerms, by: str) -> None:
    """The payer owes the price; what the invoice comes to with its tax is what the units cost."""
    if not sale.price_minor:
        return
    line = LineOrder(
        terms.name,
        LineKind.PACKAGE,
        terms.price_minor,
        discount_minor=terms.price_minor - sale.price_minor,
        lot_id=sale.lot_id,
    )
    order = InvoiceOrder(
        sale.club_id,
        sale.payer_id,
        db.session.get_one(PackageLot, sale.lot_id).person_id,
        (line,),
        "package",
        source_id,
    )
    invoice = issue(order, by=by)
    sale.invoice_id, sale.price_minor = invoice.id, invoice.total_minor
    db.session.flush()


def _release(lot_id: int, value: Money) -> PackageSale:
    db.session.execute(
        update(PackageSale)
        .where(PackageSale.lot_id == lot_id)
        .values(released_minor=PackageSale.released_minor + value.amount_minor)
    )
    sale = db.session.get_one(PackageSale, lot_id)
    db.session.refresh(sale)
    return sale


def _row(lot_id: int) -> PackageRow:
    row = package_by_lot(lot_id)
    if row is None:
        raise not_found(_("There is no such package."))
    return row


def _bound(product: ProductOnSale, trainer_id: int | None) -> int | None:
    return trainer_id if product.terms.trainer_choice is TrainerChoice.CHOSEN else None


def _check_trainer(product: ProductOnSale, trainer_id: int | None) -> None:
    if product.terms.trainer_choice is TrainerChoice.CHOSEN and trainer_id is None:
        raise invalid({"trainer_id": _("This package needs its trainer to be chosen.")})
    known = {one[0] for one in trainers_of([product.club_id])}
    if trainer_id is not None and trainer_id not in known:
        raise invalid({"trainer_id": _("Choose a trainer of this club.")})


def _reason(text: str) -> str:
    reason = clean(text, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    return reason


def _no_units(balance: int) -> DomainError:
    return DomainError(
        "NO_UNITS", _("There are not so many units left."), extra={"balance": balance}
    )


def _today(club_id: int) -> date:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    return clock.today(club.zone)
