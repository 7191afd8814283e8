"""Sales over the counter of a demo bar: what left the shelf for each ticket; carts that wait."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from bar_inventory.catalogue.book import book_of
from bar_inventory.catalogue.rules import explode
from bar_inventory.sales.models import (
    Cart,
    CartState,
    Sale,
    SaleLine,
    SaleReturn,
    SaleTender,
)
from bar_inventory.stock.models import MoveKind
from clubcrm.core.types import JsonObject
from clubcrm.seed.bar_papers import Ticket, TicketLine
from clubcrm.seed.larder_goods import GOODS
from clubcrm.seed.larder_orders import Buying
from clubcrm.seed.larder_shelf import Act
from clubcrm.seed.order import public_id
from memberships.billing.orders import Tender
from memberships.tills.models import Shift


class Selling(Buying):
    """What goes out over the counter."""

    tickets: Sequence[Ticket] = ()

    def open_counter(self, tickets: Sequence[Ticket]) -> None:
        """Everything that sales need to know is read once."""
        self.tickets = tickets
        self.book = book_of([one.id for one in self.products.values()], self.ground.order.moment)
        self.named = {self.products[goods.name].id: goods for goods in GOODS}
        shifts = self.session.scalars(select(Shift).where(Shift.club_id == self.club_id))
        self.shifts = {one.opened_at.astimezone(self.zone).date(): one.id for one in shifts}

    def sell(self, first: date, last: date) -> None:
        """The sales of these days stand, and their goods have left."""
        for ticket in self.tickets:
            if first <= ticket.day <= last:
                self._sell(ticket)
        self.session.flush()

    def wait(self) -> None:
        """One cart is parked under a name, and another was given up."""
        for number, (name, state) in enumerate(
            (("Table by the window", CartState.PARKED), ("", CartState.DROPPED))
        ):
            at = self.ground.order.moment - timedelta(minutes=25 + 20 * number)
            chosen = [("Latte", 2), ("Banana bread", 1)][: 2 - number]
            self.add(
                Cart,
                state=state,
                owner=self.ground.actor("barista"),
                name=name,
                lines=[
                    self._cart_line(public_id(self.chance), self.products[product].id, count, ())
                    for product, count in chosen
                ],
                created_at=at,
                changed_at=at + timedelta(minutes=3),
            )

    def _sell(self, ticket: Ticket) -> None:
        costs = [
            self._hand_over(ticket, position, line) for position, line in enumerate(ticket.lines, 1)
        ]
        sale = self._sale(ticket, sum(costs))
        rows = [
            self._sale_line(sale.id, position, line, cost)
            for position, (line, cost) in enumerate(zip(ticket.lines, costs, strict=True), 1)
        ]
        self.session.add_all([*rows, *self._tenders(ticket, sale.id), self._paid(ticket, sale.id)])
        if ticket.back is not None:
            self.session.flush()
            self.session.add(
                SaleReturn(
                    public_id=ticket.back.public_id,
                    sale_id=sale.id,
                    line_id=rows[0].id,
                    quantity=rows[0].quantity,
                    amount_minor=rows[0].total_minor,
                    credit_note_id=ticket.back.credit_note_id,
                    is_void=False,
                    on_shelf=False,
                    reason=ticket.back.reason,
                    at=ticket.back.at,
                    by=ticket.by,
                )
            )

    def _hand_over(self, ticket: Ticket, position: int, line: TicketLine) -> int:
        """The goods of a line have left the shelf; returns what they had cost."""
        shelf = {
            product: level.units
            for (product, place), level in self.levels.items()
            if place == self.bar.id
        }
        product_id = self.products[line.goods.name].id
        units, wishes = line.sold.quantity, self._wish_ids(line)
        needs = explode(product_id, units, self.book, shelf, wishes).needs
        act = Act(MoveKind.SALE, ticket.at, f"{ticket.public_id}:{position}", by=ticket.by)
        return sum(
            self.take(self.named[need.product_id], self.bar, need.units, act) for need in needs
        )

    def _wish_ids(self, line: TicketLine) -> list[int]:
        offered = self.book[self.products[line.goods.name].id].wishes
        return [wish.wish_id for wish in offered] if line.wish else []

    def _sale(self, ticket: Ticket, cost_micro: int) -> Sale:
        sold = [line.sold for line in ticket.lines]
        sale = Sale(
            public_id=ticket.public_id,
            club_id=self.club_id,
            shift_id=self.shifts[ticket.day],
            person_id=ticket.person_id,
            invoice_id=ticket.invoice_id,
            number=ticket.number,
            currency=self.club.currency,
            gross_minor=sum(one.unit_price_minor * one.quantity for one in sold),
            discount_minor=sum(one.discount_minor for one in sold),
            added_tax_minor=0,
            rounding_minor=0,
            tip_minor=ticket.tip_minor,
            total_minor=ticket.total_minor,
            on_account_minor=ticket.owed_minor,
            cost_micro=cost_micro,
            note=ticket.note,
            source_id=ticket.source,
            sold_on=ticket.day,
            sold_at=ticket.at,
            sold_by=ticket.by,
        )
        self.session.add(sale)
        self.session.flush()
        return sale

    def _sale_line(
        self, sale_id: int, position: int, line: TicketLine, cost_micro: int
    ) -> SaleLine:
        return SaleLine(
            sale_id=sale_id,
            position=position,
            product_id=self.products[line.goods.name].id,
            invoice_line_id=line.invoice_line_id,
            name=line.goods.name,
            wishes=line.wish,
            wish_ids=self._wish_ids(line),
            quantity=line.sold.quantity,
            unit_price_minor=line.sold.unit_price_minor,
            discount_minor=line.sold.discount_minor,
            tax_minor=line.totals.tax_minor,
            total_minor=line.totals.total_minor,
            cost_micro=cost_micro,
        )

    def _tenders(self, ticket: Ticket, sale_id: int) -> list[SaleTender]:
        """What was paid by what; cash is handed over in notes, and the rest goes back."""
        note = self.round_up(self.money(100))
        return [
            SaleTender(
                sale_id=sale_id,
                tender=tender,
                amount_minor=amount,
                given_minor=-(-amount // note) * note if tender is Tender.CASH else amount,
                payment_id=payment_id,
            )
            for (tender, amount), payment_id in zip(ticket.tenders, ticket.payment_ids, strict=True)
        ]

    def _paid(self, ticket: Ticket, sale_id: int) -> Cart:
        return Cart(
            public_id=ticket.cart_id,
            club_id=self.club_id,
            state=CartState.PAID,
            owner=ticket.by,
            person_id=ticket.person_id,
            lines=[
                self._cart_line(
                    line.key,
                    self.products[line.goods.name].id,
                    line.sold.quantity,
                    self._wish_ids(line),
                )
                for line in ticket.lines
            ],
            discount_bp=ticket.discount_bp,
            note=ticket.note,
            sale_id=sale_id,
            created_at=ticket.at - timedelta(minutes=1),
            changed_at=ticket.at,
        )

    @staticmethod
    def _cart_line(key: str, product_id: int, quantity: int, wishes: Sequence[int]) -> JsonObject:
        return {"key": key, "product": product_id, "quantity": quantity, "wishes": list(wishes)}
