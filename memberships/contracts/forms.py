"""Forms of plans, contracts, freezes and blocks; views turn them into requests of the services."""

from collections.abc import Mapping, Sequence
from datetime import date, time

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import Choices, MultiCheckboxField, PageForm
from clubcrm.core.money import Money
from memberships.billing.orders import Due
from memberships.billing.totals import instalments
from memberships.blocks.rules import PLACED_BY_HAND, BlockOwner
from memberships.contracts.fields import NUMERIC, AmountField, ConditionsForm, _l
from memberships.contracts.rules import FreezeOnScan, PlanKind, Window
from memberships.contracts.selling import SaleTerms
from memberships.contracts.terms import PlanTerms, add_months
from memberships.contracts.words import block_owner_words, plan_kind_words

SLOTS = 2


NEEDED = _l("This is needed.")


def _number(label: str, help_text: str = "") -> IntegerField:
    return IntegerField(label, [Optional()], description=help_text, render_kw=NUMERIC)


class PlanForm(ConditionsForm):
    """The terms of a plan but its hours, which are a grid of their own."""

    name = StringField(
        _l("Name"), [DataRequired(NEEDED), Length(max=200)], render_kw={"autofocus": True}
    )
    kind = SelectField(_l("Kind"), [DataRequired(NEEDED)])
    price = AmountField(_l("Price"), [InputRequired(NEEDED)], render_kw={"inputmode": "decimal"})
    term_months = _number(_l("Lasts months"))
    term_days = _number(_l("Lasts days"))
    visits = _number(_l("Number of visits"))
    daily_limit = _number(_l("Visits a day at most"))
    reentry_minutes = IntegerField(
        _l("Minutes within which coming back is the same visit"),
        [InputRequired(NEEDED)],
        default=120,
        render_kw=NUMERIC,
    )
    all_clubs = BooleanField(_l("Admits to every club"))
    clubs = MultiCheckboxField(_l("Admits also to"))
    zones = StringField(_l("Only these zones"), [Length(max=400)])
    freeze_on_scan = SelectField(_l("When a frozen member comes"), [DataRequired(NEEDED)])
    seen_version = HiddenField()

    def offer(self, currency: str, other_clubs: Choices) -> None:
        """The choosers list kinds and clubs; the price is in this currency."""
        self.kind.choices = [(kind.value, plan_kind_words(kind)) for kind in PlanKind]
        self.freeze_on_scan.choices = [
            (FreezeOnScan.REFUSE.value, _("the gate refuses until the freeze is over")),
            (FreezeOnScan.END.value, _("the freeze ends that day and the member comes in")),
        ]
        self.clubs.choices = other_clubs
        self.price.currency = currency
        self.offer_conditions(currency)

    def show(self, terms: PlanTerms, version: int, club_ids: Mapping[str, int]) -> None:
        """The fields hold the terms of a plan."""
        self.name.data, self.kind.data = terms.name, terms.kind.value
        self.price.show(terms.price_minor)
        self.term_months.data, self.term_days.data = terms.term_months, terms.term_days
        self.visits.data, self.daily_limit.data = terms.visits, terms.daily_limit
        self.reentry_minutes.data = terms.reentry_minutes
        self.all_clubs.data = terms.all_clubs
        self.clubs.data = [public for public, one in club_ids.items() if one in terms.club_ids]
        self.zones.data = ", ".join(terms.zones or ())
        self.freeze_on_scan.data = terms.freeze_on_scan.value
        self.seen_version.data = str(version)
        self.show_conditions(terms.conditions)

    def terms(self, club_ids: Mapping[str, int], windows: Sequence[Window]) -> PlanTerms:
        """Return the terms that were typed."""
        zones = tuple(zone.strip() for zone in (self.zones.data or "").split(",") if zone.strip())
        chosen = self.clubs.data or []
        return PlanTerms(
            name=self.name.data or "",
            kind=PlanKind(self.kind.data),
            price_minor=self.price.minor or 0,
            currency=self.price.currency,
            term_months=self.term_months.data,
            term_days=self.term_days.data,
            visits=self.visits.data,
            windows=tuple(windows),
            daily_limit=self.daily_limit.data,
            reentry_minutes=self.reentry_minutes.data or 0,
            all_clubs=bool(self.all_clubs.data),
            club_ids=frozenset(club_ids[one] for one in chosen if one in club_ids),
            zones=zones or None,
            freeze_on_scan=FreezeOnScan(self.freeze_on_scan.data),
            conditions=self.conditions(),
        )


class SignForm(PageForm):
    """Which plan, from when, at which price and in how many parts."""

    plan = SelectField(_l("Plan"), [DataRequired(NEEDED)], render_kw={"autofocus": True})
    starts_on = DateField(_l("First day"), [DataRequired(NEEDED)])
    discount = AmountField(_l("Discount"), [Optional()], render_kw={"inputmode": "decimal"})
    discount_reason = StringField(_l("Why the discount"), [Length(max=300)])
    first_percent = IntegerField(
        _l("Percent paid now"), [Optional(), NumberRange(0, 100)], render_kw=NUMERIC
    )
    parts = IntegerField(
        _l("Monthly parts for the rest"), [Optional(), NumberRange(0, 24)], render_kw=NUMERIC
    )
    shown = HiddenField()

    def sale(self, total_minor: int, today: date) -> SaleTerms:
        """Return how it is sold: all at once, or a share now and the rest month by month."""
        shown = (self.shown.data or "").strip()
        return SaleTerms(
            shown_minor=int(shown) if shown.isascii() and shown.isdigit() else None,
            discount_minor=self.discount.minor or 0,
            discount_reason=self.discount_reason.data or "",
            due=self.dues(total_minor, today),
        )

    def dues(self, total_minor: int, today: date) -> tuple[Due, ...]:
        """Return the dated parts of a total, none when it is paid at once."""
        count = self.parts.data or 0
        if not count or not total_minor:
            return ()
        percent = 100 // (count + 1) if self.first_percent.data is None else self.first_percent.data
        first = Money(total_minor, "").share_bp(percent * 100).amount_minor
        later = [add_months(today, number) for number in range(1, count + 1)]
        return instalments(total_minor, today, first, later)


class FreezeForm(PageForm):
    """Which contract stands still, from when to when."""

    contract = SelectField(_l("Contract"), [DataRequired(NEEDED)])
    from_on = DateField(_l("First frozen day"), [DataRequired(NEEDED)])
    until_on = DateField(_l("Last frozen day"), [DataRequired(NEEDED)])
    kind = SelectField(_l("Kind of freeze"), [Optional()])
    reason = StringField(_l("Reason"), [DataRequired(NEEDED), Length(max=300)])
    proof = StringField(_l("Document seen"), [Length(max=300)])


class BlockForm(PageForm):
    """Why a person is stopped, and until when."""

    owner = SelectField(_l("Cause"), [DataRequired(NEEDED)])
    reason = StringField(_l("Reason"), [DataRequired(NEEDED), Length(max=300)], id="block-reason")
    amount = AmountField(_l("Amount owed"), [Optional()], render_kw={"inputmode": "decimal"})
    until_on = DateField(_l("Last day"), [Optional()], id="block-until")

    def offer(self, currency: str) -> None:
        """The choosers list the causes; the amount is in this currency."""
        self.owner.choices = [
            (owner.value, block_owner_words(owner))
            for owner in BlockOwner
            if owner in PLACED_BY_HAND
        ]
        self.amount.currency = currency


Cell = tuple[str, str]
Grid = list[list[Cell]]


def grid_of(windows: Sequence[Window]) -> Grid:
    """Return a week of opening and closing times as the form shows them, Monday first."""
    days: Grid = [[] for _day in range(7)]
    for one in sorted(windows):
        days[one.weekday].append((f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"))
    slots = max(SLOTS, *(len(day) for day in days))
    return [day + [("", "")] * (slots - len(day)) for day in days]


def typed_grid(fields: Mapping[str, str]) -> Grid:
    """Return the week as it was typed."""
    slots = SLOTS
    while f"opens-0-{slots}" in fields and slots < 10:
        slots += 1
    return [
        [
            (fields.get(f"opens-{day}-{slot}", ""), fields.get(f"closes-{day}-{slot}", ""))
            for slot in range(slots)
        ]
        for day in range(7)
    ]


def windows_of(grid: Grid) -> list[Window]:
    """Return the hours of a typed week; raises ValueError with the sentence to show."""
    windows = []
    for weekday, cells in enumerate(grid):
        for opens, closes in cells:
            if not opens and not closes:
                continue
            if not opens or not closes:
                raise ValueError(_("Each time span needs a beginning and an end."))
            try:
                span = time.fromisoformat(opens), time.fromisoformat(closes)
            except ValueError:
                raise ValueError(_("Expected times such as 09:00.")) from None
            windows.append(Window(weekday, *span))
    return windows


def typed_day(text: str | None) -> date | None:
    """Return a day typed into an address, None when there is none or it is no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
