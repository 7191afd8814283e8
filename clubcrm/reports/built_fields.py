"""Queries room: what one may ask of members, visits, payments, the bar and leads, field by field.

A new field is one line here: it can be filtered, shown, sorted, grouped and exported at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from access_control.models import Visit
from bar_inventory.sales.models import Sale, SaleLine
from clubcrm.accounts.models import User
from clubcrm.core import formats
from clubcrm.core.i18n import OWN_NAMES
from clubcrm.core.local_days import local_day_of
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.names import stage_words
from clubcrm.leads.models import Lead, LeadSource
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.models import ContactKind, ContactPoint, Person
from clubcrm.people.traits import Choices, Trait
from clubcrm.reports.built_words import lead_channel_words, lead_stage_words
from clubcrm.reports.rules.built import Shape, Sort
from clubcrm.reports.words import source_words
from memberships.billing.models import Instalment, Invoice, Payment
from memberships.billing.orders import Tender
from memberships.billing.words import tender_words
from memberships.contracts.models import Contract, PlanVersion

Words = Callable[[str], str]
SUNDAY = date(2024, 1, 7)
YEAR, QUARTER = 365, 90


@dataclass(frozen=True, slots=True)
class Asker:
    """The club that is asked, its day and currency, and the role of who asks."""

    club_id: int
    today: date
    currency: str
    zone: str = "UTC"
    role: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something one may ask for, show and group by; `label` turns its value into words."""

    name: str
    words: str
    sort: Sort
    column: Any
    label: Words | None = None
    searched: Any = None  # a folded column that stands in when one looks for words
    trait: Trait | None = None  # it has no column before the rows of the trait are joined
    section: str = ""
    offered: Callable[[], Choices] | None = None
    days: int | None = None  # within how many it counts; None where it does not


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report may be about: its fields, where its rows come from, and whose they are."""

    about: str
    fields: Mapping[str, Field]
    rows: Select[Any]
    key: Any
    person: Any
    usual: tuple[str, ...] = field(default=())

    @property
    def shape(self) -> Shape:
        """Return what may be asked, for the rules."""
        sorts = {name: one.sort for name, one in self.fields.items()}
        windows = {name: one.days for name, one in self.fields.items() if one.days}
        return Shape(self.about, sorts, self.usual, windows)


def bare_subject(about: str, asker: Asker) -> Subject:
    """Return what may be asked of this without traits; members where the name is not known."""
    return SUBJECTS.get(about, _members)(asker)


def _members(asker: Asker) -> Subject:
    facts, person = MemberFacts, Person
    fields = [
        _name(),
        Field("stage", _("Stage"), Sort.CHOICE, cast(facts.stage, String), stage_words),
        Field("member", _("Has a membership"), Sort.FLAG, facts.contract_id.is_not(None)),
        Field("plan", _("Plan"), Sort.CHOICE, PlanVersion.name),
        Field("price", _("Price of the contract"), Sort.MONEY, Contract.price_minor),
        Field("joined", _("Member since"), Sort.DAY, facts.joined_on),
        Field("ends", _("Last day of the contract"), Sort.DAY, facts.ends_on),
        Field("renewals", _("Renewals so far"), Sort.NUMBER, facts.renewals),
        Field("frozen", _("Frozen"), Sort.FLAG, facts.is_frozen),
        Field("last_visit", _("Last visit"), Sort.DAY, facts.last_visit_on),
        Field("visits_28", _("Visits in 28 days"), Sort.NUMBER, facts.v28),
        Field("visits", _("Visits in all"), Sort.NUMBER, facts.visits),
        Field("risk", _("Risk score"), Sort.NUMBER, facts.score),
        Field("owed", _("Owes"), Sort.MONEY, _owed(asker)),
        Field("paid_year", _("Paid in 365 days"), Sort.MONEY, _paid(asker)),
        Field("bar_90", _("Spent at the bar in 90 days"), Sort.MONEY, _at_the_bar(asker)),
        *_person_fields(),
    ]
    rows = (
        select(func.count())
        .select_from(facts)
        .join(person, person.id == facts.person_id)
        .outerjoin(Contract, Contract.id == facts.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(facts.club_id == asker.club_id)
    )
    usual = ("name", "stage", "plan", "ends", "last_visit")
    return _subject("members", fields, rows, (facts.person_id, person.public_id), usual)


def _visits(asker: Asker) -> Subject:
    fields = [
        Field("day", _("Day"), Sort.DAY, Visit.day),
        Field("weekday", _("Weekday"), Sort.CHOICE, _weekday(Visit.day), _weekday_words),
        _name(),
        Field("stage", _("Stage"), Sort.CHOICE, cast(MemberFacts.stage, String), stage_words),
        Field("plan", _("Plan"), Sort.CHOICE, PlanVersion.name),
        Field("units", _("Units used"), Sort.NUMBER, Visit.units),
        *_person_fields(),
    ]
    rows = (
        select(func.count())
        .select_from(Visit)
        .join(Person, Person.id == Visit.person_id)
        .outerjoin(MemberFacts, MemberFacts.person_id == Visit.person_id)
        .outerjoin(Contract, Contract.id == Visit.contract_id)
        .outerjoin(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Visit.club_id == asker.club_id)
    )
    usual = ("day", "name", "stage", "plan")
    return _subject("visits", fields, rows, (Visit.id, Person.public_id), usual)


def _payments(asker: Asker) -> Subject:
    fields = [
        Field("day", _("Day"), Sort.DAY, Payment.taken_on),
        Field("number", _("Receipt"), Sort.TEXT, Payment.number),
        _name(_("Paid by")),
        Field("amount", _("Amount"), Sort.MONEY, Payment.amount_minor),
        Field("refunded", _("Given back"), Sort.MONEY, Payment.refunded_minor),
        Field("tender", _("How"), Sort.CHOICE, cast(Payment.tender, String), _tender),
        Field("taken_by", _("Taken by"), Sort.CHOICE, _name_of_user(Payment.taken_by)),
        *_person_fields(),
    ]
    rows = (
        select(func.count())
        .select_from(Payment)
        .join(Person, Person.id == Payment.payer_id)
        .where(Payment.club_id == asker.club_id)
    )
    usual = ("day", "number", "name", "amount", "tender")
    return _subject("payments", fields, rows, (Payment.id, Person.public_id), usual)


def _bar(asker: Asker) -> Subject:
    margin = SaleLine.total_minor - SaleLine.tax_minor - SaleLine.cost_micro / 1_000_000
    fields = [
        Field("day", _("Day"), Sort.DAY, Sale.sold_on),
        Field("weekday", _("Weekday"), Sort.CHOICE, _weekday(Sale.sold_on), _weekday_words),
        Field("product", _("Product"), Sort.CHOICE, SaleLine.name),
        Field("quantity", _("Sold"), Sort.NUMBER, SaleLine.quantity),
        Field("total", _("Sum"), Sort.MONEY, SaleLine.total_minor),
        Field("discount", _("Discount"), Sort.MONEY, SaleLine.discount_minor),
        Field("margin", _("Margin"), Sort.MONEY, margin),
        Field("to_member", _("To a member"), Sort.FLAG, Sale.person_id.is_not(None)),
        Field("sold_by", _("Sold by"), Sort.CHOICE, _name_of_user(Sale.sold_by)),
        _name(_("Buyer")),
    ]
    rows = (
        select(func.count())
        .select_from(SaleLine)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .outerjoin(Person, Person.id == Sale.person_id)
        .where(Sale.club_id == asker.club_id)
    )
    usual = ("day", "product", "quantity", "total", "name")
    return _subject("bar", fields, rows, (SaleLine.id, Person.public_id), usual)


def _leads(asker: Asker) -> Subject:
    owner = select(User.name).where(User.id == Lead.owner_id).scalar_subquery()
    fields = [
        Field("arrived", _("Asked on"), Sort.DAY, local_day_of(Lead.arrived_at, asker.zone)),
        _name(),
        Field("stage", _("Stage"), Sort.CHOICE, cast(Lead.state, String), lead_stage_words),
        Field("source", _("Source"), Sort.CHOICE, LeadSource.name),
        Field("channel", _("Way"), Sort.CHOICE, cast(Lead.channel, String), lead_channel_words),
        Field("campaign", _("Campaign"), Sort.CHOICE, Lead.campaign),
        Field("owner", _("Owner"), Sort.CHOICE, owner),
        Field("minutes", _("Minutes to the first try"), Sort.NUMBER, Lead.first_attempt_minutes),
        Field("attempts", _("Tries"), Sort.NUMBER, Lead.attempts),
        Field("value", _("Value"), Sort.MONEY, Lead.value_minor),
        Field("score", _("Score"), Sort.NUMBER, Lead.score),
        Field("language", _("Language"), Sort.CHOICE, Person.language, language_words),
    ]
    rows = (
        select(func.count())
        .select_from(Lead)
        .join(Person, Person.id == Lead.person_id)
        .outerjoin(LeadSource, LeadSource.id == Lead.source_id)
        .where(Lead.club_id == asker.club_id)
    )
    usual = ("arrived", "name", "stage", "source", "owner")
    return _subject("leads", fields, rows, (Lead.id, Person.public_id), usual)


SUBJECTS: Mapping[str, Callable[[Asker], Subject]] = {
    "members": _members,
    "visits": _visits,
    "payments": _payments,
    "bar": _bar,
    "leads": _leads,
}


def _subject(
    about: str,
    fields: Sequence[Field],
    rows: Select[Any],
    keys: tuple[Any, Any],
    usual: tuple[str, ...],
) -> Subject:
    return Subject(about, {one.name: one for one in fields}, rows, *keys, usual)


def _name(words: str = "") -> Field:
    full = func.trim(Person.given_name + " " + Person.family_name)
    return Field("name", words or _("Name"), Sort.TEXT, full, searched=Person.search_text)


def _person_fields() -> list[Field]:
    month = cast(extract("month", Person.birth_date), String)
    return [
        Field("phone", _("Phone"), Sort.TEXT, _reached_by(ContactKind.PHONE)),
        Field("email", _("E-mail"), Sort.TEXT, _reached_by(ContactKind.EMAIL)),
        Field("street", _("Street and house"), Sort.TEXT, _street()),
        Field("birth_month", _("Month of birth"), Sort.CHOICE, month, _month_words),
        Field("language", _("Language"), Sort.CHOICE, Person.language, language_words),
        Field("source", _("Where from"), Sort.CHOICE, Person.source, source_words),
        Field("quiet", _("Do not contact"), Sort.FLAG, Person.do_not_contact),
    ]


def _reached_by(kind: ContactKind) -> ColumnElement[Any]:
    return (
        select(func.min(ContactPoint.value))
        .where(
            ContactPoint.person_id == Person.id, ContactPoint.kind == kind, ContactPoint.is_primary
        )
        .scalar_subquery()
    )


def _street() -> ColumnElement[Any]:
    """Return the street and house of the newest address, on one line."""
    return (
        select(func.replace(PostalAddress.street, "\n", ", "))
        .where(PostalAddress.person_id == Person.id)
        .order_by(PostalAddress.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _owed(asker: Asker) -> ColumnElement[Any]:
    return func.coalesce(
        select(func.sum(Instalment.open_minor))
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(
            Invoice.payer_id == Person.id,
            Invoice.currency == asker.currency,
            Instalment.open_minor > 0,
            Instalment.due_on < asker.today,
        )
        .scalar_subquery(),
        0,
    )


def _paid(asker: Asker) -> ColumnElement[Any]:
    return func.coalesce(
        select(func.sum(Payment.amount_minor - Payment.refunded_minor))
        .where(
            Payment.payer_id == Person.id,
            Payment.currency == asker.currency,
            Payment.taken_on > asker.today - timedelta(days=YEAR),
        )
        .scalar_subquery(),
        0,
    )


def _at_the_bar(asker: Asker) -> ColumnElement[Any]:
    return func.coalesce(
        select(func.sum(Sale.total_minor))
        .where(
            Sale.person_id == Person.id,
            Sale.currency == asker.currency,
            Sale.sold_on > asker.today - timedelta(days=QUARTER),
        )
        .scalar_subquery(),
        0,
    )


def _name_of_user(ref: InstrumentedAttribute[str]) -> ColumnElement[Any]:
    """The name behind "user:7"; a program's entries have the reference itself."""
    name = select(User.name).where(ref == "user:" + cast(User.id, String)).scalar_subquery()
    return func.coalesce(name, ref)


def _weekday(day: InstrumentedAttribute[date]) -> ColumnElement[Any]:
    number = extract("dow", day)
    return case({one: str(one) for one in range(7)}, value=number)


def _weekday_words(number: str) -> str:
    return formats.weekday_short(SUNDAY + timedelta(days=int(number)))


def _month_words(number: str) -> str:
    return formats.month_short(date(2024, int(float(number)), 1))


def _tender(code: str) -> str:
    return tender_words(Tender(code))


def language_words(code: str) -> str:
    """Return what a language is called in itself."""
    return OWN_NAMES[code].capitalize() if code in OWN_NAMES else code
