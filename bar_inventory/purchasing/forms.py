"""Forms of buying: a supplier, a pack."""

from collections.abc import Sequence

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.words import unit_words
from bar_inventory.purchasing.models import Supplier
from bar_inventory.purchasing.suppliers import SupplierDraft
from clubcrm.accounts.forms import NEEDED, PageForm
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l


class SupplierForm(PageForm):
    """Who brings goods, how to reach him, how long it takes."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    contact = StringField(_l("Whom to ask for"), [Optional(), Length(max=120)])
    email = StringField(_l("E-mail"), [Optional(), Length(max=254)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])
    lead_days = IntegerField(
        _l("Days until it is here"), [InputRequired(NEEDED)], default=2, render_kw=NUMERIC
    )
    review_days = IntegerField(
        _l("Days from order to order"), [InputRequired(NEEDED)], default=7, render_kw=NUMERIC
    )
    note = StringField(_l("Note"), [Optional(), Length(max=500)])

    def show(self, supplier: Supplier) -> None:
        """The fields hold what is known of the supplier."""
        self.name.data, self.contact.data = supplier.name, supplier.contact
        self.email.data, self.phone.data = supplier.email, supplier.phone
        self.lead_days.data, self.review_days.data = supplier.lead_days, supplier.review_days
        self.note.data = supplier.note

    def draft(self) -> SupplierDraft:
        """Return the supplier as typed."""
        return SupplierDraft(
            self.name.data or "",
            self.contact.data or "",
            self.email.data or "",
            self.phone.data or "",
            self.lead_days.data or 0,
            self.review_days.data or 0,
            self.note.data or "",
        )


class PackForm(PageForm):
    """A pack of a product with its price."""

    product = SelectField(_l("Product"), [DataRequired(NEEDED)])
    pack_units = IntegerField(
        _l("Units in a pack"),
        [InputRequired(NEEDED), NumberRange(1, 100_000_000)],
        render_kw=NUMERIC,
    )
    price = AmountField(_l("A pack costs, without tax"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    code = StringField(_l("The supplier's number"), [Optional(), Length(max=60)])

    def offer(self, products: Sequence[Product], currency: str) -> None:
        """The chooser lists these products; the price is in this currency."""
        self.product.choices = [
            (one.public_id, f"{one.name} ({unit_words(one.unit)})") for one in products
        ]
        self.price.currency = currency
