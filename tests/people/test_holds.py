"""People who are to be left in peace."""

from datetime import date, timedelta

import pytest

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.people.api import HoldOrder, holds_of, lift_hold, place_hold, reach_of
from clubcrm.people.models import ContactHold, HoldKind, Purpose
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("unit")
MAX = "user:2"


def _today() -> date:
    return clock.today("Asia/Dhaka")


def test_complaint_stands_until_it_is_lifted(cast: Cast) -> None:
    mia, today = cast.members["Mia"], _today()

    place_hold(HoldOrder(mia, HoldKind.COMPLAINT, source="task:1"), by=MAX)
    assert holds_of([mia], today) == {mia: {HoldKind.COMPLAINT}}

    assert lift_hold(mia, HoldKind.COMPLAINT, by=MAX) == 1
    assert holds_of([mia], today) == {}


def test_same_cause_holds_once_and_may_hold_again_later(cast: Cast) -> None:
    mia = cast.members["Mia"]
    order = HoldOrder(mia, HoldKind.COMPLAINT, source="task:1")

    first = place_hold(order, by=MAX)
    again = place_hold(order, by=MAX)
    assert again.id == first.id

    lift_hold(mia, HoldKind.COMPLAINT, "task:1", by=MAX)
    later = place_hold(order, by=MAX)
    assert later.id != first.id
    assert db.session.query(ContactHold).count() == 2


def test_one_complaint_settled_leaves_the_other(cast: Cast) -> None:
    mia = cast.members["Mia"]
    place_hold(HoldOrder(mia, HoldKind.COMPLAINT, source="task:1"), by=MAX)
    place_hold(HoldOrder(mia, HoldKind.COMPLAINT, source="task:2"), by=MAX)

    lift_hold(mia, HoldKind.COMPLAINT, "task:1", by=MAX)

    assert holds_of([mia], _today()) == {mia: {HoldKind.COMPLAINT}}


def test_injury_is_over_after_its_last_day(cast: Cast) -> None:
    mia, last = cast.members["Mia"], _today() + timedelta(days=10)
    place_hold(HoldOrder(mia, HoldKind.INJURY, until_on=last), by=MAX)

    assert holds_of([mia], last) == {mia: {HoldKind.INJURY}}
    assert holds_of([mia], last + timedelta(days=1)) == {}


def test_hold_that_is_over_before_it_begins_is_refused(cast: Cast) -> None:
    yesterday = _today() - timedelta(days=1)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        place_hold(HoldOrder(cast.members["Mia"], HoldKind.INJURY, until_on=yesterday), by=MAX)


def test_nobody_writes_to_the_dead_for_any_purpose(cast: Cast) -> None:
    mia = cast.members["Mia"]
    hold = HoldOrder(mia, HoldKind.DECEASED)

    place_hold(hold, by=MAX)
    reach = reach_of(mia, Purpose.SERVICE)
    assert reach is not None
    assert reach.do_not_contact

    lift_hold(mia, HoldKind.DECEASED, by=MAX)
    reach = reach_of(mia, Purpose.SERVICE)
    assert reach is not None
    assert not reach.do_not_contact
