"""A till in Dhaka: Boris opens it, Frank and Sara sell, Max may do everything."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import time_machine

from clubcrm.core.db import db
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.books.invariants import closings_hold
from memberships.tills.invariants import shifts_balance
from memberships.tills.models import Shift, ShiftReport
from memberships.tills.services import add_till, open_shift
from tests.cast import Cast

NOON = datetime(2026, 11, 26, 6, tzinfo=UTC)
MAX, FRANK, BORIS = "user:2", "user:4", "user:6"
_numbers = count(1)


@pytest.fixture
def noon():
    """It is noon in Dhaka on 26 November 2026, and time stands still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def opened(cast: Cast, float_minor: int = 100_000, *, name: str = "Bar", by: str = BORIS) -> Shift:
    """A till of this name is open with so much change."""
    return open_shift(add_till(cast.club, name, by=MAX).id, float_minor, by=by)


def paid(cast: Cast, amount: int, tender: Tender = Tender.CASH, *, by: str = BORIS, **more: Any):
    """Mia has paid the amount at the desk."""
    order = PaymentOrder(
        cast.club, cast.members["Mia"], amount, tender, "till", str(next(_numbers)), **more
    )
    return take_payment(order, by=by)


def told(report: ShiftReport) -> dict[str, Any]:
    """Return the figures of a report."""
    return dict(json.loads(report.figures))


def faults() -> list[str]:
    """Return what is wrong with shifts and books."""
    db.session.flush()
    db.session.expire_all()
    return [*shifts_balance(), *closings_hold()]
