"""Whatever happens to a lot, its balance is the sum of its lines and never below zero."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.packages.models import PackageEntry, PackageLot
from memberships.packages.services import (
    LotOrder,
    correct_lot,
    expire_lot,
    open_lot,
    return_visit,
    use_visit,
)
from tests import long
from tests.memberships.conftest import SARA

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
SOURCES = st.integers(0, 5).map(str)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("use"), SOURCES),
        st.tuples(st.just("return"), SOURCES),
        st.tuples(st.just("correct"), st.integers(-3, 3)),
        st.tuples(st.just("expire"), st.none()),
    ),
    max_size=30,
)


def carry_out(lot: int, number: int, act: str, value: str | int | None) -> None:
    """One step of a lot's life; steps that are refused change nothing."""
    prefix = f"lot {lot}"
    if act == "use":
        use_visit(lot, prefix, str(value), AT, SARA)
    elif act == "return":
        return_visit(prefix, str(value), AT, SARA, "Wrong member")
    elif act == "expire":
        expire_lot(lot, by="system")
    else:
        with suppress(DomainError):
            correct_lot(lot, int(value or 0), source_id=f"{prefix} {number}", by=SARA, reason="x")


@long.UNHURRIED
@pytest.mark.usefixtures("unit")
def test_balance_always_equals_the_sum_of_lines(cast, app):
    @settings(
        max_examples=long.examples(120),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(units=st.integers(1, 4), steps=STEPS)
    def live(units: int, steps: list[tuple[str, str | int | None]]) -> None:
        order = LotOrder(cast.club, cast.members["Mia"], None, units, date(2026, 12, 31))
        bought = db.session.scalar(select(func.count(PackageLot.id)))
        lot = open_lot(order, source_id=f"lot {bought}", by=SARA).id

        for number, (act, value) in enumerate(steps):
            carry_out(lot, number, act, value)

            left = db.session.scalar(select(PackageLot.remaining).where(PackageLot.id == lot))
            total = db.session.scalar(
                select(func.sum(PackageEntry.delta)).where(PackageEntry.lot_id == lot)
            )
            assert left == total
            assert left >= 0

    live()

    assert unit_balances() == []
    assert unit_sources() == []
