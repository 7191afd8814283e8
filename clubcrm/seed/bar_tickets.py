"""What the bars rang up in the last fortnight: who bought what, its invoice, and the money."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_control.models import Visit
from bar_inventory.catalogue.rules import Window
from bar_inventory.sales.pricing import is_member
from bar_inventory.sales.rules import CartLine as Money
from bar_inventory.sales.rules import PriceFacts, discounted, price_at
from clubcrm.core.db import Unit
from clubcrm.people.models import Person
from clubcrm.people.walk_in import REFERENCE, SOURCE
from clubcrm.seed.bar_papers import BarPapers, Ticket, TicketLine
from clubcrm.seed.ground import Ground
from clubcrm.seed.larder_goods import GOODS, HAPPY_HOUR, Goods
from clubcrm.seed.larder_shelf import Shelf
from clubcrm.seed.order import public_id
from clubcrm.seed.tills import TAXES
from memberships.billing.orders import LineKind, LineOrder, Tender
from memberships.billing.queries import account_of
from memberships.billing.totals import TaxTable, line_totals

DAYS = 14
MEMBERS_A_DAY, WALK_INS_A_DAY = 6, 2
OPENS, CLOSES = 7, 21
THIRSTY = 0.45
WEIGHTS = {"Latte": 16, "Protein shake": 13, "Espresso": 8, "Banana shake": 7, "Water 0.5 l": 14,
           "Isotonic drink": 6, "Protein bar": 5, "Banana bread": 4}  # fmt: skip
SOLD = [goods for goods in GOODS if goods.price]
Tickets = dict[int, list[Ticket]]


def ring_bars(ground: Ground, unit: Unit) -> Tickets:
    """Each bar's sales of the last fortnight are invoiced and paid; returns them by club."""
    rung = {}
    for place, club_id in enumerate(ground.club_ids):
        with unit() as session:
            rung[club_id] = _Bar(ground, place, club_id, session).ring()
    return rung


@dataclass(frozen=True, slots=True)
class _Guest:
    """Somebody at the counter; nobody in particular without a person."""

    at: datetime
    person_id: int | None = None


@dataclass
class _Bar:
    ground: Ground
    place: int
    club_id: int
    session: Session
    chance: Random = field(init=False)
    shelf: Shelf = field(init=False)
    taxes: TaxTable = field(init=False)
    papers: BarPapers = field(init=False)
    habits: dict[int, tuple[float, str]] = field(default_factory=dict)
    on_account: set[int] = field(default_factory=set)

    def ring(self) -> list[Ticket]:
        """The tickets of all days, the oldest first."""
        order = self.ground.order
        self.chance = order.chance("bar", self.place)
        self.shelf = Shelf(self.ground, self.place, self.club_id, self.session)
        town = self.ground.calendars[self.place].town
        self.taxes = TaxTable(True, TAXES[town.country])
        self.papers = BarPapers(self.session, self.shelf.club, self.chance, self.walk_in())
        by = self.ground.actor("barista")
        first = max(order.first_day, order.last_day - timedelta(days=DAYS))
        tickets = [
            self.ticket(guest, day, by)
            for day in (first + timedelta(n) for n in range((order.last_day - first).days + 1))
            for guest in self.guests(day)
        ]
        for number, ticket in enumerate(tickets):
            self.pay(ticket, number)
            self.papers.write(ticket)
        self.give_one_back(tickets)
        self.papers.close()
        return tickets

    def walk_in(self) -> int:
        """The nameless buyer of the club."""
        began = self.shelf.began
        buyer = Person(
            public_id=public_id(self.chance),
            club_id=self.club_id,
            given_name="Walk-in",
            source=SOURCE,
            external_ref=REFERENCE,
            do_not_contact=True,
            created_at=began,
            changed_at=began,
        )
        self.session.add(buyer)
        self.session.flush()
        return buyer.id

    def guests(self, day: date) -> list[_Guest]:
        """Who buys on a day: the same thirsty members again and again, and some nameless people."""
        rows = self.session.execute(
            select(Visit.person_id, Visit.entered_at)
            .where(
                Visit.club_id == self.club_id,
                Visit.day == day,
                # The days about it, since visits are found by the hour of entering.
                Visit.entered_at >= self.shelf.at(day - timedelta(days=1), 0),
                Visit.entered_at < self.shelf.at(day + timedelta(days=2), 0),
            )
            .order_by(Visit.entered_at, Visit.person_id)
        )
        found = {
            person: _Guest(at + timedelta(minutes=self.chance.randrange(50, 80)), person)
            for person, at in rows
            if self.habit(person)[0] < THIRSTY
        }
        often = sorted(found.values(), key=lambda one: self.habit(one.person_id or 0))
        guests = [one for one in often if self.is_open(one.at, day)][:MEMBERS_A_DAY]
        for _one in range(WALK_INS_A_DAY):
            hour, minute = self.chance.randrange(OPENS, CLOSES), self.chance.randrange(60)
            at = self.shelf.at(day, hour) + timedelta(minutes=minute)
            if self.is_open(at, day):
                guests.append(_Guest(at))
        return sorted(guests, key=lambda one: (one.at, one.person_id or 0))

    def is_open(self, at: datetime, day: date) -> bool:
        """Tell whether the bar sells at an instant of the day."""
        opens, closes = self.shelf.at(day, OPENS), self.shelf.at(day, CLOSES)
        return opens <= at < min(closes, self.ground.order.moment - timedelta(minutes=15))

    def habit(self, person_id: int) -> tuple[float, str]:
        """How rarely a member passes the bar without buying, and what he likes best."""
        if person_id not in self.habits:
            own = self.ground.order.chance("bar-habit", person_id)
            likes = own.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
            self.habits[person_id] = (own.random(), likes)
        return self.habits[person_id]

    def ticket(self, guest: _Guest, day: date, by: str) -> Ticket:
        """What the guest takes, at the prices of that moment."""
        wanted = [self.chance.choices([*WEIGHTS], [*WEIGHTS.values()])[0]]
        if guest.person_id and self.chance.random() < 0.75:
            wanted = [self.habit(guest.person_id)[1]]
        if self.chance.random() < 0.35:
            more = self.chance.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
            wanted += [more] if more not in wanted else []
        member = guest.person_id is not None and is_member(guest.person_id, day)
        depth = 1_000 if self.chance.random() < 0.04 else 0
        lines = [
            self.line(next(one for one in SOLD if one.name == name), guest.at, (member, depth))
            for name in wanted
        ]
        return Ticket(
            public_id=public_id(self.chance),
            cart_id=public_id(self.chance),
            person_id=guest.person_id,
            day=day,
            at=guest.at,
            by=by,
            lines=lines,
            note="Friend of the house" if depth else "",
            discount_bp=depth,
        )

    def line(self, goods: Goods, at: datetime, terms: tuple[bool, int]) -> TicketLine:
        """One product of a ticket, with its price, discount and tax."""
        member, depth = terms
        wish = goods.wish if goods.wish and self.chance.random() < 0.3 else None
        quantity = 2 if self.chance.random() < 0.12 else 1
        full = self.shelf.money(goods.price)
        price = self.shelf.round_up(full)
        happy = () if goods.group != "Shakes" else (
            Window(*HAPPY_HOUR, self.shelf.round_up(full * 8 // 10)),
        )  # fmt: skip
        facts = PriceFacts(price, self.shelf.round_up(full * 9 // 10), None, happy)
        unit = price_at(facts, at.astimezone(self.shelf.zone), is_member=member).minor
        unit += self.shelf.round_up(self.shelf.money(wish[3])) if wish else 0
        money = discounted([Money(unit, quantity)], depth)[0]
        words = f"{goods.name} ({wish[0]})" if wish else goods.name
        sold = LineOrder(
            words, LineKind.PRODUCT, unit, quantity=quantity, discount_minor=money.discount_minor
        )
        return TicketLine(
            public_id(self.chance), goods, wish[0] if wish else "", sold,
            line_totals(sold, self.taxes),
        )  # fmt: skip

    def pay(self, ticket: Ticket, number: int) -> None:
        """The ticket has tenders that make its sum: some split, some put on the account."""
        if number % 13 == 5:
            ticket.tip_minor = self.shelf.round_up(0)
        total = ticket.total_minor
        if number % 9 == 4 and total > 1:
            half = total // 2
            ticket.tenders = [(Tender.CARD_TERMINAL, total - half), (Tender.CASH, half)]
        elif self.may_owe(ticket, total):
            ticket.tenders = [(Tender.ACCOUNT, total)]
        else:
            tender = self.chance.choices((Tender.CASH, Tender.CARD_TERMINAL), (55, 45))[0]
            ticket.tenders = [(tender, total)]

    def may_owe(self, ticket: Ticket, total: int) -> bool:
        """Tell whether the sum is put on the member's account: once each, when he owes nothing."""
        person_id = ticket.person_id
        if person_id is None or person_id in self.on_account or self.chance.random() > 0.3:
            return False
        account = account_of(person_id, self.club_id)
        if account.owed_minor or account.credit_minor or total > self.shelf.fee:
            return False
        self.on_account.add(person_id)
        return True

    def give_one_back(self, tickets: list[Ticket]) -> None:
        """The first line of the newest ticket paid in cash alone comes back."""
        for ticket in reversed(tickets):
            if [tender for tender, _amount in ticket.tenders] == [Tender.CASH]:
                self.papers.give_back(ticket, "Not what was ordered")
                return
