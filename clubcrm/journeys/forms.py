"""Forms of the journey: the numbers of a touchpoint, and a club's own triggers."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import Choices, MultiCheckboxField, PageForm, _l
from clubcrm.core.text import ascii_digits
from clubcrm.journeys import own_words
from clubcrm.journeys.names import performer_words
from clubcrm.journeys.rules.codes import Performer, Term
from clubcrm.journeys.rules.own import (
    MOST_CONDITIONS,
    NEEDS_NO_DAYS,
    SUMS,
    Condition,
    Event,
    Goal,
    Trigger,
    faults_of,
    from_own,
    to_own,
)
from clubcrm.journeys.rules.settings import CHANNELS, CodeRule
from clubcrm.journeys.setting_words import channel_words, term_words
from memberships.billing.fields import AmountField, typed_amount
from memberships.billing.rules import parse_amount

NEEDED = _l("This is needed.")
NUMERIC = {"inputmode": "numeric"}
_LIST = re.compile(r"\s*[,;]\s*|\s+")
PLACES = range(1, MOST_CONDITIONS + 1)


def _count(label: str, low: int, high: int) -> IntegerField:
    return IntegerField(
        label, [InputRequired(NEEDED), NumberRange(low, high)], render_kw={**NUMERIC}
    )


class NumberListField(StringField):
    """Whole numbers with commas between them, as "10, 25, 50"."""

    numbers: tuple[int, ...] = ()

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002 - their signature
        """The numbers are understood, or the field says that they are not."""
        parts = [one for one in _LIST.split(ascii_digits(self.data or "")) if one]
        if all(one.isdecimal() and len(one) < 5 for one in parts):
            self.numbers = tuple(int(one) for one in parts)
        else:
            text = _("Expected whole numbers with commas, such as 10, 25, 50.")
            self.errors = [*self.errors, text]


class TouchForm(PageForm):
    """The numbers of one touchpoint."""

    on = BooleanField(_l("Switched on"))
    performer = SelectField(_l("Who speaks"))
    days = NumberListField(_l("Days"), [Length(max=80)], render_kw=NUMERIC)
    share = IntegerField(
        _l("Share of the term, if that is nearer"),
        [Optional(), NumberRange(1, 100)],
        render_kw=NUMERIC,
    )
    least = IntegerField(
        _l("But never fewer days than"), [Optional(), NumberRange(0, 365)], render_kw=NUMERIC
    )
    counts = NumberListField(_l("Numbers"), [Length(max=80)], render_kw=NUMERIC)
    priority = _count(_l("Priority"), 0, 99)
    valid_days = _count(_l("Of use for days"), 1, 90)
    most = _count(_l("Times in a membership at most"), 1, 20)
    apart_days = _count(_l("Days between two times"), 0, 365)
    terms = MultiCheckboxField(_l("For terms of"))
    channel_1 = SelectField(_l("First channel"), default="")
    channel_2 = SelectField(_l("then"), default="")
    channel_3 = SelectField(_l("then "), default="")
    channel_4 = SelectField(_l("then  "), default="")
    on_arrival = BooleanField(_l("A task is shown when the member arrives"))
    minutes = _count(_l("Minutes of staff"), 0, 240)
    discount = AmountField(_l("Discount given"), [Optional()], render_kw={"inputmode": "decimal"})
    hold_out = IntegerField(
        _l("Held out, in percent"), [Optional(), NumberRange(0, 90)], render_kw=NUMERIC
    )
    seen_version = HiddenField()

    def offer(self, currency: str) -> None:
        """The choosers list performers, terms and channels; the discount is in this currency."""
        self.discount.currency = currency
        self.performer.choices = [(one.value, performer_words(one)) for one in Performer]
        self.terms.choices = [(one.value, term_words(one)) for one in Term]
        offered: Choices = [("", "–"), *((one, channel_words(one)) for one in CHANNELS)]
        for field in self._channels():
            field.choices = offered

    def show(self, rule: CodeRule, version: int) -> None:
        """The fields hold the numbers of a touchpoint."""
        self.on.data, self.performer.data = rule.on, rule.performer.value
        self.days.data, self.counts.data = _listed(rule.days), _listed(rule.counts)
        self.share.data, self.least.data = round(rule.share * 100), rule.least
        self.priority.data, self.valid_days.data = rule.priority, rule.valid_days
        self.most.data, self.apart_days.data = rule.most, rule.apart_days
        self.terms.data = [str(one) for one in rule.terms]
        for field, channel in zip(self._channels(), (*rule.channels, "", "", "", ""), strict=False):
            field.data = channel
        self.on_arrival.data, self.minutes.data = rule.on_arrival, round(rule.minutes)
        if rule.discount_minor:
            self.discount.show(rule.discount_minor)
        self.hold_out.data = None if rule.hold_out is None else round(rule.hold_out * 100)
        self.seen_version.data = str(version)

    def rule(self, before: CodeRule) -> CodeRule:
        """Return the touchpoint with the typed numbers."""
        channels = dict.fromkeys(one.data for one in self._channels() if one.data)
        share = self.hold_out.data
        minutes = self.minutes.data or 0
        part = self.share.data or 0
        return replace(
            before,
            on=bool(self.on.data),
            performer=Performer(self.performer.data),
            days=self.days.numbers,
            # A third stays a third: what reads the same was not changed.
            share=before.share if part == round(before.share * 100) else part / 100,
            least=self.least.data or 0,
            counts=self.counts.numbers,
            priority=self.priority.data or 0,
            valid_days=self.valid_days.data or 1,
            most=self.most.data or 1,
            apart_days=self.apart_days.data or 0,
            terms=tuple(Term(one) for one in self.terms.data or ()),
            channels=tuple(channels),
            on_arrival=bool(self.on_arrival.data),
            minutes=before.minutes if minutes == round(before.minutes) else float(minutes),
            discount_minor=self.discount.minor or 0,
            hold_out=None if share is None else share / 100,
        )

    def _channels(self) -> tuple[SelectField, ...]:
        return self.channel_1, self.channel_2, self.channel_3, self.channel_4


class OwnForm(TouchForm):
    """An own trigger: its event, its conditions, its goal, and the numbers of every touchpoint."""

    name = StringField(
        _l("Name"), [DataRequired(NEEDED), Length(max=60)], render_kw={"autofocus": True}
    )
    event = SelectField(_l("Counted from"))
    distance = IntegerField(_l("Days, or visits"), [Optional()], render_kw=NUMERIC)
    side = SelectField(_l("Before or after"))
    follows = SelectField(_l("It follows"), default="")
    goal = SelectField(_l("It ends with"))
    condition_1 = SelectField(_l("Condition"), default="")
    condition_2 = SelectField(_l("and"), default="")
    condition_3 = SelectField(_l("and "), default="")
    condition_4 = SelectField(_l("and  "), default="")
    condition_5 = SelectField(_l("and   "), default="")
    number_1 = StringField(_l("Number"), [Length(max=12)], render_kw=NUMERIC)
    number_2 = StringField(_l("Number"), [Length(max=12)], render_kw=NUMERIC)
    number_3 = StringField(_l("Number"), [Length(max=12)], render_kw=NUMERIC)
    number_4 = StringField(_l("Number"), [Length(max=12)], render_kw=NUMERIC)
    number_5 = StringField(_l("Number"), [Length(max=12)], render_kw=NUMERIC)
    code = ""

    def offer_own(self, code: str, names: Mapping[str, str], plans: Mapping[str, str]) -> None:
        """The choosers list events, goals, conditions, and the touchpoints it may follow."""
        self.code = code
        self.event.choices = own_words.events_offered()
        self.side.choices = [("after", _("after")), ("before", _("before"))]
        self.goal.choices = own_words.goals_offered()
        self.follows.choices = list(own_words.codes_offered(names, code))
        offered = {
            "": [("", "–")],
            _("Plan, freeze, stage"): own_words.choice_phrases(plans),
            _("With a number"): own_words.number_phrases(),
        }
        for place in PLACES:
            chooser: Any = self[f"condition_{place}"]
            chooser.choices = offered

    def show_own(self, rule: CodeRule) -> None:
        """The fields hold an own trigger."""
        trigger = from_own(rule.own)
        self.name.data = rule.name
        self.event.data, self.goal.data = trigger.event.value, trigger.goal.value
        self.distance.data = trigger.days
        self.side.data = "before" if trigger.before else "after"
        self.follows.data = trigger.follows
        for place, one in zip(PLACES, trigger.conditions, strict=False):
            self[f"condition_{place}"].data = own_words.key_of(one)
            self[f"number_{place}"].data = self._number_shown(one)

    def own_rule(self, before: CodeRule) -> CodeRule:
        """Return the own trigger that was typed."""
        made = self.rule(before)
        return replace(made, name=(self.name.data or "").strip(), own=to_own(self.trigger()))

    def trigger(self) -> Trigger:
        """Return when it fires, as it was typed."""
        event = Event(self.event.data or Event.ALWAYS.value)
        typed = ((self[f"condition_{one}"].data, self[f"number_{one}"].data) for one in PLACES)
        found = [own_words.condition_of(key or "", self._number(key, text)) for key, text in typed]
        return Trigger(
            event=event,
            days=0 if event in NEEDS_NO_DAYS else self.distance.data or 0,
            before=self.side.data == "before",
            follows=(self.follows.data or "") if event is Event.TOUCHPOINT else "",
            conditions=tuple(one for one in found if one is not None),
            goal=Goal(self.goal.data or Goal.NONE.value),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether the fields are filled in and the trigger makes sense."""
        fine = super().validate(extra_validators)
        if not fine:
            return False
        named = {"days": "distance", "before": "side"}
        faults = faults_of(self.trigger(), self.code)
        for field, fault in faults.items():
            target = self[named.get(field, field)]
            target.errors = [*target.errors, own_words.fault_words(fault)]
        return not faults

    def _number(self, key: str | None, text: str | None) -> str:
        plain = ascii_digits((text or "").strip())
        if (key or "").split(":")[0] not in SUMS:
            return plain
        try:
            return str(parse_amount(plain, get_currency_precision(self.discount.currency)))
        except ValueError:
            return plain

    def _number_shown(self, one: Condition) -> str:
        if one.fact in SUMS:
            return typed_amount(one.number, self.discount.currency)
        return one.value if own_words.key_of(one).count(":") == 1 else ""


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(one) for one in numbers)
