"""Some members of a grown club are on a plan whose units come anew with each paid period."""

from collections import defaultdict

from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.contracts.fees import fee_periods
from memberships.contracts.included_tables import PlanPackage
from memberships.contracts.models import Contract
from memberships.contracts.period_units import contracts_to_renew
from memberships.packages.models import EntryKind, PackageEntry, PackageLot, PackageSale
from tests.seed.conftest import ORDER

TODAY = ORDER.moment.date()


def _rolling_with_units() -> list[Contract]:
    brings = select(PlanPackage.version_id).where(PlanPackage.each_period.is_(True))
    return list(
        db.session.scalars(
            select(Contract).where(Contract.plan_version_id.in_(brings)).order_by(Contract.id)
        )
    )


def _lots_of(contract: Contract) -> list[PackageLot]:
    chosen = select(PackageLot).where(PackageLot.contract_id == contract.id)
    return list(db.session.scalars(chosen.order_by(PackageLot.expires_on)))


def test_some_members_have_a_plan_that_brings_units_each_month(grown: dict[str, int]) -> None:
    contracts = _rolling_with_units()

    assert len(contracts) >= 4
    assert any(len(_lots_of(contract)) >= 3 for contract in contracts)


def test_every_period_that_began_has_brought_its_units(grown: dict[str, int]) -> None:
    for contract in _rolling_with_units():
        last = min(contract.ends_on or TODAY, TODAY)
        spans = [span for _number, span in fee_periods(contract, last)]
        ends = [min(one.until_on, contract.ends_on or one.until_on) for one in spans]
        assert [lot.expires_on for lot in _lots_of(contract)] == ends


def test_the_night_finds_nothing_that_the_seed_left_out(grown: dict[str, int]) -> None:
    due = [contracts_to_renew(club, TODAY) for club in db.session.scalars(select(Club.id))]

    assert [one for one in due if one] == []


def test_units_of_periods_cost_nothing_are_used_and_lapse(grown: dict[str, int]) -> None:
    lots = [lot for contract in _rolling_with_units() for lot in _lots_of(contract)]
    sales = select(PackageSale.price_minor).where(PackageSale.lot_id.in_(lot.id for lot in lots))
    told = defaultdict(int)
    lines = select(PackageEntry).where(PackageEntry.lot_id.in_(lot.id for lot in lots))
    for line in db.session.scalars(lines):
        told[line.kind] += 1

    assert set(db.session.scalars(sales)) == {0}
    assert told[EntryKind.BUY] == len(lots)
    assert told[EntryKind.USE] > 0
    assert told[EntryKind.EXPIRE] > 0
