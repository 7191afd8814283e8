"""Forms room: the fields of a plan's conditions, and amounts as people type them."""

from flask_babel import gettext as _
from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from clubcrm.accounts.forms import PageForm
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l
from memberships.contracts.renewal_terms import Carry, Conditions

__all__ = ["DECIMAL", "NUMERIC", "AmountField", "ConditionsForm", "_l"]


class ConditionsForm(PageForm):
    """What a plan says about joining, renewal, carried units, further members and transfer."""

    joining_minor = AmountField(_l("Joining fee"), [Optional()], render_kw=DECIMAL)
    days_before = IntegerField(
        _l("Renewal opens days before the end"), [Optional()], render_kw=NUMERIC
    )
    days_after = IntegerField(
        _l("Renewal closes days after the end"), [Optional()], render_kw=NUMERIC
    )
    early_price_minor = AmountField(_l("Early price"), [Optional()], render_kw=DECIMAL)
    early_days = IntegerField(
        _l("Early price counts until days before the end"), [Optional()], render_kw=NUMERIC
    )
    carry = SelectField(_l("Unused visits at a renewal"), default=Carry.NONE.value)
    carry_units = IntegerField(_l("Visits carried over at most"), [Optional()], render_kw=NUMERIC)
    extra_member_minor = AmountField(
        _l("Price of a further member"), [Optional()], render_kw=DECIMAL
    )
    transfer_minor = AmountField(
        _l("Fee for handing it to somebody else"), [Optional()], render_kw=DECIMAL
    )

    def offer_conditions(self, currency: str) -> None:
        """The amounts are in this currency; the chooser lists the carry rules."""
        for one in (
            self.joining_minor,
            self.early_price_minor,
            self.extra_member_minor,
            self.transfer_minor,
        ):
            one.currency = currency
        self.carry.choices = [
            (Carry.NONE.value, _("expire with the old contract")),
            (Carry.ALL.value, _("all move to the next contract")),
            (Carry.UP_TO.value, _("move up to a number")),
        ]

    def show_conditions(self, kept: Conditions) -> None:
        """The fields hold the conditions of a plan."""
        amounts = (
            (self.joining_minor, kept.joining_minor or None),
            (self.early_price_minor, kept.early_price_minor),
            (self.extra_member_minor, kept.extra_member_minor),
            (self.transfer_minor, kept.transfer_minor),
        )
        for field, minor in amounts:
            if minor is not None:
                field.show(minor)
        self.days_before.data, self.days_after.data = kept.days_before, kept.days_after
        self.early_days.data = kept.early_days
        self.carry.data, self.carry_units.data = kept.carry.value, kept.carry_units

    def conditions(self) -> Conditions:
        """Return the conditions that were typed."""
        carry = Carry(self.carry.data or Carry.NONE.value)
        return Conditions(
            joining_minor=self.joining_minor.minor or 0,
            days_before=self.days_before.data,
            days_after=self.days_after.data,
            early_price_minor=self.early_price_minor.minor,
            early_days=self.early_days.data,
            carry=carry,
            carry_units=self.carry_units.data if carry is Carry.UP_TO else None,
            extra_member_minor=self.extra_member_minor.minor,
            transfer_minor=self.transfer_minor.minor,
        )
