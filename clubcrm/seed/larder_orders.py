"""Suppliers, orders and goods that came in at the demo bars, and what the till before had sold."""

from datetime import date, timedelta

from bar_inventory.purchasing.models import (
    GoodsReceipt,
    OrderState,
    PastSale,
    PurchaseLine,
    PurchaseOrder,
    ReceiptLine,
    Supplier,
    SupplierItem,
)
from bar_inventory.stock import rules
from bar_inventory.stock.models import MoveKind
from clubcrm.seed.larder_goods import GOODS
from clubcrm.seed.larder_shelf import WEEKS, Act, Shelf

BUSY = (1.05, 1.0, 1.1, 1.0, 0.95, 1.2, 0.7)


class Buying(Shelf):
    """What comes in, and from whom."""

    items: dict[str, SupplierItem]

    def suppliers(self) -> None:
        """Two suppliers bring everything, each in packs of its own."""
        self.items = {}
        city = self.club.name
        dairy = self.add(
            Supplier, name=f"{city} Dairy", email="orders@dairy.example", lead_days=1, review_days=3
        )
        trade = self.add(
            Supplier, name="Fit Trade", email="sales@fittrade.example", lead_days=4, review_days=14
        )
        fresh = {"Milk", "Bananas", "Banana bread"}
        for goods in GOODS:
            if goods.stocked:
                supplier = dairy if goods.name in fresh else trade
                self.items[goods.name] = self.add(
                    SupplierItem,
                    supplier_id=supplier.id,
                    product_id=self.products[goods.name].id,
                    pack_units=goods.pack_units,
                    price_minor=self.money(goods.pack_cost),
                    currency=self.club.currency,
                )

    def past_sales(self) -> None:
        """Eight weeks of another till make the demand."""
        first = self.last - timedelta(weeks=WEEKS)
        rows = []
        for number in range(WEEKS * 7):
            day = first + timedelta(number)
            sold = [goods for goods in GOODS if goods.price and goods.a_day]
            for position, goods in enumerate(sold):
                units = round(goods.a_day * BUSY[day.weekday()] * self.chance.uniform(0.6, 1.4))
                if units:
                    rows.append(
                        PastSale(
                            club_id=self.club_id,
                            product_id=self.products[goods.name].id,
                            source="till-before",
                            ticket=day.isoformat(),
                            position=position,
                            units=units,
                            amount_minor=units * self.round_up(self.money(goods.price)),
                            at=self.at(day, 20),
                            on_day=day,
                        )
                    )
        self.session.add_all(rows)
        self.session.flush()

    def orders(self) -> None:
        """One order came in dearer than agreed, one is a draft."""
        day = self.last - timedelta(days=5)
        for sequence, (names, state) in enumerate(
            ((("Milk", "Bananas"), OrderState.RECEIVED), (("Whey protein",), OrderState.DRAFT)), 1
        ):
            first = self.items[names[0]]
            order = self.add(
                PurchaseOrder,
                place_id=self.bar.id,
                supplier_id=first.supplier_id,
                year=day.year,
                sequence=sequence,
                number=f"PO-{self.club_id}-{day.year}-{sequence:04d}",
                state=state,
                currency=self.club.currency,
                expected_on=day + timedelta(1),
                created_at=self.at(day, 10),
                created_by=self.by,
            )
            lines = []
            for position, name in enumerate(names):
                item = self.items[name]
                line = PurchaseLine(
                    order_id=order.id,
                    position=position,
                    product_id=item.product_id,
                    item_id=item.id,
                    packs=2,
                    pack_units=item.pack_units,
                    price_minor=item.price_minor,
                )
                self.session.add(line)
                self.session.flush()
                lines.append((name, line))
            if state is OrderState.RECEIVED:
                self._receipt(order, lines, day + timedelta(1))

    def _receipt(
        self, order: PurchaseOrder, lines: list[tuple[str, PurchaseLine]], day: date
    ) -> None:
        at = self.at(day, 8)
        receipt = self.add(
            GoodsReceipt,
            place_id=self.bar.id,
            supplier_id=order.supplier_id,
            order_id=order.id,
            paper=f"L-{self.club_id}17",
            currency=self.club.currency,
            received_on=day,
            at=at,
            by=self.ground.actor("barista"),
        )
        for position, (name, line) in enumerate(lines):
            goods = next(one for one in GOODS if one.name == name)
            units = line.packs * line.pack_units
            cost = line.packs * line.price_minor * (105 if position == 0 else 100) // 100
            source = f"{receipt.public_id}:{position}"
            act = Act(MoveKind.DELIVERY, at, source)
            lot = self.bring(goods, self.bar, units, cost * rules.MICRO, act)
            line.received_units = units
            self.session.add(
                ReceiptLine(
                    receipt_id=receipt.id,
                    position=position,
                    order_line_id=line.id,
                    product_id=line.product_id,
                    lot_id=lot.id,
                    units=units,
                    cost_minor=cost,
                    difference_minor=cost - line.packs * line.price_minor,
                    expires_on=lot.expires_on,
                )
            )
        self.session.flush()
