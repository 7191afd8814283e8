"""Forms room: kinds of freeze, leaving, given days, and what a plan says about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from clubcrm.accounts.forms import Choices, MultiCheckboxField, PageForm
from memberships.contracts.conditions import EarlyEnd, LeavingTerms, PlanFreezing
from memberships.contracts.fields import AmountField
from memberships.contracts.forms import PlanForm
from memberships.contracts.freezing import AllowancePer, FreezePrice, FreezeTerms, GrantedBy
from memberships.contracts.gift_tables import MassKind
from memberships.contracts.leaving import CancelReason
from memberships.contracts.terms import PlanTerms
from memberships.contracts.words import cancel_reason_words, freeze_price_words

NUMERIC = {"inputmode": "numeric"}
DECIMAL = {"inputmode": "decimal"}


def _l(words: str) -> str:
    """Return the words in the language of whoever will read them."""
    lazy: Any = lazy_gettext(words)
    return lazy  # type: ignore[no-any-return] # it is a str as soon as it is shown


NEEDED = _l("This is needed.")


def _number(label: str) -> IntegerField:
    return IntegerField(label, [Optional()], render_kw=NUMERIC)


class FreezeTypeForm(PageForm):
    """The limits and the price of a kind of freeze."""

    name = StringField(
        _l("Name"), [DataRequired(NEEDED), Length(max=200)], render_kw={"autofocus": True}
    )
    min_days = _number(_l("Days at least"))
    max_days = _number(_l("Days at most"))
    notice_days = _number(_l("Days of notice"))
    allowance_days = _number(_l("Days in all"))
    allowance_count = _number(_l("How often"))
    allowance_per = SelectField(_l("Counted"), [DataRequired(NEEDED)])
    price_kind = SelectField(_l("What it costs"), [DataRequired(NEEDED)])
    price = AmountField(_l("Amount"), [Optional()], render_kw=DECIMAL)
    extends_end = BooleanField(_l("The contract ends as many days later"), default=True)
    granted_by = SelectField(_l("Who may grant it"), [DataRequired(NEEDED)])
    needs_proof = BooleanField(_l("Needs a document"))
    forbidden_in_debt = BooleanField(_l("Not while something is unpaid"))
    seen_version = StringField()

    def offer(self, currency: str) -> None:
        """The choosers list their words; the amount is in this currency."""
        self.allowance_per.choices = [
            (AllowancePer.YEAR.value, _("in each year of the contract")),
            (AllowancePer.CONTRACT.value, _("over the whole contract")),
        ]
        self.price_kind.choices = [(kind.value, freeze_price_words(kind)) for kind in FreezePrice]
        self.granted_by.choices = [
            (GrantedBy.DESK.value, _("everybody who freezes contracts")),
            (GrantedBy.MANAGER.value, _("managers only")),
        ]
        self.price.currency = currency

    def show(self, terms: FreezeTerms, version: int) -> None:
        """The fields hold the limits of a kind of freeze."""
        self.name.data = terms.name
        self.min_days.data, self.max_days.data = terms.min_days, terms.max_days
        self.notice_days.data = terms.notice_days
        self.allowance_days.data = terms.allowance_days
        self.allowance_count.data = terms.allowance_count
        self.allowance_per.data = terms.allowance_per.value
        self.price_kind.data = terms.price_kind.value
        if terms.price_minor:
            self.price.show(terms.price_minor)
        self.extends_end.data = terms.extends_end
        self.granted_by.data = terms.granted_by.value
        self.needs_proof.data = terms.needs_proof
        self.forbidden_in_debt.data = terms.forbidden_in_debt
        self.seen_version.data = str(version)

    def terms(self) -> FreezeTerms:
        """Return the limits that were typed."""
        return FreezeTerms(
            name=self.name.data or "",
            currency=self.price.currency,
            min_days=self.min_days.data,
            max_days=self.max_days.data,
            allowance_days=self.allowance_days.data,
            allowance_count=self.allowance_count.data,
            allowance_per=AllowancePer(self.allowance_per.data),
            notice_days=self.notice_days.data or 0,
            price_kind=FreezePrice(self.price_kind.data),
            price_minor=self.price.minor or 0,
            extends_end=bool(self.extends_end.data),
            granted_by=GrantedBy(self.granted_by.data),
            needs_proof=bool(self.needs_proof.data),
            forbidden_in_debt=bool(self.forbidden_in_debt.data),
        )


class PlanPageForm(PlanForm):
    """The terms of a plan with what it says about freezing and leaving."""

    freezing = SelectField(_l("Freezing"), default=PlanFreezing.ANY.value)
    freeze_types = MultiCheckboxField(_l("These kinds of freeze"))
    notice_days = _number(_l("Days of notice"))
    cooling_off_days = _number(_l("Days to change one's mind after signing"))
    bound_months = _number(_l("Bound for months"))
    early = SelectField(
        _l("Who wants to leave before that, or before the term is over"),
        default=EarlyEnd.AT_TERM.value,
    )
    fee = AmountField(_l("Fee for leaving early"), [Optional()], render_kw=DECIMAL)
    fee_percent = _number(_l("or percent of the rest"))
    refunds_rest = BooleanField(_l("Unused paid days come back"))

    def offer_stays(self, kinds: Choices) -> None:
        """The choosers list the club's kinds of freeze and the ways to leave."""
        self.freezing.choices = [
            (PlanFreezing.ANY.value, _("every kind of the club")),
            (PlanFreezing.NAMED.value, _("only the kinds named here")),
            (PlanFreezing.NONE.value, _("cannot be frozen")),
        ]
        self.freeze_types.choices = kinds
        self.early.choices = [
            (EarlyEnd.AT_TERM.value, _("stays until then")),
            (EarlyEnd.FEE.value, _("goes after the notice and pays a fee")),
            (EarlyEnd.FREE.value, _("goes after the notice, free")),
        ]
        self.fee.currency = self.price.currency

    def show_stays(self, terms: PlanTerms, type_ids: Mapping[str, int]) -> None:
        """The fields hold what a plan says about freezing and leaving."""
        leaving = terms.leaving
        self.freezing.data = terms.freezing.value
        named = [public for public, one in type_ids.items() if one in terms.freeze_type_ids]
        self.freeze_types.data = named
        self.notice_days.data = leaving.notice_days or None
        self.cooling_off_days.data = leaving.cooling_off_days or None
        self.bound_months.data = leaving.bound_months or None
        self.early.data = leaving.early.value
        if leaving.fee_minor:
            self.fee.show(leaving.fee_minor)
        self.fee_percent.data = leaving.fee_bp // 100 or None
        self.refunds_rest.data = leaving.refunds_rest

    def leaving(self) -> LeavingTerms:
        """Return how members leave the plan, as typed."""
        return LeavingTerms(
            self.notice_days.data or 0,
            self.cooling_off_days.data or 0,
            self.bound_months.data or 0,
            EarlyEnd(self.early.data or EarlyEnd.AT_TERM),
            self.fee.minor or 0,
            (self.fee_percent.data or 0) * 100,
            bool(self.refunds_rest.data),
        )

    def named_types(self, type_ids: Mapping[str, int]) -> frozenset[int]:
        """Return the kinds of freeze that were ticked."""
        chosen: Sequence[str] = self.freeze_types.data or []
        return frozenset(type_ids[one] for one in chosen if one in type_ids)


class CancelForm(PageForm):
    """Which contract is left, why, and perhaps later than the notice asks."""

    contract = SelectField(_l("Contract"), [DataRequired(NEEDED)])
    reason = SelectField(_l("Why"), [DataRequired(NEEDED)])
    note = StringField(_l("In their words"), [Length(max=300)])
    wished_on = DateField(_l("Not before"), [Optional()])

    def offer(self) -> None:
        """The chooser lists the reasons."""
        self.reason.choices = [(one.value, cancel_reason_words(one)) for one in CancelReason]


class GiftForm(PageForm):
    """Which contract gets how many days, and why."""

    contract = SelectField(_l("Contract"), [DataRequired(NEEDED)])
    days = IntegerField(_l("Days"), [InputRequired(NEEDED)], render_kw=NUMERIC)
    reason = StringField(_l("Reason"), [DataRequired(NEEDED), Length(max=300)])


class MassForm(PageForm):
    """What all active members of the club get, and why."""

    kind = SelectField(_l("What happens"), [DataRequired(NEEDED)])
    days = IntegerField(_l("Days"), [Optional()], render_kw=NUMERIC)
    from_on = DateField(_l("First frozen day"), [Optional()])
    until_on = DateField(_l("Last frozen day"), [Optional()])
    reason = StringField(_l("Reason"), [DataRequired(NEEDED), Length(max=300)])

    def offer(self) -> None:
        """The chooser lists what can happen to everyone."""
        self.kind.choices = [
            (MassKind.GIFT.value, _("Give days: every contract ends later")),
            (MassKind.FREEZE.value, _("Freeze: nobody comes in, every contract ends later")),
        ]
