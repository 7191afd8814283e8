"""Services room: contracts that were sold elsewhere come in from a table, each once, unbilled.

Nobody is welcomed or bid farewell for them: they were signed, and many of them ended, long ago.
"""

from datetime import UTC, date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.remembered import remembered
from clubcrm.core.states import move
from clubcrm.core.text import ascii_digits, fold
from clubcrm.people.api import IMPORT_TABLES, keep_once, row_by_row, told_member
from clubcrm.people.rules.table_kinds import Outcome, TableField, TableKind, TablePlace, TableRow
from memberships.contracts.catalogue import PLANS, PlanOnSale, plan_by_id, plans_of
from memberships.contracts.history import overlapping
from memberships.contracts.models import Contract
from memberships.contracts.plans import create_plan, withdraw_plan
from memberships.contracts.rules import CONTRACT_MOVES, ContractState, PlanKind
from memberships.contracts.services import Draft, draw_up, make_valid, refuse_overlap
from memberships.contracts.terms import PlanTerms, term_end
from memberships.packages.queries import visit_lots_of
from memberships.packages.services import correct_lot

KIND = "contracts"
LONGEST_TERM = 3660


def keep_contract(place: TablePlace, row: TableRow) -> Outcome:
    """The contract of a row stands in the books as it ran; raises INVALID_INPUT, NO_MEMBER."""
    person_id = told_member(place.club_id, place.source, row.values)
    starts_on = _day(row.values, "starts_on")
    if starts_on is None:
        raise invalid({"starts_on": _("The contract needs a first day.")})
    ends_on = _day(row.values, "ends_on")
    if ends_on is not None and ends_on < starts_on:
        raise invalid({"ends_on": _("The last day lies before the first.")})
    key = row.values["number"] or f"{person_id}|{row.values['plan']}|{starts_on}"
    return keep_once(
        place,
        KIND,
        key.casefold()[:200],
        lambda: _write(place, row, (person_id, starts_on, ends_on)),
    )


def _write(place: TablePlace, row: TableRow, who: tuple[int, date, date | None]) -> int:
    person_id, starts_on, ends_on = who
    plan = _plan(place, row.values["plan"], starts_on, ends_on)
    last = term_end(starts_on, plan.terms.term)
    clash = overlapping(person_id, plan.plan_id, starts_on, last)
    refuse_overlap(clash.number if clash else None)
    units = _units(row.values)
    draft = Draft(plan, person_id, person_id, starts_on, last, plan.terms.price_minor)
    contract = draw_up(draft, by=place.by)
    _set_units(contract, plan, units, by=place.by)
    make_valid(contract, by=place.by, what="brought_in")
    contract.signed_at = datetime(starts_on.year, starts_on.month, starts_on.day, 12, tzinfo=UTC)
    today = clock.today(db.session.get_one(Club, place.club_id).zone)
    if last is not None and last < today:
        move(contract, ContractState.ENDED, moves=CONTRACT_MOVES, by=place.by, why="brought in")
    db.session.flush()
    return contract.id


def _plan(place: TablePlace, name: str, starts_on: date, ends_on: date | None) -> PlanOnSale:
    """Return the plan of that name, or one of the same name that lasts just as long as told."""
    sold = remembered((PLANS, "club", place.club_id), lambda: plans_of(Scope((place.club_id,))))
    named = [one for one in sold if fold(one.terms.name) == fold(name)]
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


def _set_units(contract: Contract, plan: PlanOnSale, left: int | None, *, by: str) -> None:
    bought = plan.terms.visits
    if bought is None or left is None or left == bought:
        return
    lot_id = visit_lots_of(contract.id)[0]
    correct_lot(
        lot_id,
        left - bought,
        source_id=f"import-{contract.id}",
        by=by,
        reason=_("Units left when the contract was brought in"),
    )


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
        keep=row_by_row(keep_contract),
    )
