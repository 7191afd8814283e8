"""What the bars rang up in their last weeks: who bought what, its invoice, and the money."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_control.models import Visit
from bar_inventory.catalogue.rules import Window
from bar_inventory.sales.rules import CartLine as Money
from bar_inventory.sales.rules import PriceFacts, discounted, price_at
from clubcrm.core.db import Unit
from clubcrm.people.models import Person
from clubcrm.people.walk_in import REFERENCE, SOURCE
from clubcrm.seed.bar_papers import BarPapers, Ticket, TicketLine
from clubcrm.seed.ground import Ground
from clubcrm.seed.larder_goods import HAPPY_HOUR, NAMED, SOLD, Goods
from clubcrm.seed.larder_orders import BUSY
from clubcrm.seed.larder_shelf import PRICES, Shelf
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id
from clubcrm.seed.tills import TAXES
from memberships.billing.orders import LineKind, LineOrder, Tender
from memberships.billing.queries import account_of
from memberships.billing.totals import TaxTable, line_totals

# How many members pass by at all, and how many strangers a day; more of both as weeks go by.
REGULARS, WALK_INS, AT_FIRST = 60, 2.0, 0.6
OWING_DAYS = 14
OPENS, CLOSES = 7, 21
LIKED, LIKINGS = [goods.name for goods in SOLD], [goods.liking for goods in SOLD]
Tickets = dict[int, list[Ticket]]


def ring_bars(ground: Ground, unit: Unit) -> Tickets:
    """Each bar's sales of its last weeks are invoiced and paid; returns them by club."""
    rung = {}
    for place, club_id in enumerate(ground.club_ids):
        with unit() as session:
            rung[club_id] = _Bar(ground, place, club_id, session).ring()
    return rung


@dataclass(frozen=True, slots=True)
class _Guest:
    """Somebody at the counter; nobody in particular without a person."""

    at: datetime
    day: date
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
    lives: dict[int, Life] = field(default_factory=dict)
    habits: dict[int, tuple[float, str]] = field(default_factory=dict)
    prices: dict[tuple[str, int], PriceFacts] = field(default_factory=dict)
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
        self.lives = {self.ground.person_ids[life.number]: life for life in self.buyers()}
        tickets = [self.ticket(guest, by) for guest in self.guests()]
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

    def buyers(self) -> list[Life]:
        """Some members who came in these weeks, also those who have left since."""
        first = self.shelf.first.toordinal()
        here = [
            life
            for life in self.ground.lives
            if life.town == self.place and (life.agreements[-1].ends or first) >= first
        ]
        return self.chance.sample(here, min(REGULARS, len(here)))

    def guests(self) -> list[_Guest]:
        """Who buys: the same thirsty members again and again, and some nameless people."""
        first, last = self.shelf.first, self.shelf.last
        rows = self.session.execute(
            select(Visit.person_id, Visit.entered_at, Visit.day)
            .where(
                Visit.club_id == self.club_id,
                Visit.person_id.in_(self.lives),
                Visit.day.between(first, last),
            )
            .order_by(Visit.entered_at, Visit.person_id)
        )
        guests: list[_Guest] = []
        seen: set[tuple[int, date]] = set()
        for person, entered_at, day in rows:
            at = entered_at + timedelta(minutes=self.chance.randrange(50, 80))
            is_thirsty = self.chance.random() < self.habit(person)[0] * self.growth(day)
            if is_thirsty and self.is_open(at, day) and (person, day) not in seen:
                seen.add((person, day))
                guests.append(_Guest(at, day, person))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            wanted = (
                WALK_INS * BUSY[day.weekday()] * self.growth(day) * self.chance.uniform(0.5, 1.5)
            )
            for _one in range(round(wanted)):
                hour, minute = self.chance.randrange(OPENS, CLOSES), self.chance.randrange(60)
                at = self.shelf.at(day, hour) + timedelta(minutes=minute)
                if self.is_open(at, day):
                    guests.append(_Guest(at, day))
        return sorted(guests, key=lambda one: (one.at, one.person_id or 0))

    def growth(self, day: date) -> float:
        """What share of today's custom the bar had on a day."""
        whole = max(1, (self.shelf.last - self.shelf.first).days)
        return AT_FIRST + (1 - AT_FIRST) * (day - self.shelf.first).days / whole

    def is_open(self, at: datetime, day: date) -> bool:
        """Tell whether the bar sells at an instant of the day."""
        opens, closes = self.shelf.at(day, OPENS), self.shelf.at(day, CLOSES)
        return opens <= at < min(closes, self.ground.order.moment - timedelta(minutes=15))

    def habit(self, person_id: int) -> tuple[float, str]:
        """How often a member who came buys something, and what he likes best."""
        if person_id not in self.habits:
            own = self.ground.order.chance("bar-habit", person_id)
            likes = own.choices(LIKED, LIKINGS)[0]
            self.habits[person_id] = (0.08 + 0.72 * own.random() ** 2, likes)
        return self.habits[person_id]

    def is_member(self, person_id: int | None, day: date) -> bool:
        """Tell whether a contract of the person runs on a day."""
        if person_id is None:
            return False
        number = day.toordinal()
        return any(
            one.starts <= number and (one.ends is None or number <= one.ends)
            for one in self.lives[person_id].agreements
        )

    def ticket(self, guest: _Guest, by: str) -> Ticket:
        """What the guest takes, at the prices of that moment."""
        wanted = self.chance.choices(LIKED, LIKINGS)
        if guest.person_id and self.chance.random() < 0.75:
            wanted = [self.habit(guest.person_id)[1]]
        if self.chance.random() < 0.35:
            more = self.chance.choices(LIKED, LIKINGS)[0]
            wanted += [more] if more not in wanted else []
        member = self.is_member(guest.person_id, guest.day)
        depth = 1_000 if self.chance.random() < 0.04 else 0
        return Ticket(
            public_id=public_id(self.chance),
            cart_id=public_id(self.chance),
            person_id=guest.person_id,
            day=guest.day,
            at=guest.at,
            by=by,
            lines=[self.line(NAMED[name], guest, (member, depth)) for name in wanted],
            note="Friend of the house" if depth else "",
            discount_bp=depth,
        )

    def facts(self, goods: Goods, day: date) -> PriceFacts:
        """The price of a day with its happy hour."""
        share = self.shelf.share_on(day, PRICES)
        if (goods.name, share) not in self.prices:
            full, round_up = self.shelf.money(goods.price), self.shelf.round_up
            happy = Window(*HAPPY_HOUR, round_up(full * share * 8 // 1000))
            self.prices[goods.name, share] = PriceFacts(
                round_up(full * share // 100),
                round_up(full * share * 9 // 1000),
                None,
                (happy,) if goods.group == "Shakes" else (),
            )
        return self.prices[goods.name, share]

    def line(self, goods: Goods, guest: _Guest, terms: tuple[bool, int]) -> TicketLine:
        """One product of a ticket, with its price, discount and tax."""
        member, depth = terms
        wish = goods.wish if goods.wish and self.chance.random() < 0.3 else None
        quantity = 2 if self.chance.random() < 0.12 else 1
        facts = self.facts(goods, guest.day)
        unit = price_at(facts, guest.at.astimezone(self.shelf.zone), is_member=member).minor
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
        recent = self.shelf.last - timedelta(days=OWING_DAYS)
        if person_id is None or person_id in self.on_account or ticket.day < recent:
            return False
        if self.chance.random() > 0.3:
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
