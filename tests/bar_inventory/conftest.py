"""The bar of the cast, at noon of a Sunday in Dhaka, in a unit of work that is rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.bar_inventory.counter import Bar, make_bar
from tests.cast import Cast

NOON = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[object]:
    """Stand still at noon in Dhaka."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def bar(noon: object, unit: None, cast: Cast) -> Bar:
    """Return the bar of Dhanmondi; nothing lies there yet."""
    return make_bar(cast)
