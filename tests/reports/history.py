"""Years of contracts written straight into the store, as an import would leave them."""

from datetime import UTC, date, datetime, time, timedelta

from clubcrm.core.db import db
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.terms import add_months
from tests.cast import Cast, make_member
from tests.memberships.conftest import YEAR, make_plan


class History:
    """Sells terms of one plan to people of the cast's club, one after the other."""

    def __init__(self, cast: Cast, plan: PlanOnSale | None = None) -> None:
        self.cast, self.plan = cast, plan or make_plan(cast, YEAR)
        self.sold = 0

    def member(self, name: str, *starts: date, source: str = "desk") -> int:
        """Somebody new bought a term on each of these days; returns his id."""
        person = make_member(name, club=self.cast.club)
        person.source = source
        db.session.flush()
        for first in starts:
            self.term(person.id, first)
        return person.id

    def term(self, person_id: int, first: date, signed: date | None = None) -> Contract:
        """The person has a term from a first day, signed on that day or on another."""
        self.sold += 1
        last = add_months(first, self.plan.terms.term_months or 12) - timedelta(days=1)
        contract = Contract(
            number=f"H-{self.plan.plan_id}-{self.sold}",
            club_id=self.cast.club,
            person_id=person_id,
            payer_id=person_id,
            plan_version_id=self.plan.version_id,
            state=ContractState.SIGNED,
            starts_on=first,
            ends_on=last,
            term_ends_on=last,
            price_minor=self.plan.terms.price_minor,
            currency="BDT",
            signed_at=datetime.combine(signed or first, time(6), UTC),
            signed_by="import",
        )
        db.session.add(contract)
        db.session.flush()
        return contract
