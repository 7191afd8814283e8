"""Forms of guests, rooms, kinds of classes, the timetable and its rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, IntegerField, SelectField, StringField, TimeField
from wtforms.fields import DateField, EmailField, TelField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from clubcrm.accounts.forms import Choices, MultiCheckboxField, PageForm
from memberships.contracts.fields import AmountField
from memberships.packages.terms import MissedRule, Service
from memberships.packages.words import missed_words, service_words
from memberships.schedule.models import ClassSlot, ClassType, Room
from memberships.schedule.reads import PlanRule
from memberships.schedule.rules.booking import BookingRule
from memberships.schedule.rules.guests import GuestPeriod, GuestRule, GuestTerms
from memberships.schedule.rules.strikes import Penalty, PenaltyRule
from memberships.schedule.rules.units import UnitPrice, UnitUse
from memberships.schedule.rules.waiting import WaitRule
from memberships.schedule.settings import ClassSettings
from memberships.schedule.timetable import RoomOrder, SlotOrder, TypeOrder
from memberships.schedule.words import PENALTIES, PERIODS, RULES_OF_USE

NUMERIC = {"inputmode": "numeric"}


def _l(words: str) -> str:
    """Return the words in the language of whoever will read them."""
    lazy: Any = lazy_gettext(words)
    return lazy  # type: ignore[no-any-return] # it is a str as soon as it is shown


NEEDED = _l("This is needed.")


def _number(label: str, **more: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(NEEDED)], render_kw=NUMERIC, **more)


class GuestForm(PageForm):
    """A guest's name and one way to reach him."""

    given_name = StringField(_l("Given name"), [DataRequired(NEEDED), Length(max=200)])
    family_name = StringField(_l("Family name"), [Length(max=200)])
    phone = TelField(_l("Phone"), [Length(max=40)])
    email = EmailField(_l("E-mail"), [Length(max=254)])


class RoomForm(PageForm):
    """A room."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    capacity = _number(_l("Places"))
    door_zone = StringField(_l("Zone of its own reader"), [Length(max=60)])
    is_open = BooleanField(_l("In use"), default=True)

    def show(self, room: Room) -> None:
        """The fields hold the room."""
        self.name.data, self.capacity.data = room.name, room.capacity
        self.door_zone.data, self.is_open.data = room.door_zone, room.is_open

    def order(self) -> RoomOrder:
        """Return what was typed."""
        return RoomOrder(
            self.name.data or "",
            self.capacity.data or 0,
            self.door_zone.data or "",
            bool(self.is_open.data),
        )


class PenaltyFields(PageForm):
    """When a cancellation is late, and what missing a class brings."""

    late_minutes = _number(_l("Late from minutes before the start"), default=120)
    grace_minutes = _number(_l("Minutes one may come late"), default=10)
    late_cancel = SelectField(_l("A late cancellation brings"), [InputRequired(NEEDED)])
    no_show = SelectField(_l("Not coming brings"), [InputRequired(NEEDED)])
    fee = AmountField(_l("Fee"), [Optional()], render_kw={"inputmode": "decimal"})
    strikes = _number(_l("So many strikes"), default=3)
    within_days = _number(_l("within so many days"), default=90)
    stop_days = _number(_l("close online booking for days"), default=30)

    def offer_penalties(self) -> None:
        """The choosers list what can follow."""
        choices = [(one.value, str(PENALTIES[one])) for one in Penalty]
        self.late_cancel.choices = self.no_show.choices = choices

    def show_penalty(self, rule: PenaltyRule) -> None:
        """The fields hold the rule; the currency of the fee is chosen before."""
        for name in ("late_minutes", "grace_minutes", "strikes", "within_days", "stop_days"):
            self[name].data = getattr(rule, name)
        self.late_cancel.data, self.no_show.data = rule.late_cancel.value, rule.no_show.value
        if rule.fee_minor:
            self.fee.show(rule.fee_minor)

    def penalty(self) -> PenaltyRule:
        """Return the rule that was typed."""
        return PenaltyRule(
            late_minutes=_whole(self.late_minutes),
            grace_minutes=_whole(self.grace_minutes),
            late_cancel=Penalty(self.late_cancel.data),
            no_show=Penalty(self.no_show.data),
            fee_minor=self.fee.minor or 0,
            strikes=_whole(self.strikes),
            within_days=_whole(self.within_days),
            stop_days=_whole(self.stop_days),
        )


class TypeForm(PenaltyFields):
    """A kind of class; its own rule for missing it is optional."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    minutes = _number(_l("Minutes"), default=60)
    capacity = _number(_l("Places"), default=15)
    about = StringField(_l("In one sentence"), [Length(max=500)])
    hue = SelectField(_l("Colour"), [InputRequired(NEEDED)], coerce=int)
    is_offered = BooleanField(_l("Offered"), default=True)
    own_rule = BooleanField(_l("Missing this class has a rule of its own"))
    paid = BooleanField(_l("Units of a package pay for a place"))
    service = SelectField(_l("Units of"), default=Service.SMALL_GROUP.value)
    units = IntegerField(_l("Units for one place"), [Optional()], default=1, render_kw=NUMERIC)
    use = SelectField(_l("Who pays with units"), default=UnitUse.WITHOUT_PLAN.value)
    late_keeps = SelectField(_l("Cancelling late"), default=MissedRule.UNIT.value)
    missed_keeps = SelectField(_l("Missing it"), default=MissedRule.UNIT.value)

    def offer(self, hues: Choices) -> None:
        """The choosers list the colours and what can follow."""
        self.hue.choices = [(int(value), words) for value, words in hues]
        self.offer_penalties()

    def show(self, kind: ClassType, rule: PenaltyRule | None) -> None:
        """The fields hold the kind of class."""
        self.name.data, self.about.data, self.hue.data = kind.name, kind.about, kind.hue
        self.minutes.data, self.capacity.data = kind.minutes, kind.capacity
        self.is_offered.data, self.own_rule.data = kind.is_offered, rule is not None
        self.show_penalty(rule or PenaltyRule())

    def offer_price(self) -> None:
        """The choosers list services, who pays with units, and what missing a class costs."""
        self.service.choices = [(one.value, service_words(one)) for one in Service]
        self.use.choices = [(one.value, str(RULES_OF_USE[one])) for one in UnitUse]
        kept = [(one.value, missed_words(one)) for one in MissedRule]
        self.late_keeps.choices = self.missed_keeps.choices = kept

    def show_price(self, price: UnitPrice | None) -> None:
        """The fields hold what a place costs in units."""
        self.paid.data = price is not None
        if price is None:
            return
        self.service.data, self.units.data = price.service.value, price.units
        self.use.data = price.use.value
        self.late_keeps.data, self.missed_keeps.data = price.late_cancel.value, price.no_show.value

    def price(self) -> UnitPrice | None:
        """Return what a place costs in units as it was typed, None when plans alone give it."""
        if not self.paid.data:
            return None
        return UnitPrice(
            Service(self.service.data),
            _whole(self.units),
            UnitUse(self.use.data),
            MissedRule(self.late_keeps.data),
            MissedRule(self.missed_keeps.data),
        )

    def order(self) -> TypeOrder:
        """Return what was typed."""
        return TypeOrder(
            self.name.data or "",
            _whole(self.minutes),
            _whole(self.capacity),
            self.about.data or "",
            self.hue.data or 1,
            bool(self.is_offered.data),
        )


class SlotForm(PageForm):
    """A line of the timetable."""

    kind = SelectField(_l("Class"), [DataRequired(NEEDED)])
    room = SelectField(_l("Room"), [DataRequired(NEEDED)])
    teacher = SelectField(_l("Teacher"))
    weekday = SelectField(_l("Weekday"), [InputRequired(NEEDED)], coerce=int)
    starts = TimeField(_l("Starts"), [DataRequired(NEEDED)])
    minutes = IntegerField(_l("Minutes"), [Optional()], render_kw=NUMERIC)
    capacity = IntegerField(_l("Places"), [Optional()], render_kw=NUMERIC)
    valid_from = DateField(_l("First day"), [DataRequired(NEEDED)])
    valid_until = DateField(_l("Last day"), [Optional()])

    def show(self, slot: ClassSlot, chosen: tuple[str, str, str]) -> None:
        """The fields hold the line; `chosen` are the public ids of kind, room and teacher."""
        self.kind.data, self.room.data, self.teacher.data = chosen
        self.weekday.data, self.starts.data = slot.weekday, slot.starts
        self.minutes.data, self.capacity.data = slot.minutes, slot.capacity
        self.valid_until.data = slot.valid_until

    def order(
        self,
        kinds: Mapping[str, ClassType],
        rooms: Mapping[str, Room],
        teachers: Mapping[str, int],
        today: date,
    ) -> SlotOrder:
        """Return what was typed; length and places are those of the kind of class when empty."""
        kind, room = kinds[self.kind.data], rooms[self.room.data]
        starts = self.starts.data
        assert starts is not None  # noqa: S101 - needed by the form
        return SlotOrder(
            class_type_id=kind.id,
            room_id=room.id,
            teacher_id=teachers.get(self.teacher.data or ""),
            weekday=int(self.weekday.data or 0),
            starts=starts,
            minutes=self.minutes.data or kind.minutes,
            capacity=self.capacity.data or min(kind.capacity, room.capacity),
            valid_from=self.valid_from.data or today,
            valid_until=self.valid_until.data,
        )


class RulesForm(PenaltyFields):
    """How the club runs its classes and guests."""

    publish_weeks = _number(_l("Weeks published ahead"))
    cutoff_minutes = _number(_l("Moved up until minutes before the start"))
    offer_minutes = _number(_l("After that an offer stands for minutes"))
    within_minutes = _number(_l("A guest comes within minutes of the host"))
    visits_a_year = _number(_l("Visits of a guest a year at most"))
    new_only = BooleanField(_l("Guests are people who were never members"))
    waiver = BooleanField(_l("Guests sign the waiver first"))

    def show(self, settings: ClassSettings) -> None:
        """The fields hold the settings."""
        self.publish_weeks.data = settings.publish_weeks
        self.cutoff_minutes.data = settings.waiting.cutoff_minutes
        self.offer_minutes.data = settings.waiting.offer_minutes
        self.within_minutes.data = settings.guests.within_minutes
        self.visits_a_year.data = settings.guests.visits_a_year
        self.new_only.data, self.waiver.data = settings.guests.new_only, settings.guests.waiver
        self.show_penalty(settings.penalty)

    def settings(self, guest_plan: str) -> ClassSettings:
        """Return the settings that were typed."""
        return ClassSettings(
            _whole(self.publish_weeks),
            WaitRule(_whole(self.cutoff_minutes), _whole(self.offer_minutes)),
            self.penalty(),
            GuestTerms(
                _whole(self.within_minutes),
                _whole(self.visits_a_year),
                bool(self.new_only.data),
                bool(self.waiver.data),
            ),
            guest_plan,
        )


class PlanRulesForm(PenaltyFields):
    """What a plan may book, and how many guests it brings."""

    may_book = BooleanField(_l("Books classes"))
    kinds = MultiCheckboxField(_l("Only these classes"))
    opens_days = _number(_l("Booking opens days before"))
    closes_minutes = _number(_l("and closes minutes before the start"))
    open_limit = IntegerField(_l("Open bookings at most"), [Optional()], render_kw=NUMERIC)
    guest_passes = _number(_l("Guest passes"))
    guest_period = SelectField(_l("for each"), [InputRequired(NEEDED)])
    own_rule = BooleanField(_l("Missing a class has a rule of its own on this plan"))

    def offer(self, kinds: Sequence[ClassType]) -> None:
        """The choosers list kinds of classes, periods, and what can follow."""
        self.kinds.choices = [(one.public_id, one.name) for one in kinds]
        self.guest_period.choices = [(one.value, str(PERIODS[one])) for one in GuestPeriod]
        self.offer_penalties()

    def show(self, rule: PlanRule, penalty: PenaltyRule | None, kinds: Sequence[ClassType]) -> None:
        """The fields hold the rules of a plan."""
        bookings = rule.booking
        self.may_book.data = bookings.may_book
        chosen = bookings.type_ids or frozenset()
        self.kinds.data = [one.public_id for one in kinds if one.id in chosen]
        self.opens_days.data, self.closes_minutes.data = (
            bookings.opens_days,
            bookings.closes_minutes,
        )
        self.open_limit.data = bookings.open_limit
        self.guest_passes.data, self.guest_period.data = (
            rule.guests.passes,
            rule.guests.period.value,
        )
        self.own_rule.data = penalty is not None
        self.show_penalty(penalty or PenaltyRule())

    def rule(self, kinds: Sequence[ClassType]) -> PlanRule:
        """Return the rules that were typed; no kind chosen means every kind."""
        chosen = frozenset(one.id for one in kinds if one.public_id in (self.kinds.data or []))
        return PlanRule(
            BookingRule(
                may_book=bool(self.may_book.data),
                type_ids=chosen or None,
                opens_days=_whole(self.opens_days),
                closes_minutes=_whole(self.closes_minutes),
                open_limit=self.open_limit.data,
            ),
            GuestRule(_whole(self.guest_passes), GuestPeriod(self.guest_period.data)),
        )


def _whole(field: Any) -> int:
    return int(field.data or 0)
