"""Suppliers, orders and goods that came in at the demo bars, and what the till before had sold."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

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
from bar_inventory.stock.models import MoveKind, WasteReason
from clubcrm.seed.larder_goods import GOODS, NAMED, RECIPES, Goods
from clubcrm.seed.larder_shelf import COSTS, Act, Shelf
from clubcrm.seed.order import public_id
from clubcrm.seed.slate import Row

TILL_BEFORE = 4
BUSY = (1.05, 1.0, 1.1, 1.0, 0.95, 1.2, 0.7)


class Buying(Shelf):
    """What comes in, and from whom."""

    items: dict[str, SupplierItem]
    points: dict[str, int]
    targets: dict[str, int]
    order_numbers: dict[int, int]

    def suppliers(self) -> None:
        """Two suppliers bring everything, each in packs of its own."""
        self.items, self.order_numbers = {}, {}
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
        """Four weeks of the till before told what to expect in the first days."""
        first = self.first - timedelta(weeks=TILL_BEFORE)
        rows = []
        for number in range(TILL_BEFORE * 7):
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

    def expect(self, used: Mapping[str, float]) -> None:
        """From what is used in a day follows when each product is ordered, and up to how much."""
        self.points, self.targets = {}, {}
        for goods in GOODS:
            if goods.stocked:
                item, mean = self.items[goods.name], used.get(goods.name, 0.0)
                supplier = self.session.get_one(Supplier, item.supplier_id)
                largest = max([2, *(2 * units for units in RECIPES.get(goods.name, ()))])
                point = round(mean * (supplier.lead_days + 1)) + largest
                self.points[goods.name] = point
                self.targets[goods.name] = point + round(mean * supplier.review_days)

    def restock(self, day: date) -> None:
        """In the morning old goods are thrown away and what has run low is brought, on paper."""
        morning = self.at(day, 7) - timedelta(minutes=30)
        self._throw_away(day, morning)
        low = [
            goods
            for goods in GOODS
            if goods.stocked and self._left(goods.name) < self.points[goods.name]
        ]
        by_supplier: dict[int, list[Goods]] = {}
        for goods in low:
            by_supplier.setdefault(self.items[goods.name].supplier_id, []).append(goods)
        for supplier_id, wanted in sorted(by_supplier.items()):
            self._order(supplier_id, [(goods, self._packs(goods)) for goods in wanted], day)

    def rush(self, product_ids: Sequence[int], day: date) -> None:
        """One pack of each comes at once, since the counter has run out of it."""
        for goods in GOODS:
            if self.products[goods.name].id in product_ids:
                self._order(self.items[goods.name].supplier_id, [(goods, 1)], day)

    def draft(self) -> None:
        """The next order of the dearest goods waits for somebody to agree."""
        goods, day = NAMED["Whey protein"], self.last - timedelta(days=1)
        order = self._paper(self.items[goods.name].supplier_id, day, OrderState.DRAFT)
        self._wanted(order, 0, goods, 2, day)

    def _left(self, name: str) -> int:
        level = self.levels.get((self.products[name].id, self.bar.id))
        return level.units if level else 0

    def _packs(self, goods: Goods) -> int:
        wanted = self.targets[goods.name] - self._left(goods.name)
        return max(1, -(-wanted // goods.pack_units))

    def _throw_away(self, day: date, at: datetime) -> None:
        for goods in GOODS:
            if not goods.shelf_days:
                continue
            key = (self.products[goods.name].id, self.bar.id)
            old = sum(lot["remaining"] for lot in self.lots[key] if lot["expires_on"] < day)
            if old:
                source = f"old-{goods.name}-{day.isoformat()}"
                act = Act(MoveKind.WRITE_OFF, at, source, WasteReason.EXPIRED)
                self.take(goods, self.bar, old, act)

    def _order(self, supplier_id: int, wanted: list[tuple[Goods, int]], day: date) -> None:
        """The goods were ordered, and have come with one paper."""
        at = self.at(day, 7) - timedelta(minutes=15)
        order = self._paper(supplier_id, day, OrderState.RECEIVED)
        receipt = self.slate.add(
            GoodsReceipt,
            public_id=public_id(self.chance),
            club_id=self.club_id,
            place_id=self.bar.id,
            supplier_id=supplier_id,
            order_id=order["id"],
            paper=f"L-{self.club_id}{order['sequence'] + 16}",
            currency=self.club.currency,
            received_on=day,
            at=at,
            by=self.ground.actor("barista"),
        )
        for position, (goods, packs) in enumerate(wanted):
            line = self._wanted(order, position, goods, packs, day)
            agreed = packs * line["price_minor"]
            # Now and then the paper says more than what was agreed.
            cost = agreed * (105 if self.chance.random() < 0.05 else 100) // 100
            units = line["received_units"] = packs * goods.pack_units
            act = Act(MoveKind.DELIVERY, at, f"{receipt['public_id']}:{position}")
            lot = self.bring(goods, self.bar, units, cost * rules.MICRO, act)
            self.slate.add(
                ReceiptLine,
                receipt_id=receipt["id"],
                position=position,
                order_line_id=line["id"],
                product_id=line["product_id"],
                lot_id=lot["id"],
                units=units,
                cost_minor=cost,
                difference_minor=cost - agreed,
                expires_on=lot["expires_on"],
            )

    def _paper(self, supplier_id: int, day: date, state: OrderState) -> Row:
        self.order_numbers[day.year] = sequence = self.order_numbers.get(day.year, 0) + 1
        ordered = self.at(day - timedelta(days=1), 10)
        is_sent = state is OrderState.RECEIVED
        return self.slate.add(
            PurchaseOrder,
            public_id=public_id(self.chance),
            club_id=self.club_id,
            place_id=self.bar.id,
            supplier_id=supplier_id,
            year=day.year,
            sequence=sequence,
            number=f"PO-{self.club_id}-{day.year}-{sequence:04d}",
            state=state,
            currency=self.club.currency,
            expected_on=day + timedelta(days=0 if is_sent else 3),
            created_at=ordered,
            created_by=self.by,
            sent_at=ordered + timedelta(minutes=20) if is_sent else None,
            sent_how="hand" if is_sent else "",
        )

    def _wanted(self, order: Row, position: int, goods: Goods, packs: int, day: date) -> Row:
        share = self.share_on(day, COSTS)
        return self.slate.add(
            PurchaseLine,
            order_id=order["id"],
            position=position,
            product_id=self.products[goods.name].id,
            item_id=self.items[goods.name].id,
            packs=packs,
            pack_units=goods.pack_units,
            price_minor=self.money(goods.pack_cost) * share // 100,
            received_units=0,
        )
