"""Services room: contracts that were sold elsewhere come in from a table, each once, unbilled.

Nobody is welcomed or bid farewell for them: they were signed, and many of them ended, long ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.remembered import remembered
from clubcrm.core.text import ascii_digits, fold
from clubcrm.people.api import IMPORT_TABLES, keys_kept, note_keys, read_rows
from clubcrm.people.rules.table_kinds import (
    KNOWN,
    NEW,
    Outcome,
    TableField,
    TableKind,
    TablePlace,
    TableRow,
)
from memberships.contracts.catalogue import PLANS, PlanOnSale, plan_by_id, plans_of
from memberships.contracts.past_writing import Past, write_past
from memberships.contracts.plans import create_plan, withdraw_plan
from memberships.contracts.rules import PlanKind
from memberships.contracts.services import refuse_overlap
from memberships.contracts.spans_taken import Taken, TakenSpan, periods_taken
from memberships.contracts.terms import PlanTerms, term_end

KIND = "contracts"
LONGEST_TERM = 3660


@dataclass(frozen=True, slots=True)
class _ToldContract:
    """A row whose words could be read and whose member is known."""

    number: int
    key: str
    person_id: int
    plan: str
    starts_on: date
    ends_on: date | None
    units: int | None


def keep_contracts(place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    """The contracts of the rows stand in the books as they ran, each once.

    What is asked of the store is asked once for all the rows.
    """
    told, found = read_rows(place, rows, _told_contract)
    known = keys_kept(place, KIND, [one.key for one in told])
    taken = periods_taken({one.person_id for one in told})
    past: dict[str, Past] = {}
    for one in told:
        if one.key in known or one.key in past:
            found[one.number] = KNOWN
            continue
        try:
            past[one.key] = _past(place, one, taken)
        except DomainError as error:
            found[one.number] = error
        else:
            found[one.number] = NEW
    today = clock.today(db.session.get_one(Club, place.club_id).zone)
    ids = write_past(place.club_id, list(past.values()), today, by=place.by)
    note_keys(place, KIND, dict(zip(past, ids, strict=True)))
    return found


def _told_contract(row: TableRow, person_id: int) -> _ToldContract:
    starts_on, ends_on = _day(row.values, "starts_on"), _day(row.values, "ends_on")
    if starts_on is None:
        raise invalid({"starts_on": _("The contract needs a first day.")})
    if ends_on is not None and ends_on < starts_on:
        raise invalid({"ends_on": _("The last day lies before the first.")})
    key = row.values["number"] or f"{person_id}|{row.values['plan']}|{starts_on}"
    return _ToldContract(
        row.number,
        key.casefold()[:200],
        person_id,
        row.values["plan"],
        starts_on,
        ends_on,
        _units(row.values),
    )


def _past(place: TablePlace, told: _ToldContract, taken: Taken) -> Past:
    plan = _plan(place, told.plan, told.starts_on, told.ends_on)
    last = term_end(told.starts_on, plan.terms.term)
    spans = taken.setdefault((told.person_id, plan.plan_id), [])
    clash = next((one for one in spans if one.shares_a_day(told.starts_on, last)), None)
    refuse_overlap(clash.number if clash else None)
    past = Past(plan, told.person_id, told.starts_on, last, told.units)
    if past.is_unused:
        spans.append(TakenSpan(told.key, told.starts_on, last))
    return past


def _plan(place: TablePlace, name: str, starts_on: date, ends_on: date | None) -> PlanOnSale:
    """Return the plan of that name, or one of the same name that lasts just as long as told."""
    named = remembered((PLANS, "named", place.club_id), lambda: _named(place)).get(fold(name), [])
    for plan in named:
        if ends_on is None or term_end(starts_on, plan.terms.term) == ends_on:
            return plan
    if ends_on is None:
        raise invalid({"plan": _("There is no plan of this name. Give the last day as well.")})
    days = (ends_on - starts_on).days + 1
    if days > LONGEST_TERM:
        raise invalid({"ends_on": _("This contract would last more than ten years.")})
    like = named[0].terms if named else None
    terms = PlanTerms(
        name=name,
        kind=PlanKind.TERM,
        price_minor=like.price_minor if like else 0,
        currency=db.session.get_one(Club, place.club_id).currency,
        term_days=days,
        all_clubs=like.all_clubs if like else True,
    )
    made = create_plan(place.club_id, terms, by=place.by)
    withdraw_plan(made.id, by=place.by)
    found = plan_by_id(made.id)
    assert found is not None  # noqa: S101 - just made
    return found


def _named(place: TablePlace) -> dict[str, list[PlanOnSale]]:
    found: dict[str, list[PlanOnSale]] = {}
    for one in plans_of(Scope((place.club_id,))):
        found.setdefault(fold(one.terms.name), []).append(one)
    return found


def _day(values: dict[str, str] | object, name: str) -> date | None:
    told: str = values[name]  # type: ignore[index]
    return date.fromisoformat(told[:10]) if told else None


def _units(values: object) -> int | None:
    text = ascii_digits(values["units_left"])  # type: ignore[index]
    if not text:
        return None
    if not text.isdigit() or int(text) > 10_000:
        raise invalid({"units_left": _("A whole number of units.")})
    return int(text)


def contract_table() -> TableKind:
    """Return what a table of contracts holds."""
    return TableKind(
        name=KIND,
        title=_l("Contracts"),
        right=IMPORT_TABLES,
        fields=(
            TableField("member", _l("Member number"), ("member no", "member id", "customer id")),
            TableField("phone", _l("Phone"), ("mobile", "telefon", "телефон", "ফোন", "फोन")),
            TableField("email", _l("E-mail"), ("e mail", "mail")),
            TableField("name", _l("Name"), ("full name", "фио", "নাম", "नाम")),
            TableField("plan", _l("Plan"), ("membership", "tariff", "тариф", "vertrag", "product")),
            TableField(
                "starts_on", _l("First day"), ("start", "from", "begin", "start date"), is_date=True
            ),
            TableField("ends_on", _l("Last day"), ("end", "until", "to", "end date"), is_date=True),
            TableField("units_left", _l("Visits left"), ("visits left", "remaining", "left")),
            TableField("number", _l("Contract number"), ("contract", "contract no", "agreement")),
        ),
        needed=(("member", "phone", "email"), ("plan",), ("starts_on",)),
        key=("member", "phone", "email", "plan", "starts_on", "number"),
        keep=keep_contracts,
    )
