"""The bars of the demo clubs: what they sell, what lies on their shelves, from whom it came."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bar_inventory.catalogue.models import (
    Barcode,
    BaseUnit,
    Category,
    Modifier,
    ModifierPrice,
    PriceVersion,
    PriceWindow,
    Product,
    ProductKind,
    Recipe,
    RecipeItem,
    Substitute,
)
from bar_inventory.purchasing.jobs import keep_demand, sum_days
from bar_inventory.stock import rules
from bar_inventory.stock.models import (
    CountState,
    MoveKind,
    Place,
    StockCount,
    StockCountLine,
    WasteReason,
)
from clubcrm.core.db import Unit
from clubcrm.core.text import fold
from clubcrm.seed.bar_papers import Ticket
from clubcrm.seed.ground import Ground
from clubcrm.seed.larder_goods import ALLERGENS, GOODS, GROUPS, HAPPY_HOUR, NAMED, Goods
from clubcrm.seed.larder_sales import Selling
from clubcrm.seed.larder_shelf import COSTS, PRICES, Act

TRANSFERRED, SPILLED, COUNTED = 6, 19, 28


def keep_larders(ground: Ground, unit: Unit, rung: Mapping[int, Sequence[Ticket]]) -> None:
    """Each club has its bar: what it sells and sold, what lies on its shelf, from whom it came."""
    for place, club_id in enumerate(ground.club_ids):
        with unit() as session:
            _Larder(ground, place, club_id, session).fill(rung[club_id])


class _Larder(Selling):
    store: Place

    def fill(self, tickets: Sequence[Ticket]) -> None:
        """The bar's whole story is written."""
        self.bar, self.store = (
            self.add(Place, name="Bar", sells=True),
            self.add(Place, name="Store"),
        )
        self._catalogue()
        self._recipes()
        self.suppliers()
        self.past_sales()
        self.open_counter(tickets)
        self._open_shelf()
        for number in range((self.last - self.first).days + 1):
            self._day(self.first + timedelta(days=number))
        self.draft()
        self.wait()
        self.slate.write()
        self.write_levels()
        for place in (self.bar, self.store):
            sum_days(place.id, self.last)
            keep_demand(place, self.last, self.ground.order.moment)

    def _day(self, day: date) -> None:
        """Goods came in the morning, were sold, spilled now and then, and counted some nights."""
        self.restock(day)
        self.sell(day)
        ago = (self.last - day).days
        if ago == TRANSFERRED:
            self._transfer(day)
        if ago % SPILLED == 4:
            act = Act(
                MoveKind.WRITE_OFF, self.at(day, 21), f"gone-{day}", WasteReason.SPILLED
            )  # fmt: skip
            self.take(NAMED["Milk"], self.bar, 350 + 10 * (ago % 7), act)
        if ago % COUNTED == 2:
            self._count(day)

    def _catalogue(self) -> None:
        groups = {
            name: self.add(Category, name=name, icon=icon, position=number)
            for number, (name, icon) in enumerate(GROUPS)
        }
        for number, goods in enumerate(GOODS):
            sold = goods.kind != "ingredient"
            product = self.add(
                Product,
                category_id=groups[goods.group].id,
                name=goods.name,
                search_text=fold(goods.name),
                sku=f"B{number + 1:03d}",
                kind=ProductKind(goods.kind),
                unit=BaseUnit(goods.unit),
                stocked=goods.stocked,
                below_zero=goods.below_zero,
                allergens=sorted(ALLERGENS.get(goods.name, ())),
                icon=goods.icon,
                favourite=number if sold else None,
                shelf_days=goods.shelf_days,
                created_by=self.by,
            )
            self.products[goods.name] = product
            if goods.stocked:
                code = f"{8_800_000 + number:07d}{self.town}"
                self.session.add(
                    Barcode(product_id=product.id, scope=self.club_id, code=code, units=1)
                )
            if sold:
                self._price(product, goods)

    def _price(self, product: Product, goods: Goods) -> None:
        price = self.money(goods.price)
        for since, share in self.steps(PRICES).items():
            version = PriceVersion(
                product_id=product.id,
                club_id=self.club_id,
                price_minor=self.round_up(price * share // 100),
                member_price_minor=self.round_up(price * share * 9 // 1000),
                currency=self.club.currency,
                valid_from=self.at(since, 6),
                created_at=self.at(since, 6),
                created_by=self.by,
            )
            self.session.add(version)
            self.session.flush()
            if goods.group == "Shakes":
                self.session.add(
                    PriceWindow(
                        price_id=version.id,
                        weekdays=HAPPY_HOUR[0],
                        starts=HAPPY_HOUR[1],
                        ends=HAPPY_HOUR[2],
                        price_minor=self.round_up(price * share * 8 // 1000),
                    )
                )

    def _recipes(self) -> None:
        for goods in GOODS:
            if not goods.recipe:
                continue
            recipe = self.add(
                Recipe,
                product_id=self.products[goods.name].id,
                number=1,
                valid_from=self.began,
                created_by=self.by,
                keep_club=False,
            )
            for position, (name, units, waste) in enumerate(goods.recipe):
                item = RecipeItem(
                    recipe_id=recipe.id,
                    position=position,
                    ingredient_id=self.products[name].id,
                    units=units,
                    waste_bp=waste,
                )
                self.session.add(item)
                self.session.flush()
                if goods.stand_in and goods.stand_in[0] == name:
                    self.session.add(
                        Substitute(
                            item_id=item.id,
                            position=0,
                            ingredient_id=self.products[goods.stand_in[1]].id,
                            units=goods.stand_in[2],
                        )
                    )
            if goods.wish:
                name, old, new, delta = goods.wish
                wish = self.add(
                    Modifier,
                    recipe_id=recipe.id,
                    position=0,
                    name=name,
                    replaces_id=self.products[old].id,
                    ingredient_id=self.products[new].id,
                    keep_club=False,
                )
                self.session.add(
                    ModifierPrice(
                        modifier_id=wish.id,
                        club_id=self.club_id,
                        delta_minor=self.round_up(self.money(delta)),
                    )
                )

    def _open_shelf(self) -> None:
        """Everything lay there when the bar opened."""
        days = (self.last - self.first).days + 1
        self.expect({name: units / days for name, units in self.used().items()})
        at = self.at(self.first, 6)
        for goods in GOODS:
            if goods.stocked:
                packs = max(1, -(-self.targets[goods.name] // goods.pack_units))
                cost = self.money(goods.pack_cost) * self.share_on(self.first, COSTS) // 100
                value = packs * cost * rules.MICRO
                act = Act(MoveKind.OPENING, at, "opening")
                self.bring(goods, self.bar, packs * goods.pack_units, value, act)

    def _transfer(self, day: date) -> None:
        """Some bottles went to the store."""
        water, at = NAMED["Water 0.5 l"], self.at(day, 22)
        some = max(1, self.levels[(self.products[water.name].id, self.bar.id)].units // 3)
        worth = self.take(water, self.bar, some, Act(MoveKind.TRANSFER, at, "transfer"))
        self.bring(water, self.store, some, worth, Act(MoveKind.TRANSFER, at, "transfer-in"))

    def _count(self, day: date) -> None:
        """The bar was counted at night, and what was missing is booked."""
        at = min(self.at(day, 22), self.ground.order.moment)
        count = self.add(
            StockCount,
            place_id=self.bar.id,
            state=CountState.BOOKED,
            note="Count of the month",
            started_at=at,
            started_by=self.ground.actor("barista"),
            closed_at=at + timedelta(minutes=40),
            closed_by=self.by,
        )
        for goods in GOODS:
            if not goods.stocked:
                continue
            product = self.products[goods.name]
            level = self.levels[(product.id, self.bar.id)]
            lost = {"Coffee beans": self.chance.randrange(45), "Protein bar": 1}.get(goods.name, 0)
            lost, value = min(lost, level.units), 0
            if lost:
                source = f"{count.public_id}:{product.id}"
                value = -self.take(goods, self.bar, lost, Act(MoveKind.COUNT, at, source))
            self.slate.add(
                StockCountLine,
                count_id=count.id,
                product_id=product.id,
                counted=level.units - lost,
                expected=level.units,
                difference=-lost,
                value_micro=value,
                counted_at=at,
                counted_by=self.ground.actor("barista"),
            )
