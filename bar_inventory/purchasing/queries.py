"""Reads of buying: suppliers, packs, orders with their lines, and what has come in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.models import (
    GoodsReceipt,
    OrderState,
    PurchaseLine,
    PurchaseOrder,
    ReceiptLine,
    Supplier,
    SupplierItem,
)
from bar_inventory.purchasing.rules import DemandFacts, Pack, Proposal, Shelf, propose
from bar_inventory.purchasing.usage import kept_demand
from bar_inventory.stock.models import Place, StockLevel, StockTarget
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db

COMING = (OrderState.WAITING, OrderState.APPROVED, OrderState.SENT, OrderState.PART_RECEIVED)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with its supplier and what it costs."""

    order: PurchaseOrder
    supplier: Supplier
    total_minor: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order with its product."""

    line: PurchaseLine
    product: Product

    @property
    def missing_units(self) -> int:
        """Return how many units have not come yet."""
        return max(self.line.packs * self.line.pack_units - self.line.received_units, 0)

    @property
    def total_minor(self) -> int:
        """Return what the line costs."""
        return self.line.packs * self.line.price_minor


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A line of goods that came in."""

    receipt: GoodsReceipt
    line: ReceiptLine
    product: Product


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack with its product and supplier."""

    item: SupplierItem
    product: Product
    supplier: Supplier


def suppliers_of(scope: Scope) -> Sequence[Supplier]:
    """Return the suppliers of these clubs by name, those in use first."""
    return db.session.scalars(
        select(Supplier)
        .where(or_(Supplier.club_id.in_(scope.club_ids), Supplier.club_id.is_(None)))
        .order_by(Supplier.active.desc(), Supplier.name, Supplier.id)
    ).all()


def supplier_for(scope: Scope, public_id: str) -> Supplier | None:
    """Return a supplier of these clubs, None when there is none."""
    return db.session.scalars(
        select(Supplier).where(
            Supplier.public_id == public_id,
            or_(Supplier.club_id.in_(scope.club_ids), Supplier.club_id.is_(None)),
        )
    ).first()


def packs_of(supplier_id: int, scope: Scope) -> list[PackRow]:
    """Return the packs of a supplier in these clubs by product."""
    rows = db.session.execute(
        select(SupplierItem, Product, Supplier)
        .join(Product, Product.id == SupplierItem.product_id)
        .join(Supplier, Supplier.id == SupplierItem.supplier_id)
        .where(
            SupplierItem.supplier_id == supplier_id,
            SupplierItem.club_id.in_(scope.club_ids),
            SupplierItem.active,
        )
        .order_by(Product.name, SupplierItem.pack_units)
    )
    return [PackRow(*row) for row in rows]


def pack_for(scope: Scope, public_id: str) -> SupplierItem | None:
    """Return a pack of these clubs, None when there is none."""
    return db.session.scalars(
        select(SupplierItem).where(
            SupplierItem.public_id == public_id, SupplierItem.club_id.in_(scope.club_ids)
        )
    ).first()


def orders_of(
    scope: Scope,
    *,
    states: Iterable[OrderState] = (),
    before_id: int | None = None,
    limit: int = 100,
) -> list[OrderRow]:
    """Return orders of these clubs, the newest first."""
    totals = (
        select(
            PurchaseLine.order_id,
            func.sum(PurchaseLine.packs * PurchaseLine.price_minor).label("total"),
        )
        .group_by(PurchaseLine.order_id)
        .subquery()
    )
    statement = (
        select(PurchaseOrder, Supplier, func.coalesce(totals.c.total, 0))
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .outerjoin(totals, totals.c.order_id == PurchaseOrder.id)
        .where(PurchaseOrder.club_id.in_(scope.club_ids))
    )
    if chosen := list(states):
        statement = statement.where(PurchaseOrder.state.in_(chosen))
    if before_id is not None:
        statement = statement.where(PurchaseOrder.id < before_id)
    rows = db.session.execute(statement.order_by(PurchaseOrder.id.desc()).limit(limit))
    return [OrderRow(order, supplier, int(total)) for order, supplier, total in rows]


def order_for(scope: Scope, public_id: str) -> PurchaseOrder | None:
    """Return an order of these clubs, None when there is none."""
    return db.session.scalars(
        select(PurchaseOrder).where(
            PurchaseOrder.public_id == public_id, PurchaseOrder.club_id.in_(scope.club_ids)
        )
    ).first()


def lines_of(order_id: int) -> list[LineRow]:
    """Return the lines of an order in their order."""
    rows = db.session.execute(
        select(PurchaseLine, Product)
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(PurchaseLine.order_id == order_id)
        .order_by(PurchaseLine.position)
    )
    return [LineRow(*row) for row in rows]


def receipts_of(order_id: int) -> list[ReceiptRow]:
    """Return what has come for an order, the newest first."""
    rows = db.session.execute(
        select(GoodsReceipt, ReceiptLine, Product)
        .join(ReceiptLine, ReceiptLine.receipt_id == GoodsReceipt.id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .where(GoodsReceipt.order_id == order_id)
        .order_by(GoodsReceipt.id.desc(), ReceiptLine.position)
    )
    return [ReceiptRow(*row) for row in rows]


def order_of_approval(approval_id: int) -> int | None:
    """Return the order that a wish is about."""
    return db.session.scalar(
        select(PurchaseOrder.id).where(PurchaseOrder.approval_id == approval_id)
    )


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What to order of one product, from whom, with the figures it follows from."""

    proposal: Proposal
    pack: PackRow


def proposals_for(club_id: int) -> list[ProposalRow]:
    """Return what a club should order today, by supplier and product."""
    packs = _preferred_packs(club_id)
    shelves = shelves_of(club_id, [row.product.id for row in packs])
    found = []
    for row in packs:
        lead = row.item.lead_days if row.item.lead_days is not None else row.supplier.lead_days
        pack = Pack(
            row.item.id,
            row.product.id,
            row.supplier.id,
            row.item.pack_units,
            lead,
            row.supplier.review_days,
        )
        proposal = propose(shelves[row.product.id], pack)
        if proposal is not None:
            found.append(ProposalRow(proposal, row))
    return found


def shelves_of(club_id: int, product_ids: Iterable[int]) -> dict[int, Shelf]:
    """Return what a club knows of products: on hand in all its places, coming, and expected."""
    wanted = sorted(set(product_ids))
    places = db.session.scalars(select(Place.id).where(Place.club_id == club_id)).all()
    levels = _sums(
        select(StockLevel.product_id, func.sum(StockLevel.units))
        .where(StockLevel.place_id.in_(places), StockLevel.product_id.in_(wanted))
        .group_by(StockLevel.product_id)
    )
    coming = _sums(
        select(
            PurchaseLine.product_id,
            func.sum(PurchaseLine.packs * PurchaseLine.pack_units - PurchaseLine.received_units),
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.order_id)
        .where(PurchaseOrder.club_id == club_id, PurchaseOrder.state.in_(COMING))
        .group_by(PurchaseLine.product_id)
    )
    marks = {
        row[0]: (int(row[1]), None if row[2] is None else int(row[2]))
        for row in db.session.execute(
            select(
                StockTarget.product_id,
                func.sum(StockTarget.min_units),
                func.sum(StockTarget.max_units),
            )
            .where(StockTarget.place_id.in_(places))
            .group_by(StockTarget.product_id)
        )
    }
    expected = together(kept_demand(places))
    return {
        one: Shelf(
            one,
            levels.get(one, 0),
            max(coming.get(one, 0), 0),
            expected.get(one, DemandFacts(0.0, 0.0)),
            *marks.get(one, (None, None)),
        )
        for one in wanted
    }


def together(by_place: dict[tuple[int, int], DemandFacts]) -> dict[int, DemandFacts]:
    """Return what is expected of products in all places together; days stray by themselves."""
    found: dict[int, DemandFacts] = {}
    for (product, _place), facts in by_place.items():
        before = found.get(product)
        if before is None:
            found[product] = facts
            continue
        busier = max(before, facts, key=lambda one: one.mean)
        found[product] = DemandFacts(
            before.mean + facts.mean,
            (before.deviation**2 + facts.deviation**2) ** 0.5,
            busier.weekdays,
            max(before.days_known, facts.days_known),
        )
    return found


def _preferred_packs(club_id: int) -> list[PackRow]:
    rows = db.session.execute(
        select(SupplierItem, Product, Supplier)
        .join(Product, Product.id == SupplierItem.product_id)
        .join(Supplier, Supplier.id == SupplierItem.supplier_id)
        .where(
            SupplierItem.club_id == club_id,
            SupplierItem.active,
            SupplierItem.preferred,
            Supplier.active,
            Product.active,
            Product.stocked,
        )
        .order_by(Supplier.name, Supplier.id, Product.name, SupplierItem.id)
    )
    first: dict[int, PackRow] = {}
    for row in rows:
        first.setdefault(row[1].id, PackRow(*row))
    return list(first.values())


def _sums(statement: Select[int, int]) -> dict[int, int]:
    return {product: int(units) for product, units in db.session.execute(statement)}
