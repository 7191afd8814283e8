"""Forms of money: take a payment, sell something, give money back, vouchers."""

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l
from memberships.billing.models import VoucherKind
from memberships.billing.orders import MONEY_TENDERS, LineKind, Tender
from memberships.billing.words import kind_words, tender_words

AT_THE_DESK = (Tender.CASH, Tender.CARD_TERMINAL, Tender.BANK_TRANSFER)
SOLD_BY_HAND = (LineKind.PRODUCT, LineKind.FEE, LineKind.CLASS, LineKind.PENALTY, LineKind.OTHER)


NEEDED = _l("This is needed.")


class PayForm(PageForm):
    """How much, by which tender, and for which invoice if one is meant."""

    amount = AmountField(
        _l("Amount"), [InputRequired(NEEDED)], render_kw={**DECIMAL, "autofocus": True}
    )
    tender = RadioField(_l("How"), [DataRequired(NEEDED)])
    reference = StringField(
        _l("Voucher code or number of the slip"),
        [Length(max=120)],
        render_kw={"autocomplete": "off"},
    )

    def offer(self, currency: str, *, credit: bool, bonus: bool, voucher: bool) -> None:
        """The chooser lists what this member can pay with."""
        self.amount.currency = currency
        tenders = [*AT_THE_DESK]
        tenders += [Tender.VOUCHER] if voucher else []
        tenders += [Tender.BONUS] if bonus else []
        tenders += [Tender.ACCOUNT] if credit else []
        self.tender.choices = [(one.value, tender_words(one)) for one in tenders]


class ChargeForm(PageForm):
    """One thing sold at the desk."""

    text = StringField(
        _l("What"), [DataRequired(NEEDED), Length(max=300)], render_kw={"autofocus": True}
    )
    kind = SelectField(_l("Kind"), [DataRequired(NEEDED)])
    price = AmountField(_l("Price each"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    quantity = IntegerField(
        _l("How many"), [InputRequired(NEEDED), NumberRange(1, 1000)], default=1, render_kw=NUMERIC
    )
    discount = AmountField(_l("Discount"), [Optional()], render_kw=DECIMAL)
    note = StringField(_l("Why the price is lower"), [Length(max=300)])

    def offer(self, currency: str) -> None:
        """The chooser lists what is sold by hand."""
        self.price.currency = self.discount.currency = currency
        self.kind.choices = [(one.value, kind_words(one)) for one in SOLD_BY_HAND]


class BuyerForm(PageForm):
    """How somebody wants to be named on invoices."""

    name = StringField(
        _l("Name on invoices"),
        [Length(max=200)],
        render_kw={"autofocus": True, "autocomplete": "organization"},
    )
    tax_id = StringField(_l("Tax number"), [Length(max=60)], render_kw={"autocomplete": "off"})
    address = TextAreaField(_l("Address"), [Length(max=400)], render_kw={"rows": 3})


class BackForm(PageForm):
    """How much goes back, which way, and why."""

    amount = AmountField(
        _l("Amount"), [InputRequired(NEEDED)], render_kw={**DECIMAL, "autofocus": True}
    )
    tender = SelectField(_l("Goes back by"), [DataRequired(NEEDED)])
    reason = StringField(_l("Why"), [DataRequired(NEEDED), Length(max=300)])

    def offer(self, currency: str, came_by: Tender) -> None:
        """The chooser lists the ways this money may go back."""
        self.amount.currency = currency
        ways = [came_by]
        if came_by in MONEY_TENDERS:
            ways += [one for one in AT_THE_DESK if one is not came_by]
        self.tender.choices = [(one.value, tender_words(one)) for one in ways]


class CreditForm(PageForm):
    """How much of a sale is taken back or given up, and why."""

    amount = AmountField(_l("Amount"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    reason = StringField(_l("Why"), [DataRequired(NEEDED), Length(max=300)])


class VoucherForm(PageForm):
    """A voucher to be sold, or a bonus for a member."""

    kind = SelectField(_l("Kind"), [DataRequired(NEEDED)])
    amount = AmountField(
        _l("Amount"), [InputRequired(NEEDED)], render_kw={**DECIMAL, "autofocus": True}
    )
    member = StringField(_l("Number of the member"), [Length(max=64)])
    valid_until = DateField(_l("Good until"), [Optional()])
    code = StringField(_l("Code"), [Length(max=40)], render_kw={"autocomplete": "off"})
    reason = StringField(_l("Why"), [Length(max=300)])

    def offer(self, currency: str) -> None:
        """The chooser lists both kinds."""
        self.amount.currency = currency
        self.kind.choices = [
            (VoucherKind.VOUCHER.value, _l("Voucher: sold to somebody, whoever has the code pays")),
            (VoucherKind.BONUS.value, _l("Bonus: given to one member")),
        ]
