"""Forms of loyalty: what friends and points are worth."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm, _l
from clubcrm.core.text import ascii_digits
from clubcrm.loyalty.rules.discounts import Basis, DiscountTerms
from clubcrm.loyalty.rules.programme import LIMITS, Level, Programme, Reward, RewardKind
from clubcrm.loyalty.words import basis_words, kind_words
from memberships.billing.fields import AmountField

NEEDED = _l("This is needed.")
NUMERIC = {"inputmode": "numeric"}
DECIMAL = {"inputmode": "decimal"}
ROWS = 4


def _count(label: str, name: str) -> IntegerField:
    low, high = LIMITS[name]
    return IntegerField(
        label, [InputRequired(NEEDED), NumberRange(low, high)], render_kw={**NUMERIC}
    )


class ProgrammeForm(PageForm):
    """What a club gives for friends and for points."""

    refers = BooleanField(_l("Members bring friends"))
    host_kind = SelectField(_l("Who brings gets"))
    host = AmountField(_l("How much (days, money or points)"), render_kw=DECIMAL)
    friend_kind = SelectField(_l("The friend gets"))
    friend = AmountField(_l("How much for the friend"), render_kw=DECIMAL)
    delay_days = _count(_l("After so many days as a member"), "delay_days")
    cap = _count(_l("Most rewards of one member"), "cap")
    cap_days = _count(_l("within days"), "cap_days")
    fresh_days = _count(_l("A friend is new when known for at most days"), "fresh_days")
    bonus_days = _count(_l("Bonus money is good for days"), "bonus_days")
    collects = BooleanField(_l("Members collect points"))
    per_visit = _count(_l("Points for the first visit of a day"), "per_visit")
    purchase_minor = AmountField(
        _l("One point for each so much spent at the bar"), [Optional()], render_kw=DECIMAL
    )
    per_renewal = _count(_l("Points for a renewal"), "per_renewal")
    worth_minor = AmountField(
        _l("A point is worth in bonus money"), [DataRequired(NEEDED)], render_kw=DECIMAL
    )
    least_spent = _count(_l("Least points turned into money at once"), "least_spent")
    keeps_days = _count(_l("Points lapse after days"), "keeps_days")
    warn_days = _count(_l("Members hear of it days before (0: never)"), "warn_days")
    waits_for_payment = BooleanField(_l("Who pays month by month is thanked once a payment"))

    month_cost_minor = AmountField(
        _l("What a member costs the club in a month"), [Optional()], render_kw=DECIMAL
    )

    def offer(self, currency: str) -> None:
        """The form speaks of this currency and offers all kinds of rewards."""
        kinds = [(kind.value, words) for kind, words in kind_words().items()]
        self.host_kind.choices = self.friend_kind.choices = kinds
        for field in (
            self.host,
            self.friend,
            self.purchase_minor,
            self.worth_minor,
            self.month_cost_minor,
        ):
            field.currency = currency

    def show(self, programme: Programme) -> None:
        """The fields hold what the club gives now."""
        for name in (*LIMITS, "refers", "collects", "waits_for_payment"):
            field = getattr(self, name, None)
            if isinstance(field, AmountField):
                field.show(getattr(programme, name))
            elif field is not None:
                field.data = getattr(programme, name)
        for side in ("host", "friend"):
            reward: Reward = getattr(programme, side)
            getattr(self, f"{side}_kind").data = reward.kind.value
            if reward.kind is RewardKind.BONUS:
                getattr(self, side).show(reward.amount)
            else:
                getattr(self, side).data = str(reward.amount)

    def programme(self, levels: tuple[Level, ...]) -> Programme:
        """Return what was typed."""
        values: dict[str, Any] = {
            name: getattr(self, name).data
            for name in LIMITS
            if not isinstance(getattr(self, name), AmountField)
        }
        return Programme(
            refers=bool(self.refers.data),
            collects=bool(self.collects.data),
            waits_for_payment=bool(self.waits_for_payment.data),
            host=self._reward("host"),
            friend=self._reward("friend"),
            purchase_minor=self.purchase_minor.minor or 0,
            worth_minor=self.worth_minor.minor or 0,
            month_cost_minor=self.month_cost_minor.minor or 0,
            levels=levels,
            **values,
        )

    def _reward(self, side: str) -> Reward:
        kind = RewardKind(getattr(self, f"{side}_kind").data)
        field = getattr(self, side)
        if kind is RewardKind.NONE:
            return Reward()
        if kind is RewardKind.BONUS:
            return Reward(kind, field.minor or 0)
        typed = ascii_digits(field.data or "").strip()
        return Reward(kind, int(typed) if typed.isdigit() and len(typed) < 8 else 0)


def levels_typed(names: list[str], points: list[str], percents: list[str]) -> tuple[Level, ...]:
    """Return the levels of the rows that have a name; a number that is none breaks their order."""

    def number(text: str) -> int:
        typed = ascii_digits(text).strip() or "0"
        return int(typed) if typed.isdigit() and len(typed) < 10 else -1

    rows = zip(names[:ROWS], points[:ROWS], percents[:ROWS], strict=False)
    return tuple(
        Level(name.strip()[:40], number(from_points), number(percent))
        for name, from_points, percent in rows
        if name.strip()
    )


class PointsForm(PageForm):
    """Points given by hand, and why."""

    points = IntegerField(_l("Points"), [InputRequired(NEEDED)], render_kw=NUMERIC)
    reason = StringField(_l("Why"), [DataRequired(NEEDED), Length(max=300)])


class RuleForm(PageForm):
    """A rule of personal discounts."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    basis = SelectField(_l("Who has"))
    at_least = AmountField(
        _l("At least (months, visits or money)"), [DataRequired(NEEDED)], render_kw=DECIMAL
    )
    percent = IntegerField(
        _l("Percent off the next term"), [InputRequired(NEEDED), NumberRange(1, 50)],
        render_kw=NUMERIC,
    )  # fmt: skip
    most_minor = AmountField(_l("At most"), [Optional()], render_kw=DECIMAL)
    valid_days = IntegerField(
        _l("Good for days"), [InputRequired(NEEDED), NumberRange(1, 365)], render_kw=NUMERIC
    )

    def offer(self, currency: str) -> None:
        """The form speaks of this currency and offers every basis."""
        self.basis.choices = [(one.value, words) for one, words in basis_words().items()]
        self.at_least.currency = self.most_minor.currency = currency

    def terms(self) -> DiscountTerms:
        """Return the rule that was typed."""
        basis = Basis(self.basis.data)
        if basis in (Basis.SPENT, Basis.BAR):
            least = self.at_least.minor or 0
        else:
            typed = ascii_digits(self.at_least.data or "").strip()
            least = int(typed) if typed.isdigit() and len(typed) < 8 else 0
        return DiscountTerms(
            basis, least, self.percent.data or 0, self.most_minor.minor or 0,
            self.valid_days.data or 0,
        )  # fmt: skip
