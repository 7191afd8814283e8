"""Forms room: a price promotion: its days, what it is for, how much it takes off."""

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from clubcrm.accounts.forms import MultiCheckboxField, PageForm, _l
from clubcrm.core.text import ascii_digits
from memberships.billing.fields import AmountField
from memberships.contracts.catalogue import PlanOnSale
from memberships.packages.offers import ProductOnSale
from memberships.promotions.models import Promotion
from memberships.promotions.rules import Cut, CutKind
from memberships.promotions.services import PromotionDraft

NEEDED = _l("This is needed.")


class PromotionForm(PageForm):
    """What a promotion shall be."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    from_on = DateField(_l("First day"), [DataRequired(NEEDED)])
    until_on = DateField(_l("Last day"), [DataRequired(NEEDED)])
    kind = SelectField(_l("What it does to the price"))
    value = AmountField(
        _l("Percent, or amount"), [DataRequired(NEEDED)], render_kw={"inputmode": "decimal"}
    )
    plans = MultiCheckboxField(_l("Memberships"))
    products = MultiCheckboxField(_l("Packages"))
    newcomers_only = BooleanField(_l("Only for who has never been a member here"))
    renewals = BooleanField(_l("Also when a membership is renewed"))

    def offer(
        self, plans: Sequence[PlanOnSale], products: Sequence[ProductOnSale], currency: str
    ) -> None:
        """The form offers what the club sells."""
        self.plans.choices = [(one.public_id, one.terms.name) for one in plans]
        self.products.choices = [(one.public_id, one.terms.name) for one in products]
        self.kind.choices = [
            (CutKind.PERCENT.value, _("percent off")),
            (CutKind.AMOUNT.value, _("so much off")),
            (CutKind.PRICE.value, _("a price of its own")),
        ]
        self.value.currency = currency

    def show(self, promotion: Promotion) -> None:
        """The fields hold what the promotion is."""
        self.name.data, self.kind.data = promotion.name, promotion.kind.value
        self.from_on.data, self.until_on.data = promotion.from_on, promotion.until_on
        self.newcomers_only.data = promotion.newcomers_only
        self.renewals.data = promotion.renewals
        if promotion.kind is CutKind.PERCENT:
            self.value.data = str(promotion.value)
        else:
            self.value.show(promotion.value)

    def draft(
        self, plans: Sequence[PlanOnSale], products: Sequence[ProductOnSale]
    ) -> PromotionDraft:
        """Return what was typed; the days stand because the form was checked."""
        kind = CutKind(self.kind.data)
        value = self.value.minor
        if kind is CutKind.PERCENT:
            typed = ascii_digits(self.value.data or "").strip().removesuffix("%").strip()
            value = int(typed) if typed.isdigit() and len(typed) < 4 else -1
        chosen, wanted = set(self.plans.data or ()), set(self.products.data or ())
        if self.from_on.data is None or self.until_on.data is None:
            raise ValueError("a draft is made of a form that was checked")
        return PromotionDraft(
            name=self.name.data or "",
            cut=Cut(kind, -1 if value is None else value),
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            plan_ids=frozenset(one.plan_id for one in plans if one.public_id in chosen),
            product_ids=frozenset(one.product_id for one in products if one.public_id in wanted),
            newcomers_only=bool(self.newcomers_only.data),
            renewals=bool(self.renewals.data),
        )
