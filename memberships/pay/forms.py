"""Forms of pay: one rule."""

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from wtforms import DecimalField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm
from clubcrm.core.text import ascii_digits
from memberships.billing.fields import DECIMAL, AmountField, _l
from memberships.billing.rules import parse_amount
from memberships.packages.terms import Service
from memberships.pay.queries import MEMBERSHIP
from memberships.pay.rules import PayKind, Rule, Tier
from memberships.pay.words import kind_words, service_of_rule

NEEDED = _l("This is needed.")


class RuleForm(PageForm):
    """How somebody is paid, for what, from when to when."""

    kind = SelectField(_l("How"), [DataRequired(NEEDED)])
    person = SelectField(_l("Who"), [Optional()])
    service = SelectField(_l("For which service"), [Optional()])
    from_on = DateField(_l("First day"), [DataRequired(NEEDED)])
    until_on = DateField(_l("Last day"), [Optional()])
    amount = AmountField(_l("Amount"), [Optional()], render_kw=DECIMAL)
    share = DecimalField(
        _l("Share in percent"), [Optional(), NumberRange(0, 100)], render_kw=DECIMAL
    )
    missed = DecimalField(
        _l("Paid in percent when the client did not come"),
        [Optional(), NumberRange(0, 100)],
        default=Decimal(0),
        render_kw=DECIMAL,
    )
    tiers = StringField(_l("Steps"), [Length(max=200)])

    def offer(self, currency: str, people: Sequence[tuple[int, str, str]]) -> None:
        """The choosers list kinds, people and services; the amount is in this currency."""
        self.kind.choices = [(one.value, kind_words(one)) for one in PayKind]
        self.person.choices = [("", _("everybody")), *((one[1], one[2]) for one in people)]
        self.service.choices = [
            ("", service_of_rule(None)),
            *((one.value, service_of_rule(one.value)) for one in Service),
            (MEMBERSHIP, service_of_rule(MEMBERSHIP)),
        ]
        self.amount.currency = currency

    def rule(self, people: Sequence[tuple[int, str, str]]) -> Rule:
        """Return the rule that was typed; raises ValueError for steps that cannot be read."""
        assert self.from_on.data is not None  # noqa: S101 - the form is valid
        return Rule(
            rule_id=0,
            kind=PayKind(self.kind.data),
            user_id=next((one[0] for one in people if one[1] == self.person.data), None),
            service=self.service.data or None,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            amount_minor=self.amount.minor or 0,
            share_bp=int((self.share.data or 0) * 100),
            missed_bp=int((self.missed.data or 0) * 100),
            tiers=self._tiers(),
        )

    def _tiers(self) -> tuple[Tier, ...]:
        digits = get_currency_precision(self.amount.currency)
        typed = ascii_digits(self.tiers.data or "")
        steps = []
        for part in filter(None, (one.strip() for one in typed.split(";"))):
            count, mark, amount = part.partition(":")
            if not mark or not count.strip().isdecimal():
                raise ValueError(part)
            steps.append(Tier(int(count), parse_amount(amount, digits)))
        return tuple(steps)
