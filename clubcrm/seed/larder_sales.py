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
from clubcrm.seed.bar_shifts import BAR_TILL
from clubcrm.seed.larder_goods import GOODS
from clubcrm.seed.larder_orders import Buying
from clubcrm.seed.larder_shelf import Act
from clubcrm.seed.order import public_id
from clubcrm.seed.slate import Row
from memberships.billing.orders import Tender
from memberships.tills.models import Shift, Till


class Selling(Buying):
    """What goes out over the counter."""

    by_day: dict[date, list[Ticket]]

    def open_counter(self, tickets: Sequence[Ticket]) -> None:
        """Everything that sales need to know is read once."""
        self.by_day = {}
        for ticket in tickets:
            self.by_day.setdefault(ticket.day, []).append(ticket)
        self.book = book_of([one.id for one in self.products.values()], self.ground.order.moment)
        self.named = {self.products[goods.name].id: goods for goods in GOODS}
        shifts = self.session.execute(
            select(Shift.id, Shift.opened_at)
            .join(Till, Till.id == Shift.till_id)
            .where(Shift.club_id == self.club_id, Till.name == BAR_TILL)
        )
        self.shifts = {row.opened_at.astimezone(self.zone).date(): row.id for row in shifts}

    def used(self) -> dict[str, float]:
        """How much of each product all tickets take."""
        found: dict[str, float] = {}
        for tickets in self.by_day.values():
            for line in (line for ticket in tickets for line in ticket.lines):
                parts = line.goods.recipe or ((line.goods.name, 1, 0),)
                for name, units, waste in parts:
                    gross = units * line.sold.quantity * (1 + waste / 10_000)
                    found[name] = found.get(name, 0.0) + gross
        return found

    def sell(self, day: date) -> None:
        """The sales of the day stand, and their goods have left."""
        for ticket in self.by_day.get(day, ()):
            self._sell(ticket)

    def wait(self) -> None:
        """One cart is parked under a name, and another was given up."""
        for number, (name, state) in enumerate(
            (("Table by the window", CartState.PARKED), ("", CartState.DROPPED))
        ):
            at = self.ground.order.moment - timedelta(minutes=25 + 20 * number)
            chosen = [("Latte", 2), ("Banana bread", 1)][: 2 - number]
            lines = [
                self._cart_line(public_id(self.chance), self.products[product].id, count, ())
                for product, count in chosen
            ]
            self._cart(
                state=state,
                public_id=public_id(self.chance),
                owner=self.ground.actor("barista"),
                name=name,
                person_id=None,
                lines=lines,
                discount_bp=0,
                note="",
                sale_id=None,
                created_at=at,
                changed_at=at + timedelta(minutes=3),
            )

    def _cart(self, **values: object) -> None:
        self.slate.add(Cart, club_id=self.club_id, **values)

    def _sell(self, ticket: Ticket) -> None:
        costs = [
            self._hand_over(ticket, position, line) for position, line in enumerate(ticket.lines, 1)
        ]
        sale_id = self._sale(ticket, sum(costs))
        rows = [
            self._sale_line(sale_id, position, line, cost)
            for position, (line, cost) in enumerate(zip(ticket.lines, costs, strict=True), 1)
        ]
        self._tenders(ticket, sale_id)
        self._paid(ticket, sale_id)
        if ticket.back is not None:
            self.slate.add(
                SaleReturn,
                public_id=ticket.back.public_id,
                sale_id=sale_id,
                line_id=rows[0]["id"],
                quantity=rows[0]["quantity"],
                amount_minor=rows[0]["total_minor"],
                credit_note_id=ticket.back.credit_note_id,
                is_void=False,
                on_shelf=False,
                reason=ticket.back.reason,
                at=ticket.back.at,
                by=ticket.by,
            )

    def _hand_over(self, ticket: Ticket, position: int, line: TicketLine) -> int:
        """The goods of a line have left the shelf; returns what they had cost."""
        product_id = self.products[line.goods.name].id
        units, wishes = line.sold.quantity, self._wish_ids(line)
        told = explode(product_id, units, self.book, self._on_hand(), wishes)
        if told.missing or any(
            need.units > self._on_hand().get(need.product_id, 0) for need in told.needs
        ):
            out = told.missing or [need.product_id for need in told.needs]
            self.rush(out, ticket.day)
            told = explode(product_id, units, self.book, self._on_hand(), wishes)
        act = Act(MoveKind.SALE, ticket.at, f"{ticket.public_id}:{position}", by=ticket.by)
        return sum(
            self.take(self.named[need.product_id], self.bar, need.units, act) for need in told.needs
        )

    def _on_hand(self) -> dict[int, int]:
        return {
            product: level.units
            for (product, place), level in self.levels.items()
            if place == self.bar.id
        }

    def _wish_ids(self, line: TicketLine) -> list[int]:
        offered = self.book[self.products[line.goods.name].id].wishes
        return [wish.wish_id for wish in offered] if line.wish else []

    def _sale(self, ticket: Ticket, cost_micro: int) -> int:
        sold = [line.sold for line in ticket.lines]
        sale = self.slate.add(
            Sale,
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
        key: int = sale["id"]
        return key

    def _sale_line(self, sale_id: int, position: int, line: TicketLine, cost_micro: int) -> Row:
        return self.slate.add(
            SaleLine,
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

    def _tenders(self, ticket: Ticket, sale_id: int) -> None:
        """What was paid by what; cash is handed over in notes, and the rest goes back."""
        note = self.round_up(self.money(100))
        for (tender, amount), payment_id in zip(ticket.tenders, ticket.payment_ids, strict=True):
            self.slate.add(
                SaleTender,
                sale_id=sale_id,
                tender=tender,
                amount_minor=amount,
                given_minor=-(-amount // note) * note if tender is Tender.CASH else amount,
                payment_id=payment_id,
            )

    def _paid(self, ticket: Ticket, sale_id: int) -> None:
        self._cart(
            state=CartState.PAID,
            public_id=ticket.cart_id,
            owner=ticket.by,
            name="",
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
