"""Services: members of whom a table of visits knows only a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from access_control.rules.codes import CredentialKind
from access_control.services.credentials import issue_credential
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.api import PersonDraft, register
from memberships.api import (
    PlanKind,
    PlanTerms,
    SaleTerms,
    SignRequest,
    create_plan,
    plans_on_sale,
    sign,
)

PLAN_NAME = "Brought in from another system"
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class NewcomerTerms:
    """How members known only by number come in; no contract when `contract_days` is None.

    `starts_on` of None starts each contract on the member's first visit.
    """

    contract_days: int | None = None
    starts_on: date | None = None


def welcome(
    terms: NewcomerTerms, source: str, firsts: Mapping[str, tuple[int, date]], *, by: str
) -> dict[str, int]:
    """Each number has a member named after it, with a PIN and, if asked for, a contract.

    `firsts` gives club and first day of each number; returns number to person.
    """
    found: dict[str, int] = {}
    numbers = sorted(firsts)
    for start in range(0, len(numbers), AT_ONCE):
        with unit_of_work():
            for number in numbers[start : start + AT_ONCE]:
                club_id, first_on = firsts[number]
                found[number] = _newcomer(source, number, club_id, by=by)
                if terms.contract_days is not None:
                    plan_id = _plan(club_id, terms.contract_days, by=by)
                    starts_on = terms.starts_on or first_on
                    before = SaleTerms(is_billed=False)
                    sign(SignRequest(found[number], plan_id, starts_on, sale=before), by=by)
    return found


def _newcomer(source: str, number: str, club_id: int, *, by: str) -> int:
    draft = PersonDraft(given_name="Member", family_name=number, external_ref=number, source=source)
    person = register(draft, club_id, by=by)
    issue_credential(person.id, CredentialKind.PIN, number, by=by)
    return person.id


def _plan(club_id: int, days: int, *, by: str) -> int:
    for plan in plans_on_sale(club_id):
        if plan.terms.name == PLAN_NAME and plan.terms.term_days == days:
            return plan.plan_id
    club = db.session.get_one(Club, club_id)
    terms = PlanTerms(
        name=PLAN_NAME,
        kind=PlanKind.TERM,
        price_minor=0,
        currency=club.currency,
        term_days=days,
        all_clubs=True,
    )
    return create_plan(club_id, terms, by=by).id
