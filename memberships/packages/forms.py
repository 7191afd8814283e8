"""Forms of packages: the terms on sale, a sale, and changes of a balance."""

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l
from memberships.packages.terms import MissedRule, PackageTerms, Service, TrainerChoice
from memberships.packages.words import choice_words, missed_words, service_words

NEEDED = _l("This is needed.")


class ProductForm(PageForm):
    """The terms of a package."""

    name = StringField(
        _l("Name"), [DataRequired(NEEDED), Length(max=200)], render_kw={"autofocus": True}
    )
    service = SelectField(_l("Service"), [DataRequired(NEEDED)])
    units = IntegerField(_l("Number of sessions"), [InputRequired(NEEDED)], render_kw=NUMERIC)
    price = AmountField(_l("Price"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    valid_days = IntegerField(_l("Valid for days"), [Optional()], render_kw=NUMERIC)
    moves_with_freeze = BooleanField(_l("Ends later when the membership is frozen"))
    low_mark = IntegerField(
        _l("Few are left from"), [InputRequired(NEEDED)], default=2, render_kw=NUMERIC
    )
    no_show = SelectField(_l("Not coming"), [DataRequired(NEEDED)])
    late_cancel = SelectField(_l("Cancelling late"), [DataRequired(NEEDED)])
    late_cancel_hours = IntegerField(
        _l("Late means within hours"), [InputRequired(NEEDED)], default=24, render_kw=NUMERIC
    )
    trainer_choice = SelectField(_l("Given by"), [DataRequired(NEEDED)])
    seen_version = HiddenField()

    def offer(self, currency: str) -> None:
        """The choosers list services and rules; the price is in this currency."""
        self.service.choices = [(one.value, service_words(one)) for one in Service]
        self.no_show.choices = [(one.value, missed_words(one)) for one in MissedRule]
        self.late_cancel.choices = self.no_show.choices
        self.trainer_choice.choices = [(one.value, choice_words(one)) for one in TrainerChoice]
        self.price.currency = currency

    def show(self, terms: PackageTerms, version: int) -> None:
        """The fields hold the terms of a package."""
        self.name.data, self.service.data = terms.name, terms.service.value
        self.units.data, self.valid_days.data = terms.units, terms.valid_days
        self.price.show(terms.price_minor)
        self.moves_with_freeze.data = terms.moves_with_freeze
        self.low_mark.data = terms.low_mark
        self.no_show.data, self.late_cancel.data = terms.no_show.value, terms.late_cancel.value
        self.late_cancel_hours.data = terms.late_cancel_hours
        self.trainer_choice.data = terms.trainer_choice.value
        self.seen_version.data = str(version)

    def terms(self) -> PackageTerms:
        """Return the terms that were typed."""
        return PackageTerms(
            name=self.name.data or "",
            service=Service(self.service.data),
            units=self.units.data or 0,
            price_minor=self.price.minor or 0,
            currency=self.price.currency,
            valid_days=self.valid_days.data,
            moves_with_freeze=bool(self.moves_with_freeze.data),
            low_mark=self.low_mark.data or 0,
            no_show=MissedRule(self.no_show.data),
            late_cancel=MissedRule(self.late_cancel.data),
            late_cancel_hours=self.late_cancel_hours.data or 0,
            trainer_choice=TrainerChoice(self.trainer_choice.data),
        )


class SaleForm(PageForm):
    """Which package, given by whom."""

    product = SelectField(_l("Package"), [DataRequired(NEEDED)])
    trainer = SelectField(_l("Trainer"), [Optional()])


class CorrectForm(PageForm):
    """How many units more or fewer, and why."""

    delta = IntegerField(
        _l("Sessions more or fewer"),
        [InputRequired(NEEDED), NumberRange(-500, 500)],
        description=_l("For instance 1 or -2."),
    )
    reason = StringField(_l("Reason"), [DataRequired(NEEDED), Length(max=300)], id="correct-reason")


class TransferForm(PageForm):
    """Who gets how many units, and why."""

    member = StringField(
        _l("Phone or full name of the other member"), [DataRequired(NEEDED), Length(max=80)]
    )
    units = IntegerField(_l("Number of sessions"), [InputRequired(NEEDED)], render_kw=NUMERIC)
    reason = StringField(
        _l("Reason"), [DataRequired(NEEDED), Length(max=300)], id="transfer-reason"
    )
