"""Forms room: a product, its price, its recipe."""

from collections.abc import Sequence
from datetime import time

from flask_babel import gettext as _
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from bar_inventory.catalogue.models import BaseUnit, Category, Product, ProductKind
from bar_inventory.catalogue.rules import Window
from bar_inventory.catalogue.services import ALLERGENS, PriceDraft, ProductDraft
from bar_inventory.catalogue.words import (
    PICTURES,
    allergen_words,
    kind_words,
    picture_words,
    unit_words,
)
from clubcrm.accounts.forms import NEEDED, MultiCheckboxField, PageForm
from clubcrm.core.text import ascii_digits
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l
from memberships.billing.rules import parse_amount

WEEKDAYS = tuple(range(7))


class ProductForm(PageForm):
    """What a product is."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    kind = SelectField(_l("What it is for"), [DataRequired(NEEDED)])
    unit = SelectField(_l("Counted in"), [DataRequired(NEEDED)])
    category = SelectField(_l("Group"), [Optional()])
    picture = SelectField(_l("Picture on its tile"), [Optional()])
    sku = StringField(_l("Own number"), [Optional(), Length(max=40)])
    barcodes = StringField(_l("Barcodes, by spaces"), [Optional(), Length(max=300)])
    stocked = BooleanField(_l("Lies on the shelf by itself"), default=True)
    below_zero = BooleanField(_l("May be sold when the stock says none is left"))
    favourite = IntegerField(
        _l("Place on the first page of the till"),
        [Optional(), NumberRange(1, 999)],
        render_kw=NUMERIC,
    )
    shelf_days = IntegerField(
        _l("Good for so many days"), [Optional(), NumberRange(1, 3660)], render_kw=NUMERIC
    )
    allergens = MultiCheckboxField(_l("Contains"), [Optional()])

    def offer(self, categories: Sequence[Category]) -> None:
        """The choosers list what there is."""
        self.kind.choices = [(one.value, kind_words(one)) for one in ProductKind]
        self.unit.choices = [(one.value, unit_words(one)) for one in BaseUnit]
        self.category.choices = [
            ("", _("none")),
            *((one.public_id, one.name) for one in categories),
        ]
        self.picture.choices = [
            ("", _("the first letters")),
            *((one, picture_words(one)) for one in PICTURES),
        ]
        self.allergens.choices = [(one, allergen_words(one)) for one in ALLERGENS]

    def show(self, product: Product, codes: Sequence[str], category: str) -> None:
        """The fields hold the product as it is."""
        self.name.data, self.kind.data = product.name, product.kind.value
        self.unit.data, self.category.data = product.unit.value, category
        self.picture.data = product.icon if product.icon in PICTURES else ""
        self.sku.data, self.barcodes.data = product.sku, " ".join(codes)
        self.stocked.data, self.below_zero.data = product.stocked, product.below_zero
        self.favourite.data, self.shelf_days.data = product.favourite, product.shelf_days
        self.allergens.data = list(product.allergens)

    def draft(self, club_id: int | None, category_id: int | None) -> ProductDraft:
        """Return the product as typed."""
        return ProductDraft(
            name=self.name.data or "",
            kind=ProductKind(self.kind.data),
            unit=BaseUnit(self.unit.data),
            club_id=club_id,
            category_id=category_id,
            sku=self.sku.data or "",
            stocked=bool(self.stocked.data),
            below_zero=bool(self.below_zero.data),
            allergens=tuple(self.allergens.data or ()),
            icon=self.picture.data or "",
            favourite=self.favourite.data,
            shelf_days=self.shelf_days.data,
            barcodes=tuple((self.barcodes.data or "").split()),
        )


class PriceForm(PageForm):
    """What a product costs from now on, and in happy hour."""

    price = AmountField(_l("Price"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    member_price = AmountField(_l("For members"), [Optional()], render_kw=DECIMAL)
    tax = StringField(_l("Tax of its own, in percent"), [Optional()], render_kw=DECIMAL)
    happy_days = MultiCheckboxField(_l("Happy hour on"), [Optional()])
    happy_from = TimeField(_l("From"), [Optional()])
    happy_until = TimeField(_l("Until"), [Optional()])
    happy_price = AmountField(_l("Price in happy hour"), [Optional()], render_kw=DECIMAL)

    def offer(self, currency: str, weekdays: Sequence[str]) -> None:
        """Prices are in this currency; days have these names."""
        for field in (self.price, self.member_price, self.happy_price):
            field.currency = currency
        self.happy_days.choices = [(str(n), weekdays[n]) for n in WEEKDAYS]

    def draft(self, product_id: int, club_id: int) -> PriceDraft:
        """Return the price as typed."""
        return PriceDraft(
            product_id,
            club_id,
            self.price.minor or 0,
            self.member_price.minor if self.member_price.data else None,
            _basis_points(self.tax.data or ""),
            windows=self._windows(),
        )

    def _windows(self) -> tuple[Window, ...]:
        if not self.happy_days.data or not self.happy_price.data:
            return ()
        days = sum(1 << int(day) for day in self.happy_days.data)
        starts, ends = self.happy_from.data or time(0), self.happy_until.data or time(0)
        return (Window(days, starts, ends, self.happy_price.minor or 0),)


class RecipeForm(PageForm):
    """What a product is made of, one ingredient a line."""

    yield_units = IntegerField(
        _l("Makes so many"), [InputRequired(NEEDED), NumberRange(1, 1_000_000)], default=1
    )
    parts = TextAreaField(_l("Ingredients"), [DataRequired(NEEDED), Length(max=4000)])
    wishes = TextAreaField(_l("Wishes"), [Optional(), Length(max=2000)])
    note = TextAreaField(_l("How it is made"), [Optional(), Length(max=500)])


def _basis_points(typed: str) -> int | None:
    plain = ascii_digits(typed.strip()).removesuffix("%").strip()
    if not plain:
        return None
    try:
        return parse_amount(plain, 2)
    except ValueError:
        return -1
